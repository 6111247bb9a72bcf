"""Vietnamese text as data: one Unicode form, two keys for search (with tones and without), and tokens.

Raw text is never converted for display; these forms are for comparing and finding only.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from digitizer.understanding.syllables import is_syllable, syllable_score

__all__ = [
    "canonical",
    "fold",
    "has_marks",
    "is_number",
    "is_syllable",
    "nfc",
    "parts",
    "syllable_score",
    "tokens",
]

# Lower-case letters and signs that OCR, converters and keyboards give in place of the Vietnamese ones.
_LOOK_ALIKES: Final = str.maketrans(
    {
        **dict.fromkeys("ðɖ", "đ"),
        **dict(zip("аеорсху", "aeopcxy", strict=True)),  # Cyrillic
        "ǎ": "ă",
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),  # soft hyphen and zero-width signs go
        **dict.fromkeys("\u00a0\u2007\u202f", " "),
        **dict.fromkeys("‐‑‒–—−", "-"),
    }
)
_MARKS: Final = re.compile("[\u0300-\u036f]+")

# Both places of the tone mark are right in open oa, oe, uy (hòa, hoà); one is the key: the second vowel.
_OLD_PLACE: Final = {
    unicodedata.normalize("NFC", pair[0] + tone + pair[1]): unicodedata.normalize("NFC", pair + tone)
    for pair in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0303\u0309\u0323"
}
_OPEN_RHYME: Final = re.compile(rf"(?:{'|'.join(_OLD_PLACE)})(?![^\W\d_])")

# A word, or letters and digits held together by / - . : 125/QĐ-UBND, 28/2021/NĐ-CP, 05/02/2025, Việt-Nam.
_CHUNK: Final = re.compile(r"[^\W_]+(?:[/.\-][^\W_]+)*")
_PART: Final = re.compile(r"[^\W_]+")


def nfc(text: str) -> str:
    """`text` in NFC, the one form that is stored and shown."""
    return unicodedata.normalize("NFC", text)


def fold(text: str) -> str:
    """`text` without case, tone and vowel marks, đ as d, spaces collapsed: the key that forgives most.

    >>> fold("Quyết  định số 125/QĐ-UBND")
    'quyet dinh so 125/qd-ubnd'
    """
    bare = _MARKS.sub("", unicodedata.normalize("NFD", _clean(text))).replace("đ", "d")
    return " ".join(bare.split())


def canonical(text: str) -> str:
    """`text` without case but with its marks, tone marks in one place, look-alike letters mapped.

    >>> canonical("Hòa GIẢI") == canonical("hoà giải")
    True
    """
    cleaned = _clean(text)
    return " ".join(_OPEN_RHYME.sub(lambda match: _OLD_PLACE[match[0]], cleaned).split())


def has_marks(text: str) -> bool:
    """Whether `text` carries any tone or vowel mark or a đ, that is, says more than its fold."""
    return canonical(text) != fold(text)


def tokens(text: str) -> tuple[str, ...]:
    """The words of `text` in canonical form; a document number or a date is one token.

    A hyphenated word without digits (`Việt-Nam`, `QĐ-UBND`) is its words. `parts` takes a number apart.

    >>> tokens("Số: 125/QĐ-UBND, ngày 05/02/2025.")
    ('số', '125/qđ-ubnd', 'ngày', '05/02/2025')
    """
    found: list[str] = []
    for chunk in _CHUNK.findall(canonical(text)):
        if is_number(chunk):
            found.append(chunk)
        else:
            found.extend(_PART.findall(chunk))
    return tuple(found)


def is_number(token: str) -> bool:
    """Whether `token` is a document number, a date or an amount: parts joined, at least one digit."""
    return not token.isalnum() and any(c.isdigit() for c in token)


def parts(token: str) -> tuple[str, ...]:
    """The words and figures inside a token.

    >>> parts("28/2021/nđ-cp")
    ('28', '2021', 'nđ', 'cp')
    """
    return tuple(_PART.findall(token))


def _clean(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower().translate(_LOOK_ALIKES))
