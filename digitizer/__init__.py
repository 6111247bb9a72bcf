"""Digitizer: paper archives into searchable, trustworthy digital records."""

__version__ = "0.1.0"
