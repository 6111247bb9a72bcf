"""Ring again for work that nobody was told of, or that a worker left without a word."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from digitizer.errors import MissingDependencyError
from digitizer.ports import Job
from digitizer.services.archive import DIGITIZE_JOB, ArchiveApp, ring_pending

__all__ = ["Swept", "sweep"]

_LOW_WATER = 1000


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep rang for: new in the outbox, left by a dead worker, and forgotten by the queue."""

    new: int
    left: int
    forgotten: int


def sweep(app: ArchiveApp) -> Swept:
    """Ring for what the outbox names, first of all for what was left, and for all when rings are missing.

    Any number of sweepers may run at once: a ring that waits is not kept twice, and a document is claimed
    once. A queue that is down is tried again by the next sweep.
    """
    new = left = forgotten = 0
    while told := ring_pending(app):
        new += told
    with suppress(MissingDependencyError):
        waiting = app.catalogue.waiting(_LOW_WATER)
        missing = app.queue.depth() < len(waiting)
        for document_id, was_left in reversed(
            waiting
        ):  # each goes to the front: the oldest ends as the first
            if was_left:
                left += app.queue.ring(Job(DIGITIZE_JOB, document_id), first=True)
        if missing:
            for document_id, was_left in waiting:
                if not was_left:
                    forgotten += app.queue.ring(Job(DIGITIZE_JOB, document_id))
    return Swept(new, left, forgotten)
