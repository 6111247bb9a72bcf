"""The archive's own words (classes, fields, states) as people read them, in Vietnamese and English: data."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["codes", "word"]


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(resources.files("digitizer").joinpath("words.toml").read_text("utf-8"))


def word(language: str, kind: str, code: str) -> str:
    """The word for a code of the archive (`class`, `field`, `state`, …); the code where there is none.

    >>> word("vi", "class", "decision")
    'Quyết định'
    """
    return _words().get(kind, {}).get(code, {}).get(language, code)


def codes(kind: str) -> tuple[str, ...]:
    """Every code of a kind that has a word, in the order of the table."""
    return tuple(_words().get(kind, {}))
