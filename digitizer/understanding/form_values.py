"""Grammars of values on printed forms: holders, birthdays, sums in words, numbers of other papers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz.distance import Levenshtein

from digitizer.understanding.names import name_doubt, with_apostrophe, with_surname
from digitizer.understanding.organs import with_marks
from digitizer.understanding.segments import letters
from digitizer.understanding.spelled import number_in
from digitizer.understanding.tables import default_tables
from digitizer.understanding.values import GRAMMARS, Grammar, Value, date_in, plain
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["FORM_GRAMMARS", "undotted"]

_GUIDE = re.compile(r"(?<=[a-zà-ỹđ])\.+(?=\s|[^\W\d_])|\.{2,}|(?<!\S)\.(?=\w)")
_JOINED = re.compile(r"(?<=[^\W\d_]{2})(?<!TP)(?<!Tp)[.„…]+(?=[^\W\d_]{2})|(?<=\s)[.„…]+(?=[^\W\d_]{2})")
_TRAIL = re.compile(r"(?<=[\wà-ỹđ])[.„…]+(?=[,;]?\s)|(?<=\s)[.„…,]+(?=\s)")
_LEAD = re.compile(r"(?<!\S)[.„…,]+(?=\w)")
_COLONS = re.compile(r"(?<!\d)(\d{1,2})[:;](\d{1,2})[:;](\d{4})(?!\d)")
_DOSSIER = re.compile(
    r"((?:\d{3}[\s.,]+\d{2}[\s.,]+\d{2}[\s.,]+)?[A-Z]\d{2}(?:[.,\s]\s?\d{1,3}){0,3})[\s:;.,-]+(\d{6})[\s:;.,-]+(\d{4,6})"
)
_DASHES = str.maketrans("–—−", "---")
_MINUTES = re.compile(r"(\d{1,6})\s*/\s*(BB[\w-]*)")
_DAY = re.compile(r"^\W*\d{1,2}\s*th")
_FOLLOWS = re.compile(r"^\W*[\d/]+\W*ng\w{1,2}y\b")
_PROPER = re.compile(r"^\W*([^\W\d_][\w'’]*(?:(?: ?- ?| )[^\W\d_][\w'’]*){0,3})")


def undotted(text: str) -> str:
    """Text without the rests of a dotted guide between and before its words; single dots stay.

    >>> undotted("Tổ.dân phố ..thị.. trấn. Quỳnh. Lâm")
    'Tổ dân phố thị trấn Quỳnh Lâm'
    """
    if len(_GUIDE.findall(text)) < 2 and not _JOINED.search(text):
        return text
    bare = _LEAD.sub("", _TRAIL.sub(" ", text))
    return " ".join(_JOINED.sub(" ", bare).split())


def _holder(text: str) -> Value | None:
    """A person, else an organization by its words."""
    person = _person(text)
    if person is not None:
        return person
    value = plain(text)
    return Value(value, 0.1) if sum(c.isalpha() for c in value) >= 4 else None


def _person(text: str) -> Value | None:
    """A person whose family name has the marks of the list, where its letters are those of one in it."""
    value = GRAMMARS["person"](text)
    if value is None:
        return None
    whole, lost = with_apostrophe(value.text)
    name, doubt = with_surname(whole, default_tables())
    return Value(name, max(value.doubt, lost, doubt, name_doubt(name, default_tables())))


def _birthday(text: str) -> Value | None:
    """A date that may lack the word `ngày` before it, because the label says it."""
    return _date(f"ngày {text}" if _DAY.match(text) else text)


def _date(text: str) -> Value | None:
    """A date whose strokes may have been read as colons on a dotted line."""
    return GRAMMARS["date"](_COLONS.sub(r"\1/\2/\3", text))


def _dossier(text: str) -> Value | None:
    """A dossier code whose dots and hyphens may have been read as other small signs."""
    plainly = GRAMMARS["dossier_code"](text)
    match = _DOSSIER.search(text)
    if match is None:
        return plainly
    organ = ".".join(re.findall(r"\w+", match[1]))
    whole = f"{organ}-{match[2]}-{match[3]}"
    return plainly if plainly is not None and plainly.text == whole else Value(whole, 0.3)


def _party(text: str) -> Value | None:
    """A person or an organ that is a side of a contract, phrases of organs' names with their marks."""
    value = GRAMMARS["text"](text)
    return Value(with_marks(value.text, default_tables()), value.doubt) if value is not None else None


def _marital(text: str) -> Value | None:
    """What is said of a marriage, phrases of certificates as they always are; a word mended is doubted."""
    value = GRAMMARS["text"](text)
    if value is None:
        return None
    words = value.text.split()
    for phrase in default_tables().lists.get("marital_phrases", ()):
        wanted = phrase.split()
        for at in range(len(words) - len(wanted) + 1):
            read = words[at : at + len(wanted)]
            off = [k for k, word in enumerate(read) if canonical(word.strip(",.;")) != wanted[k]]
            if len(off) == 1 and len(wanted) > 2 and len(wanted[off[0]]) > 1:
                one = read[off[0]].strip(",.;")
                if Levenshtein.distance(fold(one), fold(wanted[off[0]])) <= 1:
                    words[at + off[0]] = words[at + off[0]].replace(one, wanted[off[0]])
    given = " ".join(words)
    return Value(given, max(value.doubt, 0.2 if given != value.text else 0.0))


def _registered(text: str) -> Value | None:
    """The date behind a register number (`45 ngày 12/3/2005`)."""
    return GRAMMARS["date"](text) if _FOLLOWS.match(text) else None


def _day_figures(text: str) -> Value | None:
    """A date in figures right behind its label."""
    return GRAMMARS["date"](text) if re.match(r"^\W*\d{1,2}\s*[/.-]", text) else None


def _amount_words(text: str) -> Value | None:
    """A sum in words, up to the bracket that closes it."""
    value = plain(re.split(r"[)\]}]|\.\s*/", text)[0])
    opens = number_in(" ".join(value.split()[:2]))
    return Value(value) if opens is not None and not any(c.isdigit() for c in value) else None


def _minutes_number(text: str) -> Value | None:
    """Number and notation of the minutes that a decision rests on."""
    match = _MINUTES.search(text.translate(_DASHES))
    return Value(f"{match[1]}/{match[2].strip('-')}") if match else None


def _proper(text: str) -> Value | None:
    """A name of a people or a state: its first words."""
    match = _PROPER.match(plain(text))
    return Value(match[1]) if match else None


def _listed(value: Value | None, name: str) -> Value | None:
    """The name with the marks of the one in the list whose letters it has."""
    if value is None:
        return None
    listed = default_tables().lists.get(name, ())
    key = letters(fold(value.text)).replace(" ", "")
    alike = [each for each in listed if letters(fold(each)).replace(" ", "") == key]
    if not alike and len(key) >= 5:
        near = [
            each for each in listed if Levenshtein.distance(letters(fold(each)).replace(" ", ""), key) == 1
        ]
        return Value(near[0], value.doubt + 0.2) if len(near) == 1 else value
    if not alike or any(canonical(each) == canonical(value.text) for each in alike):
        return value
    return (
        Value(alike[0], value.doubt + 0.05)
        if len(alike) == 1 and alike[0].count("-") == value.text.count("-")
        else value
    )


def _relation(text: str) -> Value | None:
    """Who the recognising person is to the other."""
    match = re.match(r"^\W*(cha|mẹ|con)(?!\w)", text, re.IGNORECASE)
    if match:
        return Value(match[1])
    first = letters(fold(text)).split()[:1]
    near = {"cha": "Cha", "me": "Mẹ", "con": "Con"}.get(first[0]) if first else None
    return Value(near, 0.1) if near else None


def _span_end(text: str) -> Value | None:
    """The second date of a span (`01/02/1990 đến ngày 05/06/1991`)."""
    first = date_in(f"ngày {text}" if _DAY.match(text) else text)
    rest = text[first[2] :] if first is not None else ""
    return _date(rest) if letters(fold(rest)).startswith("den") else None


def _decree(text: str) -> Value | None:
    """The number of a decree that is cited."""
    match = re.search(r"(\d{1,3})\s*/\s*((?:19|20)\d\d)\s*/\s*N[ĐÐD]\s*-\s*CP", text.translate(_DASHES))
    return Value(f"{match[1]}/{match[2]}/NĐ-CP") if match else None


def _card(text: str) -> Value | None:
    """The number of a party card: two figures and six."""
    match = re.search(r"(?<!\d)(\d{2})[\s.,]{0,2}(\d{6})(?!\d)", text)
    return Value(f"{match[1]}.{match[2]}") if match else None


def _figures(text: str) -> Value | None:
    """A count or number of an inventory, with the letter that may follow it."""
    match = re.match(r"^\W*(\d{1,6}[a-z]?)(?![\w/])", text)
    return Value(match[1]) if match else None


def _retention(text: str) -> Value | None:
    """A term of keeping: for good, or years."""
    if letters(fold(text)).startswith("vinh vien"):
        return Value("Vĩnh viễn")
    match = re.match(r"^\W*(\d{1,2})\s*n[aă]m\b", text)
    if match is None:
        return None
    known = match[1] in default_tables().lists.get("retention_years", ())
    return Value(f"{match[1]} năm", 0.0 if known else 0.3)


FORM_GRAMMARS: Mapping[str, Grammar] = {
    "party": _party,
    "marital": _marital,
    "relation": _relation,
    "card": _card,
    "decree": _decree,
    "span_end": _span_end,
    "figures": _figures,
    "retention": _retention,
    "holder": _holder,
    "person": _person,
    "date": _date,
    "dossier_code": _dossier,
    "birthday": _birthday,
    "registered": _registered,
    "day_figures": _day_figures,
    "amount_words": _amount_words,
    "minutes_number": _minutes_number,
    "ethnicity": lambda text: _listed(_proper(text), "ethnic"),
    "nationality": lambda text: _listed(_proper(text), "nationalities"),
}
