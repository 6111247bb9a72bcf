"""Where clerks fill in: the gaps between `Số:` and `/…`, `ngày` and `tháng`, `tháng` and `năm`.

Found from the printed labels alone, whether or not the reader made anything of what stands between them, and
whether or not it glued a label to it. The labels are those of Decree 30/2020, appendix I (domain 1.5).
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from digitizer.model import Box, Line, SlotKind, Word
from digitizer.understanding.vietnamese import fold, is_syllable

__all__ = ["Mark", "Slot", "find_slots"]

_NUMBER_LABEL = re.compile(r"s[o06][\s:;.,]{0,3}(?=$|[\d\W])|s[o06][:;.]")
_STROKE = re.compile(r"[/|](?=\s*(?:[A-ZĐ][A-ZĐa-z&]|(?:19|20)\d\d/))|(?<=\d)-(?=[A-ZĐ][A-Za-zĐđ]{0,4}/)")
_YEAR = re.compile(r"\D*(?:19|20)\d\d\D*")
_DAY_LABELS = ("ngay", "thang", "nam")
_SHAPES = {"so": (1.95, 0.03), "ngay": (1.5, 0.47), "thang": (1.5, 0.47), "nam": (1.45, 0.03)}
"""How far a label's ink reaches above and below the line, in heights of a small letter (Times, Arial)."""
_ALIKE = 75
_PLACE = 8  # words of place and day before `tháng` in the line of place and date
_BETWEEN = 4  # words a reader makes of one slot at most
_REACH = 17.0  # small letters from `Số:` to the end of a slot without a stroke
_HEADER = 0.45  # of the page: below this no number of the document stands


@dataclass(frozen=True, slots=True)
class Mark:
    """A label in a line: word `word`, its characters `begin` to `end`."""

    word: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Slot:
    """A gap to look into, its labels included.

    `line` is an index of the lines given; `before` and `after` are the labels, None where not read. `box`,
    `letter` (height of a small letter) and `foot` (row the print stands on) are in the pixels of the words.
    `beyond`: the stroke that ends the slot was read in another line.
    """

    kind: SlotKind
    line: int
    before: Mark | None
    after: Mark | None
    box: Box
    letter: float
    foot: float
    beyond: bool = False


def find_slots(lines: Sequence[Line], letter: float, height: int) -> tuple[Slot, ...]:
    """All slots of a page, in order of lines; `letter` is a small letter's height, `height` the page's.

    Dates and numbers of running text count only where the reader made no plain figure of them.
    """
    found: list[Slot] = []
    for at, line in enumerate(lines):
        header = line.box.bottom < _HEADER * height
        number = _number(lines, at, letter, header)
        if number is not None:
            found.append(number)
        found += _dates(lines, at, letter, header)
    return tuple(found)


def _number(lines: Sequence[Line], at: int, letter: float, header: bool) -> Slot | None:
    words = lines[at].words
    label = _number_label(words)
    stroke = _stroke(words, label)
    own = header and (label is None or (label.word == 0 and words[0].text[:1] == "S"))
    if label is None:
        return _unlabelled(lines, at, stroke, letter) if own and stroke is not None else None
    first = words[label.word]
    anchors = [("so", first)] if label.end >= len(first.text) else []
    size, foot = _measured(anchors, letter, first)
    left, beyond = first.box.left, False
    right = left + round(_REACH * letter)
    if stroke is not None:
        right = _past(words[stroke.word], stroke, letter)
    else:
        right, beyond = _end_beside(lines, at, Box(left, first.box.top, right, first.box.bottom), letter)
    open_ended = beyond or (own and ":" in first.text)
    if not (_is_doubtful(words, label, stroke) or own if stroke is not None else open_ended):
        return None
    box = Box(left, lines[at].box.top, max(left, right), lines[at].box.bottom)
    return Slot(SlotKind.NUMBER, at, label, stroke, box, size, foot, beyond)


def _unlabelled(lines: Sequence[Line], at: int, stroke: Mark, letter: float) -> Slot | None:
    """A header line that begins with a notation: its label was not read, or stands in another line."""
    words = lines[at].words
    if not _opens(words, stroke):
        return None
    word = words[stroke.word]
    reach = Box(
        max(0, words[0].box.left - round(9 * letter)), word.box.top, words[0].box.left, word.box.bottom
    )
    left = reach.left
    for other, line in enumerate(lines):
        for neighbour in line.words if other != at else ():
            if _level(neighbour.box, word.box) and reach.left < neighbour.box.right <= reach.right + letter:
                if _NUMBER_LABEL.match(fold(neighbour.text)):
                    return None  # that line's slot
                left = max(left, neighbour.box.right)
    box = Box(left, word.box.top, max(left, _past(word, stroke, letter)), word.box.bottom)
    size, foot = _measured([], letter, word)
    return Slot(SlotKind.NUMBER, at, None, stroke, box, size, foot)


def _past(word: Word, stroke: Mark, letter: float) -> int:
    """A little past the stroke, or the end of the word where it stands within."""
    return min(word.box.right, word.box.left + round(5 * letter)) if stroke.begin == 0 else word.box.right


def _level(one: Box, other: Box) -> bool:
    return min(one.bottom, other.bottom) - max(one.top, other.top) > 0.5 * min(one.height, other.height)


def _end_beside(lines: Sequence[Line], at: int, box: Box, letter: float) -> tuple[int, bool]:
    """Where a slot ends that has no stroke in its own line, and whether another line on its level has it."""
    beside = [
        word
        for other, line in enumerate(lines)
        if other != at
        for word in line.words[:2]
        if _level(word.box, box) and box.left + box.height < word.box.left < box.right
    ]
    nearest = min(beside, key=lambda word: word.box.left, default=None)
    if nearest is None:
        return box.right, False
    if nearest.text.startswith("/"):
        return min(nearest.box.right, nearest.box.left + round(5 * letter)), True
    return nearest.box.left, False


def _number_label(words: Sequence[Word]) -> Mark | None:
    for k, word in enumerate(words):
        found = _NUMBER_LABEL.match(fold(word.text))
        if found:
            return Mark(k, 0, found.end())
    return None


def _stroke(words: Sequence[Word], label: Mark | None) -> Mark | None:
    first = label.word if label else 0
    for k in range(first, min(len(words), first + _BETWEEN + 1)):
        found = _STROKE.search(words[k].text, label.end if label and k == label.word else 0)
        if found:
            return Mark(k, found.start(), found.end())
        if k > first and is_syllable(words[k].text.strip(".,:;")) and words[k].confidence > 0.8:
            return None
    return None


def _opens(words: Sequence[Word], stroke: Mark) -> bool:
    """Whether a line with a notation but no label begins with what could be its number."""
    before = "".join(word.text for word in words[: stroke.word]) + words[stroke.word].text[: stroke.begin]
    return len(before) <= 8 and not any(is_syllable(word.text) for word in words[: stroke.word])


def _is_doubtful(words: Sequence[Word], label: Mark | None, stroke: Mark | None) -> bool:
    """Whether the reader made no plain number of what stands between label and stroke."""
    if label is None or stroke is None:
        return False
    if len(words[label.word].text[: label.end].strip(" .:;,")) != 2:
        return False
    parts = [words[label.word].text[label.end :]] if stroke.word > label.word else []
    parts += [word.text for word in words[label.word + 1 : stroke.word]]
    start = label.end if stroke.word == label.word else 0
    parts.append(words[stroke.word].text[start : stroke.begin])
    return not re.fullmatch(r"\d{1,5}[a-z]?", "".join(parts).strip(" .:"))


def _dates(lines: Sequence[Line], at: int, letter: float, header: bool) -> Iterator[Slot]:
    words = lines[at].words
    for month in _marks(words, "thang"):
        day = max((m for m in _marks(words, "ngay") if 0 <= month.word - m.word <= _BETWEEN), default=None,
                  key=lambda m: m.word)  # fmt: skip
        year = min((m for m in _marks(words, "nam") if 0 <= m.word - month.word <= _BETWEEN), default=None,
                   key=lambda m: m.word)  # fmt: skip
        own = header and month.word <= _PLACE and year is not None and _ends_in_year(words, year)
        if not own and (day is None or year is None):
            continue
        if own and day is None and month.word > 0:
            day = Mark(month.word - 1, len(words[month.word - 1].text), len(words[month.word - 1].text))
        for kind, before, after in ((SlotKind.DAY, day, month), (SlotKind.MONTH, month, year)):
            if (
                before is not None
                and after is not None
                and (own or not _is_plain(words, before, after, kind))
            ):
                yield _between(lines, at, (kind, before, after), letter)


def _marks(words: Sequence[Word], name: str) -> list[Mark]:
    """Where a label of dates stands in a line, glued to figures or misread by a letter."""
    found = []
    for k, word in enumerate(words):
        text = fold(word.text)
        if len(text) != len(word.text):
            continue
        begin = text.find(name)
        if begin >= 0 and not (text[:begin] + text[begin + len(name) :]).isalpha():
            found.append(Mark(k, begin, begin + len(name)))
        elif (
            len(name) - 1 <= len(text) <= len(name) + 1
            and fuzz.ratio(text, name) >= _ALIKE
            and (not is_syllable(word.text) or word.confidence < 0.8)
        ):
            found.append(Mark(k, 0, len(text)))
    return found


def _ends_in_year(words: Sequence[Word], year: Mark) -> bool:
    """Whether the line closes with its year, as the line of place and date does."""
    rest = words[year.word].text[year.end :] + "".join(word.text for word in words[year.word + 1 :])
    return bool(_YEAR.fullmatch(rest))


def _is_plain(words: Sequence[Word], before: Mark, after: Mark, kind: SlotKind) -> bool:
    """Whether the reader has a day or a month between the labels, and is sure of it."""
    middle = words[before.word + 1 : after.word]
    text = "".join(word.text for word in middle)
    limit = 31 if kind is SlotKind.DAY else 12
    plain = text.isdecimal() and text.isascii() and len(text) <= 2 and 1 <= int(text) <= limit
    return plain and min(word.confidence for word in middle) >= 0.7


def _between(lines: Sequence[Line], at: int, found: tuple[SlotKind, Mark, Mark], letter: float) -> Slot:
    kind, before, after = found
    words = lines[at].words
    names = _DAY_LABELS[:2] if kind is SlotKind.DAY else _DAY_LABELS[1:]
    anchors = [
        (name, words[mark.word])
        for name, mark in zip(names, (before, after), strict=True)
        if mark.end - mark.begin == len(words[mark.word].text)
    ]
    size, foot = _measured(anchors, letter, words[after.word])
    first, last = words[before.word], words[after.word]
    left = first.box.left if before.end > before.begin else first.box.right
    if before.begin > 0:  # the slot before is glued to the label
        left += round(first.box.width * before.begin / len(first.text))
    box = Box(left, min(first.box.top, last.box.top), max(left, last.box.right), last.box.bottom)
    return Slot(kind, at, before, after, box, size, foot)


def _measured(anchors: Sequence[tuple[str, Word]], letter: float, fallback: Word) -> tuple[float, float]:
    """Height of a small letter and the row the print stands on, from the labels' own boxes."""
    whole = [(_SHAPES[name], word.box) for name, word in anchors if word.box.height > 0]
    if not whole:
        return letter, fallback.box.bottom - 0.25 * letter
    size = statistics.median(box.height / (up + down) for (up, down), box in whole)
    size = min(1.4 * letter, max(0.6 * letter, size))
    return size, statistics.median(box.bottom - down * size for (_, down), box in whole)
