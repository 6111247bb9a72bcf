"""A line read twice: which words of the second reading fill gaps of the first or replace doubtful ones.

Nothing is taken without ink: a word is added only where ink was found that no word of the first reading
covers. Only words of letters are replaced, by words of letters, weighed by confidence and whether they are
syllables; figures, dates and codes stay as first read. What that was is kept (`Word.read_as`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from digitizer.model import Word
from digitizer.understanding.vietnamese import is_syllable

__all__ = ["Span", "doubtful", "merged"]

DOUBT = 0.6  # confidence below which a word is looked at again
NO_WORD = 0.85  # the same for letters that are no syllable
SURE = 0.5  # what a word is taken with at least
SYLLABLE = 0.2  # what being a syllable is worth, in confidence
BETTER = 0.1  # what a second reading has to be better by
FAR_BETTER = 0.25  # the same where the first one is a syllable too
FREE = 0.3  # share of a new word that may lie under words of the first reading
SAME = 0.6  # common share of two boxes of one word
ROMAN = re.compile("[IVXL]+")  # a figure in letters
STOPS = ".,;:!?()[]\"'“”-–/…"


@dataclass(frozen=True, slots=True)
class Span:
    """Ink from `left` to `right` (pixels) of a line that no word covers."""

    left: float
    right: float


def doubtful(word: Word) -> bool:
    """Whether a word is worth a second look: letters that are hardly sure, or are no syllable."""
    core = word.text.strip(STOPS)
    if len(core) < 2 or not core.isalpha() or ROMAN.fullmatch(core):
        return False
    strange = core.islower() and not is_syllable(core)
    return word.confidence < (NO_WORD if strange else DOUBT)


def merged(first: Sequence[Word], second: Sequence[Word], unread: Sequence[Span]) -> tuple[Word, ...]:
    """The words of one line from two readings of it, left to right; boxes in the same pixels."""
    kept = [
        _better(word, second, [*first[:at], *first[at + 1 :]]) if doubtful(word) else word
        for at, word in enumerate(first)
    ]
    added = [word for word in second if _fills(word, unread) and _is_free(word, first)]
    return tuple(sorted((*kept, *added), key=lambda word: word.box.left))


def _fills(word: Word, unread: Sequence[Span]) -> bool:
    middle = (word.box.left + word.box.right) / 2
    real = any(c.isalnum() for c in word.text) and word.confidence >= SURE
    return real and any(span.left <= middle <= span.right for span in unread)


def _is_free(word: Word, first: Sequence[Word]) -> bool:
    width = max(1, word.box.right - word.box.left)
    return all(_common(word, other) <= FREE * width for other in first)


def _common(one: Word, other: Word) -> int:
    return max(0, min(one.box.right, other.box.right) - max(one.box.left, other.box.left))


def _better(word: Word, second: Sequence[Word], beside: Sequence[Word]) -> Word:
    """The word, or letters read in its place that are clearly likelier; `beside` are its neighbours.

    Stops and brackets around it stay.
    """
    read = word.text.strip(STOPS)
    bar = _weight(word) + (FAR_BETTER if is_syllable(read) else BETTER)
    for other in second:
        core = other.text.strip(STOPS)
        whole = max(word.box.right, other.box.right) - min(word.box.left, other.box.left)
        if core == read or _common(word, other) < SAME * max(1, whole):
            continue
        as_long = len(core) >= len(read) - 1  # less is a part of what was read
        fits = as_long and core.isalpha() and (core.isupper() or is_syllable(core))
        fits = fits and other.confidence >= SURE and _is_free(other, beside)
        text = word.text.replace(read, core)
        return replace(other, text=text, read_as=word.text) if fits and _weight(other) > bar else word
    return word


def _weight(word: Word) -> float:
    core = word.text.strip(STOPS)
    return word.confidence + (SYLLABLE if core.isalpha() and is_syllable(core) else 0.0)
