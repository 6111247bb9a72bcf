"""The port to inventory and ledger of progress; each writing verb is one transaction with its events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from digitizer.inventory import (
    DayCount,
    Dossier,
    DossierProgress,
    Fonds,
    Freeze,
    Imported,
    Passage,
    Station,
    Tally,
)
from digitizer.model import Agent

__all__ = ["InventoryBook", "InventorySums"]


class InventorySums(Protocol):
    """The sums of an inventory, its freezes among them."""

    def fonds(self) -> Sequence[Fonds]:
        """Every fonds, by code."""
        ...

    def freezes(self) -> Sequence[Freeze]:
        """Every freeze, oldest first."""
        ...

    def tallies(self, version: int = 0) -> Sequence[Tally]:
        """The sums by stratum, of the inventory now (0) or of a freeze."""
        ...

    def days(self, fonds: Sequence[str] | None, stock: str) -> Sequence[DayCount]:
        """What passed each station on each day, by day, for the dossiers of a `Stock`; None: all fonds."""
        ...


class InventoryBook(InventorySums, Protocol):
    """What is on the shelves, what was frozen of it, and how far the documents have come."""

    def take_in(
        self, fonds: Sequence[Fonds], dossiers: Iterable[Dossier], source: str, by: Agent
    ) -> Imported:
        """Add fonds and dossiers, or change those known by their code: all of it, or nothing.

        `source` is the digest of what was read. One event for each fonds and dossier that is new or
        changed, and one for the whole.

        Raises:
            NotFoundError: a dossier's fonds is neither known nor given; nothing was written.
        """
        ...

    def remove(self, fonds: str, code: str, by: Agent) -> None:
        """Take a dossier out of the inventory; the event keeps what it counted for. Freezes keep it.

        Raises:
            NotFoundError: no such dossier.
        """
        ...

    def dossiers(self, fonds: str | None = None, after: str = "", limit: int = 500) -> Sequence[Dossier]:
        """Dossiers by fonds and code; of one fonds, `after` that code, at most `limit`."""
        ...

    def dossier(self, fonds: str, code: str) -> DossierProgress:
        """One dossier with the passages of its documents.

        Raises:
            NotFoundError: no such dossier.
        """
        ...

    def file(self, documents: Sequence[str], dossier: str, by: Agent) -> None:
        """Put documents into a dossier of their fonds (it may be unknown to the inventory yet).

        Raises:
            NotFoundError: no such document; nothing was written.
        """
        ...

    def advance(self, documents: Sequence[str], station: Station, by: Agent) -> None:
        """Note that documents passed `station`; those that have passed it stay as they are.

        Raises:
            NotFoundError: no such document; nothing was written.
            ConflictError: one has not passed the station before, or `by` described what it would
                accept (four eyes); nothing was written.
        """
        ...

    def send_back(self, documents: Sequence[str], reason: str, by: Agent) -> None:
        """Take `checked`, `described` and `accepted` from documents, for a new check. `reason`: a code.

        Raises:
            NotFoundError: no such document; nothing was written.
        """
        ...

    def conclude(
        self, lot: str, documents: Sequence[str], detail: Sequence[tuple[str, str]], by: Agent
    ) -> None:
        """End a lot in one transaction: with the `state` `accepted` its documents pass, else all go back.

        Raises:
            NotFoundError: no such document; nothing was written.
            ConflictError: it is ended already, or a document cannot be accepted (see `advance`).
        """
        ...

    def passage(self, document_id: str) -> Passage:
        """How far a document has come.

        Raises:
            NotFoundError: no such document.
        """
        ...

    def unfiled(self) -> Iterator[tuple[str, str, str]]:
        """Documents in no dossier, as received: (id, fonds, path)."""
        ...

    def freeze(self, name: str, by: Agent) -> Freeze:
        """Keep the inventory as it stands under a name.

        Raises:
            ConflictError: the name is taken.
        """
        ...

    def snapshot(self, month: str, figures: Sequence[tuple[str, str]], by: Agent) -> bool:
        """Keep a month's figures in the audit trail (`report:MONTH`); False if they are kept already."""
        ...

    def note(self, kind: str, object_id: str, detail: Sequence[tuple[str, str]], by: Agent) -> None:
        """Write an event of planning itself (a lot, a result); `detail` holds ids, codes and counts."""
        ...
