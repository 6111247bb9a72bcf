"""Rows of an inventory list become fonds and dossiers; what does not fit is told by row, in two languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache, partial
from typing import Any, Final

from digitizer.inventory import BOX, METRE, Basis, Dossier, Fonds, Use
from digitizer.planning.tables import Column, Form, code_list, columns, plain

__all__ = ["Heading", "Problem", "Row", "RowReader", "dossier_of", "fonds_of", "heading", "is_labels"]

_DATE: Final = re.compile(r"(?:(?:(\d{1,2})/)?(\d{1,2})/)?(\d{4})")
_REMEMBERED: Final = 4096  # the same few dates and codes fill a list
_YES: Final = frozenset({"1", "x", "co", "yes", "true", "dung"})
_NO: Final = frozenset({"0", "", "khong", "no", "false", "sai"})
_DESCRIBED: Final = (
    "maintenance",
    "mode",
    "language",
    "startDate",
    "endDate",
    "keyword",
    "format",
    "inforSign",
    "confidenceLevel",
    "paperFileCode",
    "riskRecovery",
    "riskRecoveryStatus",
    "description",
)
_BORN_DIGITAL: Final = "01"
RowReader = Callable[[int, Sequence[str], "list[Problem]"], "Row"]
"""Number of the row, its cells, a list for what does not fit -> the row's values."""
_Planned = tuple[Column, str, Callable[[Column, str], Any]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What does not fit, in which row (as the sheet counts them, from 1) and column."""

    row: int
    column: str
    vi: str
    en: str

    def __str__(self) -> str:
        """One line in Vietnamese and English."""
        at_vi = f"dòng {self.row}" + (f", cột {self.column}" if self.column else "")
        at_en = f"row {self.row}" + (f", column {self.column}" if self.column else "")
        return f"{at_vi}: {self.vi} · {at_en}: {self.en}"


@dataclass(frozen=True, slots=True)
class Heading:
    """Which column of the list stands where: for each position a column, or None for one not known."""

    form: str
    places: tuple[Column | None, ...]

    def reader(self) -> RowReader:
        """What reads the rows under this heading."""
        plan = tuple(
            None if column is None else (column, column.to, _CHECKS[column.type.partition(":")[0]])
            for column in self.places
        )
        return partial(_read_row, self.form, plan)

    def problems(self, cells: Sequence[str]) -> list[Problem]:
        """What does not fit in a row, cell by cell."""
        wrong: list[Problem] = []
        self.reader()(0, cells, wrong)
        return wrong


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row by what they fill, checked one by one."""

    number: int
    values: dict[str, Any]


def heading(level: str, cells: Sequence[str]) -> Heading | None:
    """The heading in `cells`: codes of a circular or Vietnamese words; None if it is none.

    The circular whose codes fit better decides; a column that none knows is passed over.
    """
    found = []
    for form in (Form.TT05, Form.TT02):
        by_name = _names(level, form)
        places = tuple(by_name.get(plain(cell)) for cell in cells)
        exact = sum(
            p is not None and p.code(form) == cell.strip() for p, cell in zip(places, cells, strict=True)
        )
        found.append((sum(p is not None for p in places), exact, Heading(form, places)))
    count, _, best = max(found, key=lambda each: each[:2])
    return best if count >= 2 else None


def is_labels(head: Heading, cells: Sequence[str]) -> bool:
    """Whether a row only repeats the heading in words, as the templates do in their second row."""
    pairs = [(place, cell) for place, cell in zip(head.places, cells, strict=False) if place and cell]
    return bool(pairs) and all(plain(cell) in {plain(place.vi), plain(place.en)} for place, cell in pairs)


@cache
def _names(level: str, form: str) -> dict[str, Column]:
    every: dict[str, Column] = {}
    for column in columns(level):
        for name in (column.vi, column.en, column.code(form)):
            every.setdefault(plain(name), column)
    every.pop("", None)
    return every


def _read_row(
    form: str, plan: tuple[_Planned | None, ...], number: int, cells: Sequence[str], wrong: list[Problem]
) -> Row:
    """Check each cell by itself; what does not fit goes to `wrong`."""
    values: dict[str, Any] = {}
    for planned, cell in zip(plan, cells, strict=False):
        if planned is None or not (text := cell.strip()):
            continue
        column, to, check = planned
        try:
            values[to] = check(column, text)
        except _Unfit as error:
            vi, en = error.args
            wrong.append(Problem(number, column.code(form) or column.vi, vi, en))
    return Row(number, values)


class _Unfit(Exception):  # noqa: N818 - never leaves this module
    """A cell that does not fit: why, in Vietnamese and in English."""


def _text(column: Column, text: str) -> str:
    if len(text) > column.max:
        raise _Unfit(
            f"dài {len(text)} ký tự, tối đa {column.max}", f"{len(text)} letters, {column.max} at most"
        )
    return text


def _count(_column: Column, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise _Unfit(f"«{text[:20]}» không phải là số nguyên không âm", f"«{text[:20]}» is no whole number")
    return int(text)


def _decimal(_column: Column, text: str) -> float:
    if not re.fullmatch(r"\d{1,9}([.,]\d{1,6})?", text):
        raise _Unfit(f"«{text[:20]}» không phải là số", f"«{text[:20]}» is no number")
    return float(text.replace(",", "."))


@lru_cache(_REMEMBERED)
def _flag(_column: Column, text: str) -> bool:
    word = plain(text)
    if word not in _YES | _NO:
        raise _Unfit(f"«{text[:20]}»: ghi 1 hoặc 0, có hoặc không", f"«{text[:20]}»: write 1 or 0")
    return word in _YES


@lru_cache(_REMEMBERED)
def _date(_column: Column, text: str) -> str:
    try:
        known = _earliest(text)
    except ValueError:
        known = None
    if known is None:
        raise _Unfit(
            f"«{text[:20]}» không phải là ngày: ghi DD/MM/YYYY, MM/YYYY hoặc YYYY",
            f"«{text[:20]}» is no date: write DD/MM/YYYY, MM/YYYY or YYYY",
        )
    return text


@lru_cache(_REMEMBERED)
def _codes(column: Column, text: str) -> str:
    name = column.type.partition(":")[2]
    known = _by_word(name)
    parts = [text] if plain(text) in known else [part for part in re.split(r"[;,]", text) if part.strip()]
    found = [known.get(plain(part)) for part in parts]
    if not found or None in found:
        listed = ", ".join(f"{code} {vi}" for code, vi in code_list(name).items())
        raise _Unfit(f"«{text[:20]}» không có trong danh mục: {listed}", f"«{text[:20]}» is not in the list")
    return ";".join(code for code in found if code)


@cache
def _by_word(name: str) -> dict[str, str]:
    codes = code_list(name)
    numbers = {code.lstrip("0"): code for code in codes}
    return {plain(word): code for code, word in codes.items()} | numbers | {code: code for code in codes}


_CHECKS: Final[dict[str, Callable[[Column, str], Any]]] = {
    "text": _text,
    "count": _count,
    "decimal": _decimal,
    "flag": _flag,
    "date": _date,
    "codes": _codes,
}


def fonds_of(row: Row, wrong: list[Problem]) -> Fonds | None:
    """The fonds of a row; None with a problem where code or name is missing."""
    problems = list(_missing("fonds", row))
    wrong += problems
    return None if problems else Fonds(**row.values)


def dossier_of(row: Row, electronic_from: date, wrong: list[Problem]) -> Dossier | None:
    """The dossier of a row, its boxes and shelf as far as they are given; None with problems.

    Without a `fileCode` it is put together from its parts as Circular 02/2019 does.
    """
    v = row.values
    code = v.get("code") or ".".join(
        v[name] for name in ("archive", "fonds", "inventory", "notation") if v.get(name)
    )
    problems = list(_missing("dossier", row))
    if not v.get("code") and not v.get("notation"):
        problems.append(Problem(row.number, "fileCode", "thiếu mã hồ sơ", "the dossier code is missing"))
    begun, ended = _earliest(v.get("startDate")), _earliest(v.get("endDate"))
    if begun and ended and ended < begun and len(v["startDate"]) <= len(v["endDate"]):
        problems.append(
            Problem(row.number, "endDate", "kết thúc trước khi bắt đầu", "it ends before it begins")
        )
    if problems:
        wrong += problems
        return None
    return Dossier(
        fonds=v["fonds"],
        code=code,
        title=v["title"],
        inventory=v.get("inventory", ""),
        box=v.get("box", ""),
        box_parts=round(v.get("boxes", 0.0) * BOX),
        sheets=v.get("sheets", 0),
        pages=v.get("pages", 0),
        shelf=round(v.get("metres", 0.0) * METRE),
        documents=v.get("documents", 0),
        valuable=v.get("valuable", False),
        arranged=v.get("arranged", True),
        electronic=begun is not None and begun >= electronic_from,
        born_digital=v.get("confidenceLevel") == _BORN_DIGITAL,
        closed=v.get("closed", False),
        use=Use(v.get("use", Use.UNKNOWN.value)),
        basis=Basis(v.get("basis", Basis.COUNTED.value)),
        described=tuple(
            (name, value if isinstance(value, str) else str(int(value)))
            for name in _DESCRIBED
            if (value := v.get(name)) is not None
        ),
    )


@cache
def _required(level: str) -> tuple[Column, ...]:
    return tuple(column for column in columns(level) if column.required)


def _missing(level: str, row: Row) -> Iterator[Problem]:
    for column in _required(level):
        if not row.values.get(column.to):
            vi, en = f"thiếu {column.vi.lower()}", f"{column.en.lower()} is missing"
            yield Problem(row.number, column.code(Form.TT05), vi, en)


@lru_cache(_REMEMBERED)
def _earliest(text: str | None) -> date | None:
    found = _DATE.fullmatch(text) if text else None
    if not found:
        return None
    day, month, year = (int(part or 1) for part in found.groups())
    return date(year, month, day)
