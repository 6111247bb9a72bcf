"""From found words to a field value: raw text, page, box, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from digitizer.model import Box, FieldValue
from digitizer.understanding.segments import GAP, Segment

__all__ = ["field_of"]

UNREAD = 0.6  # what is left of a value's confidence where a word of its line was not read
SPECKS = ".,;:-–_'|/ "


def field_of(
    name: str, value: str, words: Segment | Sequence[Segment], *, fit: float = 1.0, doubt: float = 0.0
) -> FieldValue:
    """The value with its proof: confidence is that of the words, less what the finder and grammar doubt."""
    parts = (words,) if isinstance(words, Segment) else tuple(words)
    weight = sum(len(w.text) for part in parts for w in part.words) or 1
    mean = sum(w.confidence * len(w.text) for part in parts for w in part.words) / weight
    weakest = min((w.confidence for part in parts for w in part.words if w.text.strip(SPECKS)), default=mean)
    sure = (mean + weakest) / 2  # one misread word spoils a value
    sure *= UNREAD if any(map(_has_hole, parts)) else 1.0
    page = parts[0].page
    return FieldValue(
        name=name,
        value=value,
        raw="\n".join(part.text for part in parts),
        page=page,
        box=Box.around(part.box for part in parts if part.page == page),
        confidence=round(max(0.0, min(1.0, sure * fit * (1 - doubt))), 4),
    )


def _has_hole(part: Segment) -> bool:
    """Whether between two words of a line there is room for a third."""
    return any(
        two.box.left - one.box.right > GAP * min(one.box.height, two.box.height)
        and abs(two.box.top - one.box.top) < one.box.height
        for one, two in pairwise(part.words)
        if one.text.strip(SPECKS) and two.text.strip(SPECKS)
    )
