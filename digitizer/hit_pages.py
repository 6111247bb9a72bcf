"""What the catalogue says of pages that a search found, for all of one portion at once. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digitizer.model import Line
from digitizer.ports import StoredDocument

__all__ = ["HitPage", "HitPages", "PageKey"]

PageKey = tuple[str, int]
"""A document's id and the number of a page."""


class Printed(Protocol):
    """The printed lines of a page; boxes are made only of the lines somebody asks for."""

    @property
    def words(self) -> Sequence[Sequence[str]]:
        """The words of each line, in reading order."""
        ...

    def line(self, number: int) -> Line:
        """One line with the places of its words."""
        ...


@dataclass(frozen=True, slots=True)
class HitPage:
    """One page: its document, what is printed, and the fields on it as a record has them."""

    document: StoredDocument
    printed: Printed
    fields: Sequence[Mapping[str, Any]]


class HitPages(Protocol):
    """Reads the pages of one portion of hits in a handful of statements."""

    def __call__(self, wanted: Sequence[PageKey]) -> Mapping[PageKey, HitPage]:
        """Those of the wanted pages that finished documents have, in one view of the catalogue."""
        ...
