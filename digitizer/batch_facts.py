"""What whoever brings a batch declares of it as a whole, to be held against what arrives. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from digitizer.model import Agent

__all__ = ["BatchFacts", "FactsBook"]


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """A batch of a fonds: its inventory (mục lục) and box (hộp, cặp), sheets (tờ) counted by hand."""

    fonds: str
    batch: str
    inventory: str = ""
    box: str = ""
    sheets: int | None = None


class FactsBook(Protocol):
    """Keeps what was declared; an earlier declaration stays on record."""

    def declare(self, facts: BatchFacts, by: Agent) -> int:
        """Keep facts as those in force, with an event; the version, from 1. The same again is no change."""
        ...

    def facts(self, fonds: str, batch: str) -> BatchFacts | None:
        """The facts in force; None: nothing was declared."""
        ...

    def sheets(self) -> Mapping[tuple[str, str], int]:
        """Sheets declared in force, by (fonds, batch); a batch without a count is absent."""
        ...
