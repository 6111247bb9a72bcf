"""Numbers in Vietnamese words, both ways (domain reference 3.8): what they say, how they are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from digitizer.understanding.vietnamese import fold

__all__ = ["date_spellings", "number_in", "spellings"]

_UNITS = {
    "khong": 0, "mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5, "lam": 5, "nham": 5,
    "sau": 6, "bay": 7, "tam": 8, "chin": 9,
}  # fmt: skip
_SCALES = {"nghin": 10**3, "ngan": 10**3, "trieu": 10**6, "ty": 10**9, "ti": 10**9}
_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_GROUPS = ("", "nghìn", "triệu", "tỷ")
_SKIPPED = frozenset({"linh", "le", "chan", "dong", "viet"})
_WORDS = frozenset({*_UNITS, *_SCALES, *_SKIPPED, "muoi", "tram"})
_LETTERS = str.maketrans({"1": "i", "0": "o"})


def number_in(text: str) -> int | None:
    """The number words say, or None where a word is none of a number's.

    >>> number_in("Hai triệu năm trăm nghìn đồng"), number_in("hai mươi mốt"), number_in("xa xa")
    (2500000, 21, None)
    """
    total = group = last = 0
    seen = False
    for word in map(_heard, re.findall(r"[a-z]+", fold(text).translate(_LETTERS))):
        if word in _UNITS:
            group, last, seen = group + _UNITS[word], _UNITS[word], True
        elif word == "muoi":
            tens = last or 1
            group, last, seen = group - last + 10 * tens, 0, True
        elif word == "tram":
            group, last = group - last + 100 * last, 0
        elif word in _SCALES:
            total, group, last = total + group * _SCALES[word], 0, 0
        elif word not in _SKIPPED:
            return None
    return total + group if seen else None


def _heard(word: str) -> str:
    """The number word that a misread one of at least four letters can only be; else the word itself."""
    if len(word) < 4 or word in _WORDS:
        return word
    near = [
        known for known in _WORDS if len(known) > 3 and Levenshtein.distance(known, word, score_cutoff=1) <= 1
    ]
    return near[0] if len({_SCALES.get(each, each) for each in near}) == 1 else word


def spellings(number: int) -> Iterator[str]:
    """How a number is spelled, in the ways that differ: nghìn or ngàn, linh or lẻ, bốn or tư."""
    base = _spelled(number)
    for thousand in ("nghìn", "ngàn"):
        for joint in ("linh", "lẻ"):
            text = base.replace("nghìn", thousand).replace("linh", joint)
            yield text
            yield re.sub(r"mươi bốn\b", "mươi tư", text)


def date_spellings(day: int, month: int, year: int) -> Iterator[str]:
    """How a date is spelled on a certificate."""
    months = (_spelled(month), "tư") if month == 4 else (_spelled(month),)
    for spelled_year in spellings(year):
        for spelled_month in months:
            yield f"Ngày {_spelled(day)}, tháng {spelled_month}, năm {spelled_year}"


def _spelled(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    groups, rest = [], number
    while rest:
        rest, low = divmod(rest, 1000)
        groups.append(low)
    top = len(groups) - 1
    parts = [
        f"{_hundreds(groups[at], full=at < top)} {_GROUPS[at]}".strip()
        for at in range(top, -1, -1)
        if groups[at] and at < len(_GROUPS)
    ]
    return " ".join(parts)


def _hundreds(number: int, *, full: bool) -> str:
    hundred, rest = divmod(number, 100)
    lead = f"{_DIGITS[hundred]} trăm" if hundred or full else ""
    if not rest:
        return lead
    return f"{lead} {'linh ' if lead and rest < 10 else ''}{_tens(rest)}".strip()


def _tens(number: int) -> str:
    ten, unit = divmod(number, 10)
    if not ten:
        return _DIGITS[unit]
    lead = "mười" if ten == 1 else f"{_DIGITS[ten]} mươi"
    last = "mốt" if unit == 1 and ten > 1 else "lăm" if unit == 5 else _DIGITS[unit]
    return f"{lead} {last}" if unit else lead
