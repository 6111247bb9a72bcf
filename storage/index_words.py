"""The words of a page as the index holds them: with their tones, folded, as pairs, as beginnings.

Pairs and beginnings cost a third of the index and save most of the time of a search: two words side by side,
and a word that is still being typed, are each one list of pages (`docs/decisions/0023-index-layout.md`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from digitizer.understanding.vietnamese import fold, is_number, parts, tokens

__all__ = ["AS_TYPED", "BEGINNINGS", "MAX_WORD", "PageWords", "is_personal", "pair", "words_of_page"]

# A longer word is noise from a reader, not a word.
MAX_WORD: Final = 100
BEGINNINGS: Final = (2, 3, 4)
"""Letters of the beginnings that are kept: shorter ones say nothing, longer ones have few words."""
AS_TYPED: Final = "="
"""Before a beginning with its tones, so that it is not taken for a folded one."""
_PERSONAL_DIGITS: Final = (9, 12)  # CMND, CCCD: domain.md 3.1, 3.2


@dataclass(frozen=True, slots=True)
class PageWords:
    """Streams of words, each one text with a space between words."""

    exact: str
    folded: str
    pairs: str
    beginnings: str
    number: str
    personal: str


@dataclass(frozen=True, slots=True)
class _Chunk:
    exact: tuple[str, ...]
    folded: tuple[str, ...]
    number: tuple[str, ...]
    personal: tuple[str, ...]


def is_personal(word: str) -> bool:
    """Whether a word may be somebody's identity number: 9 or 12 figures."""
    return len(word) in _PERSONAL_DIGITS and word.isdecimal()


def pair(first: str, second: str) -> str:
    """The one word of the index for two folded words side by side."""
    return f"{first}_{second}"


def words_of_page(text: str) -> PageWords:
    """What the index takes of a page's text.

    >>> words_of_page("Hòa giải").pairs
    'hoa_giai'
    """
    chunks = [_chunk(chunk) for chunk in text.split()]
    exact = [word for chunk in chunks for word in chunk.exact]
    folded = [word for chunk in chunks for word in chunk.folded]
    found = {*folded, *(AS_TYPED + word for word in exact)}
    beginnings = {start for word in found for start in _starts(word)}
    return PageWords(
        exact=" ".join(exact),
        folded=" ".join(folded),
        pairs=" ".join({pair(*both) for both in pairwise(folded)}),
        beginnings=" ".join(beginnings),
        number=" ".join(word for chunk in chunks for word in chunk.number),
        personal=" ".join(word for chunk in chunks for word in chunk.personal),
    )


@functools.lru_cache(maxsize=16_384)
def _starts(word: str) -> tuple[str, ...]:
    ahead = word.startswith(AS_TYPED)
    return tuple(word[: size + ahead] for size in BEGINNINGS if len(word) >= size + ahead)


@functools.lru_cache(maxsize=65_536)
def _chunk(text: str) -> _Chunk:
    """The words of what stands between two spaces; a language has few, so most are known already."""
    found = [token[:MAX_WORD] for token in tokens(text)]
    words = [part for token in found for part in parts(token)]
    exact = tuple("#" if is_personal(word) else word for word in words)
    return _Chunk(
        exact,
        tuple(fold(word) for word in exact),
        tuple(fold(token) for token in found if is_number(token)),
        tuple(word for word in words if is_personal(word)),
    )
