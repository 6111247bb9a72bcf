"""A batch's manifest: which row declares which files, box, dossier and counts. Pure."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from digitizer.accession import Declared, Placement
from digitizer.intake.zip_names import objection_to
from digitizer.understanding.vietnamese import fold, nfc

__all__ = ["RowProblem", "parse_manifest"]

_HEADING_ROWS = 30  # titles of an office may stand above the table
_MOST_SHEETS = 100_000
_NUMBER = re.compile(r"\d{1,9}")
_BETWEEN_FILES = re.compile(r"[;\n|]")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with one row (0: the table as a whole), for people who read Vietnamese or English."""

    row: int
    english: str
    vietnamese: str

    def __str__(self) -> str:
        where = (f"row {self.row}: ", f"dòng {self.row}: ") if self.row else ("", "")
        return f"{where[0]}{self.english} · {where[1]}{self.vietnamese}"


@functools.cache
def _headings() -> dict[str, str]:
    data = tomllib.loads(files("digitizer.intake").joinpath("manifest.toml").read_text("utf-8"))
    return {_key(name): column for column, names in data["columns"].items() for name in names}


def _key(heading: str) -> str:
    return " ".join(re.findall(r"\w+", fold(heading)))


def parse_manifest(table: Sequence[Sequence[str]]) -> tuple[list[Declared], list[RowProblem]]:
    """The rows a table declares and everything that is wrong with it; with one problem, no row is to be used.

    The heading row is the first one that names files and sheets or pages; a cell may name several files,
    with semicolons or line breaks between them.
    """
    at, columns = _heading_row(table)
    if not columns:
        return [], [
            RowProblem(
                0,
                "no heading row with columns for the file name and for sheets or pages",
                "không có dòng tiêu đề gồm cột tên tệp và cột số tờ hoặc số trang",
            )
        ]
    declared: list[Declared] = []
    problems: list[RowProblem] = []
    for number, cells in enumerate(table[at + 1 :], start=at + 2):
        row = {name: nfc(cells[k]).strip() for name, k in columns.items() if k < len(cells)}
        if not any(row.values()):
            continue
        found = _problems(number, row)
        problems += found
        if not found:
            declared.append(_declared(number, row))
    problems += _named_twice(declared)
    if not declared and not problems:
        problems = [RowProblem(0, "the manifest has no rows", "bảng kê không có dòng nào")]
    return declared, sorted(problems, key=lambda problem: problem.row)


def _heading_row(table: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    known = _headings()
    for at, cells in enumerate(table[:_HEADING_ROWS]):
        columns: dict[str, int] = {}
        for k, cell in enumerate(cells):
            column = known.get(_key(cell))
            if column is not None:
                columns.setdefault(column, k)
        if "files" in columns and columns.keys() & {"sheets", "pages"}:
            return at, columns
    return 0, {}


def _problems(number: int, row: Mapping[str, str]) -> list[RowProblem]:
    found = []
    names = _names(row.get("files", ""))
    if not names:
        found.append(RowProblem(number, "no file name", "thiếu tên tệp"))
    for name in names:
        if objection_to(name) is not None:
            english = f"the file name {name!r} points elsewhere or cannot be used"
            found.append(RowProblem(number, english, "tên tệp không hợp lệ"))
    if not row.get("sheets") and not row.get("pages"):
        found.append(RowProblem(number, "neither sheets nor pages are given", "thiếu số tờ và số trang"))
    for column, vietnamese in (("sheets", "số tờ"), ("pages", "số trang")):
        value = row.get(column, "")
        if value and not (_NUMBER.fullmatch(value) and 0 < int(value) <= _MOST_SHEETS):
            english = f"{column} is {value[:40]!r}, not a whole number from 1 to {_MOST_SHEETS}"
            found.append(
                RowProblem(number, english, f"{vietnamese} {value[:40]!r} không phải số nguyên hợp lệ")
            )
    return found


def _names(cell: str) -> tuple[str, ...]:
    """The files a cell names, backslashes as slashes, without a leading `./`."""
    parts = (part.strip().replace("\\", "/").removeprefix("./") for part in _BETWEEN_FILES.split(cell))
    return tuple(part for part in parts if part)


def _declared(number: int, row: Mapping[str, str]) -> Declared:
    count = {name: int(row[name]) if row.get(name) else None for name in ("sheets", "pages")}
    placement = Placement(row.get("box", ""), row.get("dossier", ""))
    return Declared(number, _names(row["files"]), placement, count["sheets"], count["pages"])


def _named_twice(declared: Sequence[Declared]) -> list[RowProblem]:
    seen: dict[str, int] = {}
    found = []
    for each in declared:
        for name in each.files:
            if name in seen:
                english = f"the file {name!r} stands in row {seen[name]} already"
                found.append(RowProblem(each.row, english, f"tệp {name!r} đã có ở dòng {seen[name]}"))
            seen.setdefault(name, each.row)
    return found
