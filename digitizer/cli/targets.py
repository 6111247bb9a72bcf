"""`digitizer targets`: how far each target is, when it will be reached, and what more hands would change."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

import typer

from digitizer.bootstrap_plan import planning_of
from digitizer.cli.door import Manner
from digitizer.inventory import Unit
from digitizer.planning.forecast import Forecast, WhatIf
from digitizer.planning.targets import Judged, Measure, cut, shown
from digitizer.services.burn_up import Outlook, outlooks
from digitizer.services.figures import judged_targets
from digitizer.services.progress_report import keep_month
from digitizer.services.what_if import changed, read_change
from digitizer.settings import load_settings

__all__ = ["Asked", "show_targets"]

_STANDINGS = {
    "reached": "ĐẠT · reached",
    "reached_late": "ĐẠT, MUỘN · reached late",
    "open": "CHƯA ĐẠT · open",
    "missed": "KHÔNG ĐẠT · missed",
    "no_inventory": "CHƯA CÓ SỐ LIỆU KIỂM KÊ · no inventory",
}
_UNITS = {Unit.PAGES: "trang · pages", Unit.DOSSIERS: "hồ sơ · dossiers", Unit.METRES: "mét · metres"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is shown beside the figures: forecasts, changes to try; `snapshot` keeps the month's figures."""

    what_if: tuple[str, ...] = ()
    forecast: bool = False
    snapshot: bool = False


def show_targets(asked: Asked, manner: Manner) -> int:
    """Print every target beside its measures; the exit status."""
    changes = [read_change(each) for each in asked.what_if]
    with planning_of(load_settings()) as app:
        kept = keep_month(app, app.agent) if asked.snapshot else None
        seen = outlooks(app) if asked.forecast else None
        found = judged_targets(app) if seen is None else tuple(each.judged for each in seen)
        then = [changed(app, each, changes) for each in seen or ()] if changes else None
        at = app.clock.now()
    told = [_target(each) for each in found]
    lines = [_lines(each) for each in found]
    for number, each in enumerate(seen or ()):
        told[number] |= _outlook(each) | ({} if then is None else {"what_if": _what_if(then[number])})
        lines[number] += _said(each, None if then is None else then[number])
    if manner.json:
        snapshot = {} if kept is None else {"snapshot": kept}
        told_whole = {"schema": "digitizer.targets/1", "at": at, "targets": told, **snapshot}
        typer.echo(json.dumps(told_whole, ensure_ascii=True))
        return 0
    for some in lines:
        typer.echo("\n".join(some))
    return 0


def _outlook(seen: Outlook) -> dict[str, Any]:
    required = None if seen.required is None else shown(round(seen.required), seen.judged.target.unit)
    return {
        "forecast": _forecast(seen.forecast),
        "required_a_working_day": required,
        "stations": [asdict(rate) for rate in seen.rates],
    }


def _forecast(view: Forecast) -> dict[str, Any]:
    days = {name: getattr(view, name) for name in ("earliest", "median", "latest")}
    told: dict[str, Any] = {name: day.isoformat() if day else None for name, day in days.items()}
    return told | {"a_day": view.a_day, "weeks": view.weeks, "chance": view.chance}


def _what_if(then: WhatIf) -> dict[str, Any]:
    return {"forecast": _forecast(then.forecast), "bottleneck": then.bottleneck, "gain": then.gain}


def _said(seen: Outlook, then: WhatIf | None) -> list[str]:
    if not seen.judged.missing:
        return []
    lines = [f"  dự báo · forecast: {_interval(seen.forecast)}"]
    if seen.required is not None:
        daily = shown(round(seen.required), seen.judged.target.unit)
        lines.append(f"  cần mỗi ngày làm việc · needed a working day: {daily:,}")
    slow = next((rate.station for rate in seen.rates if rate.bottleneck), "")
    if slow:
        lines.append(f"  khâu chậm nhất · bottleneck: {slow}")
    if then is not None:
        lines.append(f"  sau thay đổi · with the change: {_interval(then.forecast)}; {then.bottleneck}")
    return lines


def _interval(view: Forecast) -> str:
    if view.median is None:
        return "chưa dự báo được · none: under four weeks of progress, or none of late"
    days = (f"{day:%d/%m/%Y}" if day else "> 30 năm · years" for day in (view.earliest, view.latest))
    return f"{view.median:%d/%m/%Y} ({' – '.join(days)})"


def _target(each: Judged) -> dict[str, Any]:
    target = each.target
    return {
        "id": target.id,
        "name": {"vi": target.name_vi, "en": target.name_en},
        "share": float(target.share),
        "due": target.due.isoformat(),
        "stock": target.stock.value,
        "unit": target.unit.value,
        "count": target.count,
        "fonds": list(target.fonds),
        "freeze": target.freeze,
        "source": target.source,
        "tag": target.tag,
        **_measure(each.now, target.unit),
        "current": _measure(each.current, target.unit),
        "needed": shown(each.needed, target.unit),
        "missing": shown(each.missing, target.unit),
        "done_at_due": None if each.at_due is None else shown(each.at_due, target.unit),
        "reached": each.reached,
        "standing": each.standing,
    }


def _measure(measure: Measure, unit: Unit) -> dict[str, Any]:
    counts = {name: shown(getattr(measure, name), unit) for name in ("done", "total", "estimated")}
    return counts | {"achieved": measure.share}


def _lines(each: Judged) -> list[str]:
    target, unit = each.target, _UNITS[each.target.unit]
    share = "-" if each.now.share is None else f"{cut(each.now.share, 4):.2%}".replace("%", " %")
    done, total, needed, missing = (
        shown(count, target.unit) for count in (each.now.done, each.now.total, each.needed, each.missing)
    )
    lines = [
        f"{target.name_vi} · {target.name_en}",
        f"  {_STANDINGS[each.standing]}; hạn · due {target.due:%d/%m/%Y}",
        f"  {share}: {done:,} / {total:,} {unit}; cần · needed {needed:,}; còn thiếu · missing {missing:,}",
    ]
    if each.current != each.now and each.current.share is not None:
        now = shown(each.current.total, target.unit)
        lines.append(f"  kiểm kê hiện nay · inventory now: {cut(each.current.share, 4):.2%} / {now:,}")
    if each.now.estimated:
        lines.append(f"  trong đó ước tính · of these estimated: {shown(each.now.estimated, target.unit):,}")
    return lines
