"""Keep a document while it is worked on: a timer thread that renews the lease."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Self

from digitizer.errors import ConflictError, DigitizerError
from digitizer.ports import Catalogue, StoredDocument

__all__ = ["Lease"]


class Lease:
    """Renews the lease on `held` four times in its length until the block ends or another took it over.

    A renewal that fails because the catalogue is away is tried again: the commit is fenced anyway.
    """

    def __init__(self, catalogue: Catalogue, held: StoredDocument, seconds: float) -> None:
        self._catalogue = catalogue
        self._held = held
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{held.id}", daemon=True)

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
                self._catalogue.heartbeat(self._held.id, self._held.attempt, self._seconds)
            except ConflictError:
                return
            except DigitizerError:
                continue
