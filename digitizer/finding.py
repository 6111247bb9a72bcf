"""What is asked of the search index, by whom, and what it answers. Standard library only, no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from digitizer.model import Box

__all__ = ["EVERYTHING", "FACETS", "Ask", "Filters", "Found", "Scope", "SearchHit", "Sort"]

FACETS = ("class", "fonds", "agency", "year", "state")
Sort = str  # "best" (exact tones first), "newest" or "oldest" (by the date of the document)


@dataclass(frozen=True, slots=True)
class Scope:
    """Who may see what: a part of every query, never a sieve after it.

    `fonds` None is all of them, an empty tuple nothing; `clearance` the highest secrecy; without `personal`
    a personal number finds nothing.
    """

    fonds: tuple[str, ...] | None = None
    clearance: int = 3
    personal: bool = True


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a clerk narrowed the search to; empty: not narrowed. Years are of the document's date."""

    classes: tuple[str, ...] = ()
    fonds: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    year_from: int = 0
    year_to: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the index; an empty `query` with filters lists what they leave."""

    query: str
    scope: Scope
    filters: Filters = Filters()
    sort: Sort = "best"
    limit: int = 20
    offset: int = 0
    facets: bool = False


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One page found; `exact`: the tones matched as typed. `snippet`, `boxes` come from the catalogue."""

    document_id: str
    page: int
    score: float
    exact: bool
    snippet: str = ""
    boxes: tuple[Box, ...] = ()
    document_class: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Hits in their order, how many there are in all, and by facet the most frequent values with counts."""

    hits: tuple[SearchHit, ...] = ()
    total: int = 0
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
