"""What a slot can say: numbers before a stroke, days, months; and putting that into the line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from digitizer.model import Box, Line, SlotKind, Word
from digitizer.understanding.slots import Slot

__all__ = ["Candidate", "candidates", "filled", "print_reading"]

_NUMBER = re.compile(r"x?(\d{1,5})(/.*|x?)")
_DATE_PART = re.compile(r"x?(\d{1,2})[/x]?x?")
_LIMITS = {SlotKind.DAY: 31, SlotKind.MONTH: 12}
_PLAIN = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value a slot may hold: its digits, how likely, the columns of its first and last digit.

    `labelled`: letters were seen before it; `stroked`: a stroke after it.
    """

    digits: str
    probability: float
    first: int = -1
    last: int = -1
    labelled: bool = False
    stroked: bool = False


def candidates(kind: SlotKind, strings: Iterable[tuple[str, float, Sequence[int]]]) -> list[Candidate]:
    """The values that fit the slot, likeliest first; strings that say the same value count together.

    `05` and `5` are one day; a number is as it is written.
    """
    found: dict[str, Candidate] = {}
    for text, probability, columns in strings:
        match = (_NUMBER if kind is SlotKind.NUMBER else _DATE_PART).fullmatch(text)
        if match is None or not _fits(kind, match[1]):
            continue
        key = match[1] if kind is SlotKind.NUMBER else match[1].lstrip("0")
        known = found.get(key)
        if known is not None:
            found[key] = replace(known, probability=known.probability + probability)
            continue
        begin, end = match.span(1)
        places = (columns[begin], columns[end - 1]) if len(columns) == len(text) else (-1, -1)
        stroked = text[end : end + 1] == "/"
        found[key] = Candidate(match[1], probability, *places, begin > 0, stroked)
    return sorted(found.values(), key=lambda c: (-c.probability, c.digits))


def _fits(kind: SlotKind, digits: str) -> bool:
    value = int(digits)
    return value > 0 and (kind is SlotKind.NUMBER or value <= _LIMITS[kind])


def print_reading(line: Line, slot: Slot) -> tuple[str, float]:
    """The plain figure the reader of print made of the slot and its confidence; empty where it made none."""
    words = line.words
    first = slot.before.word if slot.before else 0
    last = slot.after.word if slot.after else min(len(words) - 1, first + 2)
    parts: list[tuple[str, float]] = []
    for k in range(first, last + 1):
        begin = slot.before.end if slot.before and k == slot.before.word else 0
        end = slot.after.begin if slot.after and k == slot.after.word else len(words[k].text)
        if text := words[k].text[begin:end].strip(" .:…_,"):
            parts.append((text, words[k].confidence))
    text = "".join(text for text, _ in parts)
    return (text, min(sure for _, sure in parts)) if _PLAIN.fullmatch(text) else ("", 0.0)


def filled(line: Line, slot: Slot, digits: Word, missing: str = "") -> Line:
    """The line with the slot's digits between its labels, in place of what was read there.

    A label glued to what was read is cut free at the digits' box. `missing` is a label that was seen before
    the digits but not read.
    """
    words = line.words
    head = _head(words, slot, digits)
    if missing and head:
        around = Box(
            head[-1].box.right, digits.box.top, max(head[-1].box.right, digits.box.left), digits.box.bottom
        )
        head = (*head, Word(missing, around, 0.5))
    return replace(line, words=(*head, digits, *_tail(words, slot, digits)))


def _head(words: Sequence[Word], slot: Slot, digits: Word) -> tuple[Word, ...]:
    mark = slot.before
    if mark is None:
        return ()
    label = words[mark.word]
    if mark.end < len(label.text):
        right = max(label.box.left, min(label.box.right, digits.box.left))
        label = replace(label, text=label.text[: mark.end].rstrip(), box=replace(label.box, right=right))
    return (*words[: mark.word], label)


def _tail(words: Sequence[Word], slot: Slot, digits: Word) -> tuple[Word, ...]:
    mark = slot.after
    if mark is None:
        first = slot.before.word + 1 if slot.before else 0
        return tuple(w for w in words[first:] if (w.box.left + w.box.right) / 2 > digits.box.right)
    label = words[mark.word]
    if mark.begin > 0:
        left = min(label.box.right, max(label.box.left, digits.box.right))
        label = replace(label, text=label.text[mark.begin :].lstrip(), box=replace(label.box, left=left))
    return (label, *words[mark.word + 1 :])
