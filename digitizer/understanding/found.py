"""From found words to a field value: raw text, page, box, confidence."""

from __future__ import annotations

from collections.abc import Sequence

from digitizer.model import Box, FieldValue
from digitizer.understanding.segments import Segment

__all__ = ["field_of"]

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
    page = parts[0].page
    return FieldValue(
        name=name,
        value=value,
        raw="\n".join(part.text for part in parts),
        page=page,
        box=Box.around(part.box for part in parts if part.page == page),
        confidence=round(max(0.0, min(1.0, sure * fit * (1 - doubt))), 4),
    )
