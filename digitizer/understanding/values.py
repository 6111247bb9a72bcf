"""Value grammars: what a field's printed text may say, and how the record writes it. Pure, by name.

A grammar takes printed text and returns a `Value` or None where the text is none: never a guess.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from digitizer.understanding.names import whole_syllables
from digitizer.understanding.segments import letters
from digitizer.understanding.vietnamese import fold, nfc

__all__ = ["GRAMMARS", "Grammar", "Value", "date_in", "lettered", "plain"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the record writes it; `doubt` (0 to 1) is what the grammar takes off its confidence."""

    text: str
    doubt: float = 0.0


Grammar = Callable[[str], Value | None]

_LEADERS = re.compile(r"[.…_·•\-]{3,}|(?:\s[.…]\s?){2,}|\s[.…·]+\s")
# What is left of a dotted line between words (`xã.Mỹ.Hưng`, `VIỆT.NAM`); figures and `TP.` keep their stops.
_DOTTED = re.compile(
    r"(?<=[,;])[.…·]+|(?<=[a-zà-ỹ])[.…·]+(?=[^\W\d_])|(?<=[^\W\d_a-zà-ỹ]{3})[.…·]+(?=[^\W\d_]{2})"
)
_SPECK = re.compile(r"(?<=[^\W\d_]{2})[.…]+\s+(?=[^\W\d_]{2})")  # a stop of the guide: `Lê Thị. Tuyết`
_STRAY = re.compile(r"(?<!\S)['‘’`´](?=[^\W\d_])|(?<=[^\W\d_])['‘’`´](?=[\s,;.]|$)")
_IN_WORD = re.compile(r"(?<=[^\W\d_]{2})[10](?![\w/])|(?<=[^\W\d_])1(?=[^\W\d_])")  # `Đông Hả1`
_GLUED = re.compile(
    r"(?<=[a-zà-ỹ])[.…](?=\d)|(?<=[a-zà-ỹ]{2})[.…](?=\s\w)|(?<=\d)[.…](?=\s?[a-zđà-ỹ])"
)  # `Tổ dân phố số.17`
_EDGES = " .,;:…_·•|*'\"`~-–—"
_MIXED = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "§": "8"})
_FIGURE = r"[0-9OolI|SB§]"
_STROKE = r"[/!|Il]{1,2}"  # what a stroke between figures is read as
_NUMERIC = re.compile(
    rf"(?<![\w/])({_FIGURE}{{1,2}})(?:\s*[/.\-]\s*|{_STROKE})({_FIGURE}{{1,2}})(?:\s*[/.\-]\s*|{_STROKE})({_FIGURE}{{4}})(?!\w)"
)
_WORDED = re.compile(
    rf"ng[aàảãáạ]y\W*({_FIGURE}{{1,2}})\W*th[aáàảãạ]ng\W*({_FIGURE}{{1,2}})\W*n[aăâắằẳẵặ]m\W*({_FIGURE}{{4}})",
    re.IGNORECASE,
)
_MONTH = re.compile(
    rf"(?<![\d/.-])(?:th[aáàảãạ]ng\s*)?(?<!\d)({_FIGURE}{{1,2}})\s*(?:/|-|n[aă]m)\s*({_FIGURE}{{4}})(?!\w)",
    re.IGNORECASE,
)
_NO_CENTURY = re.compile(r"^2[1-9]")  # 2917 was printed 2017
_FIGURES = re.compile(r"\d[\d/.-]*")
_STRUCK = re.compile(
    r"(?<!\d)(?:\d{1,2}\s*[/.-]\s*){2}\d{4}(?!\d)|(?<![\w/])(\d[\d/!|]{6,11}\d)(?![\w/])"
)  # a date, or figures that may be one
_YEARS = re.compile(r"(?:19|20)\d\d")
_STROKES_READ = frozenset("1/!|")  # what a stroke between figures is read as, one sign or two
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_YEAR_AND_SPECK = re.compile(r"^\W*\d(19\d\d|20[0-4]\d)(?!\d)")  # `41985`: the rest of a guide before it
_DAY_AND_SPECK = re.compile(r"(?<!\d)\d(?=\d{2}[/.-]\d{1,2}[/.-](?:19|20)\d\d(?!\d))")
_PERSON = re.compile(r"^[^\W\d_]+(?:['’][^\W\d_]+)?(?:[ -][^\W\d_]+(?:['’][^\W\d_]+)?){1,6}$")
EARLIEST = 1858
MANY_BOOKS = 40  # no commune fills so many of one kind in the years one numbering runs [M]


def plain(text: str) -> str:
    """Printed text without dotted leaders and edge signs, single-spaced, NFC.

    >>> plain("... NGUYỄN VĂN A ......")
    'NGUYỄN VĂN A'
    """
    bare = _STRAY.sub("", _DOTTED.sub(" ", _LEADERS.sub(" ", text)))
    return nfc(" ".join(bare.split()).strip(_EDGES))


def date_in(text: str) -> tuple[Value, int, int] | None:
    """The first whole date in a text, as `DD/MM/YYYY`, and where it stands."""
    found = [m for m in (_WORDED.search(text), _NUMERIC.search(text)) if m]
    for match in sorted(found, key=lambda m: m.start()):
        value = _dated(match.group(1), match.group(2), match.group(3))
        if value is not None:
            odd = any(sign in match[0] for sign in "!|Il")
            return (Value(value.text, max(value.doubt, 0.2)) if odd else value), match.start(), match.end()
    return None


def _dated(day: str, month: str, year: str) -> Value | None:
    figures = [part.translate(_MIXED) for part in (day, month, year)]
    figures[2] = _NO_CENTURY.sub("20", figures[2])
    figures[:2] = [_leading(part, most) for part, most in zip(figures[:2], ("3", "1"), strict=True)]
    mended = figures != [day, month, year]
    try:
        when = datetime.date(int(figures[2]), int(figures[1]), int(figures[0]))
    except ValueError:
        return None
    if when.year < EARLIEST:
        return None
    return Value(f"{when.day:02d}/{when.month:02d}/{when.year}", 0.2 if mended else 0.0)


def _leading(figures: str, most: str) -> str:
    """Two figures of a day or month whose first can only be a 0 that was read as a rounder one: `18/92`."""
    return f"0{figures[1]}" if len(figures) == 2 and figures[0] > most and figures[0] in "689" else figures


def lettered(text: str) -> str:
    """The text, figures inside words as the letters they were printed as.

    >>> lettered("khiếu nạ1, tố cáo")
    'khiếu nại, tố cáo'
    """
    return _IN_WORD.sub(lambda match: "i" if match[0] == "1" else "o", text)


def _text(text: str) -> Value | None:
    value = lettered(plain(text))
    return Value(value) if sum(c.isalnum() for c in value) >= 2 else None


def _date(text: str) -> Value | None:
    whole = date_in(text)
    if whole is not None:
        return whole[0]
    more = date_in(_DAY_AND_SPECK.sub("", text, count=1))
    if more is not None:
        return Value(more[0].text, max(more[0].doubt, 0.4))
    if _STRUCK.search(text):
        return _unstruck(text)
    month = _MONTH.search(text)
    if month:
        figures = int(month[1].translate(_MIXED) or 0), int(month[2].translate(_MIXED))
        if 1 <= figures[0] <= 12 and EARLIEST <= figures[1] <= 2100:
            return Value(f"{figures[0]:02d}/{figures[1]}", 0.1)
    return _year(text) if len(_FIGURES.findall(text)) == 1 else None  # never the rest of a date misread


def _unstruck(text: str) -> Value | None:
    """A date in figures whose strokes were read as ones, where that makes one day.

    >>> _unstruck("1310211973").text, _unstruck("08/04111990").text
    ('13/02/1973', '08/04/1990')
    """
    figures = next((match[1] for match in _STRUCK.finditer(text) if match[1]), "")
    if not _YEARS.fullmatch(figures[-4:]):
        return None
    found: dict[int, set[str]] = {}
    for size, day, rest in _to_stroke(figures[:-4]):
        for more, month, end in _to_stroke(rest):
            if not end and (value := _dated(day, month, figures[-4:])):
                found.setdefault(size + more, set()).add(value.text)
    nearest = found[min(found)] if found else set()  # the fewest signs for strokes
    return Value(nearest.pop(), 0.5) if len(nearest) == 1 else None


def _to_stroke(text: str) -> Iterator[tuple[int, str, str]]:
    """A figure or two with the one or two signs of a stroke behind: how many signs, the figures, the rest."""
    for at in (1, 2):
        for signs in (1, 2):
            stroke = text[at : at + signs]
            if text[:at].isdigit() and len(stroke) == signs and _STROKES_READ.issuperset(stroke):
                yield signs, text[:at], text[at + signs :]


def _year(text: str) -> Value | None:
    found = _YEAR.search(text) or _YEAR.search(text.translate(_MIXED))
    if found:
        return Value(found[1])
    more = _YEAR_AND_SPECK.match(text)
    return Value(more[1], 0.4) if more else None


def _person(text: str) -> Value | None:
    value = _IN_WORD.sub("i", plain(_SPECK.sub(" ", re.sub(r"[|/\\]", " ", text))))
    value = _own_case(re.split(r"[,;:(]", value)[0].strip())
    if not _PERSON.match(value) or len(value) > 60:
        return None
    words = value.split()
    if words[0][0].islower() and words[1][0].islower():
        return None
    even = all(w[0].isupper() for w in words)
    value, doubt = whole_syllables(value)
    return Value(value, max(doubt, 0.0 if even and len(words) >= 2 else 0.25))


def _own_case(name: str) -> str:
    """A name in capitals without what follows it in small letters: the next label, misread.

    >>> _own_case("PHAN BÍCH OANH Ngày")
    'PHAN BÍCH OANH'
    """
    words = name.split()
    capital = next((k for k, w in enumerate(words) if not w.isupper()), len(words))
    return " ".join(words[:capital]) if capital >= 2 and words[capital:] else name


def _gender(text: str) -> Value | None:
    key = letters(fold(text)).split()
    if "nam" in key[:2]:
        return Value("Nam")
    if key and re.fullmatch(r"[a-z]nam", key[0]):
        return Value("Nam", 0.1)  # a speck before it, read as a letter
    return Value("Nữ") if key[:1] in (["nu"], ["nư"]) else None


def _address(text: str) -> Value | None:
    value = lettered(plain(_GLUED.sub(" ", text)))
    return Value(value) if len(value) >= 4 and any(c.isalpha() for c in value) else None


def _personal_id(text: str) -> Value | None:
    for match in re.finditer(r"(?<![\w])[0-9OolISB|§](?:[\s.]?[0-9OolISB|§]){8,11}(?![\w])", text):
        figures = re.sub(r"[\s.]", "", match[0])
        value = figures.translate(_MIXED)
        if len(value) == 12 and value.isdigit() and value[0] in "689":
            return Value(f"0{value[1:]}", 0.4)  # a personal number begins with 0
        if len(value) in (9, 12) and value.isdigit():
            return Value(value, 0.0 if value == figures else 0.25)
    return None


def _book(text: str) -> Value | None:
    match = re.search(r"\d{1,3}\s*(?:[/-]\s*(?:(?:19|20)\d\d)?(?:\s*-\s*[A-Z]{2,4})?)?", text)
    if match is None:
        return None
    book = re.sub(r"\s+", " ", match[0]).strip(" -/")
    many = book.isdigit() and int(book) > MANY_BOOKS and len(book) == 2
    return Value(book, 0.2 if many else 0.0)  # `91`: rather a 01 misread


def _register_number(text: str) -> Value | None:
    twice = re.match(r"^\W*(\d{1,6}) (\1/(?:19|20)\d\d)\b", text)
    if twice:
        return Value(twice[2])  # the first figure is the second's beginning, read once more by itself
    struck = re.match(r"^\W*(\d{1,3})1((?:19|20)\d\d)(?![\w/])", text)
    if struck:
        return Value("/".join(struck.groups()), 0.5)  # no register has so many entries: a stroke read as one
    match = re.match(r"^\W*(\d{1,6}(?:\s*/\s*(?:19|20)\d\d)?)(?!\s*/|[\w\-])", text)
    if match:
        return Value(re.sub(r"\s", "", match[1]))
    later = re.match(r"^\W*(\d{1,6})\s*/\s*2[689]([0-4]\d)(?![\w/])", text)
    return Value(f"{later[1]}/20{later[2]}", 0.4) if later else None  # the year's 0 read as a rounder figure


def _money(text: str) -> Value | None:
    match = re.search(r"(?<!\d)(\d{1,3}(?:[.\s,]\d{3})+|\d{4,})(?!\d)", text)
    return Value(match[1].strip()) if match else None


def _phone(text: str) -> Value | None:
    match = re.search(r"(?<!\d)0(?:[\s.]?\d){8,10}(?!\d)", text)
    return Value(re.sub(r"[\s.]", "", match[0])) if match else None


def _dossier(text: str) -> Value | None:
    match = re.search(
        r"((?:\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(?:\.\d{1,3}){0,3}))\s*-\s*(\d{6})\s*-\s*(\d{4,6})",
        text,
    )
    return Value("-".join(match.groups())) if match else None


GRAMMARS: Mapping[str, Grammar] = {
    "text": _text,
    "date": _date,
    "year": _year,
    "person": _person,
    "gender": _gender,
    "ethnicity": _text,
    "nationality": _text,
    "address": _address,
    "personal_id": _personal_id,
    "book": _book,
    "register_number": _register_number,
    "money": _money,
    "phone": _phone,
    "dossier_code": _dossier,
}
