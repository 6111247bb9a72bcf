"""Tables that people send: CSV in Unicode or Excel, read in the sandbox, handed on as texts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from digitizer.errors import Code, Refusal
from digitizer.intake.ask import ask_on, opened, refusal_in
from digitizer.intake.sandbox import ChildLostError, Sandbox
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header

__all__ = ["read_table"]

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_table(path: Path, limits: Limits) -> list[list[str]]:
    """All rows of the table at `path`, cells as texts; row `k` of the file is `[k - 1]`.

    Raises:
        Refusal: it cannot be read as a table; the message says what to do.
        MissingDependencyError: the sandbox does not start.
    """
    rows: list[list[str]] = []
    with opened(path) as file, Sandbox(limits) as sandbox:
        head = os.pread(file, 4, 0)
        if head == _OLD_OFFICE:
            raise Refusal(
                Code.TYPE, "is an Excel file of before 2007: save it as .xlsx · hãy lưu lại dạng .xlsx"
            )
        request: Header = {"verb": "table", "excel": head == _ZIP}
        try:
            for answer in ask_on(sandbox, request, [file], limits.probe_seconds):
                if answer.get("kind") == "end":
                    break
                rows += _rows(answer)
        except ChildLostError as lost:
            raise Refusal(lost.code, lost.message) from lost
    return rows


def _rows(answer: Header) -> Iterator[list[str]]:
    if answer.get("kind") == "refusal":
        raise refusal_in(answer)
    rows = answer.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise Refusal(Code.TOOL, "the parser's answer was not valid")
    for row in rows:
        yield [str(cell) for cell in row]
