"""Papers scanned again: other bytes that came in where a document came in before are its next version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from digitizer.holdings import StoredDocument

__all__ = ["Successors", "Version", "Versions", "successors"]


@dataclass(frozen=True, slots=True)
class Version:
    """One of the documents that came in at the same place, counted from 1 in the order they came."""

    number: int
    document: StoredDocument


class Versions(Protocol):
    """Tells which documents are versions of each other. All stay documents: found, read, kept as any."""

    def versions(self, documents: Sequence[str]) -> Mapping[str, Sequence[Version]]:
        """For each document that is one of several versions, all of them, the first first."""
        ...


@dataclass(frozen=True, slots=True)
class Successors:
    """How one version stands to the others.

    `more_pages` is how many pages it has more than the one before, fewer where negative; None where there
    is none before, or one of the two was not read yet. Pages that went missing show here.
    """

    document: StoredDocument
    number: int
    count: int
    before: StoredDocument | None
    newest: StoredDocument
    more_pages: int | None

    @property
    def superseded(self) -> bool:
        """Whether a later version came in."""
        return self.number < self.count


def successors(document_id: str, versions: Sequence[Version]) -> Successors | None:
    """How a document stands among its `versions`; None where it is the only one."""
    place = next((at for at, each in enumerate(versions) if each.document.id == document_id), None)
    if place is None or len(versions) < 2:
        return None
    mine = versions[place]
    before = versions[place - 1].document if place else None
    more = mine.document.pages - before.pages if before and before.pages and mine.document.pages else None
    return Successors(mine.document, mine.number, versions[-1].number, before, versions[-1].document, more)
