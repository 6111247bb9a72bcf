"""Which class a paper is of: title, notation, anchors, heading in log odds; unknown rather than a guess."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from digitizer.understanding.headings import Head, Heading, is_heading_line
from digitizer.understanding.references import THIN_BARS, Reference, type_code
from digitizer.understanding.segments import PageView, Segment, across_gaps, capitals
from digitizer.understanding.tables import UNKNOWN, Anchor, ClassRow, Tables, Title

__all__ = ["Verdict", "classify", "title_lines"]

TITLE_ZONE = 0.6
LONGEST_TITLE = 90  # letters of a title and what may follow it
SHORT = 9  # letters of a title that other words may begin with
JOINED = 4  # printed lines a title may take
ENOUGH = 2.4  # log odds below which a paper stays unknown
_WHOLE, _OPENS = 6.0, 5.2
_SLIP = 1.0  # a letter misread in a title
_LONGER = 0.09  # a letter more in the title that fits
_NOTATION, _OTHER_NOTATION = 3.0, -1.6
_WRONG_HEADING, _WRONG_YEAR = -9.0, -1.5
_NO_HEAD = -1.5
_IN_A_HEADLINE = -5.0  # words of a title that open a longer line where no head stands over it


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class with its confidence (0 to 1), the lines that hold the title, and the best other class."""

    name: str
    confidence: float
    title: tuple[Segment, ...] = ()
    other: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """A title that fits: how well (log odds), the segments it stands in, whether its first line says more."""

    score: float
    segments: tuple[Segment, ...]
    longer: bool = False


def classify(
    view: PageView, head: Head, reference: Reference | None, year: int | None, tables: Tables
) -> Verdict:
    """Weigh every row of the table on a paper's first page."""
    runs = tuple(_runs(view, title_lines(view)))
    whole = " ".join(s.key for s in view.lines)
    best: dict[str, tuple[float, tuple[Segment, ...]]] = {}
    for row in tables.classes:
        found = _title(row, runs)
        score = found.score if found else 0.0
        score += _notation(row, reference, tables)
        score += sum(_anchor(a, view, head, whole) for a in row.anchors)
        score += _heading(row, head) + _bare(row, found, view, head, reference)
        if year is not None and not row.first_year <= year <= row.last_year:
            score += _WRONG_YEAR
        if score > best.get(row.name, (0.0, ()))[0]:
            best[row.name] = (min(score, 14.0), found.segments if found else ())
    verdict = _verdict(best)
    return verdict if verdict.title else replace(verdict, title=_any_title(runs, tables))


def title_lines(view: PageView) -> list[Segment]:
    """Lines of a first page that may be a title: in capitals, near the middle, short."""
    parts = list(view.above(TITLE_ZONE))
    whole = [s for s in across_gaps(parts) if s not in parts]  # a word of the title was not read
    return [
        s
        for s in (*parts, *whole)
        if 4 <= len(s.key) <= LONGEST_TITLE
        and capitals(s.text) > 0.6
        and 0.33 < s.centre / view.width < 0.74
        and not is_heading_line(s)
    ]


def _any_title(runs: Sequence[tuple[str, tuple[Segment, ...]]], tables: Tables) -> tuple[Segment, ...]:
    """The line that titles a paper whose class is told by other things (a resolution of the Party)."""
    found = [title for row in tables.classes if (title := _title(row, runs)) is not None]
    return max(found, key=lambda f: f.score).segments if found else ()


def _verdict(best: dict[str, tuple[float, tuple[Segment, ...]]]) -> Verdict:
    ranked = sorted(best.items(), key=lambda item: -item[1][0])
    if not ranked or ranked[0][1][0] < ENOUGH:
        return Verdict(UNKNOWN, 0.3 if ranked else 0.5, (), ranked[0][0] if ranked else "")
    name, (score, title) = ranked[0]
    second = ranked[1][1][0] if len(ranked) > 1 else 0.0
    margin = score - max(second, ENOUGH - 1.0)
    confidence = 1 / (1 + math.exp(-(0.2 + 0.9 * margin)))
    return Verdict(name, round(min(confidence, 0.995), 4), title, ranked[1][0] if len(ranked) > 1 else "")


def _runs(view: PageView, lines: Sequence[Segment]) -> Iterator[tuple[str, tuple[Segment, ...]]]:
    """Each title line alone and with the centred lines right below it: letters and segments."""
    below = sorted((s for s in view.above(TITLE_ZONE) if s.key), key=lambda s: s.box.top)
    for first in lines:
        taken = [first]
        yield first.key, (first,)
        for nxt in below:
            last = taken[-1]
            if nxt.box.top < last.box.top + 0.5 * last.box.height or len(taken) >= JOINED:
                continue
            if nxt.box.top - last.box.bottom > 2.2 * last.box.height:
                break
            if abs(nxt.centre - first.centre) < 0.08 * view.width:
                taken.append(nxt)
                yield " ".join(s.key for s in taken), tuple(taken)


def _title(row: ClassRow, runs: Sequence[tuple[str, tuple[Segment, ...]]]) -> _Found | None:
    best: _Found | None = None
    for title in row.titles:
        for key, segments in runs:
            score = _fits(title, key)
            if score is not None and (best is None or score > best.score):
                best = _Found(score, segments, len(segments[0].key) > len(title.key) + 2)
    return best


def _fits(title: Title, key: str) -> float | None:
    """How well letters begin with a title (log odds), or None; short titles forgive no letter."""
    want = title.key
    if len(key) < len(want) - 2:
        return None
    allowed = len(want) // 9
    if len(key) <= len(want) + 2:
        slips = Levenshtein.distance(want, key, score_cutoff=allowed + 1)
        base = _WHOLE
    else:
        slips = min(
            Levenshtein.distance(want, key[: len(want) + shift], score_cutoff=allowed + 1)
            for shift in (-1, 0, 1)
        )
        base = _OPENS if len(want) > SHORT else _OPENS - 1.0
        if slips == 0 and key[len(want) : len(want) + 1] not in {" ", ""}:
            return None  # the title is the beginning of another word
    if slips > allowed:
        return None
    return base - _SLIP * slips + _LONGER * len(want)


def _notation(row: ClassRow, reference: Reference | None, tables: Tables) -> float:
    if reference is None or not reference.notation or not row.notations:
        return 0.0
    if any(_of(code, reference.notation, tables) for code in row.notations):
        longest = max(len(c) for c in row.notations if _of(c, reference.notation, tables))
        return _NOTATION + 0.3 * min(longest, 8)
    known = any(_of(code, reference.notation, tables) for r in tables.classes for code in r.notations)
    return _OTHER_NOTATION if known else 0.0


def _of(code: str, notation: str, tables: Tables) -> bool:
    """Whether a code of the table is this notation's: as a whole part at its start, or at its end (`-XX`)."""
    first = type_code(notation)
    types = {c for r in tables.classes for c in r.notations if c != "-"}
    if first not in types and first.translate(THIN_BARS) in types:
        first = first.translate(THIN_BARS)
    if code == "-":
        return "-" in notation and first not in types and len(first) >= 2 and "/" not in notation
    if code.startswith("-"):
        return notation.endswith(code)
    return code in {notation, first} or notation.startswith((f"{code}-", f"{code}/"))


def _anchor(anchor: Anchor, view: PageView, head: Head, whole: str) -> float:
    if anchor.zone == "any":
        return anchor.weight if f" {anchor.key} " in f" {whole} " else 0.0
    if anchor.zone == "head":
        zone: Sequence[Segment] = head.left
    elif anchor.zone == "top":
        zone = tuple(view.above(0.45))
    else:
        zone = view.segments
    return anchor.weight if any(_says(s.key, anchor.key) for s in zone) else 0.0


def _says(key: str, anchor: str) -> bool:
    if key.startswith(anchor):
        return True
    if len(anchor) < 7:
        return False
    if abs(len(key) - len(anchor)) <= 3 and len(anchor) > 12:
        return fuzz.ratio(key, anchor) >= 80
    return fuzz.ratio(key[: len(anchor)], anchor) >= 85


def _bare(
    row: ClassRow, found: _Found | None, view: PageView, head: Head, reference: Reference | None
) -> float:
    """What a class loses where no header stands over the paper.

    Its title may head a table or, as the beginning of a longer line, a newspaper's story; a number may be one
    that the text cites, and a salutation may stand on any letter.
    """
    if row.heading == "none" or head.heading is not Heading.NONE:
        return 0.0
    if found is None:
        return 2 * _NO_HEAD if reference is not None else _NO_HEAD if row.group == "state" else 0.0
    if reference is None and found.longer:
        return _IN_A_HEADLINE
    if reference is not None or row.group != "state":
        return 0.0
    return _NO_HEAD if found.segments[0].box.top < 0.25 * view.height else 3 * _NO_HEAD


def _heading(row: ClassRow, head: Head) -> float:
    if row.heading == "party":
        return 0.0 if head.heading is Heading.PARTY else _WRONG_HEADING
    if row.group in {"state", "other"} and head.heading is Heading.PARTY:
        return _WRONG_HEADING
    return 0.0
