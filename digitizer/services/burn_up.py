"""How a target has come along day by day, and when it will be reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digitizer.inventory import DayCount, Station, Tally, Unit
from digitizer.planning.forecast import Forecast, StationRate, forecast, required_a_day, station_rates
from digitizer.planning.targets import Judged, shown
from digitizer.services.figures import Days, judged_targets
from digitizer.services.plan import PlanApp, today
from digitizer.writing.burn_chart import BurnUp, burn_up_svg

__all__ = ["Outlook", "chart_of", "daily", "outlook", "outlooks", "warm_charts"]

_UNITS = {
    "vi": {Unit.PAGES: "Trang", Unit.DOSSIERS: "Hồ sơ", Unit.METRES: "Mét giá"},
    "en": {Unit.PAGES: "Pages", Unit.DOSSIERS: "Dossiers", Unit.METRES: "Shelf metres"},
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """A target with its past and its forecast; `required` is the rest a working day until it is due."""

    judged: Judged
    days: tuple[DayCount, ...]
    forecast: Forecast
    required: float | None
    rates: tuple[StationRate, ...]


def outlooks(
    app: PlanApp, live: Sequence[Tally] | None = None, days: Days | None = None
) -> tuple[Outlook, ...]:
    """Every target that is valid today; `live` and `days` as in `judged_targets`."""
    known: Days = {} if days is None else days
    found = []
    for each in judged_targets(app, live, known):
        key = each.target.fonds, each.target.stock
        made = outlook(app, each, known.get(key))
        known[key] = made.days
        found.append(made)
    return tuple(found)


def outlook(app: PlanApp, judged: Judged, days: tuple[DayCount, ...] | None = None) -> Outlook:
    """The past and the forecast of one target; `days` are those of its stock, where the caller has them."""
    target, day = judged.target, today(app)
    if days is None:
        days = tuple(app.book.days(target.fonds or None, target.stock.value))
    return Outlook(
        judged,
        days,
        forecast(_daily(judged, days), judged.missing, day, target.due),
        required_a_day(judged.missing, day, target.due),
        station_rates(days, day),
    )


def daily(seen: Outlook) -> dict[date, int]:
    """What was done for a target on each day, in whole units (pages, dossiers, millionths of a metre)."""
    return _daily(seen.judged, seen.days)


def _daily(judged: Judged, days: tuple[DayCount, ...]) -> dict[date, int]:
    counts: dict[date, int] = {}
    for each in days:
        if each.station == judged.target.count:
            on = date.fromisoformat(each.day)
            counts[on] = counts.get(on, 0) + _count(each, judged.target.unit)
    return counts


def _count(each: DayCount, unit: Unit) -> int:
    return {Unit.PAGES: each.pages, Unit.DOSSIERS: each.documents, Unit.METRES: each.shelf}[unit]


def chart_of(app: PlanApp, seen: Outlook, language: str = "vi") -> str:
    """The burn-up chart of a target as SVG, in Vietnamese (`vi`) or English (`en`)."""
    target, day = seen.judged.target, today(app)
    days, done = _sums(seen.days, target.count, target.unit, day)
    _, read = _sums(seen.days, Station.READ.value, Unit.PAGES, day)
    view = seen.forecast
    chart = BurnUp(
        title=target.name_vi if language == "vi" else target.name_en,
        unit=_UNITS[language][target.unit],
        days=days,
        done=done,
        read=read if target.unit is Unit.PAGES else (),
        language=language,
        total=shown(seen.judged.current.total, target.unit),
        frozen_total=shown(seen.judged.now.total, target.unit),
        needed=shown(seen.judged.needed, target.unit),
        due=target.due,
        today=day,
        heading=(view.earliest, view.median, view.latest) if seen.judged.missing else (None, None, None),
    )
    return burn_up_svg(chart)


def _sums(
    days: tuple[DayCount, ...], station: str, unit: Unit, last: date
) -> tuple[tuple[date, ...], tuple[float, ...]]:
    """The sum up to each day from the first of all to `last`."""
    if not days:
        return (last,), (0.0,)
    first = date.fromisoformat(days[0].day)
    by_day = {date.fromisoformat(d.day): _count(d, unit) for d in days if d.station == station}
    every = [first + timedelta(days=n) for n in range(max(0, (last - first).days) + 1)]
    total, sums = 0, []
    for day in every:
        total += by_day.get(day, 0)
        sums.append(float(shown(total, unit)))
    return tuple(every), tuple(sums)


def warm_charts() -> None:
    """Forecast and draw once from made-up counts: the libraries load, and nobody waits for them later."""
    days = tuple(date(2025, 1, 6) + timedelta(days=n) for n in range(42))
    last, sums = days[-1], tuple(map(float, range(len(days))))
    forecast(dict.fromkeys(days, 1), 7, last, last)
    burn_up_svg(BurnUp("Đ", "Ư", days, sums, sums, 50.0, 60.0, 45.0, last, last, (last, last, last)))
