"""Where one paper ends and the next begins: a wrong merge is worse than a wrong split; doubt is flagged."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.understanding.classify import Verdict
from digitizer.understanding.closing import starts_closing
from digitizer.understanding.headings import Head, Heading
from digitizer.understanding.references import Reference
from digitizer.understanding.segments import PageView
from digitizer.understanding.tables import UNKNOWN

__all__ = ["SEPARATOR", "Front", "Span", "split"]

SEPARATOR = "separator"
_ATTACHED = re.compile(
    r"^\W*(phu luc|mau (so )?\d+\b|bieu (so |mau )?\d|mau bieu|kem theo|ban hanh kem|danh sach kem)"
)
_NUMBER_LINE = re.compile(r"^\W*(?:trang )?(\d{1,3})(?: ?/ ?\d{1,3})?\W*$")


@dataclass(frozen=True, slots=True)
class Front:
    """What a page says as if it were the first of a paper."""

    view: PageView
    head: Head
    reference: Reference | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Span:
    """Pages that make one document, by their place in the pile; `doubtful` where a border is not certain."""

    first: int
    last: int
    doubtful: bool


def split(fronts: Sequence[Front]) -> tuple[Span, ...]:
    """Cut the pages into documents; blank backs stay with the paper before them."""
    spans: list[Span] = []
    start, doubt = 0, False
    for at in range(1, len(fronts)):
        border, sure = _border(fronts, start, at)
        if border:
            spans.append(Span(start, at - 1, doubt or not sure))
            start, doubt = at, not sure
        elif not sure:
            doubt = True
    if fronts:
        spans.append(Span(start, len(fronts) - 1, doubt))
    return tuple(spans)


def _border(fronts: Sequence[Front], start: int, at: int) -> tuple[bool, bool]:
    """Whether a paper begins at page `at`, and whether that is certain."""
    front = fronts[at]
    before = [f for f in fronts[start:at] if not f.view.blank]
    if front.view.blank or not before:
        return False, True
    if SEPARATOR in {before[-1].verdict.name, front.verdict.name}:
        return True, True
    return _weighed(front, before[-1])


def _weighed(front: Front, before: Front) -> tuple[bool, bool]:
    printed, opens = _page_number(front.view), _opens(front)
    if printed is not None and printed > 1:
        return opens >= 4, opens < 2 or opens >= 4
    attached = any(_ATTACHED.match(s.folded) for s in front.view.above(0.25))
    if attached:
        return False, opens < 2
    if opens >= 2:
        return True, opens >= 3
    ended = any(starts_closing(s) for s in before.view.segments)
    return False, not ended or attached


def _opens(front: Front) -> int:
    """How much a page looks like the first of a paper."""
    score = 0
    if front.head.heading is not Heading.NONE:
        score += 2
    if front.reference is not None and front.reference.notation:
        score += 1
    if front.verdict.name != UNKNOWN:
        score += 1
        if front.verdict.title and front.verdict.confidence > 0.9:
            score += 1
    return score


def _page_number(view: PageView) -> int | None:
    """The printed page number at the top or bottom edge."""
    edge = [s for s in view.segments if s.box.bottom < 0.09 * view.height or s.box.top > 0.9 * view.height]
    for segment in edge:
        match = _NUMBER_LINE.match(segment.folded.strip("-–—. "))
        if match:
            return int(match[1])
    return None
