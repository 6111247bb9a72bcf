"""Inside the sandbox: the cells of a CSV or Excel file as plain text, row by row; nothing is computed."""

from __future__ import annotations

import csv
import datetime
import io
import os
from collections.abc import Iterable, Iterator
from typing import Any

from digitizer.errors import Code, Refusal
from digitizer.intake.encodings import decoded
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header

__all__ = ["rows"]

_MOST_BYTES = 64 << 20
_MOST_CELLS = 60
_LONGEST_CELL = 2000
_ROWS_A_FRAME = 200
_DELIMITERS = ",;\t|"


def rows(file: int, excel: bool, limits: Limits) -> Iterator[Header]:
    """Frames of rows, each a list of texts; empty rows keep their place, so that numbers fit the file.

    Raises:
        Refusal: too long, damaged, or in no encoding that can be told for sure.
    """
    if os.fstat(file).st_size > _MOST_BYTES:
        raise Refusal(Code.SIZE, f"is larger than the {_MOST_BYTES >> 20} MiB a table may have")
    frame: list[list[str]] = []
    for number, cells in enumerate(_excel(file) if excel else _csv(file), start=1):
        if number > limits.max_rows:
            raise Refusal(Code.SIZE, f"has more than {limits.max_rows} rows")
        frame.append([_text(cell)[:_LONGEST_CELL] for cell in cells[:_MOST_CELLS]])
        if len(frame) == _ROWS_A_FRAME:
            yield {"kind": "rows", "rows": frame}
            frame = []
    yield {"kind": "rows", "rows": frame}
    yield {"kind": "end"}


def _excel(file: int) -> Iterable[list[Any]]:
    from openpyxl import load_workbook

    book = load_workbook(io.FileIO(file, "rb", closefd=False), read_only=True, data_only=True)
    sheet = book.active
    if sheet is None or not hasattr(sheet, "reset_dimensions"):
        raise Refusal(Code.MALFORMED, "has no sheet with cells")
    sheet.reset_dimensions()  # what the file says of its size is often wrong
    at = 0
    for cells in sheet.iter_rows(max_col=_MOST_CELLS):
        row = max((cell.row or 0 for cell in cells if hasattr(cell, "row")), default=0) or at + 1
        yield from ([] for _ in range(at + 1, row))  # rows without cells are not in the file
        at = row
        yield [cell.value for cell in cells]


def _csv(file: int) -> Iterable[list[Any]]:
    text = decoded(os.pread(file, _MOST_BYTES, 0))
    first = max(text[:5000].splitlines(), key=lambda line: max(map(line.count, _DELIMITERS)), default="")
    delimiter = max(_DELIMITERS, key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(sep=" ")
    return str(cell)
