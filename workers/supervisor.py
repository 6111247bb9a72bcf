"""Keeps N worker processes up: starts them, starts them again, drains them; none outlives it."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from digitizer.errors import MissingDependencyError, UsageError

__all__ = ["Supervisor"]

_STOPPED_LINE: Final = MissingDependencyError.exit_status
_WRONG_USAGE: Final = UsageError.exit_status
_LOOK_SECONDS: Final = 0.1
_MOST_PAUSE_SECONDS: Final = 30.0
_YOUNG_SECONDS: Final = 10.0
_MOST_CRASHES: Final = 10


@dataclass(slots=True)
class _Place:
    """Where one worker runs: its process, and what became of those before it."""

    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    crashes: int = 0
    not_before: float = 0.0
    done: bool = False


@dataclass(slots=True)
class Supervisor:
    """Runs `count` times the command `argv`, a worker that kills itself when its parent ends.

    `tick` is called every `every` seconds; `died(pid, status)` after a worker was killed or crashed, before
    it is replaced. A worker that found a tool or server missing is tried again later and later, and no work
    is blamed for it; one that ends with `recycled` is replaced at once. `say` tells a person.
    """

    argv: Sequence[str]
    count: int
    tick: Callable[[], None]
    died: Callable[[int, int], None]
    say: Callable[[str], None]
    recycled: int = 75
    every: float = 5.0
    drain_seconds: float = 20.0
    _places: list[_Place] = field(default_factory=list)
    _ticked: float = float("-inf")
    _status: int = 0
    _trouble: str = ""

    def run(self, *, burst: bool) -> int:
        """Until no work is left (`burst`) or for ever; the worst exit status of the workers.

        Raises:
            KeyboardInterrupt: it was told to stop; the workers have ended and given back what they held.
        """
        self._places = [_Place() for _ in range(self.count)]
        try:
            while not all(place.done for place in self._places):
                for place in self._places:
                    self._look(place, burst)
                self._tick()
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            self._drain()
            raise
        finally:
            self._end(signal.SIGKILL)
        return self._status

    def pids(self) -> list[int]:
        """The processes that run now."""
        return [place.process.pid for place in self._places if place.process is not None]

    def _look(self, place: _Place, burst: bool) -> None:
        if place.done:
            return
        if place.process is None:
            if time.monotonic() >= place.not_before:
                place.process = subprocess.Popen(self.argv, start_new_session=True)
                place.started = time.monotonic()
            return
        status = place.process.poll()
        if status is not None:
            pid, place.process = place.process.pid, None
            self._ended(place, pid, status, burst)

    def _ended(self, place: _Place, pid: int, status: int, burst: bool) -> None:
        if status in {0, 1, _WRONG_USAGE}:
            self._status = max(self._status, status)
            place.done = burst or status == _WRONG_USAGE
        elif status == _STOPPED_LINE:
            self._stop_line(place, burst)
        elif status != self.recycled:
            self._told(lambda: self.died(pid, status))
            young = time.monotonic() - place.started < _YOUNG_SECONDS
            self._crashed(place, young=young, status=status)

    def _stop_line(self, place: _Place, burst: bool) -> None:
        """The worker has told what is missing; with more work waiting for it, it is tried again later."""
        if burst:
            self._status = _STOPPED_LINE
            for each in self._places:
                each.done = True
            self._end(signal.SIGTERM)
            return
        self._pause(place)

    def _crashed(self, place: _Place, *, young: bool, status: int) -> None:
        how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
        self.say(f"digitizer: a worker was {how}; it is replaced")
        if not young:
            place.crashes = 0
            return
        self._pause(place)
        if place.crashes >= _MOST_CRASHES:
            raise MissingDependencyError("workers do not stay up: run `digitizer check`, look into the log")

    @staticmethod
    def _pause(place: _Place) -> None:
        place.crashes += 1
        # The first time at once: most crashes are about one document.
        pause = 0.0 if place.crashes == 1 else min(_MOST_PAUSE_SECONDS, 0.5 * 2.0**place.crashes)
        place.not_before = time.monotonic() + pause

    def _tick(self) -> None:
        if time.monotonic() - self._ticked >= self.every:
            self._told(self.tick)
            self._ticked = time.monotonic()

    def _told(self, call: Callable[[], None]) -> None:
        """A catalogue that is down stops nobody: the next tick tries again. Each trouble is told once."""
        try:
            call()
        except MissingDependencyError as error:
            if str(error) != self._trouble:
                self.say(f"digitizer: {error}")
            self._trouble = str(error)
        else:
            self._trouble = ""

    def _drain(self) -> None:
        """Let workers end their document; then have them give it back; then no more asking."""
        for seconds in (self.drain_seconds, self.drain_seconds / 2):
            self._signal(signal.SIGTERM)
            with suppress(KeyboardInterrupt):  # asked twice: go on to the next step at once
                if self._wait(seconds):
                    return

    def _wait(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while any(place.process is not None and place.process.poll() is None for place in self._places):
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_SECONDS)
        return True

    def _signal(self, number: signal.Signals) -> None:
        for place in self._places:
            if place.process is not None and place.process.poll() is None:
                place.process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        """End all workers; those that do not hear it are killed."""
        if number != signal.SIGKILL:
            self._signal(number)
            self._wait(self.drain_seconds)
        self._signal(signal.SIGKILL)
        for place in self._places:
            if place.process is not None:
                place.process.wait()
