"""Is a read line text at all? Seals, signatures and stains read as letters, but not as Vietnamese ones."""

from __future__ import annotations

from collections.abc import Sequence

from digitizer.model import Word
from digitizer.understanding.vietnamese import is_syllable

__all__ = ["believable"]

DOUBTFUL = 0.55
HOPELESS = 0.25


def believable(words: Sequence[Word], letters: int) -> bool:
    """Whether a line is worth keeping: sure words, or words that are words; `letters` is its ink's count."""
    signs = sum(len(word.text) for word in words)
    if not any(c.isalnum() for word in words for c in word.text):
        return False
    sure = sum(word.confidence * len(word.text) for word in words) / max(1, signs)
    if sure < HOPELESS:
        return False
    good = sum(len(word.text) for word in words if _is_word(word.text)) / max(1, signs)
    if signs <= 2:
        return sure >= 0.6
    return not (sure < DOUBTFUL and good < 0.5)


def _is_word(text: str) -> bool:
    bare = text.strip(".,;:!?()[]\"'“”-–/…")
    return bool(bare) and (bare.isdigit() or is_syllable(bare) or any(c.isdigit() for c in bare))
