"""How the archive is: what waits, how fast it goes, when it ends, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from digitizer.errors import MissingDependencyError
from digitizer.holdings import BatchSummary, QueueState
from digitizer.ports_watch import Bell, Telling

__all__ = ["Status", "Watched", "duration", "status", "status_for"]

_RATE_SECONDS = 600.0
_COARSE_MINUTES = 10


class Watched(Protocol):
    """What tells how the archive is: an `ArchiveApp`, or as much of one as is needed for that."""

    @property
    def catalogue(self) -> Telling:
        """The queue of record."""
        ...

    @property
    def queue(self) -> Bell:
        """The doorbell."""
        ...


@dataclass(frozen=True, slots=True)
class Status:
    """The queue, each batch, how many rings wait (None: the queue's server is down), seconds to the end.

    `eta_seconds` is None where nothing ended lately; it takes documents as equal and counts quarantined
    ones as ended, for they need a person.
    """

    queue: QueueState
    rings: int | None
    eta_seconds: float | None
    batches: tuple[BatchSummary, ...]


def status(app: Watched, seconds: float = _RATE_SECONDS) -> Status:
    """The archive at this moment; the rate is that of the last `seconds`."""
    queue = app.catalogue.queue_state(seconds)
    return Status(queue, _rings(app), _eta(queue), tuple(app.catalogue.batches()))


def status_for(queue: QueueState) -> Status:
    """The same of one part of the archive, without what is known only of the whole machine."""
    return Status(queue, None, _eta(queue), ())


def _rings(app: Watched) -> int | None:
    try:
        return app.queue.depth()
    except MissingDependencyError:
        return None


def _eta(queue: QueueState) -> float | None:
    left = queue.waiting + queue.running
    if left == 0:
        return 0.0
    return left / queue.documents * queue.seconds if queue.documents else None


def duration(seconds: float) -> str:
    """A span for people.

    >>> duration(59), duration(105), duration(900), duration(3700), duration(200_000)
    ('59 s', '1 min 45 s', '15 min', '1 h 1 min', '2 d 7 h')
    """
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, hours, days = whole // 60 % 60, whole // 3600 % 24, whole // 86_400
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes < _COARSE_MINUTES and whole % 60 else f"{minutes} min"
