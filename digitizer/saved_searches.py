"""Searches that people keep under a name, each for themselves. No I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from digitizer.model import Agent

__all__ = ["SavedSearch", "SavedSearches"]


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search of one account; `address` is the query part of its page, `q=…&fonds=…`."""

    id: str
    account: str
    name: str
    address: str


class SavedSearches(Protocol):
    """Keeps searches; what is kept holds words somebody typed, so events name neither it nor its name."""

    def save(self, search: SavedSearch, by: Agent) -> None:
        """Keep a search; one of the same account and name is replaced."""
        ...

    def of(self, account: str) -> Sequence[SavedSearch]:
        """The searches of an account by name."""
        ...

    def drop(self, search_id: str, account: str, by: Agent) -> None:
        """Forget a search.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        ...
