"""The checking desk: papers that wait for a person, what people said of them, what follows. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from digitizer.finding import Scope
from digitizer.holdings import QueueState
from digitizer.model import Agent, Box, Derivative, DocumentPart

__all__ = [
    "Amendments",
    "BatchLedger",
    "Correction",
    "Decision",
    "Desk",
    "Division",
    "Look",
    "Paperwork",
    "Rescan",
    "Said",
    "Standing",
    "Statement",
    "Waiting",
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One paper (part of a document) that a person must look at; `attempt` is the reading it is about.

    `looks`: how many people's looks it has had; more than none where a class asks for a second person.
    """

    document_id: str
    attempt: int
    part: int
    document_class: str
    lowest: float
    looks: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person put in the place of a value; the machine's own stays beside it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person says stands on a page: the value of the field `name`, or the text of a line (no name).

    `box` is the place in pixels of the upright page, `machine` what the machine (or an earlier person) had
    there, `value` what stands there, empty for nothing. It holds for every later reading of the same scan.
    """

    page: int
    box: Box
    name: str
    machine: str
    value: str

    @property
    def changes(self) -> bool:
        """Whether it says anything else than what was there."""
        return self.value != self.machine


@dataclass(frozen=True, slots=True)
class Said:
    """A statement with who said it of which document, and when; `number` counts all statements."""

    number: int
    document_id: str
    statement: Statement
    agent: str
    at: str


@dataclass(frozen=True, slots=True)
class Look:
    """One person's look at one paper: `kept` or `rescan`, how many values they changed."""

    number: int
    agent: str
    outcome: str
    changed: int
    settled: bool
    at: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided of one paper: `kept` with what they said of its values, or `rescan`.

    `looks`: how many looks there had been when it was shown. `settles`: nobody else need look.
    `pages` and `reason` go with a rescan.
    """

    document_id: str
    attempt: int
    part: int
    outcome: str
    statements: tuple[Statement, ...] = ()
    looks: int = 0
    settles: bool = True
    pages: tuple[int, ...] = ()
    reason: str = ""

    @property
    def changed(self) -> tuple[str, ...]:
        """The names of the fields whose value changes."""
        return tuple(each.name for each in self.statements if each.name and each.changes)


@dataclass(frozen=True, slots=True)
class Standing:
    """One paper as it stands in a document: its part number and pages, whether a person drew its borders.

    `chosen`: the class a person chose for it, empty where the machine named it.
    """

    part: int
    pages: tuple[int, ...]
    document_class: str
    by_person: bool = False
    chosen: str = ""


@dataclass(frozen=True, slots=True)
class Division:
    """Papers taken apart or put together: parts that no longer stand, and those that stand in their place."""

    document_id: str
    attempt: int
    replaced: tuple[int, ...]
    made: tuple[DocumentPart, ...]
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paperwork:
    """The papers of a document in one reading, by their pages; `undoable`: a person divided it."""

    attempt: int
    papers: tuple[Standing, ...]
    undoable: bool = False


@dataclass(frozen=True, slots=True)
class Rescan:
    """Pages that somebody asked to have scanned again; closed when the replacement came in."""

    number: int
    document_id: str
    fonds: str
    batch: str
    path: str
    pages: tuple[int, ...]
    reason: str
    agent: str
    at: str
    closed_at: str = ""
    replaced_by: str = ""


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

    def waiting(self, scope: Scope, limit: int, by: Agent | None = None) -> Sequence[Waiting]:
        """Papers to look at that this scope may see, the least sure first; not those others hold just now."""
        ...

    def count(self, scope: Scope) -> int:
        """How many wait."""
        ...

    def hold(self, document_id: str, part: int, by: Agent, seconds: float) -> str:
        """Have a paper to oneself for a while; the name of who has it, another's where they were first."""
        ...

    def holder(self, document_id: str, part: int) -> str:
        """Who has a paper to themselves just now; empty: nobody."""
        ...

    def looks(self, document_id: str, attempt: int, part: int) -> Sequence[Look]:
        """Who looked at a paper, the first first."""
        ...

    def queue(self, scope: Scope, seconds: float) -> QueueState:
        """The queue as far as this scope may see it."""
        ...

    def batches(self, scope: Scope) -> Sequence[BatchLedger]:
        """Every batch with something in it that this scope may see, the newest first."""
        ...

    def decide(self, decision: Decision, by: Agent) -> None:
        """Keep a decision with all that was said, and have index and files renewed; all of it or nothing.

        Raises:
            ConflictError: the document was read again, divided, or somebody else decided first.
            NotFoundError: no such paper.
        """
        ...

    def rescans(self, scope: Scope, *, closed: bool = False) -> Sequence[Rescan]:
        """Pages to be scanned again that this scope may see, the oldest first; `closed` ones too if asked."""
        ...

    def close_rescan(self, number: int, replaced_by: str, by: Agent) -> None:
        """Note that a request is done; the replacement's arrival under the same name does it by itself.

        Raises:
            NotFoundError: no such request, or it is closed.
        """
        ...


class Amendments(Protocol):
    """What people said of text and borders, apart from what any reading found."""

    def state(self, document_id: str, attempt: int, statement: Statement, by: Agent) -> None:
        """Keep what somebody says of one line, and have index and files renewed.

        Raises:
            ConflictError: the document was read again.
        """
        ...

    def said(self, document_id: str | None = None) -> Sequence[Said]:
        """All that was said, of one document or of all, the oldest first."""
        ...

    def papers(self, document_id: str, attempt: int = 0) -> Paperwork:
        """The papers of a document as they stand, in its newest reading or in an earlier one.

        Raises:
            NotFoundError: no such document, or it was not read yet.
        """
        ...

    def divide(self, division: Division, by: Agent) -> None:
        """Put other papers in the place of some; what was there is kept and comes back by `undo`.

        Raises:
            ConflictError: the document was read again, or one of the parts no longer stands.
            UsageError: a page would be in no paper or in two.
        """
        ...

    def undo(self, document_id: str, attempt: int, by: Agent) -> None:
        """Take the last division back.

        Raises:
            ConflictError: there is none, or the document was read again.
        """
        ...

    def carry(self, document_id: str, before: int) -> int:
        """Let the looks of an earlier reading count for papers that are the same in this one; how many."""
        ...

    def to_amend(self, limit: int) -> Sequence[tuple[int, str]]:
        """Outbox: (sequence, document id) whose files do not yet hold what people said, oldest first."""
        ...

    def amended(self, sequences: Sequence[int], trouble: str = "") -> None:
        """Mark outbox rows as done; `trouble` (never a text) says why files could not be made: an event."""
        ...

    def rebuilt(
        self, document_id: str, attempt: int, revision: int, made: Sequence[Derivative], by: Agent
    ) -> None:
        """Note files made again with what was said up to statement `revision`; earlier ones are kept.

        Raises:
            ConflictError: the document was read again.
        """
        ...
