"""Read what clerks filled in: find the slots of a page, look at them, put the digits into their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from digitizer.imaging.slot_views import MARGIN, slot_views, tightened
from digitizer.imaging.working import Array, Working
from digitizer.model import Box, Line, SlotKind, SlotReading, Word
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.slot_reader import DigitReader
from digitizer.understanding.slot_grammar import Candidate, candidates, filled, print_reading
from digitizer.understanding.slots import Slot, find_slots
from digitizer.understanding.vietnamese import nfc

__all__ = ["Filled", "SlotTools", "read_slots"]

LEAST = 0.3  # probability below which nothing is said of a slot
SURE = 0.9
SURELY_BY_HAND = 0.95  # where the reader of print is sure of the same place
MOST_LOST = 8
MOST = 14  # slots a page that are looked at
AGREES = 0.25  # what is left of the doubt where the reader of print says the same
GAP = 2.0  # small letters of white that end a notation
REACH = 32.0  # small letters a number line is long at most
_NOTATION = re.compile(r"^[/|lI1\\]\s?(?=[A-ZĐ])")


@dataclass(frozen=True, slots=True)
class SlotTools:
    """The reader of digits, and the reader of print for what stands beside them."""

    digits: DigitReader
    engine: OcrEngine


@dataclass(frozen=True, slots=True)
class Filled:
    """Lines with the digits of their slots, in the order given; those found anew; what each slot said."""

    lines: tuple[Line, ...]
    found: tuple[Line, ...]
    readings: tuple[SlotReading, ...]


def read_slots(work: Working, lines: Sequence[Line], unread: Sequence[Box], tools: SlotTools) -> Filled:
    """Read the slots of a page's lines and of lines nobody could read.

    `lines` and `unread` (boxes of lines found but not read) are in pixels of the working image.

    Raises:
        MissingDependencyError: the digit model is not installed.
        PageError: the reader of print failed.
    """
    height = work.grey.shape[0]
    letter = work.text_height
    slots = find_slots(lines, letter, height)[:MOST] if letter else ()
    out = list(lines)
    readings: list[SlotReading] = []
    for slot in reversed(slots):  # from right to left: labels keep their places
        reading, line = _looked(work, out[slot.line], slot, tools)
        out[slot.line] = line
        if reading is not None:
            readings.append(reading)
    found: list[Line] = []
    if slots and not any(r.kind is SlotKind.NUMBER for r in readings):
        header = sorted(unread, key=lambda box: (box.top, box.left))[:MOST_LOST]
        for box in header:
            lost = _lost(work, box, lines, tools) if box.bottom < 0.45 * height else None
            if lost is not None:
                readings.append(lost[0])
                found.append(lost[1])
                break
    readings.sort(key=lambda r: (r.box.top // max(1, round(2 * letter)), r.box.left))
    return Filled(tuple(out), tuple(found), tuple(readings))


def _best(
    work: Working, slot: Slot, tools: SlotTools, printed: str = ""
) -> tuple[Candidate, float, Box] | None:
    """The likeliest value of a slot, how likely it was filled in after printing, and its box.

    One view is enough where it says what the reader of print says.
    """
    views = list(slot_views(work.grey, slot.box, slot.letter, slot.foot))
    ranked, filled_in = _seen(views[:1] if printed else views, slot, tools)
    if printed and not (ranked and _same(slot.kind, ranked[0].digits, printed)):
        ranked, filled_in = _seen(views, slot, tools)
    if not ranked or ranked[0].probability < LEAST:
        return None
    best, pitch = ranked[0], views[0][1]
    edge = slot.box.left - MARGIN * slot.letter
    box = slot.box
    if best.first >= 0:
        left, right = (
            edge + best.first * pitch - 0.5 * slot.letter,
            edge + best.last * pitch + 0.6 * slot.letter,
        )
        top, bottom = slot.foot - 2.3 * slot.letter, slot.foot + 0.7 * slot.letter
        box = Box(*(max(0, round(v)) for v in (left, top, max(left, right), max(top, bottom))))
    return best, filled_in, tightened(work.grey, box)


def _seen(
    views: Sequence[tuple[Array, float]], slot: Slot, tools: SlotTools
) -> tuple[list[Candidate], float]:
    sight = tools.digits.read([view for view, _ in views])
    strings = ((s.text, s.probability, s.columns) for s in sight.strings)
    return candidates(slot.kind, strings), sight.filled_in


def _same(kind: SlotKind, one: str, other: str) -> bool:
    return one == other if kind is SlotKind.NUMBER else int(one) == int(other)


def _looked(work: Working, line: Line, slot: Slot, tools: SlotTools) -> tuple[SlotReading | None, Line]:
    """What the slot says, and its line with it."""
    printed, print_sure = print_reading(line, slot)
    seen = _best(work, slot, tools, printed)
    if seen is None:
        return None, line
    best, filled_in, box = seen
    sure = tools.digits.certainty(best.probability)
    source = "handwritten" if filled_in >= 0.5 else "printed"
    if printed and _same(slot.kind, best.digits, printed):
        sure = 1 - AGREES * (1 - sure)
        reading = SlotReading(slot.kind, best.digits, box, sure, source)
        return reading, _surer(line, box, sure)
    if printed and print_sure >= SURE and source == "printed":
        return None, line  # print that the reader of print is sure of
    if printed and print_sure >= SURE:
        sure *= 0.5
    alone = slot.kind is SlotKind.NUMBER and slot.after is None and not slot.beyond
    if alone and not best.stroked:
        return None, line
    missing = "ngày" if slot.kind is SlotKind.DAY and _is_gap(slot) and best.labelled else ""
    done = filled(line, slot, Word(best.digits, box, sure), missing)
    if alone:
        done = _completed(work, done, slot, box, tools.engine)
    return SlotReading(slot.kind, best.digits, box, sure, source), done


def _is_gap(slot: Slot) -> bool:
    return slot.before is not None and slot.before.begin == slot.before.end


def _surer(line: Line, box: Box, sure: float) -> Line:
    """The line with the confidence of the words inside `box` raised to `sure`."""
    words = (
        replace(w, confidence=max(w.confidence, sure)) if _share(w.box, box) > 0.6 else w for w in line.words
    )
    return replace(line, words=tuple(words))


def _share(inner: Box, outer: Box) -> float:
    return max(0, min(inner.right, outer.right) - max(inner.left, outer.left)) / max(1, inner.width)


def _completed(work: Working, line: Line, slot: Slot, digits: Box, engine: OcrEngine) -> Line:
    """The line with the notation read that stands after its digits, if one is there."""
    if any(w.box.left >= digits.right - 2 for w in line.words):
        return line
    limit = slot.box.right if slot.box.right < slot.box.left + 16 * slot.letter else None
    words = _notation(work, slot, digits, engine, limit)
    return replace(line, words=(*line.words, *words))


def _notation(
    work: Working, slot: Slot, digits: Box, engine: OcrEngine, limit: int | None
) -> tuple[Word, ...]:
    letter = slot.letter
    top, bottom = max(0, round(slot.foot - 2.2 * letter)), round(slot.foot + 0.7 * letter)
    right = limit or min(work.grey.shape[1], round(slot.box.left + REACH * letter))
    part = work.grey[top:bottom, digits.right : right]
    if part.shape[1] < 2 * letter or not part.shape[0]:
        return ()
    columns = np.flatnonzero((part < 160).any(axis=0))
    if not len(columns):
        return ()
    gaps = np.flatnonzero(np.diff(columns) > GAP * letter)
    end = int(columns[gaps[0]] if len(gaps) else columns[-1]) + 4
    strip = np.pad(part[:, :end], 24, constant_values=255)
    read = engine.read(ReadRequest(strip, round(work.dpi), single_line=True))
    words = [word for line in read for word in line.words if word.confidence > 0.3]
    if not words or not _NOTATION.match(words[0].text):
        return ()
    words[0] = replace(words[0], text="/" + words[0].text[1:].lstrip())
    shift = (digits.right - 24, top - 24)
    return tuple(replace(w, text=nfc(w.text), box=_shifted(w.box, *shift)) for w in words)


def _shifted(box: Box, x: int, y: int) -> Box:
    left, top = max(0, box.left + x), max(0, box.top + y)
    return Box(left, top, max(left, box.right + x), max(top, box.bottom + y))


def _lost(
    work: Working, box: Box, lines: Sequence[Line], tools: SlotTools
) -> tuple[SlotReading, Line] | None:
    """A number line of the header that the reader of print made nothing of."""
    letter = work.text_height
    if not 5 * letter < box.width < REACH * letter or not letter < box.height < 5 * letter:
        return None
    wide = Box(box.left, box.top, min(work.grey.shape[1], box.left + round(17 * letter)), box.bottom)
    slot = Slot(SlotKind.NUMBER, -1, None, None, wide, letter, box.bottom - 0.3 * letter)
    seen = _best(work, slot, tools)
    if seen is None or not (seen[0].labelled and seen[0].stroked):
        return None
    best, filled_in, place = seen
    words = _notation(work, slot, place, tools.engine, None)
    if not words:
        return None
    sure = tools.digits.certainty(best.probability)
    label = Word("Số:", Box(box.left, place.top, max(box.left, place.left), place.bottom), 0.5)
    source = "handwritten" if filled_in >= 0.5 else "printed"
    line = Line((label, Word(best.digits, place, sure), *words))
    return SlotReading(SlotKind.NUMBER, best.digits, place, sure, source), line
