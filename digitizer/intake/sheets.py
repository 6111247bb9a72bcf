"""Lists that people fill in: rows of an Excel workbook or a CSV file, streamed, as plain text."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from xml.parsers.expat import ExpatError

from digitizer.errors import Code, Refusal
from digitizer.intake.xlsx import workbook_rows

__all__ = ["SheetRow", "sheet_rows"]

_MOST_BYTES: Final = 2_000_000_000
_MOST_RATIO: Final = 300  # a workbook of equal rows packs about 40 times
_MOST_CELL: Final = 200_000
SheetRow = tuple[str, int, Sequence[str]]
"""Name of the sheet (empty in a CSV), number of the row from 1, its cells."""


def sheet_rows(path: Path) -> Iterator[SheetRow]:
    """Rows that hold anything, in order; one row at a time is in memory.

    Raises:
        Refusal: it is neither a workbook (.xlsx) nor a CSV in UTF-8, or it is damaged.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK"):
        return _workbook(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refusal(
            Code.TYPE, f"{path.name}: an old Excel file (.xls): save it as .xlsx · lưu lại dạng .xlsx"
        )
    return _csv(path)


def _csv(path: Path) -> Iterator[SheetRow]:
    csv.field_size_limit(_MOST_CELL)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            delimiter = max(",;\t", key=first.count)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            for cells in reader:
                if any(cells):
                    yield "", reader.line_num, cells
    except UnicodeDecodeError as error:
        raise Refusal(Code.TYPE, f"{path.name}: save it as CSV UTF-8 · lưu lại dạng CSV UTF-8") from error
    except csv.Error as error:
        raise Refusal(Code.MALFORMED, f"{path.name}: {error}") from error


def _workbook(path: Path) -> Iterator[SheetRow]:
    try:
        _require_bounded(path)
        yield from workbook_rows(path)
    except (zipfile.BadZipFile, KeyError, ValueError, IndexError, OverflowError, ExpatError) as error:
        raise Refusal(
            Code.MALFORMED, f"{path.name}: no workbook that can be read · không đọc được tệp Excel"
        ) from error


def _require_bounded(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        size = sum(each.file_size for each in packed.infolist())
    if size > _MOST_BYTES or size > _MOST_RATIO * path.stat().st_size + 1_000_000:
        raise Refusal(Code.BOMB, f"{path.name}: unpacks to {size} bytes · tệp nén bất thường")
