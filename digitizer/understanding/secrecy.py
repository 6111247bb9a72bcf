"""Secrecy and urgency marks: a stamp or line that says nothing else (domain reference 2.1.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from digitizer.understanding.segments import PageView, Segment, capitals

__all__ = ["Mark", "secrecy_of", "urgency_of"]

_SECRET = {"mat": "MẬT", "toi mat": "TỐI MẬT", "tuyet mat": "TUYỆT MẬT"}
_URGENT = {"khan": "KHẨN", "thuong khan": "THƯỢNG KHẨN", "hoa toc": "HỎA TỐC", "hoa toc hen gio": "HỎA TỐC"}
_DEGREE = re.compile(r"^(?:do|muc do|do mat|muc do mat)\s*:?\s*(?:mat)?\s*:?\s*(toi mat|tuyet mat|mat)$")
_LETTER = re.compile(r"^(?:[A-ZĐ]\s)+[A-ZĐ]$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A degree as it is written, and where it stands."""

    degree: str
    segment: Segment


def secrecy_of(view: PageView) -> Mark | None:
    """The secrecy mark of a page, or None. `bảo mật`, `bí mật nhà nước`, `mật độ` are none."""
    return _mark(view, _SECRET, 1.0)


def urgency_of(view: PageView) -> Mark | None:
    """The urgency mark in the upper half of a page, or None."""
    return _mark(view, _URGENT, 0.5)


def _mark(view: PageView, degrees: dict[str, str], share: float) -> Mark | None:
    for segment in view.above(share):
        degree = degrees.get(_stripped(segment))
        if degree is not None and _stands_alone(segment, view, degree):
            return Mark(degree, segment)
    return None


def _stripped(segment: Segment) -> str:
    """The letters of the line, spaced-out ones (`M Ậ T`) drawn together, a lead `Độ mật:` taken off."""
    key = segment.key
    if _LETTER.match(segment.text):
        key = key.replace(" ", "")
    labelled = _DEGREE.match(key)
    return labelled[1] if labelled else key


def _stands_alone(segment: Segment, view: PageView, degree: str) -> bool:
    if capitals(segment.text) < 0.9 and not _DEGREE.match(segment.key):
        return False
    marked = any(not c.isascii() for c in segment.text)
    beside = [
        s
        for s in view.segments
        if s is not segment
        and s.box.top < segment.box.bottom - 0.3 * segment.box.height
        and s.box.bottom > segment.box.top + 0.3 * segment.box.height
        and min(abs(s.box.left - segment.box.right), abs(segment.box.left - s.box.right))
        < 3 * segment.box.height
    ]
    if " " not in degree and not marked and segment.confidence < 0.6:
        return False  # three bare letters read with doubt are noise
    return not beside
