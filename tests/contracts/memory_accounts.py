"""Accounts in memory: held to the same contract as the SQL ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from digitizer.accounts import Account, Session
from digitizer.errors import NotFoundError
from digitizer.model import Agent, Event


@dataclass
class MemoryAccounts:
    """`Accounts` in dicts; `trail` is what was noted."""

    known: dict[str, Account] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    tries: list[tuple[str, float]] = field(default_factory=list)
    trail: list[Event] = field(default_factory=list)

    def close(self) -> None:
        pass

    def account(self, name: str) -> Account:
        if name not in self.known:
            raise NotFoundError("no such account")
        return self.known[name]

    def accounts(self) -> Sequence[Account]:
        return tuple(self.known[name] for name in sorted(self.known))

    def save(self, account: Account, by: Agent) -> None:
        if account.name in self.known:
            self.end_sessions(account=account.name)
        self.known[account.name] = account
        self.note(Event("account", f"account:{account.name}", by, "", "success"))

    def password(self, name: str) -> str:
        self.account(name)
        return self.hashes.get(name, "")

    def set_password(self, name: str, known: str, by: Agent, *, one_time: bool = False) -> None:
        self.known[name] = replace(self.account(name), one_time=one_time)
        self.hashes[name] = known
        self.end_sessions(account=name)
        self.note(Event("password", f"account:{name}", by, "", "success"))

    def open_session(self, session: Session) -> None:
        self.sessions[session.digest] = session

    def session(self, digest: str) -> Session:
        if digest not in self.sessions:
            raise NotFoundError("no such session")
        return self.sessions[digest]

    def keep_session(self, session: Session) -> None:
        if session.digest in self.sessions:
            self.sessions[session.digest] = session

    def end_sessions(self, *, digest: str = "", account: str = "", seen_before: float = 0.0) -> None:
        ended = [
            key
            for key, each in self.sessions.items()
            if key == digest or each.account == account or each.seen < seen_before
        ]
        for key in ended:
            del self.sessions[key]

    def failed(self, key: str, at: float) -> None:
        self.tries.append((key, at))

    def failures(self, key: str, since: float) -> int:
        return sum(known == key and at >= since for known, at in self.tries)

    def note(self, event: Event) -> None:
        self.trail.append(event)
