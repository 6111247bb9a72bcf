"""Text and layout to meaning: Vietnamese text, reading order, quality, classes and fields. Pure."""
