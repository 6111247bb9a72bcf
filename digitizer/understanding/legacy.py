"""Text of before 2008 in the codes of its fonts: TCVN3 (ABC, `.VnTime`) and VNI-Windows, told and decoded.

Fonts gave the codes of Western letters Vietnamese shapes, so a born-digital page of that time says
`Céng hßa` where it shows `Cộng hòa`. Which code it is, and whether it is one at all, is told by what makes
syllables of the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from digitizer.model import Word
from digitizer.understanding.vietnamese import syllable_score

__all__ = ["decoded", "from_tcvn3", "from_vni"]

_TONES = "\u0300\u0301\u0309\u0303\u0323"  # huyền, sắc, hỏi, ngã, nặng
_TCVN3_ROWS = {
    "a": "µ¸¶·¹",
    "ă": "»¾¼½Æ",
    "â": "ÇÊÈÉË",
    "e": "ÌÐÎÏÑ",
    "ê": "ÒÕÓÔÖ",
    "o": "ßãáâä",
    "ô": "åèæçé",
    "ơ": "êíëìî",
    "u": "ïóñòô",
    "ư": "õøö÷ù",
    "y": "úýûüþ",
    "i": "×ÝØÜÞ",
}
_TCVN3_PLAIN = dict(zip("¨©ª«¬\u00ad®¡¢£¤¥¦§", "ăâêôơưđĂÂÊÔƠƯĐ", strict=True))
_TCVN3 = str.maketrans(
    _TCVN3_PLAIN
    | {
        code: unicodedata.normalize("NFC", base + tone)
        for base, codes in _TCVN3_ROWS.items()
        for code, tone in zip(codes, _TONES, strict=True)
    }
)
_VNI_TONES = dict(zip("øùûõï", _TONES, strict=True))
_VNI_HATS = dict(zip("âàáåãä", ("", *_TONES), strict=True))
_VNI_BREVES = dict(zip("êèéúüë", ("", *_TONES), strict=True))
_VNI_BASES = {"ô": "ơ", "ö": "ư"}
_VNI_SINGLE = {"ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", **_VNI_BASES}
_VNI = re.compile("[aeo][âàáåãä]|a[êèéúüë]|[aeouyôö][øùûõï]|[ñæóòîôö]", re.IGNORECASE)
_UNREADABLE = 0.8  # share of real syllables below which words may be in a code
_BETTER = 0.2
_SOFT_HYPHEN = "\u00ad"  # TCVN3 writes ư with it


def from_tcvn3(text: str) -> str:
    """TCVN3 as Unicode (capitals of `.VnTimeH` stay small: their codes are those of small letters).

    >>> from_tcvn3("§éc lËp - Tù do - H¹nh phóc")
    'Độc lập - Tự do - Hạnh phúc'
    """
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """VNI-Windows as Unicode.

    >>> from_vni("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM")
    'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM'
    """
    return _VNI.sub(_vni_letter, text)


def _vni_letter(found: re.Match[str]) -> str:
    pair = found[0].lower()
    base, mark = pair[0], pair[1:]
    if not mark:
        letter = _VNI_SINGLE[base]
    elif mark in _VNI_TONES:
        letter = _VNI_BASES.get(base, base) + _VNI_TONES[mark]
    elif mark in _VNI_HATS:
        letter = base + "\u0302" + _VNI_HATS[mark]
    else:
        letter = base + "\u0306" + _VNI_BREVES[mark]
    letter = unicodedata.normalize("NFC", letter)
    return letter.upper() if found[0][0].isupper() else letter


def decoded(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of a page's own text, decoded where a code makes sense of them, else without soft hyphens."""
    text = " ".join(word.text for word in words)
    score = syllable_score(text.replace(_SOFT_HYPHEN, ""))
    if score is not None and score < _UNREADABLE:
        ways: tuple[Callable[[str], str], ...] = (from_tcvn3, from_vni)
        best = max(ways, key=lambda way: syllable_score(way(text)) or 0.0)
        if (syllable_score(best(text)) or 0.0) > max(_UNREADABLE, score + _BETTER):
            return tuple(replace(word, text=best(word.text), read_as=word.text) for word in words)
    plain = (replace(word, text=word.text.replace(_SOFT_HYPHEN, "")) for word in words)
    return tuple(word for word in plain if word.text)
