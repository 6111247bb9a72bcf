"""Hide personal data from who gave no reason to see it: in fields, in printed lines, on pictures of pages.

Which fields are personal and how each is shown is one table, `[masks]` of the understanding's data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from digitizer.model import Box, Word
from digitizer.understanding.masks import is_personal, masked, masked_number
from digitizer.understanding.tables import default_tables

__all__ = [
    "field_boxes",
    "hidden_boxes",
    "is_personal_field",
    "masked_field",
    "masked_numbers",
    "masked_word",
]

_NUMBER: Final = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")
_HIDDEN: Final = "•"


def is_personal_field(name: str) -> bool:
    """Whether a field holds personal data that is masked."""
    return is_personal(name, default_tables())


def masked_field(name: str, value: str) -> str:
    """A value as it is shown without a reason: personal fields in part, identity numbers in any."""
    return masked(name, value, default_tables()) if is_personal_field(name) else masked_numbers(value)


def masked_numbers(text: str) -> str:
    """`text` with identity numbers hidden.

    >>> masked_numbers("số 001099012345 cấp")
    'số 0010******45 cấp'
    """
    return _NUMBER.sub(lambda match: masked_number(match[0]), text)


def masked_word(word: Word, hidden: Sequence[Box]) -> str:
    """A printed word as it is shown without a reason: dots where its middle lies in one of `hidden`."""
    text = masked_numbers(word.text)
    return _HIDDEN * len(text) if text == word.text and _lies_in(word.box, hidden) else text


def field_boxes(fields: Iterable[dict[str, Any]], page: int) -> tuple[Box, ...]:
    """Where the personal fields of a page are, from the fields of its record."""
    personal = (each for each in fields if each["page"] == page and is_personal_field(each["name"]))
    return tuple(Box(*each["box"]) for each in personal)


def hidden_boxes(words: Sequence[Word], fields: Iterable[dict[str, Any]], page: int) -> tuple[Box, ...]:
    """Where the picture of a page is blackened: identity numbers, and boxes of personal fields on it."""
    numbers = (word.box for word in words if _NUMBER.search(word.text))
    return tuple(dict.fromkeys((*numbers, *field_boxes(fields, page))))


def _lies_in(box: Box, boxes: Sequence[Box]) -> bool:
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return any(b.left <= across < b.right and b.top <= down < b.bottom for b in boxes)
