"""A crew of worker processes that may die at any moment: one a core, one thread each, none outlives us.

Each worker has a pipe of its own and holds one unit at a time, so a worker that is killed can take no
lock and no other unit with it (`docs/decisions/0005-own-worker-pool.md`).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from types import TracebackType
from typing import Any, Self

from digitizer.errors import Code, DigitizerError, MissingDependencyError, PageError, Refusal
from digitizer.services.own_temporary import keep_temporary_files_together

__all__ = ["PATIENCE_SECONDS", "Crew", "Lost", "alarm", "die_with_parent", "settle"]

PATIENCE_SECONDS = 300.0  # ten times the processor time of a page: a machine with ten times its load
_PR_SET_PDEATHSIG = 1
_QUIET = ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass(frozen=True, slots=True)
class Lost:
    """A unit whose worker did not answer: how it ended, in a code and a line."""

    code: Code
    message: str


@dataclass(slots=True)
class _Worker:
    process: ForkServerProcess
    pipe: Connection
    ticket: Any = None
    deadline: float = 0.0


class Crew:
    """Up to `size` workers, started when there is work and replaced when lost. Use as a context manager.

    `prepare` runs once in each new worker; `preload` names modules that are imported once, in the process
    the workers are forked from. Leaving the block ends all workers at once. `patience`: the longest a page
    may take on the clock, in seconds, however busy the machine is.
    """

    def __init__(
        self,
        size: int,
        prepare: Callable[[], None],
        preload: Sequence[str] = (),
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self.size = size
        self.patience = patience
        self._prepare = prepare
        self._preload = list(preload)
        self._idle: list[_Worker] = []
        self._busy: list[_Worker] = []

    def __enter__(self) -> Self:
        for name in _QUIET:  # read by numpy and libgomp when they are loaded, in the workers' parent
            os.environ[name] = "1"
        context().set_forkserver_preload(self._preload)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in (*self._busy, *self._idle):
            _end(worker)
        self._busy, self._idle = [], []

    @property
    def free(self) -> int:
        """How many units can be given now."""
        return self.size - len(self._busy)

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._busy)

    def give(self, ticket: object, function: Callable[..., Any], args: Sequence[Any], seconds: float) -> None:
        """Have a free worker call `function(*args)`; its answer comes out of `answers` under `ticket`."""
        for _ in range(self.size + 1):  # workers may have died while they were idle
            worker = self._idle.pop() if self._idle else self._hire()
            with suppress(OSError):
                worker.pipe.send((function, tuple(args)))
                worker.ticket, worker.deadline = ticket, time.monotonic() + seconds
                self._busy.append(worker)
                return
            _end(worker)
        raise MissingDependencyError("worker processes do not stay up: is there memory left?")

    def answers(self) -> list[tuple[Any, Any]]:
        """Wait for at least one answer: (ticket, what the function returned, or `Lost`).

        Raises:
            DigitizerError: what the function raised of our own tree, about this machine or these settings;
                what it raised about one input or page comes out as `Lost`.
        """
        done: list[tuple[Any, Any]] = []
        while not done:
            patience = min(worker.deadline for worker in self._busy) - time.monotonic()
            ready = wait([worker.pipe for worker in self._busy], max(0.0, patience))
            for worker in tuple(self._busy):
                if worker.pipe in ready:
                    done.append((worker.ticket, self._answer(worker)))
                elif time.monotonic() > worker.deadline:
                    done.append((worker.ticket, self._overdue(worker)))
        return done

    def _answer(self, worker: _Worker) -> Any:
        self._busy.remove(worker)
        try:
            raised, value = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(5)
            lost = _explain(worker.process.exitcode)
            _end(worker)
            return lost
        worker.ticket = None
        self._idle.append(worker)
        if raised:
            raise value
        return value

    def _overdue(self, worker: _Worker) -> Lost:
        self._busy.remove(worker)
        _end(worker)
        return Lost(Code.TIMEOUT, "took longer than allowed and was stopped")

    def _hire(self) -> _Worker:
        near, far = context().Pipe()
        with far:
            process = context().Process(target=_serve, args=(far, self._prepare), daemon=True)
            process.start()
        return _Worker(process, near)


def context() -> ForkServerContext:
    """Workers are forked from a small server that has the libraries loaded, never from this process."""
    keep_temporary_files_together()
    return multiprocessing.get_context("forkserver")


def _end(worker: _Worker) -> None:
    """Kill: a worker stuck in a library hears nothing milder; files it writes appear whole or not at all."""
    worker.process.kill()
    worker.process.join()
    worker.process.close()
    worker.pipe.close()


def _explain(status: int | None) -> Lost:
    if status == -signal.SIGPROF:
        return Lost(Code.TIMEOUT, "used more processor time than allowed and was stopped")
    if status == -signal.SIGALRM:
        return Lost(Code.TIMEOUT, "took longer than allowed and was stopped")
    if status == -signal.SIGKILL:
        return Lost(Code.OOM, "its process was killed, most likely for want of memory")
    if status is not None and status < 0:
        return Lost(Code.TOOL, f"its process crashed (signal {-status})")
    return Lost(Code.TOOL, f"its process ended (status {status})")


def _serve(pipe: Connection, prepare: Callable[[], None]) -> None:
    """A worker's life: take a unit, answer, until the other end is gone."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    prepare()
    with suppress(EOFError, OSError):
        while True:
            function, args = pipe.recv()
            pipe.send(_called(function, args))


def _called(function: Callable[..., Any], args: tuple[Any, ...]) -> tuple[bool, Any]:
    try:
        return False, function(*args)
    except (Refusal, PageError) as error:
        return False, Lost(error.code, error.message)
    except DigitizerError as error:
        return True, error.with_traceback(None)
    except MemoryError:
        return False, Lost(Code.OOM, "needed more memory than allowed")
    except Exception as error:  # noqa: BLE001 - the worker's outermost frame; a message may hold page text
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{where.tb_frame.f_code.co_name}:{where.tb_lineno}" if where else "?"
        return False, Lost(Code.TOOL, f"internal error ({type(error).__name__} in {place})")


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process when its parent ends, however that ends.

    `parent` is the parent's process id as the parent told it: without it, one that ended before this
    call is not noticed.
    """
    parent = parent or os.getppid()
    with suppress(OSError, AttributeError):  # another system than Linux: the closed pipe ends us
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def settle(memory_bytes: int) -> None:
    """Bound this worker: one thread in OpenCV, so much private memory, two alarm clocks (`alarm`)."""
    import cv2

    cv2.setNumThreads(1)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def alarm(processor: float, clock: float = 0.0) -> None:
    """Let the kernel end this worker, whatever library it is stuck in, after so many seconds; 0: never.

    `processor` are seconds of processor time, which other work on the machine does not use up: for a page
    that is too much. `clock` are seconds of the clock: for one that waits and will never be done.
    """
    signal.setitimer(signal.ITIMER_PROF, processor)
    signal.setitimer(signal.ITIMER_REAL, clock)
