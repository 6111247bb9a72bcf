"""Checks between the fields of one paper: each with a name, an outcome and a sentence for a clerk.

What is checked and what is said are rows of `data/checks.toml`; here are the rules. A value is mended only
where a rule proves it: figures and words that differ by at most two letters agree; what was read stays raw.
"""

from __future__ import annotations

import datetime
import functools
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any

from rapidfuzz.distance import Levenshtein

from digitizer.model import CheckResult, FieldValue, Outcome
from digitizer.understanding.addresses import parse_address
from digitizer.understanding.spelled import date_spellings, number_in, spellings
from digitizer.understanding.tables import default_tables
from digitizer.understanding.units import default_units
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["Check", "Checks", "checked", "default_checks"]

ENOUGH_WORDS = 6  # of a number or date in words: all but one of so many prove the one
NEAR = 2  # letters in which figures and words may differ and still be mended


@dataclass(frozen=True, slots=True)
class Check:
    """A row of the table: the rule's name and function, the fields it takes, what it says.

    `classes` are those it is for (none: all); with `dated` it holds from `begun` to `ended` by that day.
    """

    rule: str
    how: str
    fields: tuple[str, ...]
    grave: Outcome
    passed: str
    found: str
    mended: str = ""
    least: int = 0
    classes: frozenset[str] = frozenset()
    dated: str = ""
    begun: datetime.date = datetime.date.min
    ended: datetime.date = datetime.date.max

    def applies(self, held: Mapping[str, FieldValue], kind: str) -> bool:
        """Whether the row is for papers of that class and day, and its fields are there."""
        if (self.classes and kind not in self.classes) or not all(name in held for name in self.fields):
            return False
        if not self.dated:
            return True
        day = _day(held[self.dated].value) if self.dated in held else None
        return day is not None and self.begun <= day <= self.ended


@dataclass(frozen=True, slots=True)
class Decree:
    """Between which days a decree on fines holds, the least and the greatest fine of a person, in đồng."""

    begun: datetime.date
    ended: datetime.date
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Checks:
    """All rows with the code lists they use."""

    rows: tuple[Check, ...]
    provinces: frozenset[str]
    ethnic: frozenset[str]
    decrees: Mapping[str, Decree]


@dataclass(frozen=True, slots=True)
class Finding:
    """How a rule ended; `mended` holds the values it puts in place of read ones, by field."""

    holds: bool
    mended: Mapping[str, str]


_HOLDS, _BROKEN = Finding(True, {}), Finding(False, {})
Rule = Callable[[Sequence[str], Check, Checks], Finding | None]


def checked(
    fields: Iterable[FieldValue], kind: str = "", checks: Checks | None = None
) -> tuple[FieldValue, ...]:
    """The fields of one paper of a class with the outcomes of all rules that apply to them."""
    known = checks or default_checks()
    held = {field.name: field for field in fields}
    for row in known.rows:
        if row.applies(held, kind):
            finding = RULES[row.how]([held[name].value for name in row.fields], row, known)
            if finding is not None:
                held |= _told(held, row, finding)
    return tuple(held.values())


@functools.cache
def default_checks() -> Checks:
    """The rows that come with the system."""
    text = resources.files("digitizer.understanding.data").joinpath("checks.toml").read_text("utf-8")
    value = tomllib.loads(text)
    codes, listed = value["codes"], value["lists"]
    rows = tuple(_row(each) for each in value["check"])
    decrees = {
        row["number"]: Decree(row["from"], row.get("to", datetime.date.max), row["least"], row["most"])
        for row in value["decree"]
    }
    provinces = frozenset(codes["provinces"].split())
    return Checks(rows, provinces, frozenset(map(_plain, listed["ethnic"])), decrees)


def _row(value: Mapping[str, Any]) -> Check:
    return Check(
        rule=value["rule"],
        how=value["how"],
        fields=tuple(value["fields"]),
        grave=Outcome(value["grave"]),
        passed=value["passed"],
        found=value["found"],
        mended=value.get("mended", ""),
        least=value.get("least", 0),
        classes=frozenset(value.get("classes", ())),
        dated=value.get("dated", ""),
        begun=value.get("from", datetime.date.min),
        ended=value.get("to", datetime.date.max),
    )


def _told(held: Mapping[str, FieldValue], row: Check, finding: Finding) -> Iterator[tuple[str, FieldValue]]:
    """The fields of a row with its outcome, mended values in place of the read ones."""
    values = {name: finding.mended.get(name, held[name].value) for name in row.fields}
    changed = row.fields[0] in finding.mended
    outcome = Outcome.WARN if changed else Outcome.PASS if finding.holds else row.grave
    sentence = row.mended if changed else row.passed if finding.holds else row.found
    said = CheckResult(row.rule, outcome, sentence.format(*values.values()))
    for name in row.fields:
        yield name, replace(held[name], value=values[name], checks=(*held[name].checks, said))


def _date_words(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    """Figures and words of a date; the words are the surer where both are whole and nearly agree."""
    day = _day(values[0])
    if day is not None:
        spelled = _nearest(values[1], date_spellings(day.day, day.month, day.year))
        if spelled is not None:
            return Finding(True, {row.fields[1]: spelled})
    parts = re.split(r"th[aáàảãạ]ng|n[aă]m(?=\s+(?:m[oộ]t|hai)\s+ng)", values[1].lower().removeprefix("ngày"))
    numbers = [number for part in parts if (number := number_in(part)) is not None]
    if len(numbers) != 3:
        return _BROKEN if day is not None and len(parts) == 3 else None
    said = "{:02d}/{:02d}/{}".format(*numbers)
    if _day(said) is None:
        return _BROKEN
    return Finding(True, {row.fields[0]: said}) if Levenshtein.distance(said, values[0]) <= NEAR else _BROKEN


def _amount_words(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    """Figures and words of a sum of money."""
    figures = re.sub(r"\D", "", values[0])
    unit = " đồng" if fold(values[1]).endswith("dong") else ""
    spelled = _nearest(values[1], (f"{text}{unit}" for text in spellings(int(figures))))
    if spelled is not None:
        return Finding(True, {row.fields[1]: spelled[0].upper() + spelled[1:]})
    number = number_in(values[1])
    if not number:
        return None
    near = Levenshtein.distance(str(number), figures) <= NEAR
    return Finding(True, {row.fields[0]: f"{number:,}".replace(",", ".")}) if near else _BROKEN


def _nearest(read: str, spelled: Iterable[str]) -> str | None:
    """The spelling that differs from what was read in at most two letters, or in one word of many."""
    bare = " ".join(re.findall(r"\w+", read.lower()))
    ranked = [(Levenshtein.distance(bare, " ".join(re.findall(r"\w+", s.lower()))), s) for s in spelled]
    distance, best = min(ranked)
    if distance == 0:
        return best if re.search(r"[.…„]", read) else read
    return best if distance <= NEAR or _one_word_off(bare, best) else None


def _one_word_off(read: str, spelled: str) -> bool:
    """Whether all words but one of at least six are as spelled, and that one is no number's."""
    words, wanted = read.split(), re.findall(r"\w+", spelled.lower())
    off = [one for one, other in zip(words, wanted, strict=False) if fold(one) != fold(other)]
    return len(words) == len(wanted) >= ENOUGH_WORDS and len(off) == 1 and number_in(off[0]) is None


def _id_province(values: Sequence[str], _row: Check, checks: Checks) -> Finding | None:
    if len(values[0]) != 12:
        return None
    return _HOLDS if values[0][0] == "0" and values[0][1:3] in checks.provinces else _BROKEN


def _id_sex(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    if len(values[0]) != 12 or values[1] not in ("Nam", "Nữ"):
        return None
    return _HOLDS if int(values[0][3]) % 2 == (values[1] == "Nữ") else _BROKEN


def _id_year(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    if len(values[0]) != 12:
        return None
    year = 1900 + 100 * (int(values[0][3]) // 2) + int(values[0][4:6])
    return _HOLDS if values[1].endswith(str(year)) else _BROKEN


def _in_order(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    first, second = _day(values[0]), _day(values[1])
    if first is None or second is None:
        return None
    return _HOLDS if first <= second else _BROKEN


def _dossier_day(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    day, code = _day(values[1]), re.search(r"-(\d{6})-", values[0])
    if day is None or code is None:
        return None
    return _HOLDS if code[1] == f"{day:%y%m%d}" else _BROKEN


def _register_year(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    year = re.search(r"/(\d{4})$", values[0])
    if year is None:
        return None
    return _HOLDS if values[1].endswith(year[1]) else _BROKEN


def _age(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    born, parent = values[0][-4:], values[1][-4:]
    if not (born.isdigit() and parent.isdigit()):
        return None
    return _HOLDS if int(born) - int(parent) >= row.least else _BROKEN


def _full_years(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    """Whether somebody born on the first day had so many years on the second."""
    born, day = _day(values[0]), _day(values[1])
    if born is None or day is None:
        return None
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return _HOLDS if years >= row.least else _BROKEN


def _id_parity(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    """Whether a number is a woman's (`least` 1) or a man's (0)."""
    if len(values[0]) != 12:
        return None
    return _HOLDS if int(values[0][3]) % 2 == row.least else _BROKEN


def _id_place(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    """Whether the number's province is that of the place, as it was called before July 2025."""
    address = parse_address(values[1], default_units())
    if len(values[0]) != 12 or address is None:
        return None
    codes = {u.code for u in default_units().became(address.province.code) if not u.current}
    own = {address.province.code} if address.model == "legacy" else codes
    return _HOLDS if values[0][1:3] in own else _BROKEN


def _surname(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    """Whether a child bears the family name of one of the parents."""
    child, *parents = (canonical(value).split()[:1] for value in values)
    return _HOLDS if child in parents else _BROKEN


def _differ(values: Sequence[str], _row: Check, _checks: Checks) -> Finding | None:
    return _BROKEN if canonical(values[0]) == canonical(values[1]) else _HOLDS


def _type_of_class(values: Sequence[str], row: Check, _checks: Checks) -> Finding | None:
    """Whether the notation's type is one of those of the row's class; nothing where no class knows it."""
    classes = default_tables().classes
    code = re.split(r"[-/]", values[0], maxsplit=1)[0]
    if not any(code in each.notations for each in classes):
        return None
    own = [each for row_class in classes if row_class.name in row.classes for each in row_class.notations]
    return _HOLDS if any(values[0] == each or values[0].startswith(f"{each}-") for each in own) else _BROKEN


def _decree(values: Sequence[str], _row: Check, checks: Checks) -> Finding | None:
    """Whether a decree of the table was in force on the day."""
    day, known = _day(values[1]), checks.decrees.get(values[0])
    if day is None or known is None:
        return None
    return _HOLDS if known.begun <= day <= known.ended else _BROKEN


def _in_range(values: Sequence[str], _row: Check, checks: Checks) -> Finding | None:
    """Whether a fine is not above what the cited decree allows at most, twice as much for an organization."""
    figures, known = re.sub(r"\D", "", values[0]), checks.decrees.get(values[1])
    if known is None or not figures:
        return None
    return _HOLDS if known.least <= int(figures) <= 2 * known.most else _BROKEN


def _ethnic(values: Sequence[str], _row: Check, checks: Checks) -> Finding | None:
    return _HOLDS if _plain(values[0]) in checks.ethnic else _BROKEN


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", fold(name))


def _day(text: str) -> datetime.date | None:
    parts = text.split("/")
    try:
        day, month, year = map(int, parts)
        return datetime.date(year, month, day)
    except ValueError:
        return None


RULES: Mapping[str, Rule] = {
    "date_words": _date_words,
    "amount_words": _amount_words,
    "id_province": _id_province,
    "id_sex": _id_sex,
    "id_year": _id_year,
    "in_order": _in_order,
    "dossier_day": _dossier_day,
    "register_year": _register_year,
    "age": _age,
    "full_years": _full_years,
    "id_parity": _id_parity,
    "id_place": _id_place,
    "surname": _surname,
    "differ": _differ,
    "type_of_class": _type_of_class,
    "decree": _decree,
    "in_range": _in_range,
    "ethnic": _ethnic,
}
