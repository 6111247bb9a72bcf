"""The doorbell inside one process, for the embedded archive without a Redis."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

from digitizer.ports import Job

__all__ = ["WINDOW", "EmbeddedQueue"]

WINDOW: Final = 50_000
"""How many rings a queue holds; the outbox of the catalogue keeps the others."""


class EmbeddedQueue:
    """A `JobQueue` in memory: rings are lost with the process, the catalogue still knows the work.

    Threads may ring and wait at once; a ring that already waits is not kept twice.
    """

    def __init__(self, window: int = WINDOW) -> None:
        self._rings: OrderedDict[Job, None] = OrderedDict()
        self._window = window
        self._changed = threading.Condition()

    def ring(self, job: Job, *, first: bool = False) -> bool:
        """Say that there is work; see `JobQueue.ring`."""
        with self._changed:
            if job not in self._rings and len(self._rings) >= self._window:
                return False
            self._rings[job] = None
            if first:
                self._rings.move_to_end(job, last=False)
            self._changed.notify()
        return True

    def depth(self) -> int:
        """How many rings wait; see `JobQueue.depth`."""
        with self._changed:
            return len(self._rings)

    def wait(self, seconds: float) -> Job | None:
        """The oldest ring, after waiting for one at most this long; None if none came."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._rings), seconds)
            return self._rings.popitem(last=False)[0] if self._rings else None
