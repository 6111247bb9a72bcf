"""Many events, one commit: who comes while another commits goes with the next commit, together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from digitizer.errors import MissingDependencyError
from digitizer.model import Event

__all__ = ["NotedTogether"]


@dataclass(eq=False, slots=True)
class _Waiting:
    event: Event
    written: bool = False
    failure: MissingDependencyError | None = None


class NotedTogether:
    """Writes events with `write`; a call returns when its own event is written for good, never before.

    A commit waits for the disk, and a database takes one writer at a time: without this, everybody who
    searches at one moment waits for the disk once for each of the others.
    """

    def __init__(self, write: Callable[[Sequence[Event]], None]) -> None:
        self._write = write
        self._queue = Lock()
        self._turn = Lock()
        self._waiting: list[_Waiting] = []

    def __call__(self, event: Event) -> None:
        """Write `event`, with all that wait beside it.

        Raises:
            MissingDependencyError: The commit that `event` went with could not be made.
        """
        mine = _Waiting(event)
        with self._queue:
            self._waiting.append(mine)
        with self._turn:
            if not mine.written and mine.failure is None:
                self._commit(mine)
        if mine.failure is not None:
            raise MissingDependencyError(str(mine.failure)) from mine.failure

    def _commit(self, mine: _Waiting) -> None:
        with self._queue:
            together = list(self._waiting)
        gone = [mine]  # after any other error the rest try for themselves
        try:
            self._write([each.event for each in together])
        except MissingDependencyError as error:
            gone = together  # one wait for a database that is down, not one after another
            for each in together:
                each.failure = error
        else:
            gone = together
            for each in together:
                each.written = True
        finally:
            with self._queue:
                self._waiting = [each for each in self._waiting if each not in gone]
