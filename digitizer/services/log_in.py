"""Let people in and out: log-in with a throttle, sessions that end, passwords that change."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from digitizer.accounts import Account, Accounts, Passwords, Role, Secrecy, Session
from digitizer.errors import DigitizerError, NotFoundError, UsageError
from digitizer.model import Agent, Event
from digitizer.ports import Clock

__all__ = [
    "Door",
    "LogInError",
    "change_password",
    "first_administrator",
    "log_in",
    "log_out",
    "new_password",
    "one_time_password",
    "unchanged_passwords",
    "who",
]

IDLE_SECONDS = 30 * 60.0
LONGEST_SECONDS = 10 * 3600.0
_THROTTLE_SECONDS = 15 * 60.0
_MOST_FAILURES = 5
_MOST_FAILURES_OF_ADDRESS = 50
_SEEN_EVERY = 60.0
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
FIRST = "admin"
_SYSTEM = Agent("software:digitizer/web")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class LogInError(DigitizerError):
    """Nobody was let in; `throttled`: because of too many tries. One answer for all other causes."""

    def __init__(self, *, throttled: bool = False) -> None:
        super().__init__("too many failed log-ins: wait a quarter of an hour" if throttled else "not let in")
        self.throttled = throttled


@dataclass(frozen=True, slots=True)
class Door:
    """What is needed to let somebody in."""

    accounts: Accounts
    passwords: Passwords
    clock: Clock

    @property
    def now(self) -> float:
        """Seconds since 1970."""
        return datetime.fromisoformat(self.clock.now()).timestamp()

    def note(self, kind: str, object_id: str, by: Agent, outcome: str = "success", **detail: str) -> None:
        """Add to the audit trail."""
        told = tuple(sorted(detail.items()))
        self.accounts.note(Event(kind, object_id, by, self.clock.now(), outcome, told))


def first_administrator(door: Door) -> str | None:
    """Make the first account of an archive that has none; its one-time password, else None."""
    if door.accounts.accounts():
        return None
    roles = frozenset(Role) - {Role.AUDITOR}
    account = Account(FIRST, "Quản trị", roles, None, Secrecy.NONE, one_time=True)
    door.accounts.save(account, _SYSTEM)
    return one_time_password(door, FIRST, _SYSTEM)


def one_time_password(door: Door, name: str, by: Agent) -> str:
    """Give an account a password that must be changed at its first use."""
    password = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    door.accounts.set_password(name, door.passwords.hash(password), by, one_time=True)
    return password


def unchanged_passwords(door: Door) -> tuple[str, ...]:
    """Administrators who never changed the password they were given."""
    every = door.accounts.accounts()
    return tuple(each.name for each in every if each.one_time and Role.ADMINISTRATOR in each.roles)


def log_in(door: Door, name: str, password: str, address: str) -> str:
    """Open a session; the secret that the browser keeps.

    Raises:
        LogInError: wrong name or password, a disabled account, or too many tries.
    """
    keys = (f"{name[:100]}@{address}", f"@{address}")
    since = door.now - _THROTTLE_SECONDS
    limits = (_MOST_FAILURES, _MOST_FAILURES_OF_ADDRESS)
    if any(door.accounts.failures(key, since) >= most for key, most in zip(keys, limits, strict=True)):
        door.note("log-in", "archive", _SYSTEM, "failure", address=address, cause="throttled")
        raise LogInError(throttled=True)
    account = _checked(door, name, password)
    if account is None:
        for key in keys:
            door.accounts.failed(key, door.now)
        door.note("log-in", "archive", _SYSTEM, "failure", address=address, cause="refused")
        raise LogInError
    return open_session(door, account, address)


def open_session(door: Door, account: Account, address: str) -> str:
    """A new session of an account whose owner has shown who they are; the browser's secret."""
    token = secrets.token_urlsafe(32)
    now = door.now
    door.accounts.end_sessions(seen_before=now - IDLE_SECONDS)
    door.accounts.open_session(Session(_digest(token), account.name, secrets.token_urlsafe(24), now, now))
    door.note("log-in", f"account:{account.name}", account.agent, address=address)
    return token


def who(door: Door, token: str) -> tuple[Account, Session] | None:
    """Whose session this is; None for none, an ended one, or one whose account was disabled."""
    now = door.now
    try:
        session = door.accounts.session(_digest(token))
        account = door.accounts.account(session.account)
    except NotFoundError:
        return None
    over = now - session.seen > IDLE_SECONDS or now - session.started > LONGEST_SECONDS
    if over or account.disabled:
        door.accounts.end_sessions(digest=session.digest)
        return None
    if now - session.seen > _SEEN_EVERY:
        session = replace(session, seen=now)
        door.accounts.keep_session(session)
    return account, session


def log_out(door: Door, account: Account, session: Session) -> None:
    """End a session for good."""
    door.accounts.end_sessions(digest=session.digest)
    door.note("log-out", f"account:{account.name}", account.agent)


def change_password(door: Door, account: Account, old: str, new: str) -> None:
    """Let somebody choose another password; all their sessions end.

    Raises:
        LogInError: `old` is not the password.
        UsageError: `new` is too short, too long, the old one or the name.
    """
    if _checked(door, account.name, old) is None:
        door.note("password", f"account:{account.name}", account.agent, "failure")
        raise LogInError
    if new == old:
        raise UsageError("the new password is the old one")
    door.accounts.set_password(account.name, new_password(door, account.name, new), account.agent)


def new_password(door: Door, name: str, password: str) -> str:
    """The hash of a password that is good enough.

    Length only, no rules of letters and digits: NIST SP 800-63B 3.1.1.2.

    Raises:
        UsageError: it is too short, too long, or the account's name.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise UsageError("the password is too easy to guess")
    return door.passwords.hash(password)


def _checked(door: Door, name: str, password: str) -> Account | None:
    """The account, if the password is right; an unknown name costs as much time as a known one."""
    try:
        account = door.accounts.account(name)
        known = door.accounts.password(name)
    except NotFoundError:
        account, known = None, ""
    if not known:
        door.passwords.hash(password[:LONGEST_PASSWORD])
        return None
    right = door.passwords.verify(known, password[:LONGEST_PASSWORD])
    return account if right and account is not None and not account.disabled else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()
