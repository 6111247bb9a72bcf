"""What the archive's verbs need, in one frozen value that bootstrap makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digitizer.errors import MissingDependencyError
from digitizer.model import Agent, MediaType, Record
from digitizer.ports import BlobStore, Catalogue, Clock, Job, JobQueue, SearchIndex

__all__ = ["DIGITIZE_JOB", "ArchiveApp", "Digitized", "ring_pending"]

DIGITIZE_JOB = "digitize"
_RINGS = 500


@dataclass(frozen=True, slots=True)
class Digitized:
    """What came of one input: its record and the files made from it by kind (`pdf`, `txt`, …)."""

    record: Record
    files: Mapping[str, Path]


@dataclass(frozen=True, slots=True)
class ArchiveApp:
    """The parts of the archive.

    `admit` looks at the header of an untrusted file, decodes nothing, and returns its kind or raises
    `Refusal`. `digitize` reads a file (first path) and writes what it makes under the second path, a
    folder of its own. `scratch` is where such folders are made; None is the system's place for them.
    `keeps_index`: the search index is on this machine, so its workers fill it.
    """

    masters: BlobStore
    derivatives: BlobStore
    catalogue: Catalogue
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


def ring_pending(app: ArchiveApp) -> int:
    """Wake workers for documents nobody was told of; how many. A queue that is down is tried again later."""
    waiting = app.catalogue.to_ring(_RINGS)
    told = []
    try:
        for sequence, document_id in waiting:
            if not app.queue.ring(Job(DIGITIZE_JOB, document_id)):
                break  # the queue holds all it can: the outbox row stays until there is room
            told.append(sequence)
    except MissingDependencyError:
        pass  # the outbox row stays, and a worker that asks the catalogue finds the document anyway
    if told:
        app.catalogue.rung(told)
    return len(told)
