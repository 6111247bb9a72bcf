"""As much of the ports as a command that only looks needs; the whole ports have it too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from digitizer.holdings import BatchSummary, QueueState, Shared, StoredDocument
from digitizer.model import Event
from digitizer.roll import WorkerSeen

__all__ = ["Bell", "RollCall", "Seen", "Sharing", "Telling"]


class Telling(Protocol):
    """The counts of a catalogue."""

    def queue_state(self, seconds: float) -> QueueState:
        """How much waits, and how much ended in the last `seconds`."""
        ...

    def batches(self) -> Sequence[BatchSummary]:
        """Every batch with its counts."""
        ...


class Seen(Telling, Protocol):
    """A catalogue that is looked at."""

    def document(self, document_id: str) -> StoredDocument:
        """One document.

        Raises:
            NotFoundError: no such document.
        """
        ...

    def documents(
        self, batch: str | None = None, state: str | None = None, fonds: str | None = None
    ) -> Iterator[StoredDocument]:
        """Documents in the order they were received."""
        ...

    def events(self, object_id: str | None = None) -> Iterator[Event]:
        """The audit trail, oldest first."""
        ...


class Sharing(Protocol):
    """Page jobs that are looked at."""

    def shared(self) -> Shared:
        """How far shared documents are."""
        ...


class RollCall(Protocol):
    """The workers' roll that is looked at."""

    def workers(self) -> Sequence[WorkerSeen]:
        """Who is on the roll, by name."""
        ...


class Bell(Protocol):
    """A doorbell that is looked at."""

    def depth(self) -> int:
        """How many rings wait.

        Raises:
            MissingDependencyError: The queue's server is down.
        """
        ...
