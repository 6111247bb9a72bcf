"""`SavedSearches` and `FactsBook` in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitizer.batch_facts import BatchFacts
from digitizer.errors import NotFoundError
from digitizer.model import Agent
from digitizer.saved_searches import SavedSearch


class MemorySavedSearches:
    """Keeps nothing beyond its life, and no trail."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], SavedSearch] = {}

    def save(self, search: SavedSearch, by: Agent) -> None:
        self._kept[search.account, search.name] = search

    def of(self, account: str) -> Sequence[SavedSearch]:
        mine = [each for each in self._kept.values() if each.account == account]
        return tuple(sorted(mine, key=lambda each: each.name))

    def drop(self, search_id: str, account: str, by: Agent) -> None:
        for key, each in self._kept.items():
            if each.id == search_id and each.account == account:
                del self._kept[key]
                return
        raise NotFoundError("there is no such search")


class MemoryFactsBook:
    """Keeps nothing beyond its life, and no trail."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], list[BatchFacts]] = {}

    def declare(self, facts: BatchFacts, by: Agent) -> int:
        known = self._kept.setdefault((facts.fonds, facts.batch), [])
        if not known or known[-1] != facts:
            known.append(facts)
        return len(known)

    def facts(self, fonds: str, batch: str) -> BatchFacts | None:
        return (self._kept.get((fonds, batch)) or [None])[-1]

    def sheets(self) -> Mapping[tuple[str, str], int]:
        last = {key: each[-1].sheets for key, each in self._kept.items()}
        return {key: sheets for key, sheets in last.items() if sheets is not None}
