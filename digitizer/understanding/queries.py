"""What a clerk types into the search field, as clauses; and where a page's words answer it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from digitizer.understanding.vietnamese import canonical, fold, is_number, parts, tokens

__all__ = ["Clause", "clauses", "positions", "words_of"]

_QUOTED: Final = re.compile(r'"([^"]*)"?')
_QUOTES: Final = str.maketrans("“”„«»", '"""""')
_PREFIXED: Final = re.compile(r"(?<=[^\W_])\*(?=\s|$)")
MAX_CLAUSES: Final = 32


@dataclass(frozen=True, slots=True)
class Clause:
    """Words that must follow each other on a page: one plain word, a quoted phrase or a number's parts.

    `words` are canonical. `number` is the whole number where that is what was typed. With `prefix` (the
    word was typed with a `*` behind it) longer words answer too.
    """

    words: tuple[str, ...]
    number: str | None = None
    prefix: bool = False

    @property
    def folded(self) -> tuple[str, ...]:
        """The words without marks."""
        return tuple(fold(word) for word in self.words)


def clauses(query: str) -> tuple[Clause, ...]:
    """The clauses of `query`, all of which a page must answer.

    >>> [c.words for c in clauses('bổ nhiệm "Nguyễn Văn" 125/QĐ')]
    [('bổ',), ('nhiệm',), ('nguyễn', 'văn'), ('125', 'qđ')]
    """
    found: list[Clause] = []
    for number, text in enumerate(_QUOTED.split(query.translate(_QUOTES))):
        found += [Clause(words_of(text))] if number % 2 else _plain(text)
    return tuple(clause for clause in found if clause.words)[:MAX_CLAUSES]


def words_of(text: str) -> tuple[str, ...]:
    """The canonical words of `text`, numbers taken apart: the stream that is indexed and searched."""
    return tuple(part for token in tokens(text) for part in parts(token))


def positions(wanted: Iterable[Clause], words: Sequence[str], *, exact: bool) -> frozenset[int]:
    """Which of the printed `words` of a page answer a clause, in the exact or in the folded form."""
    stream = [(place, key) for place, word in enumerate(words) for key in _keys(word, exact)]
    found: set[int] = set()
    for clause in wanted:
        sought = clause.words if exact else clause.folded
        for start in _beginnings(clause, sought, stream):
            if _answers(clause, sought, stream, start):
                found.update(place for place, _ in stream[start : start + len(sought)])
    return frozenset(found)


def _beginnings(clause: Clause, sought: tuple[str, ...], stream: list[tuple[int, str]]) -> list[int]:
    """Where the first word of a clause stands with room for the others: few places, seen at a glance."""
    first, room = sought[0], len(stream) - len(sought) + 1
    if clause.prefix and len(sought) == 1:
        return [start for start, (_, key) in enumerate(stream) if key.startswith(first)]
    return [start for start, (_, key) in enumerate(stream) if key == first and start < room]


@functools.lru_cache(maxsize=16_384)
def _keys(word: str, exact: bool) -> tuple[str, ...]:
    """A language has few words: twenty pages are looked up, not folded again."""
    found = words_of(word)
    return found if exact else tuple(fold(part) for part in found)


def _answers(clause: Clause, sought: tuple[str, ...], stream: list[tuple[int, str]], start: int) -> bool:
    last = len(sought) - 1
    if any(stream[start + step][1] != sought[step] for step in range(last)):
        return False
    printed = stream[start + last][1]
    return printed.startswith(sought[last]) if clause.prefix else printed == sought[last]


def _plain(text: str) -> list[Clause]:
    found = []
    for chunk in canonical(text).split():
        prefix = bool(_PREFIXED.search(chunk))
        whole = tokens(chunk)
        for token in whole:
            number = token if is_number(token) else None
            last = prefix and token is whole[-1]
            found.append(Clause(parts(token), number, last))
    return found
