"""`report.html`: a run on one page that opens from the disk, in Vietnamese and English, worst first."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from digitizer.model import PageStatus, RecordState
from digitizer.services.report import Entry, Totals
from digitizer.words import word

__all__ = ["render_report"]

_TEMPLATE: Final = "report.html"
_FAIR: Final = 0.8  # quality below which a person should look at the page
_ORDER: Final = {RecordState.REFUSED: 0, RecordState.DONE_WITH_GAPS: 1, RecordState.DONE: 2}
_STATES: Final = {
    RecordState.DONE: ("done", "Hoàn thành", "Done"),
    RecordState.DONE_WITH_GAPS: ("gaps", "Thiếu trang", "With gaps"),
    RecordState.REFUSED: ("refused", "Bị từ chối", "Refused"),
}
_PAGES: Final = (
    (PageStatus.TEXT, "Có chữ", "Text"),
    (PageStatus.BLANK, "Trang trắng", "Blank"),
    (PageStatus.FAILED, "Không đọc được", "Failed"),
)


@dataclass(frozen=True, slots=True)
class _Row:
    """One input as the page shows it."""

    entry: Entry
    tone: str
    state_vi: str
    state_en: str
    quality: int | None
    fair: bool
    thumbnail: str
    links: tuple[tuple[str, str], ...]
    reasons: tuple[tuple[str, str, str], ...]
    more: int
    classes: tuple[tuple[str, str], ...]


def render_report(entries: Sequence[Entry], totals: Totals, *, thumbnails: int = 60) -> str:
    """The page, complete in itself: no script, no network, nothing but links to the outputs beside it."""
    from jinja2 import Environment, StrictUndefined

    template = (Path(__file__).parent / "templates" / _TEMPLATE).read_text("utf-8")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    ordered = sorted(entries, key=_urgency)
    shown = {entry.path for entry in [e for e in ordered if e.thumbnail][:thumbnails]}
    return environment.from_string(template).render(
        rows=[_row(entry, entry.path in shown) for entry in ordered],
        totals=totals,
        state_bar=_bar(
            [(f"s-{tone}", vi, en, totals.inputs[s.value]) for s, (tone, vi, en) in _STATES.items()]
        ),
        page_bar=_bar([(s.value, vi, en, totals.pages[s.value]) for s, vi, en in _PAGES]),
        histogram=_histogram(totals),
        duration=_duration(totals.seconds),
        attention=sum(entry.needs_person for entry in entries),
    )


def _urgency(entry: Entry) -> tuple[int, float]:
    return _ORDER[entry.state], 1.0 if entry.quality is None else entry.quality


def _row(entry: Entry, pictured: bool) -> _Row:
    tone, vi, en = _STATES[entry.state]
    picture = base64.b64encode(entry.thumbnail).decode() if pictured else ""
    reasons = [(r.code.value, r.message, "" if r.page is None else str(r.page)) for r in entry.reasons]
    return _Row(
        entry=entry,
        tone=tone,
        state_vi=vi,
        state_en=en,
        quality=None if entry.quality is None else round(entry.quality * 100),
        fair=entry.quality is None or entry.quality >= _FAIR,
        thumbnail=picture,
        links=tuple((_kind(path), quote(path)) for path in entry.outputs),
        reasons=tuple(reasons[:5]),
        more=max(0, len(reasons) - 5),
        classes=tuple((word("vi", "class", name), word("en", "class", name)) for name in entry.classes),
    )


def _kind(path: str) -> str:
    name = path.rpartition("/")[2]
    return "ALTO" if name.endswith(".alto.xml") else name.rpartition(".")[2].upper()


def _bar(parts: Sequence[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    """A bar 100 wide: its parts (tone, Vietnamese, English, count) one after the other."""
    every, at = max(1, sum(count for *_, count in parts)), 0.0
    found = []
    for tone, vi, en, count in parts:
        width = 100 * count / every
        found.append({"tone": tone, "vi": vi, "en": en, "count": count, "x": at, "width": width})
        at += width
    return found


def _histogram(totals: Totals) -> list[dict[str, Any]]:
    """Ten bars of at most 60 high, from quality 0 to 1."""
    top = max(1, *totals.histogram)
    return [
        {"x": 20 * k, "height": 60 * count / top, "count": count, "from": 10 * k, "to": 10 * (k + 1)}
        for k, count in enumerate(totals.histogram)
    ]


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{seconds:.1f} s"
