"""Excel workbooks: tables with headings that stay in sight, widths that fit, and sums that are alive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from digitizer.writing.atomic import write_atomically
from digitizer.writing.xml_text import xml_text

__all__ = ["Sheet", "write_workbook"]

_WIDEST: Final = 60
_HEAD_FILL: Final = "1F3A5F"
_LABEL_FILL: Final = "DDE5EF"
_FORMATS: Final = {
    "count": "#,##0_)",
    "decimal": "#,##0.00_)",
    "share": "0.00%_)",
}  # `_)`: apart from a text beside it


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `lead` lines of title, one or two rows of `headings`, then `rows`.

    A text that begins with `=` is a formula only in a column that is a number, or in the total. `kinds`
    gives each column's kind: `text`, `count`, `decimal` or `share`. `total` is a last row in bold. `lists`
    limits a column (from 0) to some values.
    """

    name: str
    headings: Sequence[Sequence[str]]
    kinds: Sequence[str]
    rows: Iterable[Sequence[Any]] = ()
    lead: Sequence[str] = ()
    total: Sequence[Any] = ()
    widths: Sequence[float] = ()
    lists: dict[int, Sequence[str]] = field(default_factory=dict)
    landscape: bool = True

    @property
    def first_row(self) -> int:
        """The number of the first row of data, as formulas count."""
        return len(self.lead) + bool(self.lead) + len(self.headings) + 1


def write_workbook(target: Path, sheets: Sequence[Sheet]) -> None:
    """Write a workbook whole or not at all; rows are streamed.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(target, lambda out: _write(out, sheets))


def _write(out: BinaryIO, sheets: Sequence[Sheet]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    book.save(out)


def _fill(page: Any, sheet: Sheet) -> None:
    _set_up(page, sheet)
    for number, line in enumerate(sheet.lead):
        page.append([_styled(page, line, bold=True, size=14 if number == 0 else 11)])
    if sheet.lead:
        page.append([])
    for number, headings in enumerate(sheet.headings):
        page.append([_head(page, each, first=number == 0) for each in headings])
    for row in sheet.rows:
        page.append([_cell(page, value, kind) for value, kind in zip(row, sheet.kinds, strict=True)])
    if sheet.total:
        page.append(
            [
                _cell(page, value, kind, bold=True)
                for value, kind in zip(sheet.total, sheet.kinds, strict=True)
            ]
        )


def _set_up(page: Any, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    top = sheet.first_row
    page.freeze_panes = f"A{top}"
    page.print_title_rows = f"{top - len(sheet.headings)}:{top - 1}"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.orientation = "landscape" if sheet.landscape else "portrait"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.oddFooter.center.text = "&P / &N"
    for number, headings in enumerate(zip(*sheet.headings, strict=True)):
        width = sheet.widths[number] if sheet.widths else min(_WIDEST, max(map(len, headings)) + 4)
        page.column_dimensions[get_column_letter(number + 1)].width = width
    for number, values in sheet.lists.items():
        allowed = DataValidation("list", formula1='"' + ",".join(values) + '"', allow_blank=True)
        letter = get_column_letter(number + 1)
        allowed.add(f"{letter}{top}:{letter}1048576")
        page.data_validations.append(allowed)


def _styled(page: Any, value: Any, *, bold: bool = False, size: int = 11) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    cell = WriteOnlyCell(page, _sound(value))
    cell.font = Font(bold=bold, size=size)
    return cell


def _head(page: Any, text: str, *, first: bool) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _styled(page, text)
    cell.font = Font(bold=True, color="FFFFFF" if first else "000000")
    cell.fill = PatternFill("solid", start_color=_HEAD_FILL if first else _LABEL_FILL)
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    return cell


def _cell(page: Any, value: Any, kind: str, *, bold: bool = False) -> Any:
    if kind == "text" and not bold:
        return _sound(value) if not str(value).startswith("=") else _literal(page, value)
    cell = _styled(page, value, bold=bold)
    if kind in _FORMATS:
        cell.number_format = _FORMATS[kind]
    return cell


def _literal(page: Any, value: Any) -> Any:
    """A text that begins with `=` and is none of ours: never a formula."""
    cell = _styled(page, value)
    cell.data_type = "s"
    return cell


def _sound(value: Any) -> Any:
    """A text without the control characters that a workbook cannot hold."""
    return xml_text(value) if isinstance(value, str) else value
