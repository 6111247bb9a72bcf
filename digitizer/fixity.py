"""The nouns of fixity checks: what is stored, and what a full read of it found. Standard library only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digitizer.model import Derivative, Fixity

__all__ = ["Census", "Checked", "Coverage", "FixityOutcome", "Shelf", "StoredObject", "seal"]


class Shelf(StrEnum):
    """The two object stores: masters are written once, derivatives can be made again."""

    MASTERS = "masters"
    DERIVATIVES = "derivatives"


class FixityOutcome(StrEnum):
    """What a full read of an object found; that it could not be read is neither good nor bad."""

    OK = "ok"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object some document stands on; `checked_at` and `outcome` are empty before its first check."""

    shelf: Shelf
    fixity: Fixity
    checked_at: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of one full read (PREMIS fixity check); a `note` says what was found or mended."""

    stored: StoredObject
    outcome: FixityOutcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Objects by the outcome of their last check; what is in no outcome was never checked."""

    objects: int
    bytes: int
    ok: int
    damaged: int
    unreadable: int
    oldest: str

    @property
    def complete(self) -> bool:
        """Whether every object was found whole when it was last read."""
        return self.ok == self.objects


@dataclass(frozen=True, slots=True)
class Census:
    """What a catalogue holds, for comparing two: documents, events, and the last hash of their chain."""

    documents: int
    events: int
    chain: str


def seal(made: Iterable[Derivative]) -> str:
    """One digest over the kinds and digests of a document's files, whatever their order.

    >>> seal([])[:8]
    'e3b0c442'
    """
    lines = sorted(f"{each.kind} {each.fixity.sha256} {each.fixity.bytes}\n" for each in made)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
