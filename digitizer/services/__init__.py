"""The verbs of the system and the order of effects."""
