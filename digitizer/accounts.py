"""The people who use the archive: accounts, sessions, and the store that keeps them. No I/O here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

from digitizer.model import Agent, Event

__all__ = ["Account", "Accounts", "Passwords", "Role", "Secrecy", "Session"]


class Role(StrEnum):
    """What somebody does in the archive; `digitizer/rights.toml` says what each may do."""

    OPERATOR = "operator"
    ARCHIVIST = "archivist"
    REVIEWER = "reviewer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Secrecy(IntEnum):
    """Levels of state secrets (Law on the protection of state secrets 2018, article 8), none first."""

    NONE = 0
    SECRET = 1
    TOP_SECRET = 2
    MOST_SECRET = 3


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account.

    `fonds` are the codes this person may see, None for all of them, those to come included; `clearance` is
    the highest secrecy; `one_time` says that the password was made for one log-in and must be changed.
    """

    name: str
    display_name: str
    roles: frozenset[Role]
    fonds: frozenset[str] | None
    clearance: Secrecy = Secrecy.NONE
    disabled: bool = False
    one_time: bool = False

    @property
    def agent(self) -> Agent:
        """This person in the audit trail."""
        return Agent(f"person:{self.name}")


@dataclass(frozen=True, slots=True)
class Session:
    """One log-in on one machine. `digest` is the SHA-256 of the secret that only the browser holds.

    Times are seconds since 1970. `unmasked` holds the ids of documents whose personal data this session
    may see, because somebody gave a reason.
    """

    digest: str
    account: str
    csrf: str
    started: float
    seen: float
    unmasked: frozenset[str] = frozenset()


class Passwords(Protocol):
    """Makes and checks hashes of passwords; slow on purpose."""

    def hash(self, password: str) -> str:
        """A salted hash that says by itself how it was made."""
        ...

    def verify(self, known: str, password: str) -> bool:
        """Whether `password` is the one that `known` was made from."""
        ...


class Accounts(Protocol):
    """Accounts, sessions and what is noted of them; every change leaves an event in the audit trail."""

    def account(self, name: str) -> Account:
        """One account.

        Raises:
            NotFoundError: there is none of this name.
        """
        ...

    def accounts(self) -> Sequence[Account]:
        """All accounts by name."""
        ...

    def save(self, account: Account, by: Agent) -> None:
        """Make or change an account; open sessions of an account that lost something end."""
        ...

    def password(self, name: str) -> str:
        """The hash of an account's password, empty where there is none."""
        ...

    def set_password(self, name: str, known: str, by: Agent, *, one_time: bool = False) -> None:
        """Keep another hash; all sessions of the account end.

        Raises:
            NotFoundError: there is no such account.
        """
        ...

    def open_session(self, session: Session) -> None:
        """Keep a new session."""
        ...

    def session(self, digest: str) -> Session:
        """One session.

        Raises:
            NotFoundError: there is none, or it ended.
        """
        ...

    def keep_session(self, session: Session) -> None:
        """Note when a session was last seen and what it may see; nothing where it has ended."""
        ...

    def end_sessions(self, *, digest: str = "", account: str = "", seen_before: float = 0.0) -> None:
        """End one session, those of an account, or those not seen for long."""
        ...

    def failed(self, key: str, at: float) -> None:
        """Note a failed log-in under `key` (an account and an address, or an address)."""
        ...

    def failures(self, key: str, since: float) -> int:
        """How many log-ins failed under `key` since then."""
        ...

    def note(self, event: Event) -> None:
        """Add to the audit trail what changes nothing else: a reading, a search, a refusal."""
        ...
