"""A page's own text layer: a claim that the reading of its pixels must confirm before it is believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from digitizer.model import Word
from digitizer.understanding.vietnamese import fold

__all__ = ["agreement", "confirmed"]

BELIEVED_FROM = 0.8


def agreement(claimed: Sequence[Word], read: Sequence[Word]) -> float:
    """Share of words, tones aside and order-free (F1), that the layer and the reading have in common."""
    one, other = _bag(claimed), _bag(read)
    common = sum((one & other).values())
    total = sum(one.values()) + sum(other.values())
    return 2 * common / total if total else 0.0


def confirmed(claimed: Sequence[Word], read: Sequence[Word]) -> bool:
    """Whether the layer may stand in for the reading: the pixels say the same, give or take marks."""
    return bool(claimed) and agreement(claimed, read) >= BELIEVED_FROM


def _bag(words: Sequence[Word]) -> Counter[str]:
    folded = (fold(word.text).strip(".,;:!?()\"'") for word in words)
    return Counter(text for text in folded if text)
