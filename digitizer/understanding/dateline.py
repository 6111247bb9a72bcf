"""Place and date of a paper's head (`Hà Nội, ngày 05 tháng 3 năm 2020`), with slots left for the hand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass

from digitizer.model import Word
from digitizer.understanding.segments import Segment
from digitizer.understanding.vietnamese import fold, nfc

__all__ = ["Dateline", "read_dated_line", "read_dateline"]

_LINE = re.compile(
    r"(?:^|[\s,.;])(?P<d>ng?[a-z]?a[yv]|nga?y)(?P<day>[^a-z]*?[^\s]{0,4}?)\s*"
    r"(?P<m>th[a-z]{1,3}g|thang|thann?g)(?P<month>[^a-z]*?[^\s]{0,4}?)\s*"
    r"(?P<y>n[a-z]m)\s*[:.]?\s*(?P<year>\S{2,6})"
)
_FIGURED = re.compile(r"^\W*[Nn]g[àa]y\s*:?\s*(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*((?:19|20)\d\d)\W*$")
_FIGURES = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "s": "5", "b": "8", "§": "8"})
_LETTERS_READ = re.compile(r"(?<=[^\W\d_])[01](?![^\W_])|(?<=[^\W\d_])[01](?=[^\W\d_])")
_SMALL_L = re.compile(r"^l(?=a [^\W\d_])")  # `Ia Kring`: no place begins with a small letter
_SAME_SHAPE = frozenset("ckopsuvxz")  # small letters that differ from their capitals by size alone
EARLIEST = 1858


@dataclass(frozen=True, slots=True)
class Dateline:
    """A date line taken apart; parts that are no plain figures are empty.

    The `_words` are those a part stands in, for a reader of handwriting to look at.
    """

    segment: Segment
    place: str
    place_words: tuple[Word, ...]
    day: str
    month: str
    year: str
    date_words: tuple[Word, ...]

    @property
    def value(self) -> str:
        """`DD/MM/YYYY`, empty where a part is missing or no such day is."""
        try:
            when = datetime.date(int(self.year), int(self.month), int(self.day))
        except ValueError:
            return ""
        return f"{when.day:02d}/{when.month:02d}/{when.year}" if when.year >= EARLIEST else ""


def read_dateline(segments: Iterable[Segment]) -> Dateline | None:
    """The first date line among the segments."""
    for segment in segments:
        folded = [fold(w.text) for w in segment.words]
        text = " ".join(folded)
        match = _LINE.search(text)
        if match is None:
            continue
        starts = _starts(folded)
        begin = match.start("d")
        words = tuple(
            w
            for w, s in zip(segment.words, starts, strict=True)
            if s >= begin or s + len(fold(w.text)) > begin
        )
        before = tuple(
            w for w, s in zip(segment.words, starts, strict=True) if s + len(fold(w.text)) <= begin
        )
        named = nfc(" ".join(w.text for w in before)).strip(" ,.;:-–_'\"")
        place = _with_capital(_SMALL_L.sub("I", _LETTERS_READ.sub(_as_letter, named)))
        return Dateline(
            segment,
            place if _is_place(place) else "",
            before,
            _figure(match["day"], 2),
            _figure(match["month"], 2),
            _year(match["year"]),
            words,
        )
    return None


def read_dated_line(segments: Iterable[Segment]) -> Dateline | None:
    """The first line that is a date in figures under its label (`Ngày: 05-3-2023`), as judgments print it."""
    for segment in segments:
        match = _FIGURED.match(segment.text)
        if match:
            day, month, year = match.groups()
            return Dateline(segment, "", (), day, month, year, segment.words)
    return None


def _as_letter(figure: re.Match[str]) -> str:
    """The letter a figure inside a word was printed as: `Hà Nộ1`."""
    return "i" if figure[0] == "1" else "o"


def _with_capital(place: str) -> str:
    """The place, its first letter a capital where the small one has the same shape: `chiềng Công`."""
    first, *others = place.split(" ")
    alike = first[:1] in _SAME_SHAPE and others and all(word[:1].isupper() for word in others)
    return place[:1].upper() + place[1:] if alike else place


def _starts(words: list[str]) -> list[int]:
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    return starts


def _figure(text: str, most: int) -> str:
    core = re.sub(r"[\s.,…_:\-]", "", text)
    if core.isdigit() and 1 <= len(core) <= most:
        return core
    mapped = core.translate(_FIGURES)
    return mapped if mapped.isdigit() and 1 <= len(mapped) <= most and any(c.isdigit() for c in core) else ""


def _year(text: str) -> str:
    core = re.sub(r"[^\w§|]", "", text).translate(_FIGURES)
    return core if len(core) == 4 and core.isdigit() and core[:2] in {"18", "19", "20"} else ""


def _is_place(text: str) -> bool:
    """Whether the words before a date name a locality: no figures, not the opening of minutes."""
    if not 2 <= len(text) <= 40 or any(c.isdigit() for c in text) or fold(text).startswith("hom nay"):
        return False
    return text[:1].isupper() and sum(c.isalpha() or c.isspace() for c in text) >= 0.8 * len(text)
