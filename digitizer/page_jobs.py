"""Long documents, read by several workers: the ports of page jobs and of the place their pages wait in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from digitizer.holdings import Shared, StoredDocument
from digitizer.model import Agent, Fixity
from digitizer.ports import BlobStore

__all__ = ["PageJob", "PageJobs", "PageShelf", "Shared", "page_key", "ranges"]


@dataclass(frozen=True, slots=True)
class PageJob:
    """Pages `first` to `last`, from 1, of one document, for one worker.

    `attempt` is the fencing token of its last claim. `state` is `queued`, `running`, `read` (then `fixity` is
    of its pages on the shelf) or `gap` (then `reason` says why the page could not be read).
    """

    id: str
    document: StoredDocument
    first: int
    last: int
    state: str
    attempt: int
    fixity: Fixity | None = None
    reason: str = ""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pages."""
        return tuple(range(self.first, self.last + 1))


class PageJobs(Protocol):
    """Page jobs in the queue of record: every verb is one transaction that also writes its event."""

    def split(
        self, document_id: str, attempt: int, parts: Sequence[tuple[int, int]], made_by: str, by: Agent
    ) -> None:
        """Turn a document that is held into page jobs; its own lease ends, it waits for them.

        `made_by` says with what pages are read: only those read with the same are ever put together.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def claim(self, worker: str, lease_seconds: float, job_id: str | None = None) -> PageJob | None:
        """Take the oldest waiting job (or one whose lease ran out), or this one if it waits."""
        ...

    def heartbeat(self, job_id: str, attempt: int, lease_seconds: float) -> None:
        """Keep a lease.

        Raises:
            ConflictError: the lease was taken over; stop working on it.
        """
        ...

    def complete(self, job_id: str, attempt: int, fixity: Fixity, by: Agent) -> None:
        """Commit pages that lie on the shelf. The last one of a document lets it be put together.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def fail(self, job_id: str, attempt: int, reason: str, by: Agent, again_in: float | None = 0.0) -> None:
        """Give a job back after a failure: each of its pages alone, and one that failed 3 times is a gap.

        None for `again_in` quarantines the document, for it is not about these pages.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def release(self, job_id: str, attempt: int, by: Agent) -> None:
        """Give a job back unharmed.

        Raises:
            ConflictError: the attempt is stale; nothing was written.
        """
        ...

    def abandon(self, worker: str, reason: str, by: Agent) -> int:
        """Fail whatever `worker` holds, for it is known to be dead; how many."""
        ...

    def parts(self, document_id: str, made_by: str) -> Sequence[PageJob]:
        """The jobs of a document, all of which ended, in page order; none: it is read from its start."""
        ...

    def waiting(self, limit: int) -> Sequence[tuple[str, bool]]:
        """Jobs a worker may take, oldest first: (id, whether a worker left it without a word)."""
        ...

    def to_ring(self, limit: int) -> Sequence[tuple[int, str]]:
        """Outbox: (sequence, job id) for which no worker was woken yet, oldest first."""
        ...

    def rung(self, sequences: Iterable[int]) -> None:
        """Mark outbox rows as done."""
        ...

    def under_way(self) -> bool:
        """Whether a worker, of any machine, holds a document or a job now, or jobs wait."""
        ...

    def shared(self) -> Shared:
        """How far the documents are that are shared now."""
        ...

    def spent(self, limit: int) -> Sequence[PageJob]:
        """Jobs whose pages nobody needs any more: their document ended, or is read from its start."""
        ...

    def cleared(self, job_ids: Iterable[str]) -> None:
        """Forget jobs whose pages were taken off the shelf."""
        ...


class PageShelf(BlobStore, Protocol):
    """Where pages that were read wait for the others of their document; never a place of record."""

    def remove(self, key: str) -> None:
        """Take pages off; that they are gone already is no error."""
        ...


def page_key(job: PageJob) -> str:
    """Where the pages that this attempt read lie on the shelf: no two attempts have one place."""
    return f"pages/{job.id}-{job.attempt}"


def ranges(pages: int, most: int) -> tuple[tuple[int, int], ...]:
    """Pages 1 to `pages` in runs of at most `most`, as even as can be.

    >>> ranges(10, 4)
    ((1, 4), (5, 7), (8, 10))
    """
    count = -(-pages // most)
    size, longer = divmod(pages, count)
    ends = [0]
    for number in range(count):
        ends.append(ends[-1] + size + (number < longer))
    return tuple((before + 1, end) for before, end in pairwise(ends))
