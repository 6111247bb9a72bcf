"""Personal values shown only in part: which field hides what is in the tables (domain reference 1.8)."""

from __future__ import annotations

import re

from digitizer.understanding.tables import Tables

__all__ = ["is_personal", "masked", "masked_number"]

_DATE = re.compile(r"^\d{1,2}/\d{1,2}/(\d{4})$")
HIDDEN = "…"


def masked(name: str, value: str, tables: Tables) -> str:
    """The value of a field as lists and exports show it.

    `number`: four figures and the last two stay; `date`: the year; `place`: its last part; `all`: nothing.
    """
    how = next((how for how, names in tables.masks.items() if name in names), "")
    if how == "number":
        return masked_number(value)
    if how == "date":
        match = _DATE.match(value)
        return f"**/**/{match[1]}" if match else HIDDEN
    if how == "place":
        parts = [part.strip() for part in value.split(",")]
        return f"{HIDDEN}, {parts[-1]}" if len(parts) > 1 else HIDDEN
    return HIDDEN if how == "all" else value


def masked_number(value: str) -> str:
    """A number whose first four and last two figures stay.

    >>> masked_number("001099012345")
    '0010******45'
    """
    hidden = len(value) - 6
    return f"{value[:4]}{'*' * hidden}{value[-2:]}" if hidden > 0 else "*" * len(value)


def is_personal(name: str, tables: Tables) -> bool:
    """Whether a field is shown in part only."""
    return any(name in names for names in tables.masks.values())
