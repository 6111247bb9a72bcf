"""The doorbell inside one process, for the embedded archive without a Redis."""

from __future__ import annotations

import threading
from collections import deque

from digitizer.ports import Job

__all__ = ["EmbeddedQueue"]


class EmbeddedQueue:
    """A `JobQueue` in memory: rings are lost with the process, the catalogue still knows the work.

    Threads may ring and wait at once; a ring that already waits is not kept twice.
    """

    def __init__(self) -> None:
        self._rings: deque[Job] = deque()
        self._changed = threading.Condition()

    def ring(self, job: Job, *, first: bool = False) -> bool:
        """Say that there is work; see `JobQueue.ring`."""
        with self._changed:
            if job not in self._rings:
                (self._rings.appendleft if first else self._rings.append)(job)
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
            return self._rings.popleft() if self._rings else None
