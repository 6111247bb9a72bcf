"""What the ports tell of the archive's holdings and its queue. Standard library only, no I/O."""

from __future__ import annotations

from dataclasses import dataclass

from digitizer.model import Fixity, Record

__all__ = ["BatchSummary", "Job", "QueueState", "Shared", "StoredDocument", "why_in"]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """One ingested input as the catalogue knows it.

    `state` is `queued`, `running`, `quarantined` or a RecordState; `attempt` is the fencing token of the
    last claim; `reason` says why the last attempt failed or the record needs a person, where it does;
    `secrecy` is the level of state secret, 0 for none.
    """

    id: str
    batch: str
    fonds: str
    name: str
    path: str
    media_type: str
    fixity: Fixity
    state: str
    pages: int
    attempt: int
    received_at: str
    reason: str = ""
    secrecy: int = 0


@dataclass(frozen=True, slots=True)
class BatchSummary:
    """Counts of one batch: documents and pages by state; the page ledger must add up."""

    batch: str
    fonds: str
    documents: int
    pages: int
    by_state: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class QueueState:
    """The queue at one moment, in documents.

    `documents` and `pages` ended in the last `seconds`, fewer than asked for where work began later;
    `oldest_seconds` is how long the one at the head has waited since it was received; `failures` counts by
    code what failed and waits again, is quarantined, was refused when it was read or has gaps.
    """

    waiting: int
    running: int
    quarantined: int
    documents: int
    pages: int
    seconds: float
    oldest_seconds: float
    failures: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A doorbell: a closed job name and an id. The catalogue holds the truth."""

    name: str
    object_id: str


@dataclass(frozen=True, slots=True)
class Shared:
    """Documents that are read by page jobs now: how many, their pages, and how many of those ended."""

    documents: int
    pages: int
    ended: int


def why_in(record: Record) -> str:
    """Why a finished record needs a person, in one line; empty where it does not."""
    if not record.reasons:
        return ""
    first, more = record.reasons[0], len(record.reasons) - 1
    page = f"page {first.page}: " if first.page else ""
    return f"{first.code.value}: {page}{first.message}" + (f" (and {more} more)" if more else "")
