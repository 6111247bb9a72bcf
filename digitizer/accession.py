"""The received side of the archive: what a batch's manifest declares, what arrived, where it belongs.

Standard library only, no I/O; the protocol `Accessions` keeps it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from digitizer.holdings import StoredDocument
from digitizer.model import Agent, Fixity
from digitizer.versions import Versions

__all__ = ["Accessions", "Arrived", "Declared", "Placement"]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a document belongs as paper: box (hộp, cặp) and dossier (hồ sơ), empty where unknown."""

    box: str = ""
    dossier: str = ""

    def __bool__(self) -> bool:
        """Whether it says anything."""
        return bool(self.box or self.dossier)


@dataclass(frozen=True, slots=True)
class Declared:
    """One row of a manifest: files in the paper's order, sheets (tờ) and pages (trang) counted by hand.

    `row` counts as a spreadsheet does, from 1. Sheets or pages may be None, not both.
    """

    row: int
    files: tuple[str, ...]
    placement: Placement
    sheets: int | None = None
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """One path that came in with a batch, as it stands now.

    `outcome` is `new`, `duplicate` or `refused`; one refused at the door has no document. `finished` is
    true when every page has ended; `read`, `blank`, `failed` count pages by their end, separator sheets
    apart. `note` says why it was refused, waits or has `gaps`: what a person must look at.
    """

    path: str
    outcome: str
    document_id: str | None
    placement: Placement
    finished: bool = False
    read: int = 0
    blank: int = 0
    failed: int = 0
    separators: int = 0
    note: str = ""
    gaps: bool = False

    @property
    def pages(self) -> int:
        """Sides of paper that were scanned: separator sheets are no part of the dossier."""
        return self.read + self.blank + self.failed


class Accessions(Versions, Protocol):
    """Keeps manifests and placements beside the catalogue; every writing verb is one transaction."""

    def taken(self, document: StoredDocument) -> StoredDocument | None:
        """What the same bytes under the same path in the same batch became before, if they came before."""
        ...

    def declare(self, fonds: str, batch: str, manifest: Fixity, rows: Sequence[Declared], by: Agent) -> int:
        """Keep a manifest as the one in force for a batch, all rows or none; its version, from 1.

        The manifest in force given again changes nothing; an earlier version stays on record.
        """
        ...

    def declared(self, fonds: str, batch: str) -> Sequence[Declared]:
        """The rows of the manifest in force; none where there is no manifest."""
        ...

    def place(self, document: StoredDocument, path: str, batch: str, placement: Placement, by: Agent) -> None:
        """Note where a document belongs, as it came in under `path` with `batch`; the latest note holds."""
        ...

    def placements(self, document_id: str) -> Sequence[Placement]:
        """Every place a document belongs to, in the order they were first noted."""
        ...

    def arrived(self, fonds: str, batch: str) -> Iterator[Arrived]:
        """Every path that came in with a batch, once, as it stands now, in the order they came in."""
        ...
