"""A database for reading, by its driver alone: for what must answer before SQLAlchemy is even loaded."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import quote

from storage.local_disk import need_local_disk
from storage.reach import BUSY_SECONDS, POSTGRESQL_REACH, damaged, unusable
from storage.revision import HEAD

__all__ = ["Driver", "Moment", "driver_for"]

_SQLITE: Final = "sqlite:///"
_POSTGRESQL: Final = re.compile(r"postgresql(\+psycopg)?://(?P<rest>[^?]+)(?P<options>\?.*)?")
# Several servers, or a port behind a name: libpq and SQLAlchemy write these differently.
_SPELT_OTHERWISE: Final = re.compile(r"host=[^&]*(:|,|%3a|%2c)|host=.*&host=", re.IGNORECASE)
_REVISION: Final = "SELECT version_num FROM alembic_version"
_PLACE: Final = re.compile(r"(?<![:\w]):(\w+)")


class Moment(Protocol):
    """One reading transaction: all statements see the same state."""

    def rows(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement; values stand in it as `:name`."""
        ...

    def now_seconds(self) -> float:
        """The database's clock."""
        ...


class Driver(Protocol):
    """A catalogue at this version's revision, open for reading; used by one thread."""

    @property
    def name(self) -> str:
        """`sqlite` or `postgresql`."""
        ...

    def moment(self) -> Any:
        """A transaction: `with driver.moment() as moment`."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


def driver_for(url: str) -> Driver | None:
    """The catalogue at `url`; None where it is to be made or brought up to date first, or is named otherwise.

    Raises:
        MissingDependencyError: The database is down or damaged.
        UsageError: It is on a network share.
    """
    driver: Driver | None = None
    if url.startswith(_SQLITE) and "?" not in url:
        driver = _sqlite(Path(url.removeprefix(_SQLITE)))
    elif (found := _POSTGRESQL.fullmatch(url)) and not _SPELT_OTHERWISE.search(found["options"] or ""):
        driver = _Postgresql(f"postgresql://{found['rest']}{found['options'] or ''}")
    if driver is None:
        return None
    with driver.moment() as moment:
        known = moment.rows(_REVISION) if _has_revision(driver.name, moment) else []
    if known == [(HEAD,)]:
        return driver
    driver.close()
    return None


def _has_revision(name: str, moment: Moment) -> bool:
    if name == "sqlite":
        return bool(moment.rows("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"))
    return moment.rows("SELECT to_regclass('alembic_version')") != [(None,)]


def _sqlite(file: Path) -> _Sqlite | None:
    need_local_disk(file)
    return _Sqlite(file) if file.is_file() else None


class _Sqlite:
    name = "sqlite"

    def __init__(self, file: Path) -> None:
        # Not `mode=ro`: the first reader after a crash has the write-ahead log to put in.
        address = f"file:{quote(str(file))}?mode=rw"
        with _told(sqlite3.DatabaseError, damaged), _told(sqlite3.OperationalError, unusable):
            self._connection = sqlite3.connect(address, BUSY_SECONDS, isolation_level=None, uri=True)

    @contextmanager
    def moment(self) -> Iterator[_Sqlite]:
        with _told(sqlite3.DatabaseError, damaged), _told(sqlite3.OperationalError, unusable):
            self._connection.execute("BEGIN")
            try:
                yield self
            finally:
                self._connection.execute("ROLLBACK")

    def rows(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def now_seconds(self) -> float:
        return time.time()  # SQLite has no clock but the one of this machine

    def close(self) -> None:
        self._connection.close()


class _Postgresql:
    name = "postgresql"

    def __init__(self, address: str) -> None:
        import psycopg

        self._error: type[Exception] = psycopg.Error
        with _told(self._error, unusable):
            reach: dict[str, Any] = dict(POSTGRESQL_REACH)
            self._connection = psycopg.connect(address, **reach)
            self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection.read_only = True

    @contextmanager
    def moment(self) -> Iterator[_Postgresql]:
        with _told(self._error, unusable):
            try:
                yield self
            finally:
                self._connection.rollback()

    def rows(self, statement: str, /, **values: object) -> list[tuple[Any, ...]]:
        asked = _PLACE.sub(r"%(\1)s", statement)
        return self._connection.execute(asked.encode(), values).fetchall()

    def now_seconds(self) -> float:
        return float(self.rows("SELECT extract(epoch FROM clock_timestamp())")[0][0])

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _told(kind: type[Exception], as_ours: Callable[[object], Exception]) -> Iterator[None]:
    try:
        yield
    except kind as error:
        raise as_ours(error) from error
