"""Hide personal data from who gave no reason to see it: numbers in text, fields, boxes on pages."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Any, Final

from digitizer.model import Box, Word

__all__ = ["hidden_boxes", "is_personal_field", "masked", "masked_numbers"]

_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_KEPT: Final = 3  # figures at the end stay, to tell two people apart


@functools.cache
def _personal() -> frozenset[str]:
    text = resources.files("digitizer").joinpath("personal.toml").read_text("utf-8")
    return frozenset(tomllib.loads(text)["fields"])


def is_personal_field(name: str) -> bool:
    """Whether a field holds personal data that is masked."""
    return name in _personal()


def masked_numbers(text: str) -> str:
    """`text` with identity numbers hidden.

    >>> masked_numbers("số 001099012345 cấp")
    'số •••••••••345 cấp'
    """
    return _NUMBER.sub(lambda match: masked(match[0]), text)


def masked(value: str) -> str:
    """A value of a personal field, hidden but for its end."""
    kept = value[-_KEPT:] if len(value) > 2 * _KEPT else ""
    return "•" * (len(value) - len(kept)) + kept


def hidden_boxes(words: Sequence[Word], fields: Iterable[dict[str, Any]], page: int) -> tuple[Box, ...]:
    """Where the picture of a page is blackened: identity numbers, and boxes of personal fields on it."""
    boxes = [word.box for word in words if _NUMBER.search(word.text)]
    boxes += [
        Box(*each["box"]) for each in fields if each["page"] == page and is_personal_field(each["name"])
    ]
    return tuple(dict.fromkeys(boxes))
