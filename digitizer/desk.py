"""The checking desk: papers that wait for a person, and what the person decided. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digitizer.finding import Scope
from digitizer.model import Agent

__all__ = ["BatchLedger", "Correction", "Decision", "Desk", "Waiting"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One paper (part of a document) that a person must look at; `attempt` is the reading it is about."""

    document_id: str
    attempt: int
    part: int
    document_class: str
    lowest: float


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person put in the place of a value; the machine's own stays beside it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided of one paper: `kept` as it is or with corrections, or `rescan`."""

    document_id: str
    attempt: int
    part: int
    outcome: str
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchLedger:
    """How far one batch is: documents by state, pages read by how they ended, files refused at the door."""

    fonds: str
    batch: str
    by_state: Mapping[str, int]
    by_status: Mapping[str, int]
    refused: int = 0

    @property
    def documents(self) -> int:
        """All documents."""
        return sum(self.by_state.values())

    @property
    def pages(self) -> int:
        """All pages of documents that were read: text + blank + failed."""
        return sum(self.by_status.values())

    @property
    def ended(self) -> int:
        """Documents that wait for no machine any more."""
        return self.documents - self.by_state.get("queued", 0) - self.by_state.get("running", 0)


class Desk(Protocol):
    """Keeps what waits and what was decided; every decision leaves an event without any value in it."""

    def waiting(self, scope: Scope, limit: int) -> Sequence[Waiting]:
        """Papers to look at that this scope may see, the least sure first."""
        ...

    def count(self, scope: Scope) -> int:
        """How many wait."""
        ...

    def batches(self, scope: Scope) -> Sequence[BatchLedger]:
        """Every batch with something in it that this scope may see, the newest first."""
        ...

    def decide(self, decision: Decision, by: Agent) -> None:
        """Keep a decision, with its corrections, and have the index renewed; all of it or nothing.

        Raises:
            ConflictError: the document was read again or somebody else decided first.
            NotFoundError: no such paper, or a correction of a field it does not have.
        """
        ...

    def training(self) -> Sequence[dict[str, Any]]:
        """What people corrected: document, page, box, the machine's value and the person's."""
        ...
