"""The report of progress: a workbook with live sums, a PDF to print, charts, and a snapshot that stays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from digitizer.inventory import Unit
from digitizer.model import Agent
from digitizer.planning.targets import Standing, cut, shown
from digitizer.services.burn_up import Outlook, chart_of, outlooks
from digitizer.services.figures import FondsRow, Overview, overview
from digitizer.services.plan import PlanApp, today
from digitizer.writing.atomic import write_atomically
from digitizer.writing.table_pdf import Paragraph, Picture, Table, report_pdf
from digitizer.writing.workbook import Sheet, write_workbook

__all__ = ["ReportFiles", "keep_month", "progress_pdf", "progress_workbook", "write_report"]

_HUNDREDTH: Final = Decimal("0.01")
_HEADINGS: Final = (
    "STT",
    "Tên phông",
    "Số hồ sơ",
    "Số văn bản",
    "Số hộp",
    "Tổng số trang",
    "Mét giá",
    "Trang ước tính",
    "Trang đã đọc",
    "Trang nghiệm thu",
    "Hồ sơ xong",
    "Trang xong",
    "Tỷ lệ",
)
_KINDS: Final = (
    *("count", "text", "count", "count", "decimal", "count", "decimal"),
    *("count", "count", "count", "count", "count", "share"),
)
_TARGET_KINDS: Final = (*["text"] * 3, "count", "count", "share", "share", "count", "count", "text", "text")
_STANDINGS: Final = {
    Standing.REACHED: "Đạt",
    Standing.LATE: "Đạt, muộn",
    Standing.OPEN: "Chưa đạt",
    Standing.MISSED: "Không đạt",
    Standing.EMPTY: "Chưa có số liệu kiểm kê",
}
_UNITS: Final = {Unit.PAGES: "trang", Unit.DOSSIERS: "hồ sơ", Unit.METRES: "mét"}
_TARGETS: Final = (
    "Chỉ tiêu",
    "Hạn",
    "Đơn vị",
    "Đã xong",
    "Tổng số",
    "Tỷ lệ",
    "Tỷ lệ theo kiểm kê hiện nay",
    "Cần",
    "Còn thiếu",
    "Kết quả",
    "Dự báo",
)


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """The files of one report, and whether its snapshot is the month's first."""

    workbook: Path
    pdf: Path
    charts: tuple[Path, ...]
    month: str
    kept: bool


def write_report(app: PlanApp, folder: Path, by: Agent) -> ReportFiles:
    """Write the report of today into `folder`, and keep the month's figures in the audit trail once.

    Raises:
        OSError: it cannot be written.
    """
    day = today(app)
    name = f"tien-do-{day:%Y-%m-%d}"
    folder.mkdir(parents=True, exist_ok=True)
    view, seen = overview(app), outlooks(app)
    charts = []
    for each in seen:
        path = folder / f"{name}-{each.judged.target.id}.svg"
        svg = chart_of(app, each).encode()
        write_atomically(path, lambda out, svg=svg: out.write(svg))  # type: ignore[misc]
        charts.append(path)
    progress_workbook(folder / f"{name}.xlsx", view, seen, day)
    printed = progress_pdf(app, view, seen)
    write_atomically(folder / f"{name}.pdf", lambda out: out.write(printed))
    month = f"{day:%Y-%m}"
    kept = app.book.snapshot(month, _figures(view, seen), by)
    return ReportFiles(folder / f"{name}.xlsx", folder / f"{name}.pdf", tuple(charts), month, kept)


def keep_month(app: PlanApp, by: Agent) -> bool:
    """Keep the month's figures in the audit trail, the first time in a month; whether this was it."""
    return app.book.snapshot(f"{today(app):%Y-%m}", _figures(overview(app), outlooks(app)), by)


def _figures(view: Overview, seen: Sequence[Outlook]) -> tuple[tuple[str, str], ...]:
    told = [
        (f"{unit.value}.{name}", str(getattr(m, name)))
        for unit, m in view.strict.items()
        for name in ("done", "total")
    ]
    told += [(f"{each.station.value}.pages", str(each.pages)) for each in view.stations]
    for each in seen:
        its = each.judged
        told += [(f"{its.target.id}.done", str(its.now.done)), (f"{its.target.id}.total", str(its.now.total))]
    return tuple(told)


def _title(day: date) -> str:
    return f"BÁO CÁO TIẾN ĐỘ SỐ HÓA TÀI LIỆU LƯU TRỮ — {day:%d/%m/%Y}"


def progress_workbook(target: Path, view: Overview, seen: Sequence[Outlook], day: date) -> None:
    """Write the workbook: fonds with sums that Excel itself makes, and the targets.

    Raises:
        OSError: it cannot be written.
    """
    lead = (_title(day), "Hồ sơ xong: mọi tài liệu trong hồ sơ đã được nghiệm thu.")
    top = len(lead) + 3
    rows = [[*_values(row), _share_of(top + n)] for n, row in enumerate(view.fonds)]
    last = top + len(rows) - 1
    end = last + 1
    sums = [f"=SUM({letter}{top}:{letter}{last})" if rows else 0 for letter in "CDEFGHIJKL"]
    widths = (6, 44, 11, 12, 10, 15, 11, 16, 14, 18, 13, 13, 9)
    fonds = Sheet("Phông", (_HEADINGS,), _KINDS, rows, lead, ("", "Tổng cộng", *sums, _share_of(end)), widths)
    made = [_target_values(each) for each in seen]
    targets = Sheet(
        "Chỉ tiêu",
        (_TARGETS,),
        _TARGET_KINDS,
        made,
        (_title(day),),
        widths=(70, 12, 9, 12, 12, 9, 26, 12, 12, 24, 40),
    )
    write_workbook(target, (fonds, targets))


def _share_of(row: int) -> str:
    return f"=IF(F{row}=0,0,ROUNDDOWN(L{row}/F{row},4))"


def _values(row: FondsRow) -> list[object]:
    """The columns of `domain.md` 5.4, and how far they are."""
    read, accepted = row.stations[1].pages, row.stations[4].pages
    sizes = [row.dossiers, row.documents, row.boxes, row.pages, row.metres, row.estimated_pages]
    name = f"{row.code} {row.name}" if row.code else row.name
    return [row.number or "", name, *sizes, read, accepted, row.complete_dossiers, row.complete_pages]


def _target_values(each: Outlook) -> list[object]:
    its, unit = each.judged, each.judged.target.unit
    counts = [shown(count, unit) for count in (its.now.done, its.now.total)]
    more = [shown(its.needed, unit), shown(its.missing, unit)]
    name, due = its.target.name_vi, f"{its.target.due:%d/%m/%Y}"
    return [
        name,
        due,
        _UNITS[unit],
        *counts,
        cut(its.now.share, 4),
        cut(its.current.share, 4),
        *more,
        _STANDINGS[its.standing],
        _heading(each),
    ]


def _heading(each: Outlook) -> str:
    view = each.forecast
    if each.judged.reached:
        return "đã đạt"
    if not view.median:
        return "chưa dự báo được: nửa năm qua không có tiến độ, hoặc dưới bốn tuần số liệu"
    late = f"{view.latest:%d/%m/%Y}" if view.latest else "sau 30 năm"
    return f"{view.median:%d/%m/%Y} ({view.earliest:%d/%m/%Y} – {late})"


def progress_pdf(app: PlanApp, view: Overview, seen: Sequence[Outlook]) -> bytes:
    """The report to print.

    Raises:
        MissingDependencyError: there is no font with Vietnamese letters.
    """
    day = today(app)
    parts: list[Paragraph | Picture | Table] = [Paragraph(_title(day), 0), Paragraph("Các chỉ tiêu", 1)]
    numbers = [kind != "text" for kind in _TARGET_KINDS]
    rows = [
        [_shown(value, kind) for value, kind in zip(_target_values(e), _TARGET_KINDS, strict=True)]
        for e in seen
    ]
    parts.append(Table(_TARGETS, rows, (50, 19, 13, 18, 18, 15, 22, 18, 18, 18, 38), numbers))
    for each in seen:
        if each.judged.now.total:
            parts += [Picture(chart_of(app, each)), Paragraph(_said(each))]
    parts.append(Paragraph("Các phông", 1))
    every = [[*_values(row), row.share or 0.0] for row in (*view.fonds, view.total)]
    marks = [kind != "text" for kind in _KINDS]
    lines = [[_shown(value, kind) for value, kind in zip(row, _KINDS, strict=True)] for row in every]
    parts.append(
        Table(_HEADINGS, lines, (9, 47, 15, 17, 19, 20, 18, 18, 18, 20, 15, 18, 15), marks, total=True)
    )
    return report_pdf(parts, f"Digitizer — {day:%d/%m/%Y}")


def _said(each: Outlook) -> str:
    slow = next((rate.station for rate in each.rates if rate.bottleneck), "")
    names = {
        "received": "tiếp nhận",
        "read": "đọc",
        "checked": "kiểm tra",
        "described": "biên mục",
        "accepted": "nghiệm thu",
    }
    said = [f"Dự báo hoàn thành: {_heading(each)}."]
    if each.required and not each.judged.reached:
        unit = _UNITS[each.judged.target.unit]
        daily = _shown(shown(math.ceil(each.required), each.judged.target.unit), "count")
        said.append(f"Cần {daily} {unit} mỗi ngày làm việc.")
    if slow:
        said.append(f"Khâu chậm nhất: {names[slow]}.")
    return " ".join(said)


def _shown(value: object, kind: str) -> str:
    """A value as Vietnamese prints it: 1.234.567, 12,50, 30,12 %.

    A half is rounded up as a spreadsheet does; a share down: what is not reached must not be printed as such.
    """
    if kind == "text" or isinstance(value, str):
        return str(value)
    if kind == "share":
        text = f"{cut(float(str(value)), 4):.2%}".replace("%", " %")
    elif isinstance(value, float):
        text = f"{Decimal(str(value)).quantize(_HUNDREDTH, ROUND_HALF_UP):,}"
    else:
        text = f"{value:,}"
    return text.translate(str.maketrans(",.", ".,"))
