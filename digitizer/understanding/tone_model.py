"""Doubtful tone marks weighed with how Vietnamese is written: syllables and pairs of syllables with counts.

Readers lose or swap the marks stacked on ê, ô, â and the hook of i (`triên khai`, `tô chức`, `ĐÓC`). Only
such changes are weighed, each against the reading itself; letters, figures, codes, names and punctuation
are never touched, and what the reader read is kept beside what the model made of it (`Word.read_as`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from digitizer.model import Word
from digitizer.understanding.vietnamese import fold, is_syllable

__all__ = ["SyllableModel", "ToneModel"]

_CORE = re.compile(r"^([^\w]*)(.*?)([^\w]*)$")
_STOPS = frozenset(".,;:()?!")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_HATS = "\u0302"  # circumflex: lost under a stacked tone
_BACKOFF = 0.1
_UNSEEN = 0.05
UNWRITTEN = 4.0
"""The doubt against a word with đ that none of the texts counted has, but one with d."""
_NEIGHBOUR = 50  # times a pair must have been seen before a capitalised word is weighed


@dataclass(frozen=True)
class SyllableModel:
    """Counts of syllables and of pairs of neighbours, lower case, NFC."""

    name: str
    single: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]

    @cached_property
    def total(self) -> int:
        """All syllables counted."""
        return sum(self.single.values())

    @cached_property
    def by_skeleton(self) -> Mapping[str, tuple[str, ...]]:
        """Real syllables by their letters without marks."""
        found: dict[str, list[str]] = {}
        for text in self.single:
            if text.isalpha() and is_syllable(text):
                found.setdefault(fold(text), []).append(text)
        return {skeleton: tuple(texts) for skeleton, texts in found.items()}

    def likelihood(self, before: str | None, text: str) -> float:
        """Log probability of `text` after `before` (None at the start of a phrase)."""
        alone = (self.single.get(text, 0) + _UNSEEN) / (self.total + 1)
        seen = self.single.get(before, 0) if before is not None else 0
        if before is None or not seen:
            return math.log(alone)
        together = self.pairs.get((before, text), 0) / (seen + 10)
        return math.log((1 - _BACKOFF) * together + _BACKOFF * alone)


@dataclass(frozen=True)
class ToneModel:
    """Weighs the marks of a line's words.

    `doubt` is the log odds a change has to win by, `sure_doubt` where the reader was `sure` of the word. It
    becomes only what is written beside a neighbour: of what texts of law never say (`mối mọt`) the counts
    know nothing.
    """

    syllables: SyllableModel
    doubt: float = 5.5
    sure_doubt: float = 8.0
    sure: float = 0.945
    _memory: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def revise(self, words: Sequence[Word]) -> tuple[Word, ...]:
        """The words of one line with the likeliest marks; a changed word says what was read."""
        parts = [_CORE.match(word.text) for word in words]
        cores = [
            (part[1], part[2], part[3]) if part else ("", word.text, "")
            for part, word in zip(parts, words, strict=True)
        ]
        choices = [self._choices(cores, at) for at in range(len(cores))]
        if all(len(choice) == 1 for choice in choices):
            return tuple(words)
        best = self._best(choices, cores, [self._doubt(word) for word in words])
        return tuple(_with(word, core, text) for word, core, text in zip(words, cores, best, strict=True))

    def _choices(self, cores: Sequence[tuple[str, str, str]], at: int) -> tuple[str, ...]:
        core = cores[at][1]
        text = core.lower()
        if len(core) < 2 or not core.isalpha():
            return (text,)
        others = self._others(text)
        if core.isupper() and any(c.islower() for _, other, _ in cores for c in other):
            return (text,)  # capitals within a mixed line are a name filled in
        if core[0].isupper():  # could be a name: only where a neighbour settles it
            before = cores[at - 1][1] if at and not cores[at - 1][2] else ""
            after = cores[at + 1][1] if at + 1 < len(cores) and not cores[at][2] else ""
            around = tuple(n.lower() if n.islower() or core.isupper() else "" for n in (before, after))
            others = tuple(o for o in others if self._settled(text, o, around))
        others = tuple(o for o in others if self._is_written(o, cores, at) or self._is_barred(text, o))
        return (text, *others)

    def _is_written(self, other: str, cores: Sequence[tuple[str, str, str]], at: int) -> bool:
        """Whether the counts know `other` beside what stands before or after it."""
        before = cores[at - 1][1].lower() if at else ""
        after = cores[at + 1][1].lower() if at + 1 < len(cores) else ""
        return (before, other) in self.syllables.pairs or (other, after) in self.syllables.pairs

    def _settled(self, text: str, other: str, around: tuple[str, ...]) -> bool:
        """Whether a neighbour is often seen beside `other`, and never beside what was read."""
        pairs, (before, after) = self.syllables.pairs, around
        return (pairs.get((other, after), 0) >= _NEIGHBOUR and (text, after) not in pairs) or (
            pairs.get((before, other), 0) >= _NEIGHBOUR and (before, text) not in pairs
        )

    def _others(self, text: str) -> tuple[str, ...]:
        if text not in self._memory:
            candidates = self.syllables.by_skeleton.get(fold(text), ())
            self._memory[text] = tuple(c for c in candidates if c != text and _is_mark_slip(text, c))
        return self._memory[text]

    def _doubt(self, word: Word) -> float:
        return self.doubt if word.confidence < self.sure else self.sure_doubt

    def _cost(self, read: str, other: str, doubt: float) -> float:
        """The log odds a change has to win by: less for a bar of đ in a word that nobody wrote (`địp`)."""
        return min(doubt, UNWRITTEN) if self._is_barred(read, other) else doubt

    def _is_barred(self, read: str, other: str) -> bool:
        return read.replace("đ", "d") == other and read not in self.syllables.single

    def _best(
        self,
        choices: Sequence[tuple[str, ...]],
        cores: Sequence[tuple[str, str, str]],
        doubts: Sequence[float],
    ) -> list[str]:
        """The likeliest row of choices (Viterbi)."""
        paths: dict[str, tuple[float, tuple[str, ...]]] = {}
        for at, options in enumerate(choices):
            fresh = at == 0 or bool(_STOPS & set(cores[at - 1][2] + cores[at][0]))
            step: dict[str, tuple[float, tuple[str, ...]]] = {}
            for option in options:
                cost = 0.0 if option == options[0] else self._cost(options[0], option, doubts[at])
                if not paths:
                    step[option] = (self.syllables.likelihood(None, option) - cost, (option,))
                    continue
                score, path = max(
                    (before + self.syllables.likelihood(None if fresh else last, option), row)
                    for last, (before, row) in paths.items()
                )
                step[option] = (score - cost, (*path, option))
            paths = step
        return list(max(paths.values())[1])


def _is_mark_slip(read: str, other: str) -> bool:
    """Whether `other` is `read` with marks as readers lose and swap them, letter by letter."""
    if len(read) != len(other):
        return False
    slips = [(a, b) for a, b in zip(read, other, strict=True) if a != b]
    return 0 < len(slips) <= 2 and all(_letter_slip(a, b) for a, b in slips)


def _letter_slip(read: str, other: str) -> bool:
    one, two = unicodedata.normalize("NFD", read), unicodedata.normalize("NFD", other)
    if read == "đ" and other == "d":
        return True  # the bar of đ seen in the stroke beside it: `địp`, `Tự đo`, `ĐÂN`
    if one[0] != two[0]:
        return False
    marks, wanted = set(one[1:]), set(two[1:])
    hats, tones = marks - set(_TONES), marks & set(_TONES)
    wanted_hats, wanted_tones = wanted - set(_TONES), wanted & set(_TONES)
    if hats == wanted_hats:  # a tone lost, or swapped; the hook of i seen where there is only its dot
        return not tones or bool(wanted_tones) or (one[0] == "i" and tones == {"\u0309"})
    return (
        wanted_hats == hats | {_HATS} and bool(tones) and tones == wanted_tones
    )  # the hat under a tone lost


def _with(word: Word, core: tuple[str, str, str], text: str) -> Word:
    before, read, after = core
    if text == read.lower():
        return word
    cased = text.upper() if read.isupper() else text.capitalize() if read[0].isupper() else text
    return replace(word, text=f"{before}{cased}{after}", read_as=word.text)
