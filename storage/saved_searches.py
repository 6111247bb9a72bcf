"""Saved searches in SQL, in the catalogue's database and its audit trail."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, delete, select

from digitizer.errors import NotFoundError
from digitizer.model import Agent, Event
from digitizer.saved_searches import SavedSearch
from storage import trail
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.web_tables import saved_search

__all__ = ["SqlSavedSearches"]


class SqlSavedSearches:
    """`SavedSearches` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def save(self, search: SavedSearch, by: Agent) -> None:
        """Keep a search; see `SavedSearches`."""
        same = (saved_search.c.account == search.account, saved_search.c.name == search.name)
        row = {"id": search.id, "account": search.account, "name": search.name, "address": search.address}
        with writing(self._engine) as connection:
            connection.execute(delete(saved_search).where(*same))
            connection.execute(saved_search.insert().values(**row, at=self._now()))
            self._note(connection, "search-saved", search.account, search.id, by)

    def of(self, account: str) -> Sequence[SavedSearch]:
        """The searches of an account; see `SavedSearches`."""
        wanted = select(saved_search).where(saved_search.c.account == account).order_by(saved_search.c.name)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted).all()
        return tuple(SavedSearch(row.id, row.account, row.name, row.address) for row in rows)

    def drop(self, search_id: str, account: str, by: Agent) -> None:
        """Forget a search; see `SavedSearches`."""
        mine = (saved_search.c.id == search_id, saved_search.c.account == account)
        with writing(self._engine) as connection:
            if connection.execute(delete(saved_search).where(*mine)).rowcount == 0:
                raise NotFoundError("there is no such search")
            self._note(connection, "search-dropped", account, search_id, by)

    def _note(self, connection: Connection, kind: str, account: str, search_id: str, by: Agent) -> None:
        told = (("search", search_id),)
        trail.append(connection, Event(kind, f"account:{account}", by, self._now(), "success", told))
