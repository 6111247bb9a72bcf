"""The figures of progress: shares, stations, fonds and targets, as page, reports and door show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.errors import NotFoundError
from digitizer.inventory import BOX, COMPLETE, METRE, DayCount, Station, Stock, Tally, Unit
from digitizer.planning.ledger import LIVE, LOOSE
from digitizer.planning.targets import Judged, Measure, judge, measured
from digitizer.services.plan import Counted, today

__all__ = ["Days", "FondsRow", "Overview", "Scope", "StationSum", "judged_targets", "overview", "version_of"]


Days = dict[tuple[tuple[str, ...], Stock], tuple[DayCount, ...]]
"""What passed on each day, by fonds (none: all) and stock."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of which inventory is looked at: a stock, fonds (none: all), a freeze by name or none."""

    stock: Stock = Stock.ALL
    fonds: tuple[str, ...] = ()
    freeze: str = ""


@dataclass(frozen=True, slots=True)
class StationSum:
    """What has passed one station: documents, pages as they are, and their A4 equivalents."""

    station: Station
    documents: int
    pages: int
    a4: float


@dataclass(frozen=True, slots=True)
class FondsRow:
    """One line of the table of fonds, in the order of columns that archives use (`domain.md` 5.4)."""

    number: int
    code: str
    name: str
    dossiers: int
    documents: int
    boxes: float
    pages: int
    metres: float
    estimated_pages: int
    complete_dossiers: int
    complete_pages: int
    complete_metres: float
    stations: tuple[StationSum, ...]

    @property
    def share(self) -> float | None:
        """The share of pages in complete dossiers."""
        return self.complete_pages / self.pages if self.pages else None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the dashboard shows of a scope at one moment.

    `strict` holds a measure for pages, dossiers and metres each, of complete dossiers; `current` the same
    against the inventory of today where the scope names a freeze. `unfiled` is what has passed each
    station but belongs to no dossier of the inventory.
    """

    at: str
    scope: Scope
    strict: dict[Unit, Measure]
    current: dict[Unit, Measure]
    stations: tuple[StationSum, ...]
    unfiled: tuple[StationSum, ...]
    fonds: tuple[FondsRow, ...]
    total: FondsRow


def version_of(app: Counted, name: str) -> int:
    """The number of a freeze; an empty name is the inventory as it is.

    Raises:
        NotFoundError: there is no freeze of that name.
    """
    if not name:
        return LIVE
    for each in app.book.freezes():
        if each.name == name:
            return each.number
    raise NotFoundError(f"there is no freeze named {name}: `digitizer inventory freeze` makes one")


def overview(app: Counted, scope: Scope | None = None, live: Sequence[Tally] | None = None) -> Overview:
    """The figures of a scope; `live` are the sums of the inventory now, where the caller has them.

    Raises:
        NotFoundError: there is no such freeze.
    """
    scope = scope or Scope()
    live = app.book.tallies(LIVE) if live is None else live
    named = app.book.tallies(version_of(app, scope.freeze)) if scope.freeze else live
    mine = _within(named, scope)
    names = {each.code: each.name for each in app.book.fonds()}
    by_fonds, total = defaultdict[str, Counter[str]](Counter), Counter[str]()
    for tally in mine:
        by_fonds[tally.stratum.fonds].update(tally.values)
    for sums in by_fonds.values():
        total.update(sums)
    rows = tuple(
        _row(number, code, names.get(code, code), by_fonds[code])
        for number, code in enumerate(sorted(by_fonds), start=1)
    )
    loose = Counter[str]()
    for tally in _within(app.book.tallies(LOOSE), Scope(fonds=scope.fonds)):
        loose.update(tally.values)
    return Overview(
        at=app.clock.now(),
        scope=scope,
        strict={unit: measured(named, scope.stock, unit, COMPLETE, scope.fonds) for unit in Unit},
        current={unit: measured(live, scope.stock, unit, COMPLETE, scope.fonds) for unit in Unit},
        stations=_stations(total),
        unfiled=_stations(loose),
        fonds=rows,
        total=_row(0, "", "Tổng cộng", total),
    )


def judged_targets(
    app: Counted, live: Sequence[Tally] | None = None, days: Days | None = None
) -> tuple[Judged, ...]:
    """Every target that is valid today, beside its measures.

    `live` are the sums of the inventory now, where the caller has them; what is read of days goes to `days`.

    Raises:
        NotFoundError: a target names a freeze that there is not.
    """
    day = today(app)
    live = app.book.tallies(LIVE) if live is None else live
    days = {} if days is None else days
    found = []
    for target in app.plan.targets:
        if not target.valid_from <= day <= target.valid_to:
            continue
        key = target.fonds, target.stock
        if key not in days and day > target.due:  # only then is it asked what came too late
            days[key] = tuple(app.book.days(target.fonds or None, target.stock.value))
        named = app.book.tallies(version_of(app, target.freeze)) if target.freeze else live
        found.append(judge(target, named, live, days.get(key, ()), day))
    return tuple(found)


def _within(tallies: Sequence[Tally], scope: Scope) -> list[Tally]:
    return [
        tally
        for tally in tallies
        if tally.stratum.of(scope.stock) and (not scope.fonds or tally.stratum.fonds in scope.fonds)
    ]


def _stations(sums: Counter[str]) -> tuple[StationSum, ...]:
    return tuple(
        StationSum(
            station,
            sums[f"{station.value}.documents"],
            sums[f"{station.value}.pages"],
            sums[f"{station.value}.a4_halves"] / 2,
        )
        for station in Station
    )


def _row(number: int, code: str, name: str, sums: Counter[str]) -> FondsRow:
    return FondsRow(
        number=number,
        code=code,
        name=name,
        dossiers=sums["dossiers"],
        documents=sums["documents"],
        boxes=sums["box_parts"] / BOX,
        pages=sums["pages"],
        metres=sums["shelf"] / METRE,
        estimated_pages=sums["estimated.pages"],
        complete_dossiers=sums[f"{COMPLETE}.dossiers"],
        complete_pages=sums[f"{COMPLETE}.pages"],
        complete_metres=sums[f"{COMPLETE}.shelf"] / METRE,
        stations=_stations(sums),
    )
