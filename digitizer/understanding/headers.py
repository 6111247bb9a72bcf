"""The two halves of a header printed so close that they were found as one line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz

from digitizer.model import Word
from digitizer.understanding.vietnamese import fold

__all__ = ["halves"]

STATE = ("cong hoa xa hoi chu nghia viet nam", "doc lap - tu do - hanh phuc", "dang cong san viet nam")
ALIKE = 80
APART = 1.2  # heights of a small letter between the halves; words of one line stand nearer


def halves(words: Sequence[Word], letter: float) -> tuple[tuple[Word, ...], ...]:
    """The words of a line, in two parts where the national title begins after a gap within it.

    Zones 1 and 2 of Decree 30/2020 stand side by side; with long names little paper is left between them.
    """
    gaps = [b.box.left - a.box.right for a, b in pairwise(words)]
    for at, gap in enumerate(gaps, 1):
        if gap < APART * letter or gaps.count(gap) > 1 or gap < max(gaps):
            continue
        rest = fold(" ".join(word.text for word in words[at:]))
        if any(fuzz.ratio(rest, title) >= ALIKE for title in STATE):
            return (tuple(words[:at]), tuple(words[at:]))
    return (tuple(words),)
