"""Names of people on forms: the family name held against the list, letters misread inside a syllable."""

from __future__ import annotations

import functools
import re

from digitizer.understanding.tables import Tables
from digitizer.understanding.vietnamese import canonical, fold, is_syllable

__all__ = ["is_known", "name_doubt", "whole_syllables", "with_apostrophe", "with_surname"]

ODD = 0.2  # doubt of a name with a word that is no syllable, or that no known family name begins

_SWAPS = (
    ("T", "I"),
    ("L", "T"),
    ("1", "I"),
    ("0", "O"),
    ("1", "i"),
    ("0", "o"),
    ("l", "i"),
    ("L", "I"),
    ("I", "T"),
)
_HIGHLAND = re.compile(r"[HKhk]['’][^\W\d_]{2,}$")  # `H'Bia`, `K'Brông`
_UNMARKED = re.compile(r"^(H)([BCDĐGJKLMNPRSTWY][^\W\d_]+)", re.IGNORECASE)
_BETWEEN = re.compile(r"^([^\W\d_]{2,})[LlI|1]([^\W\d_]{2,})$")


def with_surname(name: str, tables: Tables) -> tuple[str, float]:
    """The name and its doubt: a family name whose letters are those of one in the list takes its marks.

    One that is not in the list stays: rare names are the ones people search for.
    """
    first, *rest = name.split()
    alike = {s for s in tables.lists.get("surnames", ()) if fold(s) == fold(first)}
    if not alike:
        return name, 0.0
    known = any(canonical(s) == canonical(first) for s in alike)
    if known or len(alike) > 1:
        return name, 0.0 if known else 0.15
    own = next(iter(alike))
    return " ".join([own.upper() if first.isupper() else own, *rest]), 0.1


def with_apostrophe(name: str) -> tuple[str, float]:
    """A highland woman's name whose apostrophe was not read, and its doubt: no syllable begins so.

    >>> with_apostrophe("HLAN AYUN")
    ("H'LAN AYUN", 0.2)
    """
    first = name.partition(" ")[0]
    if first in ("H", "h") and name[1:2] == " ":
        return f"{first}'{name[2:]}", ODD
    match = _UNMARKED.match(first)
    if match is None or is_syllable(first) or not is_syllable(match[2]):
        return name, 0.0
    return f"{match[1]}'{name[1:]}", ODD


def name_doubt(name: str, tables: Tables) -> float:
    """What a name's words say against it: it begins as no family name does, or holds a word no name has.

    Rare and highland names are doubted too: a person looks, nothing is changed.
    """
    words = name.split()
    opens = canonical(words[0]) in _listed(tables, ("surnames", "highland_names"))
    return 0.0 if (opens or _HIGHLAND.match(words[0])) and all(is_known(w, tables) for w in words) else ODD


def is_known(word: str, tables: Tables) -> bool:
    """Whether a word is met in names, its marks included."""
    known = _listed(tables, ("surnames", "highland_names", "given_names"))
    return canonical(word) in known or bool(_HIGHLAND.match(word))


def _listed(tables: Tables, names: tuple[str, ...]) -> frozenset[str]:
    return _canonical(tuple(tables.lists.get(name, ()) for name in names))


@functools.lru_cache(maxsize=8)
def _canonical(lists: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    return frozenset(canonical(word) for words in lists for word in words)


def whole_syllables(name: str) -> tuple[str, float]:
    """The name, words that are no syllables mended where one look-alike letter makes them one; the doubt.

    >>> whole_syllables("TẠ KTM NHUNG"), whole_syllables("MAILHỒNG OANH")
    (('TẠ KIM NHUNG', 0.15), ('MAI HỒNG OANH', 0.2))
    """
    doubt, given = 0.0, []
    for word in name.split():
        better, cost = _mended(word)
        given.append(better)
        doubt = max(doubt, cost)
    return " ".join(given), doubt


def _mended(word: str) -> tuple[str, float]:
    if is_syllable(word) or not word[:1].isupper() or "'" in word or "-" in word:
        return word, 0.0
    joined = _BETWEEN.match(word)
    if joined and is_syllable(joined[1]) and is_syllable(joined[2]):
        return f"{joined[1]} {joined[2]}", 0.2
    found = {
        word[:at] + right + word[at + 1 :]
        for read, right in _SWAPS
        for at, letter in enumerate(word)
        if letter == read and right.isupper() == (word.isupper() or at == 0)
    }
    found |= {word[:at] + word[at + 1 :] for at, letter in enumerate(word) if at and letter in "Il1i|"}
    syllables = [other for other in found if is_syllable(other)]
    return (syllables[0], 0.15) if len(syllables) == 1 else (word, 0.0)
