"""Which account somebody of an identity provider has: in SQL, beside the accounts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from digitizer.errors import ConflictError
from digitizer.model import Agent, Event
from storage import trail
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.web_tables import account_identity

__all__ = ["SqlIdentities"]


class SqlIdentities:
    """`Identities` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def account_of(self, issuer: str, subject: str) -> str | None:
        """The account's name; see `Identities`."""
        here = (account_identity.c.issuer == issuer, account_identity.c.subject == subject)
        with reading(self._engine) as connection:
            return connection.execute(select(account_identity.c.account).where(*here)).scalar_one_or_none()

    def link(self, issuer: str, subject: str, account: str, by: Agent) -> None:
        """Keep whose account it is; see `Identities`."""
        told = Event("identity", f"account:{account}", by, self._now(), "success", (("issuer", issuer),))
        row = account_identity.insert().values(issuer=issuer, subject=subject, account=account)
        try:
            with writing(self._engine) as connection:
                connection.execute(row)
                trail.append(connection, told)
        except IntegrityError as error:
            raise ConflictError("this account belongs to somebody else") from error

    def is_linked(self, account: str) -> bool:
        """Whether it is a provider's; see `Identities`."""
        here = select(account_identity.c.subject).where(account_identity.c.account == account)
        with reading(self._engine) as connection:
            return connection.execute(here).first() is not None
