"""The issuing organ from the header's left block: superior organ, own name, lost marks given back."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from digitizer.understanding.names import whole_syllables
from digitizer.understanding.segments import Segment, capitals, letters
from digitizer.understanding.tables import Tables
from digitizer.understanding.units import default_units
from digitizer.understanding.vietnamese import canonical, fold, is_syllable

__all__ = ["PLACE_LISTS", "Organ", "listed_words", "opens_name", "organ_of", "with_marks"]

_NOT_ORGAN = re.compile(
    r"^(v v|vv|mau (so|tp|ht|2c|\d)|tp ht|cong van den|den|so den|ban sao|phu luc|bieu mau|ky hieu)\b"
)
_NUMBER = re.compile(r"^\W*\S{0,4}\d{1,6}\s?/|^\W*s[o06]\s*[:;.]|^\W*s[o06]\s*\S{0,6}\s*/")
_DASH_END = re.compile(r"\w\s*[-–—]\s*$")
_DASH_START = re.compile(r"^\s*[-–—]\s*\w")
PLACE_LISTS = ("address_phrases", "provinces")
"""Phrases of places: of organs' names none, `Phong Thủy` is no `Phòng`."""
SURE = 0.93
"""Confidence from which a word is left as printed, whatever a list says."""
_UNIT = re.compile(r"(?:xã|phường|thị trấn|huyện|quận|thị xã|thành phố)(?: [^\W\d_]+){1,5}$", re.IGNORECASE)
_SIGN = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class Organ:
    """The organ that issued a paper: `full_name` is told apart from others of its kind by its locality."""

    parent: str
    parent_lines: tuple[Segment, ...]
    name: str
    lines: tuple[Segment, ...]


def organ_of(left: Sequence[Segment], number_top: float | None, tables: Tables) -> Organ | None:
    """The organ named above the number line, or None."""
    above = [s for s in left if number_top is None or s.box.top < number_top]
    lines = [s for k, s in enumerate(above) if _is_organ_line(s) or (k and _ends_name(s, above[k - 1]))]
    groups: list[list[Segment]] = []
    for line in lines:
        if groups and (_shared(groups[-1][-1], line) or not opens_name(line.key, tables)):
            groups[-1].append(line)
        elif groups or opens_name(line.key, tables) or len(line.key) > 6:
            groups.append([line])
    groups = _joined(groups)
    if not groups:
        return None
    own, above = groups[-1], [line for group in groups[:-1] for line in group]
    name = _units_listed(whole_syllables(with_marks(_text(own), tables))[0], own)
    parent = with_marks(_text(above), tables)
    return Organ(parent, tuple(above), _with_locality(name, parent, tables), tuple(own))


def _units_listed(name: str, lines: Sequence[Segment]) -> str:
    """The name, words of its unit read with doubt as the list of units has them where only one unit fits."""
    doubtful = {canonical(_SIGN.sub("", w.text)) for s in lines for w in s.words if w.confidence < SURE}
    place = _UNIT.search(name)
    if place is None or not doubtful or default_units().has(place[0]):
        return name
    read, listed = place[0].split(), (default_units().like(place[0]) or "").split()
    if len(read) != len(listed):
        return name
    cased = [want.upper() if word.isupper() else want for want, word in zip(listed, read, strict=True)]
    given = [want if canonical(word) in doubtful else word for want, word in zip(cased, read, strict=True)]
    return f"{name[: place.start()]}{' '.join(given)}"


def _shared(line: Segment, nxt: Segment) -> bool:
    """Whether two organs issue together: a dash at the end of one line or the start of the next."""
    if _DASH_END.search(line.text):
        return True
    beside = line.row == nxt.row and line.page == nxt.page  # the dash between them was not read
    alike = line.key.split()[:1] == nxt.key.split()[:1]
    return alike and (beside or bool(_DASH_START.search(nxt.text)))


def with_marks(text: str, tables: Tables, lists: tuple[str, ...] = ("organ_phrases", "provinces")) -> str:
    """The text with the marks of known phrases where all letters agree, but for a misread word of many."""
    phrases = _phrase_map(tuple(p for name in lists for p in _spelled(name, tables)))
    words = text.split()
    folded = [letters(fold(w)) for w in words]
    at, opens = 0, True  # a kind alone is mended only where a name begins: `XÃ HÒA PHONG` is no `PHÒNG`
    while at < len(words):
        for size in range(min(8, len(words) - at), 0, -1):
            span = slice(at, at + size)
            phrase = phrases.get(" ".join(folded[span])) or _nearly(folded[span], words[span], phrases)
            sure = size > 2 or (_has_fewer(" ".join(words[span]), phrase or "") and (size > 1 or opens))
            if phrase is not None and sure and len(phrase) > 3 and not _in_unit(words, at, size):
                words[span] = _cased(phrase.split(), words[span])
                at, opens = at + size - 1, True
                break
        else:
            opens = False
        at += 1
    return " ".join(words)


def _in_unit(words: Sequence[str], at: int, size: int) -> bool:
    """Whether the words name a unit with the kind before them: `HUYỆN QUANG BÌNH` is not in `Quảng Bình`."""
    ends = [" ".join(words[at - kind : at + size]) for kind in (1, 2) if at >= kind]
    return any(default_units().has(_SIGN.sub("", text)) for text in ends)


def listed_words(name: str, tables: Tables) -> frozenset[str]:
    """The words of a name, in comparing form, that stand in a known phrase or name a unit behind its kind."""
    words = [canonical(_SIGN.sub("", w)) for w in name.split()]
    phrases = {
        canonical(p) for listed in ("organ_phrases", "provinces") for p in tables.lists.get(listed, ())
    }
    held: set[str] = set()
    for at in range(len(words)):
        for size in range(min(8, len(words) - at), 0, -1):
            text = " ".join(words[at : at + size])
            if text in phrases or (size > 1 and default_units().has(text)):
                held.update(words[at : at + size])
                break
    return frozenset(held)


def _has_fewer(word: str, phrase: str) -> bool:
    """Whether a word has fewer marks than the phrase: `PHUONG`, but not the name `PHƯỢNG`."""
    marks = [
        sum(map(bool, map(unicodedata.combining, unicodedata.normalize("NFD", text))))
        for text in (word, phrase)
    ]
    return marks[0] < marks[1]


def _nearly(keys: Sequence[str], words: Sequence[str], phrases: Mapping[str, str]) -> str | None:
    """The known phrase but for one letter: of four words, or of three where the word is no syllable."""
    if len(keys) < 3:
        return None
    for key, phrase in phrases.items():
        parts = key.split()
        off = [k for k, (one, other) in enumerate(zip(parts, keys, strict=False)) if one != other]
        if len(parts) != len(keys) or len(off) != 1 or Levenshtein.distance(parts[off[0]], keys[off[0]]) > 1:
            continue
        if len(keys) > 3 or not is_syllable(_SIGN.sub("", words[off[0]])):
            return phrase
    return None


def _spelled(name: str, tables: Tables) -> tuple[str, ...]:
    """The phrases of a list; provinces also with the kind before them."""
    phrases = tables.lists.get(name, ())
    return (*phrases, *(f"tỉnh {p}" for p in phrases)) if name == "provinces" else tuple(phrases)


@functools.lru_cache(maxsize=8)
def _phrase_map(phrases: tuple[str, ...]) -> dict[str, str]:
    return {letters(fold(p)): p for p in phrases}


def _cased(phrase: list[str], words: list[str]) -> list[str]:
    if len(phrase) != len(words):
        return words
    given = []
    for listed, word in zip(phrase, words, strict=True):
        want, core = _SIGN.sub("", listed), _SIGN.sub("", word)
        if letters(fold(core)) != letters(fold(want)):
            given.append(
                word if is_syllable(core) else word.replace(core, want.upper() if core.isupper() else want)
            )
            continue
        cased = (
            want.upper() if core.isupper() else want[:1].upper() + want[1:] if core[:1].isupper() else want
        )
        same = fold(core) == fold(want) and _only_place(core, cased)
        given.append(word if same else word.replace(core, cased))
    return given


def _only_place(one: str, other: str) -> bool:
    return canonical(one) == canonical(other)


def _is_organ_line(line: Segment) -> bool:
    return (
        len(line.key) >= 3
        and sum(c.isalpha() for c in line.text) >= 3
        and capitals(line.text) > 0.6
        and not _NOT_ORGAN.match(line.key)
        and not _NUMBER.match(line.folded)
    )


def _ends_name(line: Segment, before: Segment) -> bool:
    """Whether a line is the last syllable of the name above it: `… TỈNH SƠN` / `LA`."""
    short = line.text.isalpha() and line.text.isupper() and len(line.key) < 3
    near = line.box.top - before.box.bottom < 1.2 * before.box.height
    return short and near and is_syllable(line.text) and _is_organ_line(before)


def _text(lines: Sequence[Segment]) -> str:
    text = ""
    for before, line in zip((None, *lines), lines, strict=False):
        joint = " - " if before is not None and _shared(before, line) else " "
        text = f"{text}{joint}{_clean(line.text)}"
    return text.strip()


def _clean(text: str) -> str:
    return re.sub(r"^[\W_]+|[\W_]+$", "", " ".join(text.split()))


def opens_name(key: str, tables: Tables) -> bool:
    """Whether a line begins an organ's name."""
    heads = _phrase_map(tables.lists.get("organ_heads", ()))
    if any(key == head or key.startswith(f"{head} ") for head in heads):
        return True
    return any(len(h) >= 6 and fuzz.ratio(key[: len(h)], h) >= 88 for h in heads)


def _joined(groups: list[list[Segment]]) -> list[list[Segment]]:
    """A last group that is no organ by itself (`TÒA ÁN` / `HỘI ĐỒNG`) stays; empty ones go."""
    return [group for group in groups if any(line.key for line in group)]


def _with_locality(name: str, parent: str, tables: Tables) -> str:
    """The organ's name with the locality of the committee it is under, where its own has none."""
    own, above = letters(fold(name)), letters(fold(parent))
    territorial = [letters(fold(t)) for t in tables.lists.get("territorial", ())]
    local = [letters(fold(t)) for t in tables.lists.get("localities", ())]
    if not any(above.startswith(f"{t} ") for t in territorial):
        return name
    if any(f" {place} " in f" {own} " for place in local):
        return name
    words = parent.split()
    for at, word in enumerate(words):
        two = letters(fold(" ".join(words[at : at + 2])))
        if two in local or letters(fold(word)) in local:
            return f"{name} {' '.join(words[at:])}"
    return name
