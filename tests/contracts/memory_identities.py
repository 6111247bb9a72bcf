"""`Identities` in memory."""

from __future__ import annotations

from digitizer.errors import ConflictError
from digitizer.model import Agent


class MemoryIdentities:
    """Keeps nothing beyond its life, and no trail."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    def account_of(self, issuer: str, subject: str) -> str | None:
        return self._known.get((issuer, subject))

    def link(self, issuer: str, subject: str, account: str, by: Agent) -> None:
        if (issuer, subject) in self._known or account in self._known.values():
            raise ConflictError("this account belongs to somebody else")
        self._known[issuer, subject] = account

    def is_linked(self, account: str) -> bool:
        return account in self._known.values()
