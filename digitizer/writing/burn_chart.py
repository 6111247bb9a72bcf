"""The burn-up chart as SVG: what is done, what there is, what is asked for, and where it is heading."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

__all__ = ["BurnUp", "burn_up_svg"]

_ONE_AT_A_TIME: Final = threading.Lock()  # the library's settings are the process's
_WORDS: Final = {
    "vi": {
        "read": "Đã đọc (OCR)",
        "done": "Đã nghiệm thu, đủ hồ sơ",
        "total": "Tổng theo kiểm kê hiện nay",
        "frozen": "Tổng đã chốt",
        "needed": "Chỉ tiêu",
        "heading": "Dự báo",
    },
    "en": {
        "read": "Read (OCR)",
        "done": "Accepted, dossier complete",
        "total": "Total of the inventory now",
        "frozen": "Total when frozen",
        "needed": "Target",
        "heading": "Forecast",
    },
}


@dataclass(frozen=True, slots=True)
class BurnUp:
    """Sums by day, in the target's unit. `read` are pages read so far (empty for other units).

    `heading` are the days of the forecast on which the rest is done: earliest, median, latest.
    """

    title: str
    unit: str
    days: tuple[date, ...]
    done: tuple[float, ...]
    read: tuple[float, ...]
    total: float
    frozen_total: float
    needed: float
    due: date
    today: date
    heading: tuple[date | None, date | None, date | None]
    language: str = "vi"


@lru_cache(32)
def burn_up_svg(chart: BurnUp) -> str:
    """The chart, letters as shapes: it looks the same on every machine and in print.

    The last ones are remembered: whoever looks at the same figures gets the same chart at once.
    """
    with _ONE_AT_A_TIME:
        return _svg(chart)


def _svg(chart: BurnUp) -> str:
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "digitizer", "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(10, 4.6), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, chart)
        FigureCanvasSVG(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return re.sub(r"<metadata>.*?</metadata>\s*", "", out.getvalue(), flags=re.DOTALL)


def _x(day: date) -> datetime:
    return datetime.combine(day, time())


def _draw(axes: object, chart: BurnUp) -> None:
    from typing import Any

    import matplotlib.dates
    from matplotlib.ticker import FuncFormatter

    ax: Any = axes
    dates: Any = matplotlib.dates
    days, words = [_x(day) for day in chart.days], _WORDS[chart.language]
    if any(chart.read):
        ax.plot(days, chart.read, color="#8fa8c4", linewidth=1.4, label=words["read"])
    ax.plot(days, chart.done, color="#1f3a5f", linewidth=2.4, label=words["done"])
    ax.axhline(chart.total, color="#555555", linewidth=1.2, label=words["total"])
    if chart.frozen_total != chart.total:
        ax.axhline(chart.frozen_total, color="#999999", linewidth=1.2, linestyle="--", label=words["frozen"])
    ax.axhline(chart.needed, color="#b5492b", linewidth=1.4, linestyle="-.", label=words["needed"])
    ax.axvline(_x(chart.due), color="#b5492b", linewidth=0.8, linestyle=":")
    ax.plot([_x(chart.due)], [chart.needed], "o", color="#b5492b", markersize=6)
    _fan(ax, chart)
    ax.set_title(chart.title, fontsize=12, loc="left")
    ax.set_ylabel(chart.unit)
    ax.set_ylim(bottom=0, top=1.3 * max(chart.total, chart.frozen_total, 1))  # room for the legend
    ax.xaxis.set_major_locator(dates.AutoDateLocator(minticks=4))
    ax.xaxis.set_major_formatter(dates.DateFormatter("%m/%Y"))
    mark = "." if chart.language == "vi" else ","
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}".replace(",", mark)))
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper left", fontsize=9, frameon=False, ncols=2)


def _fan(ax: object, chart: BurnUp) -> None:
    """From today's point to the days of the interval, as far as two years after the due day."""
    from typing import Any

    axes: Any = ax
    early, middle, late = chart.heading
    if not middle or not chart.done:
        return
    start = _x(chart.today), chart.done[-1]
    far = max(chart.due, chart.today).toordinal() + 730
    if middle.toordinal() <= far:
        axes.plot(
            [start[0], _x(middle)],
            [start[1], chart.needed],
            color="#1f3a5f",
            linestyle=":",
            label=_WORDS[chart.language]["heading"],
        )
    if early and late and late.toordinal() <= far:
        axes.fill(
            [start[0], _x(early), _x(late)],
            [start[1], chart.needed, chart.needed],
            color="#1f3a5f",
            alpha=0.12,
            linewidth=0,
        )
