"""Hide personal data from who gave no reason to see it: in fields, in printed lines, on pictures of pages.

Which fields are personal and how each is shown is one table, `[masks]` of the understanding's data.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
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
    "split_numbers",
]

# Personal number 12 figures (first a province's code, 001 to 096), old identity card 9, mobile phone 10.
# Domain reference 3.1, 3.2, 3.13. Groups may have a space, dot or dash between; 9 figures not: so are sums.
_PLAIN: Final = r"\d{12}|\d{9}|0[35789]\d{8}"
_GROUPS: Final = r"0\d{2}([ .-])\d{3}\1\d{3}\1\d{3}|0\d{3}([ .-])\d{4}\2\d{4}"
_PHONE: Final = r"0[35789]\d\d([ .-])\d{3}\3\d{3}|0[35789]\d([ .-])\d{3}\4\d{4}"
_NUMBER: Final = re.compile(rf"(?<![\d.,])(?:{_PLAIN}|{_GROUPS}|{_PHONE})(?![\d]|[.,]\d)")
_FIGURES: Final = re.compile(r"\d[\d.-]*")
_LENGTHS: Final = frozenset({9, 10, 12})
_MOST_GROUPS: Final = 4
_AROUND: Final = "()[].,;:?!"
_HIDDEN: Final = "•"


@functools.cache
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
    return _NUMBER.sub(lambda match: _masked_figures(match[0]), text)


def split_numbers(words: Sequence[Word]) -> tuple[Box, ...]:
    """Boxes of words that only together are an identity number: `001 099 012 345` is four words in print.

    `words` are in reading order.
    """
    found: list[Box] = []
    bare = [each.text.strip(_AROUND) for each in words]
    figures = [_FIGURES.fullmatch(each) is not None for each in bare]
    for start in range(len(words)):
        for end in range(start + 2, min(start + _MOST_GROUPS, len(words)) + 1):
            group = words[start:end]
            if not all(figures[start:end]) or not _on_a_line(group):
                break
            text = " ".join(bare[start:end])
            if sum(c.isdigit() for c in text) in _LENGTHS and _NUMBER.fullmatch(text):
                found += [each.box for each in group]
    return tuple(found)


def masked_word(word: Word, hidden: Sequence[Box]) -> str:
    """A printed word as it is shown without a reason: dots where its middle lies in one of `hidden`."""
    text = word.text if word.text.isalpha() else masked_numbers(word.text)
    return _HIDDEN * len(text) if text == word.text and _lies_in(word.box, hidden) else text


def field_boxes(fields: Iterable[Mapping[str, Any]], page: int) -> tuple[Box, ...]:
    """Where the personal fields of a page are, from the fields of its record."""
    personal = (each for each in fields if each["page"] == page and is_personal_field(each["name"]))
    return tuple(Box(*each["box"]) for each in personal)


def hidden_boxes(words: Sequence[Word], fields: Iterable[dict[str, Any]], page: int) -> tuple[Box, ...]:
    """Where the picture of a page is blackened: identity numbers, and boxes of personal fields on it."""
    numbers = (word.box for word in words if _NUMBER.search(word.text))
    return tuple(dict.fromkeys((*numbers, *split_numbers(words), *field_boxes(fields, page))))


def _masked_figures(text: str) -> str:
    """The first four and the last two figures stay, and whatever sets groups apart."""
    shown = iter(masked_number("".join(c for c in text if c.isdigit())))
    return "".join(next(shown) if c.isdigit() else c for c in text)


def _on_a_line(words: Sequence[Word]) -> bool:
    first = words[0].box
    return all(each.box.top < first.bottom and each.box.bottom > first.top for each in words)


def _lies_in(box: Box, boxes: Sequence[Box]) -> bool:
    across, down = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return any(b.left <= across < b.right and b.top <= down < b.bottom for b in boxes)
