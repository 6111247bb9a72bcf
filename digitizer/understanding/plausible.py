"""Is a read line text at all? Seals, signatures and stains read as letters, but not as Vietnamese ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from digitizer.model import Word
from digitizer.understanding.lookalikes import with_bullet, with_end
from digitizer.understanding.vietnamese import is_syllable

__all__ = ["believable", "believable_page", "is_reference", "without_debris"]

DOUBTFUL = 0.55
HOPELESS = 0.25
DEBRIS = 0.4
SPECKS = frozenset(".,`'‘’:;~_|^*°˙¨ˆ¸")
CODE = re.compile(r"[A-ZĐ]{1,6}([/&\-][A-ZĐ]{1,8}[a-z]?[A-Z]*)+")
SHORT_SURE = 0.7
# A notation (`/QĐ-UBND`) or a label of a slot: print, even where figures written beside it are in doubt.
NOTATION = re.compile(r"[A-ZĐÐ][A-Za-zĐÐđ&]{1,9}-[A-ZĐÐ]{2}")
SLOT_LABEL = re.compile(r"^(?:S[ốóôồ]:|[Nn]gày|[Tt]háng)\W?\S{0,6}$")
INITIALS = re.compile(r"[A-ZĐÐ]{2,5}[.;]?")  # of the unit that drew a paper up, behind `Lưu: VT,`
FILED = re.compile(r"^L[ưu]u\W?$")
SHORT_TEXTS = frozenset({"I", "II", "V", "X", "A", "B", "C", "D", "Đ"})
NUMERAL = re.compile(r"(?:[0-9]|[IVXABCDĐ]|[a-eđ](?=\)))[.)]")  # of a list, set apart from its text


def without_debris(words: Sequence[Word]) -> tuple[Word, ...]:
    """Drop what nobody can stand for: words hardly sure and no words, and specks read as stops."""
    words = with_end(with_bullet(words))
    kept = [w for at, w in enumerate(words) if w.confidence >= DEBRIS or _is_sure_kind(words, at)]
    while kept and set(kept[0].text) <= SPECKS:
        kept.pop(0)
    while kept and kept[-1].text in SPECKS:
        kept.pop()
    if kept and kept[0].text[0] in SPECKS and kept[0].text[1:2].isalnum():
        kept[0] = replace(kept[0], text=kept[0].text[1:])
    return tuple(kept)


def believable(words: Sequence[Word], *, in_cell: bool = False) -> bool:
    """Whether a line is worth keeping: sure words, or words that are words.

    A figure or two standing alone must be sure, but not in the cell of a table, where they are at home.
    """
    signs = sum(len(word.text) for word in words)
    if not any(c.isalnum() for word in words for c in word.text):
        return False
    if any(NOTATION.search(word.text) for word in words):
        return True
    sure = sum(word.confidence * len(word.text) for word in words) / max(1, signs)
    if signs <= 2 and in_cell and all(word.text.isdigit() for word in words):
        return sure >= HOPELESS
    if signs <= 2:
        return sure >= SHORT_SURE and _is_short_text("".join(word.text for word in words))
    good = sum(len(word.text) for word in words if _is_word(word.text)) / max(1, signs)
    return sure >= HOPELESS and not (sure < DOUBTFUL and good < 0.5)


def believable_page(words: Sequence[Word]) -> bool:
    """Whether a page's words, weighed by their letters, are together as sure as a doubtful line must be.

    Grain yields a word here and there, each a syllable; the hardest photographs stand far above it.
    """
    signs = sum(len(word.text) for word in words)
    return signs > 0 and sum(w.confidence * len(w.text) for w in words) / signs >= DOUBTFUL


def is_reference(text: str) -> bool:
    """Whether a word holds a notation or opens a slot of the number or date line."""
    return bool(NOTATION.search(text) or SLOT_LABEL.match(text))


def _is_short_text(text: str) -> bool:
    """Page numbers, list numerals and crosses in tables stand alone; other single letters are stains."""
    if text.isdigit() or NUMERAL.fullmatch(text):
        return True
    return text.upper() in SHORT_TEXTS or (len(text) == 2 and is_syllable(text))


def _is_word(text: str) -> bool:
    bare = text.strip(".,;:!?()[]\"'“”-–/…")
    if not bare:
        return False
    return bare.isdigit() or is_syllable(bare) or any(c.isdigit() for c in bare) or bool(CODE.fullmatch(bare))


def _is_sure_kind(words: Sequence[Word], at: int) -> bool:
    """Whether the word is of a kind that stains are not read as: a word, a code, a label, an entry's dash."""
    text = words[at].text
    return _is_word(text) or is_reference(text) or _leads(words, at) or _is_initials(words, at)


def _is_initials(words: Sequence[Word], at: int) -> bool:
    return bool(INITIALS.fullmatch(words[at].text)) and any(FILED.match(w.text) for w in words[:at])


def _leads(words: Sequence[Word], at: int) -> bool:
    """Whether this is the dash before an entry of a list."""
    return at == 0 and words[at].text == "-" and len(words) > 1 and _is_word(words[1].text)
