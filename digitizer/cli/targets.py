"""`digitizer targets`: how far each target is, when it will be reached, and what more hands would change."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from digitizer.bootstrap_plan import planning_of
from digitizer.cli.door import Manner
from digitizer.cli.figures import print_targets, show_plain_targets, target_lines, target_told
from digitizer.planning.forecast import Forecast, WhatIf
from digitizer.planning.targets import shown
from digitizer.services.burn_up import Outlook, outlooks
from digitizer.services.figures import judged_targets
from digitizer.services.progress_report import keep_month
from digitizer.services.what_if import changed, read_change
from digitizer.settings import load_settings

__all__ = ["Asked", "show_targets"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is shown beside the figures: forecasts, changes to try; `snapshot` keeps the month's figures."""

    what_if: tuple[str, ...] = ()
    forecast: bool = False
    snapshot: bool = False


def show_targets(asked: Asked, manner: Manner) -> int:
    """Print every target beside its measures; the exit status."""
    if asked == Asked():
        return show_plain_targets(manner)
    changes = [read_change(each) for each in asked.what_if]
    with planning_of(load_settings()) as app:
        kept = keep_month(app, app.agent) if asked.snapshot else None
        seen = outlooks(app) if asked.forecast else None
        found = judged_targets(app) if seen is None else tuple(each.judged for each in seen)
        then = [changed(app, each, changes) for each in seen or ()] if changes else None
        at = app.clock.now()
    told = [target_told(each) for each in found]
    lines = [target_lines(each) for each in found]
    for number, each in enumerate(seen or ()):
        told[number] |= _outlook(each) | ({} if then is None else {"what_if": _what_if(then[number])})
        lines[number] += _said(each, None if then is None else then[number])
    print_targets(at, told, lines, manner, **({} if kept is None else {"snapshot": kept}))
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
