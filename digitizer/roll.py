"""The roll of the workers: who is there, since when, with what in hand, and when each was last heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

__all__ = ["Holding", "Roll", "WorkerSeen"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What a worker has in hand: a document, or its pages `first` to `last` (0 and 0: all of it)."""

    document_id: str
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """One worker: how long it has been there, how long it has been silent, and whether that is too long."""

    name: str
    since_seconds: float
    silent_seconds: float
    late: bool
    holds: tuple[Holding, ...] = ()


class Roll(Protocol):
    """Where workers say that they are there. By the database's clock, as leases are."""

    def beat(self, name: str, seconds: float) -> None:
        """Say that a worker is there; it is late when it is not heard again within `seconds`."""
        ...

    def leave(self, name: str) -> None:
        """Take a worker off the roll; one that is not on it is no error."""
        ...

    def workers(self) -> Sequence[WorkerSeen]:
        """Who is on the roll, by name."""
        ...
