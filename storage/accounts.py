"""Accounts and sessions in SQL, in the catalogue's database and its audit trail."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update

from digitizer.accounts import Account, Role, Secrecy, Session
from digitizer.errors import NotFoundError
from digitizer.model import Agent, Event
from storage import trail
from storage.account_tables import account as account_table
from storage.account_tables import account_fonds, failed_log_in
from storage.account_tables import session as session_table
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.noted_together import NotedTogether

__all__ = ["SqlAccounts"]


class SqlAccounts:
    """`Accounts` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        self._noted = NotedTogether(self._append)
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def account(self, name: str) -> Account:
        """One account; see `Accounts`."""
        with reading(self._engine) as connection:
            return _account(_row(connection, name), _fonds(connection).get(name, frozenset()))

    def accounts(self) -> Sequence[Account]:
        """All accounts; see `Accounts`."""
        with reading(self._engine) as connection:
            fonds = _fonds(connection)
            rows = connection.execute(select(account_table).order_by(account_table.c.name)).all()
            return tuple(_account(row, fonds.get(row.name, frozenset())) for row in rows)

    def save(self, account: Account, by: Agent) -> None:
        """Make or change an account; see `Accounts`."""
        values = {
            "display_name": account.display_name,
            "roles": " ".join(sorted(account.roles)),
            "all_fonds": account.fonds is None,
            "clearance": int(account.clearance),
            "disabled": account.disabled,
            "one_time": account.one_time,
        }
        here = account_table.c.name == account.name
        with writing(self._engine) as connection:
            known = connection.execute(select(account_table).where(here)).one_or_none()
            if known is None:
                connection.execute(account_table.insert().values(name=account.name, password="", **values))
            else:
                connection.execute(update(account_table).where(here).values(**values))
            connection.execute(delete(account_fonds).where(account_fonds.c.account == account.name))
            for code in sorted(account.fonds or ()):
                connection.execute(account_fonds.insert().values(account=account.name, fonds=code))
            if known is not None:
                connection.execute(delete(session_table).where(session_table.c.account == account.name))
            told = {
                key: str(value) for key, value in values.items() if key not in {"display_name", "one_time"}
            }
            self._note(connection, "account", account.name, by, told | {"fonds": _listed(account.fonds)})

    def password(self, name: str) -> str:
        """The hash of a password; see `Accounts`."""
        with reading(self._engine) as connection:
            return str(_row(connection, name).password)

    def set_password(self, name: str, known: str, by: Agent, *, one_time: bool = False) -> None:
        """Keep another hash; see `Accounts`."""
        with writing(self._engine) as connection:
            _row(connection, name)
            change = update(account_table).where(account_table.c.name == name)
            connection.execute(change.values(password=known, one_time=one_time))
            connection.execute(delete(session_table).where(session_table.c.account == name))
            self._note(connection, "password", name, by, {"one_time": str(one_time)})

    def open_session(self, session: Session) -> None:
        """Keep a new session; see `Accounts`."""
        values = _session_row(session)
        with writing(self._engine) as connection:
            connection.execute(session_table.insert().values(**values))

    def session(self, digest: str) -> Session:
        """One session; see `Accounts`."""
        wanted = select(session_table).where(session_table.c.digest == digest)
        with reading(self._engine) as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            raise NotFoundError("no such session")
        unmasked = frozenset(json.loads(row.unmasked))
        return Session(row.digest, row.account, row.csrf, row.started, row.seen, unmasked)

    def keep_session(self, session: Session) -> None:
        """Note what changed of a session; see `Accounts`."""
        values = _session_row(session)
        with writing(self._engine) as connection:
            here = session_table.c.digest == session.digest
            connection.execute(update(session_table).where(here).values(**values))

    def end_sessions(self, *, digest: str = "", account: str = "", seen_before: float = 0.0) -> None:
        """End sessions; see `Accounts`."""
        these = or_(
            session_table.c.digest == digest,
            session_table.c.account == account,
            session_table.c.seen < seen_before,
        )
        with writing(self._engine) as connection:
            connection.execute(delete(session_table).where(these))

    def failed(self, key: str, at: float) -> None:
        """Note a failed log-in; see `Accounts`."""
        with writing(self._engine) as connection:
            connection.execute(failed_log_in.insert().values(key=key, at=at))
            connection.execute(delete(failed_log_in).where(failed_log_in.c.at < at - 86_400))

    def failures(self, key: str, since: float) -> int:
        """How many log-ins failed; see `Accounts`."""
        these = select(func.count()).where(failed_log_in.c.key == key, failed_log_in.c.at >= since)
        with reading(self._engine) as connection:
            return int(connection.execute(these).scalar_one())

    def note(self, event: Event) -> None:
        """Add to the audit trail; see `Accounts`."""
        trail.require_writable(event)
        self._noted(event)

    def _append(self, events: Sequence[Event]) -> None:
        with writing(self._engine) as connection:
            trail.append_all(connection, events)

    def _note(self, connection: Connection, kind: str, name: str, by: Agent, detail: dict[str, str]) -> None:
        told = tuple(sorted(detail.items()))
        trail.append(connection, Event(kind, f"account:{name}", by, self._now(), "success", told))


def _row(connection: Connection, name: str) -> Row[Any]:
    row = connection.execute(select(account_table).where(account_table.c.name == name)).one_or_none()
    if row is None:
        raise NotFoundError("no such account")
    return row


def _fonds(connection: Connection) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for row in connection.execute(select(account_fonds)):
        found[row.account] = found.get(row.account, frozenset()) | {row.fonds}
    return found


def _account(row: Row[Any], fonds: frozenset[str]) -> Account:
    return Account(
        name=row.name,
        display_name=row.display_name,
        roles=frozenset(Role(each) for each in row.roles.split()),
        fonds=None if row.all_fonds else fonds,
        clearance=Secrecy(row.clearance),
        disabled=row.disabled,
        one_time=row.one_time,
    )


def _session_row(session: Session) -> dict[str, Any]:
    return {
        "digest": session.digest,
        "account": session.account,
        "csrf": session.csrf,
        "started": session.started,
        "seen": session.seen,
        "unmasked": json.dumps(sorted(session.unmasked)),
    }


def _listed(fonds: frozenset[str] | None) -> str:
    return "all" if fonds is None else " ".join(sorted(fonds))
