"""Ring again for work that nobody was told of, or that a worker left without a word."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from digitizer.errors import MissingDependencyError
from digitizer.ports import Job
from digitizer.services.archive import DIGITIZE_JOB, PAGES_JOB, ArchiveApp, ring_pending
from digitizer.services.work_pages import clear_shelf

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
    clear_shelf(app)
    with suppress(MissingDependencyError):
        waiting = _waiting(app)
        missing = app.queue.depth() < len(waiting)
        for job, was_left in reversed(waiting):  # each goes to the front: the oldest ends as the first
            if was_left:
                left += app.queue.ring(job, first=True)
        if missing:
            for job, was_left in waiting:
                if not was_left:
                    forgotten += app.queue.ring(job)
    return Swept(new, left, forgotten)


def _waiting(app: ArchiveApp) -> list[tuple[Job, bool]]:
    """What a worker may take, pages of documents that were begun first, and whether it was left."""
    pages = app.long.jobs.waiting(_LOW_WATER) if app.long is not None else ()
    return [
        *((Job(PAGES_JOB, job_id), left) for job_id, left in pages),
        *((Job(DIGITIZE_JOB, document_id), left) for document_id, left in app.catalogue.waiting(_LOW_WATER)),
    ]
