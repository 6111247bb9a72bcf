"""What stands over a paper: the state's name and motto or the Party's, and the two columns below it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from digitizer.understanding.segments import PageView, Segment, across_gaps, capitals

__all__ = ["Head", "Heading", "head_of", "is_body_start", "is_heading_line"]

TOP = 0.42  # the share of the page a header may reach down
_LIKE = 76.0
_MIDDLE = (0.43, 0.58)  # of the width: capitals between these stand in neither column of a head
_NATION = "cong hoa xa hoi chu nghia viet nam"
_MOTTO = "doc lap tu do hanh phuc"
_PARTY = "dang cong san viet nam"
_OLD_STATES = ("viet nam dan chu cong hoa", "viet nam cong hoa", "cong hoa mien nam viet nam")
_BODY = re.compile(
    r"^(hom nay|nhan danh|kinh (gui|trinh|chuyen)|can cu|theo de nghi|thuc hien |chieu |"
    r"xet (de nghi|to trinh))"
)


class Heading(StrEnum):
    """Who speaks: the state, the Party, or nobody named."""

    STATE = "state"
    PARTY = "party"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a first page: two columns, top to bottom, and where the body begins (pixels)."""

    heading: Heading
    left: tuple[Segment, ...]
    right: tuple[Segment, ...]
    body_top: float


def head_of(view: PageView) -> Head:
    """The header of the page; both columns are empty where there is none."""
    top = [s for s in view.above(TOP) if s.key]
    marks = [(s, kind) for s in top if (kind := _kind(s)) is not None]
    heading = _heading(kind for _, kind in marks)
    split = min((s.box.left for s, _ in marks), default=0.47 * view.width) - 0.01 * view.width
    split = min(max(split, 0.3 * view.width), 0.56 * view.width)
    body = _body_top(view, top, max((s.box.bottom for s, _ in marks), default=0), split)
    left = list(_names_whole([s for s in top if s.box.top < body and s.centre < split]))
    right = [s for s in top if s.box.top < body and s.centre >= split]
    return Head(heading, _down(left), _down(right), body)


def _names_whole(left: Sequence[Segment]) -> Iterator[Segment]:
    """The lines of the left column, those in capitals joined over a word of a name that was not read."""
    names = [s for s in left if capitals(s.text) > 0.7 and not any(c.isdigit() for c in s.text)]
    yield from across_gaps(names)
    yield from (s for s in left if s not in names)


def is_heading_line(segment: Segment) -> bool:
    """Whether the segment is the name of the state or the Party, or the motto."""
    return _kind(segment) is not None


def is_body_start(segment: Segment) -> bool:
    """Whether the segment opens the body of a paper."""
    return bool(_BODY.match(segment.key))


def _kind(segment: Segment) -> Heading | None:
    key = segment.key
    if len(key) < 8:
        return None
    if _close(_PARTY, key):
        return Heading.PARTY
    if _close(_NATION, key) or _close(_MOTTO, key) or any(_close(old, key) for old in _OLD_STATES):
        return Heading.STATE
    return None


def _close(phrase: str, key: str) -> bool:
    """Whether the line is the phrase, or has lost some of its letters or words."""
    if abs(len(phrase) - len(key)) > 0.6 * len(phrase):
        return False
    return fuzz.ratio(phrase, key) >= _LIKE or (
        len(key) >= 0.45 * len(phrase) and fuzz.token_set_ratio(phrase, key) >= 88 and key.count(" ") >= 2
    )


def _heading(kinds: Iterator[Heading]) -> Heading:
    found = set(kinds)
    if Heading.PARTY in found and Heading.STATE not in found:
        return Heading.PARTY
    return Heading.STATE if found else Heading.NONE


def _body_top(view: PageView, top: list[Segment], under: float, split: float) -> float:
    """Where the header ends: the first title, salutation, legal basis or full-width line below the marks."""
    starts = (s.box.top for s in top if s.box.top > under and _begins_body(view, s, split))
    return min(starts, default=TOP * view.height)


def _begins_body(view: PageView, segment: Segment, split: float) -> bool:
    if is_body_start(segment):
        return True
    across = segment.box.left < split < segment.box.right
    wide = segment.box.right - segment.box.left > 0.55 * view.width
    caps = capitals(segment.text) > 0.7 and len(segment.key) >= 5
    centred = 0.36 < segment.centre / view.width < 0.7
    middle = _MIDDLE[0] < segment.centre / view.width < _MIDDLE[1]
    return (across and (wide or (caps and centred))) or (caps and middle)


def _down(segments: list[Segment]) -> tuple[Segment, ...]:
    return tuple(sorted(segments, key=lambda s: (s.box.top + s.box.bottom, s.box.left)))
