"""The workers' roll for a command that only looks, and what is told of its rows; it loads no SQLAlchemy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from digitizer.roll import Holding, WorkerSeen
from storage.driver import Driver

__all__ = ["SeenRoll", "told"]

_ROLL: Final = "SELECT name, since, beat, due FROM worker_roll ORDER BY name"
_WHOLE: Final = "SELECT worker, id, 0, 0 FROM document WHERE state = 'running' AND worker IS NOT NULL"
_PARTS: Final = (
    'SELECT worker, document_id, "first", "last" FROM page_job '
    "WHERE state = 'running' AND worker IS NOT NULL"
)


class SeenRoll:
    """What the roll tells; see `Roll`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def workers(self) -> tuple[WorkerSeen, ...]:
        """Who is on the roll; see `Roll`."""
        with self._driver.moment() as moment:
            now = moment.now_seconds()
            return told(now, moment.rows(_ROLL), [*moment.rows(_WHOLE), *moment.rows(_PARTS)])


def told(now: float, roll: Iterable[Any], held: Iterable[Any]) -> tuple[WorkerSeen, ...]:
    """Rows (name, since, beat, due) of the roll with those (worker, id, first, last) of what is held."""
    holds: dict[str, list[Holding]] = defaultdict(list)
    for worker, identity, first, last in held:
        holds[worker].append(Holding(identity, first, last))
    return tuple(
        WorkerSeen(name, max(0.0, now - since), max(0.0, now - beat), now > due, tuple(holds.get(name, ())))
        for name, since, beat, due in roll
    )
