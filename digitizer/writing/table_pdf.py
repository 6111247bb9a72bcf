"""A printable report: titles, lines, charts and tables on A4, in letters that have all Vietnamese marks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from digitizer.errors import MissingDependencyError

__all__ = ["Paragraph", "Picture", "Table", "report_pdf"]

_PICTURE: Final = 0.62  # of the width
_LEAST_BELOW: Final = 45
_DARK: Final = (31, 58, 95)
_LIGHT: Final = (238, 242, 247)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text; `level` 0 is the title, 1 a heading, 2 plain."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG; two fit on a page."""

    svg: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings that come again on each page; `widths` are parts; `total`: the last row is bold."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numbers: Sequence[bool]
    total: bool = False


def report_pdf(parts: Sequence[Paragraph | Picture | Table], footer: str) -> bytes:
    """The report as PDF, landscape A4 with numbered pages.

    Raises:
        MissingDependencyError: there is no font with Vietnamese letters.
    """
    from fpdf import FPDF

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("body", size=8)
            self.set_text_color(90)
            self.cell(0, 6, f"{footer} — {self.page_no()}/{{nb}}", align="C")

    paper: Any = Paper("landscape", "mm", "A4")
    plain, bold = _fonts()
    paper.add_font("body", "", plain)
    paper.add_font("body", "B", bold)
    paper.set_auto_page_break(True, margin=16)
    paper.add_page()
    for part in parts:
        _DRAW[type(part)](paper, part)
    return bytes(paper.output())


@cache
def _fonts() -> tuple[str, str]:
    """DejaVu Sans as matplotlib carries it; none is kept here."""
    import matplotlib as mpl

    folder = Path(mpl.get_data_path()) / "fonts" / "ttf"
    found = folder / "DejaVuSans.ttf", folder / "DejaVuSans-Bold.ttf"
    if not all(path.is_file() for path in found):
        raise MissingDependencyError("no font with Vietnamese letters: install matplotlib whole")
    return str(found[0]), str(found[1])


def _paragraph(paper: Any, part: Paragraph) -> None:
    size = (16, 12, 9.5)[part.level]
    if part.level == 1 and paper.get_y() > paper.h - _LEAST_BELOW:
        paper.add_page()  # a heading stands with what it heads
    paper.set_font("body", "" if part.level == 2 else "B", size)
    paper.set_text_color(*(_DARK if part.level < 2 else (0, 0, 0)))
    paper.multi_cell(0, size * 0.55, part.text, new_x="LMARGIN", new_y="NEXT")
    paper.ln(1.5)


def _picture(paper: Any, part: Picture) -> None:
    width = paper.epw * _PICTURE
    if paper.get_y() + width / 2 > paper.h - paper.b_margin:
        paper.add_page()
    paper.image(io.BytesIO(part.svg.encode()), w=width)
    paper.ln(2)


def _table(paper: Any, part: Table) -> None:
    from fpdf.fonts import FontFace

    paper.set_font("body", size=8)
    paper.set_text_color(0)
    aligned = ["RIGHT" if number else "LEFT" for number in part.numbers]
    head = FontFace(emphasis="BOLD", color=255, fill_color=_DARK)
    with paper.table(
        col_widths=part.widths,
        text_align=aligned,
        headings_style=head,
        cell_fill_color=_LIGHT,
        cell_fill_mode="ROWS",
        line_height=5,
    ) as table:
        table.row(part.headings)
        for number, cells in enumerate(part.rows, start=1):
            last = part.total and number == len(part.rows)
            table.row(cells, style=FontFace(emphasis="BOLD") if last else None)
    paper.ln(3)


_DRAW: Final[dict[type, Any]] = {Paragraph: _paragraph, Picture: _picture, Table: _table}
