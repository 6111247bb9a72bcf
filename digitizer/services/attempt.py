"""One attempt on what a worker holds: kept by a lease, committed once, given back however it fails."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from digitizer.errors import (
    Code,
    ConflictError,
    DigitizerError,
    FixityError,
    MissingDependencyError,
    NotFoundError,
    PageError,
    Refusal,
)
from digitizer.model import Agent
from digitizer.services.lease import Lease

__all__ = ["Held", "Leases", "Worked", "attempted"]

_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0


class Leases(Protocol):
    """Who leases: the catalogue its documents, the page jobs their pages."""

    def heartbeat(self, held_id: str, attempt: int, lease_seconds: float, /) -> None:
        """Keep a lease; raises `ConflictError`."""
        ...

    def fail(
        self, held_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0, /
    ) -> None:
        """Give back after a failure; raises `ConflictError`."""
        ...

    def release(self, held_id: str, attempt: int, by: Agent, /) -> None:
        """Give back unharmed; raises `ConflictError`."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """What is leased: its id with `leases`, the attempt, its document and the document's path."""

    leases: Leases
    id: str
    attempt: int
    document_id: str
    path: str


@dataclass(frozen=True, slots=True)
class Worked:
    """How one claim ended.

    `state` is a `RecordState`, `split` into page jobs, `pages` (a page job was read), `failed` (it waits
    again or is quarantined) or `lost` (another attempt has it).
    """

    document_id: str
    path: str
    state: str
    pages: int
    seconds: float
    reason: str = ""


def attempted(held: Held, work: Callable[[], tuple[str, int, str]], seconds: float, by: Agent) -> Worked:
    """Run `work`, which commits and returns how it ended, its pages and why, under a lease of `seconds`.

    Stopped in the middle (`KeyboardInterrupt`, `SystemExit`), what is held is given back unharmed.

    Raises:
        MissingDependencyError: A tool or server is missing: it was given back, the line stops.
    """
    start = time.monotonic()

    def ended(state: str, pages: int = 0, reason: str = "") -> Worked:
        return Worked(held.document_id, held.path, state, pages, time.monotonic() - start, reason)

    try:
        with Lease(held.leases, held.id, held.attempt, seconds):
            state, pages, why = work()
    except ConflictError:
        return ended("lost")
    except MissingDependencyError:
        _give_back(held, by)
        raise
    except Exception as error:  # noqa: BLE001 - one document must never stop the others
        reason = _reason(error)
        with suppress(ConflictError):
            held.leases.fail(held.id, held.attempt, reason, by, _again_in(error, held.attempt))
        return ended("failed", reason=reason)
    except BaseException:
        _give_back(held, by)
        raise
    return ended(state, pages, why)


def _give_back(held: Held, by: Agent) -> None:
    with suppress(DigitizerError):  # the lease ends by itself where this cannot be said
        held.leases.release(held.id, held.attempt, by)


def _again_in(error: Exception, attempt: int) -> float | None:
    """Seconds until it is worth another try; None: never, a person must look.

    Bytes that differ from their digest differ the next time too. What may mend itself gets time for that,
    with a jitter, so that a hundred documents do not all come back at once.
    """
    if isinstance(error, FixityError | NotFoundError | Refusal):
        return None
    if isinstance(error, DigitizerError):
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return 0.0


def _reason(error: Exception) -> str:
    """A code and a line of our own; another's words may hold what was read from the page."""
    if isinstance(error, Refusal | PageError):
        return f"{error.code.value}: {error.message}"
    if isinstance(error, FixityError | NotFoundError):
        return f"{Code.FIXITY.value}: {error}"
    if isinstance(error, DigitizerError):
        return f"{Code.STORAGE.value}: {error}"
    return f"{Code.TOOL.value}: {type(error).__name__}"
