"""The figures of progress: shares, stations, fonds and targets, as page, reports and door show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.errors import NotFoundError
from digitizer.inventory import BOX, COMPLETE, METRE, DayCount, Station, Stock, Tally, Unit
from digitizer.planning.ledger import LIVE, LOOSE
from digitizer.planning.targets import Judged, Measure, judge, measured
from digitizer.services.plan import PlanApp, today

__all__ = ["FondsRow", "Overview", "Scope", "StationSum", "judged_targets", "overview", "version_of"]


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


def version_of(app: PlanApp, name: str) -> int:
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


def overview(app: PlanApp, scope: Scope | None = None) -> Overview:
    """The figures of a scope.

    Raises:
        NotFoundError: there is no such freeze.
    """
    scope = scope or Scope()
    live = app.book.tallies(LIVE)
    named = app.book.tallies(version_of(app, scope.freeze)) if scope.freeze else live
    mine = _within(named, scope)
    names = {each.code: each.name for each in app.book.fonds()}
    by_fonds = defaultdict[str, list[Tally]](list)
    for tally in mine:
        by_fonds[tally.stratum.fonds].append(tally)
    rows = tuple(
        _row(number, code, names.get(code, code), by_fonds[code])
        for number, code in enumerate(sorted(by_fonds), start=1)
    )
    return Overview(
        at=app.clock.now(),
        scope=scope,
        strict={unit: measured(named, scope.stock, unit, COMPLETE, scope.fonds) for unit in Unit},
        current={unit: measured(live, scope.stock, unit, COMPLETE, scope.fonds) for unit in Unit},
        stations=_stations(mine),
        unfiled=_stations(_within(app.book.tallies(LOOSE), Scope(fonds=scope.fonds))),
        fonds=rows,
        total=_row(0, "", "Tổng cộng", mine),
    )


def judged_targets(app: PlanApp) -> tuple[Judged, ...]:
    """Every target that is valid today, beside its measures.

    Raises:
        NotFoundError: a target names a freeze that there is not.
    """
    day = today(app)
    live = app.book.tallies(LIVE)
    cache = dict[tuple[tuple[str, ...], Stock], Sequence[DayCount]]()
    found = []
    for target in app.plan.targets:
        if not target.valid_from <= day <= target.valid_to:
            continue
        key = target.fonds, target.stock
        if key not in cache and day > target.due:  # only then is it asked what came too late
            cache[key] = app.book.days(target.fonds or None, target.stock.value)
        named = app.book.tallies(version_of(app, target.freeze)) if target.freeze else live
        found.append(judge(target, named, live, cache.get(key, ()), day))
    return tuple(found)


def _within(tallies: Sequence[Tally], scope: Scope) -> list[Tally]:
    return [
        tally
        for tally in tallies
        if tally.stratum.of(scope.stock) and (not scope.fonds or tally.stratum.fonds in scope.fonds)
    ]


def _sum(tallies: Sequence[Tally], measure: str) -> int:
    return sum(tally[measure] for tally in tallies)


def _stations(tallies: Sequence[Tally]) -> tuple[StationSum, ...]:
    return tuple(
        StationSum(
            station,
            _sum(tallies, f"{station.value}.documents"),
            _sum(tallies, f"{station.value}.pages"),
            _sum(tallies, f"{station.value}.a4_halves") / 2,
        )
        for station in Station
    )


def _row(number: int, code: str, name: str, tallies: Sequence[Tally]) -> FondsRow:
    return FondsRow(
        number=number,
        code=code,
        name=name,
        dossiers=_sum(tallies, "dossiers"),
        documents=_sum(tallies, "documents"),
        boxes=_sum(tallies, "box_parts") / BOX,
        pages=_sum(tallies, "pages"),
        metres=_sum(tallies, "shelf") / METRE,
        estimated_pages=_sum(tallies, "estimated.pages"),
        complete_dossiers=_sum(tallies, f"{COMPLETE}.dossiers"),
        complete_pages=_sum(tallies, f"{COMPLETE}.pages"),
        complete_metres=_sum(tallies, f"{COMPLETE}.shelf") / METRE,
        stations=_stations(tallies),
    )
