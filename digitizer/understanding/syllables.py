"""Which written forms are Vietnamese syllables: a generator of onset, rhyme and tone, and a score of a text.

The score ranks pages and zones (a reader that went wrong, a page upside down, an undecoded font). It
cannot prove tones right: of random tone errors 80.6 % still give an accepted syllable.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import Final

__all__ = ["MIN_TOKENS", "is_syllable", "syllable_score", "syllables"]

# Fewer countable words than this say nothing about a page.
MIN_TOKENS: Final = 5

_ONSETS: Final = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph r s t th tr v x"
_RHYMES: Final = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on "
    "ong oong ooc op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uên uêch uênh uêu ui um un ung uơ up ut "
    "uy uya uych uyên uyêt uyn uynh uyt uyp uyu uôc uôi uôm uôn uông uôt "
    "ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu"
)
# After `qu`, whose u belongs to the onset: its rhymes are their own list (quốc, quới).
_QU_RHYMES: Final = (
    "a ac ach ai an ang anh ao at ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê êch ên ênh êt "
    "i it y ych yên yêt ynh yt ơ ơi ôc"
)
_TONES: Final = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_STOPPED_TONES: Final = ("\u0301", "\u0323")
_MARKED: Final = frozenset("ăâêôơư")
_VOWELS: Final = frozenset("aeiouy") | _MARKED
_EITHER_PLACE: Final = frozenset({"oa", "oe", "uy"})

# Highland and minority names, and forms of the law texts, that the spelling rules do not make.
_OTHER_FORMS: Final = (
    "ayun bhăng blang blao bluk bri bru brâu brừu buôr chrôh cuôr cơho dak dliê dray dreng drông drăng "
    "dơk ea glar glong grăng hbông hiao hlei hleo hneng hra hrung hrê hrú jang jrai juh jun jút jơ ka "
    "kao  kbang kdam klong kly klông klơi kmông knông knôp knốp kon kpang kpă kring krong kroong krái "
    "kré krêl  krêm krông krăng ksor ktur kuăn kôn kông kạn lăk mdrăk mlá mrông ngok ngọk nhol nuôl pah "
    "plei pleiku  pnan prao pring prông păh pơng qưới raglai rve rơman srê sró tlang tnung trâl tul wa "
    "wăn xtiêng  xêđăng ya yang yul zơ êa êban êbung đak đmông đrăk đăk đắk "
    "niê mlô byă kpuih rmah rcom rahlan"
)

_CHUNK: Final = re.compile(r"[^\W_]+(?:[/\-–][^\W_]+)*")
_MARKS: Final = re.compile("[\u0300-\u0302\u0303\u0306\u0309\u031b\u0323]")


@functools.cache
def syllables() -> frozenset[str]:
    """All spelled forms (NFC, lower case), tone marks in the old and in the new place: 18,052."""
    return _forms(new_style=False) | _forms(new_style=True)


def is_syllable(token: str) -> bool:
    """Whether `token` can be a Vietnamese syllable or is a known highland form; case does not matter."""
    form = unicodedata.normalize("NFC", token).lower()
    return form in _accepted()


def syllable_score(text: str) -> float | None:
    """The share of accepted syllables among the words of `text`; None where there are too few to say.

    Words with digits and abbreviations in capitals (`UBND`, `QĐ-UBND`) do not count either way. At least
    0.97 is good, under 0.90 doubtful, under 0.6 another script, language, encoding or orientation.
    """
    accepted = _accepted()
    good = counted = 0
    for chunk in _CHUNK.findall(unicodedata.normalize("NFC", text)):
        if _is_abbreviation_or_number(chunk):
            continue
        for word in re.split(r"[/\-–]", chunk.lower()):
            counted += 1
            good += word in accepted
    return good / counted if counted >= MIN_TOKENS else None


@functools.cache
def _accepted() -> frozenset[str]:
    return syllables() | frozenset(_OTHER_FORMS.split())


def _is_abbreviation_or_number(chunk: str) -> bool:
    if not chunk.isalpha():
        if any(c.isdigit() for c in chunk):
            return True
        return chunk.isupper() and not _carries_mark(chunk)
    return chunk.isupper() and len(chunk) <= 5 and not _carries_mark(chunk)


def _carries_mark(chunk: str) -> bool:
    """Capitals with a vowel or tone mark are words (`CỘNG`), those without may be letters (`HĐND`)."""
    return not chunk.isascii() and bool(_MARKS.search(unicodedata.normalize("NFD", chunk)))


def _forms(*, new_style: bool) -> frozenset[str]:
    pairs = [
        (onset, rhyme)
        for onset in ("", *_ONSETS.split())
        for rhyme in _RHYMES.split()
        if _spells(onset, rhyme)
    ]
    pairs += [("qu", rhyme) for rhyme in _QU_RHYMES.split()]
    return frozenset(
        _join(onset, rhyme, tone, new_style=new_style)
        for onset, rhyme in pairs
        for tone in (_STOPPED_TONES if rhyme.endswith(("p", "t", "c", "ch")) else _TONES)
    )


def _spells(onset: str, rhyme: str) -> bool:
    """The spelling rules: `k gh ngh` before e ê i, `c g ng` before the others, `iê` is `yê` at the start."""
    front = rhyme[0] in "eêi"
    if onset == "k":
        return front or rhyme == "y"
    if onset in {"gh", "ngh"}:
        return front
    if onset in {"c", "g", "ng"}:
        return not front and rhyme[0] != "y"
    if onset == "":
        return not rhyme.startswith("iê")
    if onset == "gi":  # gi + ia, gi + iu are written as gi + a, gi + u
        return rhyme[0] != "y" and rhyme not in {"ia", "iu"}
    return not rhyme.startswith("yê")


def _join(onset: str, rhyme: str, tone: str, *, new_style: bool) -> str:
    place = _tone_place(rhyme, new_style=new_style) + 1
    toned = rhyme[:place] + tone + rhyme[place:]
    # gi + i, gi + iêng: one i is written (gì, giếng).
    written = onset[:1] + toned if onset == "gi" and rhyme[0] == "i" else onset + toned
    return unicodedata.normalize("NFC", written)


def _tone_place(rhyme: str, *, new_style: bool) -> int:
    marked = [place for place, letter in enumerate(rhyme) if letter in _MARKED]
    if marked:
        return marked[-1]
    vowels = sum(letter in _VOWELS for letter in rhyme)
    if vowels == 3:
        return 1
    if vowels == 2 and (vowels < len(rhyme) or (new_style and rhyme in _EITHER_PLACE)):
        return 1
    return 0
