"""What the archive's verbs need, in one frozen value that bootstrap makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from digitizer.desk import Amendments
from digitizer.errors import MissingDependencyError
from digitizer.hit_pages import HitPages
from digitizer.model import Agent, MediaType, PageRecord, Record
from digitizer.page_jobs import PageJobs, PageShelf
from digitizer.ports import BlobStore, Catalogue, Clock, Job, JobQueue, SearchIndex

__all__ = [
    "DIGITIZE_JOB",
    "PAGES_JOB",
    "Amending",
    "ArchiveApp",
    "Digitized",
    "LongDocuments",
    "ring_pending",
]

DIGITIZE_JOB = "digitize"
PAGES_JOB = "pages"
_RINGS = 500


@dataclass(frozen=True, slots=True)
class Digitized:
    """What came of one input: its record and the files made from it by kind (`pdf`, `txt`, …)."""

    record: Record
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class LongDocuments:
    """How documents of more than `pages_a_job` pages are shared among workers.

    `made_by` says with what pages are read. `digitize` raises `TooManyPagesError` for such a document;
    `read` reads pages of a file (first path) under a new folder (second path) and returns where their files
    are; `join` is `digitize` with page files that its last argument brings into the folder it is given.
    """

    jobs: PageJobs
    shelf: PageShelf
    made_by: str
    pages_a_job: int
    digitize: Callable[[Path, Path], Digitized]
    read: Callable[[Path, Path, Sequence[int]], Path]
    join: Callable[[Path, Path, Callable[[Path], None]], Digitized]


@dataclass(frozen=True, slots=True)
class Amending:
    """What people said of documents, and what makes files again with it.

    `remake` makes files of these formats of the input (first path) under an empty folder (second path) from
    what stands on its pages, without reading it; None where this process has no crew.
    """

    amendments: Amendments
    remake: Callable[[tuple[str, ...], Path, Path, Sequence[PageRecord]], Digitized] | None = None


@dataclass(frozen=True, slots=True)
class ArchiveApp:
    """The parts of the archive.

    `admit` looks at the header of an untrusted file, decodes nothing, and returns its kind or raises
    `Refusal`. `digitize` reads a file (first path) and writes what it makes under the second path, a
    folder of its own. `scratch` is where such folders are made; None is the system's place for them.
    `keeps_index`: the search index is on this machine, so its workers fill it. `long`: None reads every
    document in one piece. `amending`: None where nobody corrects.
    """

    masters: BlobStore
    derivatives: BlobStore
    catalogue: Catalogue
    hit_pages: HitPages
    index: SearchIndex
    queue: JobQueue
    clock: Clock
    admit: Callable[[Path], MediaType]
    digitize: Callable[[Path, Path], Digitized]
    agent: Agent
    scratch: Path | None = None
    lease_seconds: float = 30.0
    secrecy_stop: bool = True
    keeps_index: bool = True
    long: LongDocuments | None = None
    amending: Amending | None = None


def ring_pending(app: ArchiveApp) -> int:
    """Wake workers for work nobody was told of; how many. A queue that is down is tried again later."""
    told = 0
    if app.long is not None:  # what was begun comes before what was not
        told += _ring_all(app, PAGES_JOB, app.long.jobs)
    return told + _ring_all(app, DIGITIZE_JOB, app.catalogue)


class _Outbox(Protocol):
    """Where rings are posted."""

    def to_ring(self, limit: int, /) -> Sequence[tuple[int, str]]:
        """(sequence, id), oldest first."""
        ...

    def rung(self, sequences: Iterable[int], /) -> None:
        """Mark as done."""
        ...


def _ring_all(app: ArchiveApp, name: str, outbox: _Outbox) -> int:
    waiting = outbox.to_ring(_RINGS)
    told = []
    try:
        for sequence, object_id in waiting:
            if not app.queue.ring(Job(name, object_id)):
                break  # the queue holds all it can: the outbox row stays until there is room
            told.append(sequence)
    except MissingDependencyError:
        pass  # the outbox row stays, and a worker that asks the catalogue finds the work anyway
    if told:
        outbox.rung(told)
    return len(told)
