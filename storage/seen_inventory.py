"""The sums of the inventory for a command that only looks, straight from the database's driver.

Held to `storage.inventory` by the contract suite, which runs over both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from digitizer.inventory import DayCount, Fonds, Freeze, Stock, Stratum, Tally, Use
from storage.driver import Driver

__all__ = ["SeenInventory"]

_FONDS: Final = "SELECT code, name, paper_total, paper_digital, copies, described FROM fonds ORDER BY code"
_FREEZES: Final = 'SELECT number, name, at, agent FROM "freeze" ORDER BY number'
# One row a stratum: the database puts its sums together quicker than we take them one by one.
_TALLIES: Final = (
    'SELECT fonds, valuable, arranged, electronic, "use", {made}(measure, value) FROM tally '
    'WHERE version = :version AND value <> 0 GROUP BY fonds, valuable, arranged, electronic, "use"'
)
_AS_OBJECT: Final = {"sqlite": "json_group_object", "postgresql": "json_object_agg"}
_DAYS: Final = (
    "SELECT day, station, sum(documents), sum(pages), sum(a4_halves), sum(shelf) FROM stock_day "
    "WHERE stock = :stock AND fonds IN ({fonds}) GROUP BY day, station ORDER BY day, station"
)


class SeenInventory:
    """What an inventory tells of its sums; see `InventorySums`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def fonds(self) -> Sequence[Fonds]:
        """Every fonds; see `InventorySums`."""
        with self._driver.moment() as moment:
            found = moment.rows(_FONDS)
        return tuple(_fonds_of(row) for row in found)

    def freezes(self) -> Sequence[Freeze]:
        """Every freeze; see `InventorySums`."""
        with self._driver.moment() as moment:
            return tuple(Freeze(*row) for row in moment.rows(_FREEZES))

    def tallies(self, version: int = 0) -> Sequence[Tally]:
        """The sums by stratum; see `InventorySums`."""
        asked = _TALLIES.format(made=_AS_OBJECT[self._driver.name])
        with self._driver.moment() as moment:
            found = moment.rows(asked, version=version)
        made = {
            Stratum(fonds, bool(valuable), bool(arranged), bool(electronic), Use(use)): _object(sums)
            for fonds, valuable, arranged, electronic, use, sums in found
        }
        return tuple(Tally(stratum, made[stratum]) for stratum in sorted(made))

    def days(self, fonds: Sequence[str] | None, stock: str) -> Sequence[DayCount]:
        """What passed on each day; see `InventorySums`."""
        wanted = [""] if fonds is None else list(fonds)
        names = {f"fonds{number}": each for number, each in enumerate(wanted)}
        asked = _DAYS.format(fonds=", ".join(f":{name}" for name in names))
        with self._driver.moment() as moment:
            found = moment.rows(asked, stock=Stock(stock).value, **names)
        made = (DayCount(day, station, *map(int, counts)) for day, station, *counts in found)
        return tuple(each for each in made if each.documents)


def _fonds_of(row: tuple[Any, ...]) -> Fonds:
    code, name, total, digital, copies, described = row
    return Fonds(code, name, paper_total=total, paper_digital=digital, copies=copies, **_object(described))


def _object(value: Any) -> Mapping[str, Any]:
    """JSON as the driver brings it: PostgreSQL's made up already, SQLite's as text."""
    return json.loads(value) if isinstance(value, str) else value  # type: ignore[no-any-return]
