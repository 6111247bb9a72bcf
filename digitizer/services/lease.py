"""Keep what is worked on: a timer thread that renews the lease."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Protocol, Self

from digitizer.errors import ConflictError, DigitizerError

__all__ = ["Lease", "Renews"]


class Renews(Protocol):
    """Who leases."""

    def heartbeat(self, held_id: str, attempt: int, lease_seconds: float, /) -> None:
        """Keep a lease; raises `ConflictError`."""
        ...


class Lease:
    """Renews the lease on what is held four times in its length until the block ends or another took it over.

    A renewal that fails because the catalogue is away is tried again: the commit is fenced anyway.
    """

    def __init__(self, leases: Renews, held_id: str, attempt: int, seconds: float) -> None:
        self._leases = leases
        self._held = (held_id, attempt)
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{held_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _renew(self) -> None:
        while not self._ended.wait(self._seconds / 4):
            try:
                self._leases.heartbeat(*self._held, self._seconds)
            except ConflictError:
                return
            except DigitizerError:
                continue
