"""The audit trail as evidence: each event with the hashes that tie it to its neighbours. No I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = ["Evidence", "Link"]


@dataclass(frozen=True, slots=True)
class Link:
    """One event in its place: `hash` is the SHA-256 of `before`, the hash of the event ahead, and `row`.

    `row` is what is hashed, as canonical JSON: kind, object, agent, time, outcome and the detail's own JSON.
    """

    number: int
    row: tuple[str, str, str, str, str, str]
    before: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """As the bundle of a proof holds it."""
        return {"number": self.number, "row": list(self.row), "before": self.before, "hash": self.hash}


class Evidence(Protocol):
    """Gives links of the trail to be checked elsewhere."""

    def links(self, object_id: str) -> Sequence[Link]:
        """The events of one object, oldest first."""
        ...

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event, (0, 64 zeros) before the first."""
        ...
