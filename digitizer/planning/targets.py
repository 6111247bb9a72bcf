"""Targets as data, and whether each is reached: exact, to the page."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from importlib.resources import files
from typing import Any, Final

from digitizer.errors import UsageError
from digitizer.inventory import COMPLETE, METRE, DayCount, Station, Stock, Tally, Unit

__all__ = [
    "Judged",
    "Measure",
    "Plan",
    "Standing",
    "Target",
    "cut",
    "judge",
    "load_plan",
    "measured",
    "shown",
]

_MEASURES: Final = {Unit.PAGES: "pages", Unit.DOSSIERS: "dossiers", Unit.METRES: "shelf"}
_COUNTS: Final = (COMPLETE, *(station.value for station in Station))
_OPTIONAL: Final = {"fonds", "freeze", "source", "tag", "valid_from", "valid_to"}


@dataclass(frozen=True, slots=True)
class Target:
    """One target; `targets.toml` says what each field means."""

    id: str
    name_vi: str
    name_en: str
    share: Fraction
    due: date
    stock: Stock
    unit: Unit
    count: str
    fonds: tuple[str, ...] = ()
    freeze: str = ""
    source: str = ""
    tag: str = ""
    valid_from: date = date.min
    valid_to: date = date.max


@dataclass(frozen=True, slots=True)
class Plan:
    """All targets, and the day from which dossiers count as `electronic`."""

    targets: tuple[Target, ...]
    electronic_from: date


@dataclass(frozen=True, slots=True)
class Measure:
    """Numerator and denominator in whole units: pages, dossiers, or millionths of a metre."""

    done: int
    total: int
    estimated: int = 0

    @property
    def share(self) -> float | None:
        """The share that is done, 0 to 1; None where there is nothing to be done."""
        return self.done / self.total if self.total else None

    def needed(self, share: Fraction) -> int:
        """The least that reaches `share`.

        >>> Measure(0, 10).needed(Fraction("0.30"))
        3
        """
        return math.ceil(share * self.total)


class Standing:
    """How a target stands: words for machines, told apart by `Judged.standing`."""

    REACHED: Final = "reached"
    LATE: Final = "reached_late"
    OPEN: Final = "open"
    MISSED: Final = "missed"
    EMPTY: Final = "no_inventory"


@dataclass(frozen=True, slots=True)
class Judged:
    """A target beside its measures.

    `now` is measured against the denominator the target names, `current` against the inventory as it is
    today (the same where no freeze is named). `at_due` is what was done by the end of the due day.
    `needed` is the least count that reaches it, `missing` what is still lacking.
    """

    target: Target
    now: Measure
    current: Measure
    needed: int
    missing: int
    at_due: int | None
    standing: str

    @property
    def reached(self) -> bool:
        """Whether as much is done as was asked for, in time or not."""
        return self.standing in {Standing.REACHED, Standing.LATE}


def measured(
    tallies: Sequence[Tally], stock: Stock, unit: Unit, count: str = COMPLETE, fonds: Sequence[str] = ()
) -> Measure:
    """Sum numerator and denominator over the strata of a stock.

    Raises:
        UsageError: stations count pages only; dossiers and metres are done when they are complete.
    """
    if count != COMPLETE and unit is not Unit.PAGES:
        raise UsageError(f"{unit.value} can be counted as `complete` only, not as {count}")
    mine = [t for t in tallies if t.stratum.of(stock) and (not fonds or t.stratum.fonds in fonds)]
    name = _MEASURES[unit]
    estimated = f"estimated.{name}"
    return Measure(
        sum(tally[f"{count}.{name}"] for tally in mine),
        sum(tally[name] for tally in mine),
        sum(tally[estimated] for tally in mine),
    )


def judge(
    target: Target, named: Sequence[Tally], current: Sequence[Tally], days: Sequence[DayCount], today: date
) -> Judged:
    """Hold a target against what is done.

    `named` are the sums of the inventory that the target names, `current` those of today's, `days` what
    passed on each day in its stock.
    """
    what = (target.stock, target.unit, target.count, target.fonds)
    now, live = measured(named, *what), measured(current, *what)
    needed = now.needed(target.share)
    at_due = None
    if today > target.due:
        later = [d for d in days if d.station == target.count and d.day > target.due.isoformat()]
        at_due = max(0, now.done - sum(_counted(each, target.unit) for each in later))
    if now.total == 0:
        standing = Standing.EMPTY
    elif now.done >= needed:
        standing = Standing.REACHED if at_due is None or at_due >= needed else Standing.LATE
    else:
        standing = Standing.OPEN if at_due is None else Standing.MISSED
    return Judged(target, now, live, needed, max(0, needed - now.done), at_due, standing)


def _counted(day: DayCount, unit: Unit) -> int:
    return {Unit.PAGES: day.pages, Unit.DOSSIERS: day.documents, Unit.METRES: day.shelf}[unit]


def load_plan(text: str | None = None) -> Plan:
    """Read targets; None: those of this package.

    Raises:
        UsageError: it is no such file, or a target has a field that does not fit.
    """
    if text is None:
        text = files("digitizer.planning").joinpath("targets.toml").read_text("utf-8")
    try:
        table = tomllib.loads(text)
        return Plan(tuple(map(_target, table["target"])), _day(table["electronic_from"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"the targets cannot be read: {error}") from error


def _target(row: dict[str, Any]) -> Target:
    unknown = set(row) - set(Target.__dataclass_fields__)
    missing = set(Target.__dataclass_fields__) - set(row) - _OPTIONAL
    if unknown or missing:
        raise ValueError(f"target {row.get('id', '?')}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    if row["count"] not in _COUNTS:
        raise ValueError(f"target {row['id']}: count is one of {', '.join(_COUNTS)}")
    share = Fraction(str(row["share"]))
    if not 0 < share <= 1:
        raise ValueError(f"target {row['id']}: share lies above 0 and is 1 at most")
    made: dict[str, Any] = {"share": share, "stock": Stock(row["stock"]), "unit": Unit(row["unit"])}
    days = {name: _day(row[name]) for name in ("due", "valid_from", "valid_to") if name in row}
    made |= days | {"fonds": tuple(row.get("fonds", ()))}
    target = Target(**(row | made))
    measured((), target.stock, target.unit, target.count)
    return target


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no date: write 2025-12-31")
    return value


def shown(measure: int, unit: Unit) -> float | int:
    """A count in its unit: metres instead of millionths."""
    return measure / METRE if unit is Unit.METRES else measure


def cut(share: float | None, places: int) -> float:
    """A share to so many decimals, rounded down: what is not reached must not be shown as if it were.

    >>> cut(0.29999, 3), cut(0.3, 3), cut(None, 3)
    (0.299, 0.3, 0.0)
    """
    return float(Decimal(str(share or 0)).quantize(Decimal(1).scaleb(-places), ROUND_DOWN))
