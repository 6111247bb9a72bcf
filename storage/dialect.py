"""What differs between the databases behind the catalogue: settings, locks, and the append-only guard."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Connection, Engine, create_engine, event, func, text, type_coerce
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError

from digitizer.errors import UsageError
from storage.local_disk import need_local_disk
from storage.reach import BUSY_SECONDS, POSTGRESQL_REACH, damaged, unusable

__all__ = ["append_only", "as_object", "engine_for", "now_seconds", "reading", "writing"]

_LOCK_SECONDS: float = 30.0
_LOCK_OF_WRITERS: Final = 4_711_001
_FILE: Final = "digitizer.file"
_SQLITE_SETTINGS: Final = (
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
    "PRAGMA foreign_keys = ON",
    # FULL: NORMAL does not sync at a commit in WAL mode and may lose it at a power cut.
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_mode = WAL",
)


def engine_for(url: str) -> Engine:
    """An engine for `url` with the settings this catalogue needs; nothing connects yet.

    Raises:
        UsageError: The URL cannot be read, names a database without a body here, or a file on a share.
    """
    try:
        engine = create_engine(url, **(_of_postgresql() if url.startswith("postgresql") else {}))
    except Exception as error:
        raise UsageError(f"the database URL cannot be used: {type(error).__name__}") from error
    if engine.dialect.name == "sqlite":
        if engine.url.database:
            need_local_disk(Path(engine.url.database))
        event.listen(engine, "connect", partial(_set_up_sqlite, engine.url.database or ""))
        event.listen(engine, "begin", _begin_sqlite)
    elif engine.dialect.name != "postgresql":
        raise UsageError(f"the catalogue has no body for {engine.dialect.name}")
    return engine


def _of_postgresql() -> dict[str, Any]:
    """Our own level, whatever the server's default is, and an end to every wait.

    A writer takes the lock of writers first: it must then see what the last one wrote, or the chain of
    events would hang on an old link. Levels above READ COMMITTED keep the view from before the wait.
    """
    return {"isolation_level": "READ COMMITTED", "connect_args": _patience()}


def _patience() -> dict[str, Any]:
    """A writer that was stopped in the middle of a transaction must not stop all the others for ever."""
    bounds = {"lock_timeout": _LOCK_SECONDS, "idle_in_transaction_session_timeout": _LOCK_SECONDS}
    options = " ".join(f"-c {name}={round(seconds * 1000)}" for name, seconds in bounds.items())
    return {"options": options, **POSTGRESQL_REACH}


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One writing transaction: the only one at its time, committed whole or not at all.

    Raises:
        MissingDependencyError: The database is down, locked for too long, or full.
    """
    with _our_errors(), engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            # The chain of events needs one writer at a time, as SQLite has by itself.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK_OF_WRITERS})"))
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One reading transaction: all statements see the same state.

    Raises:
        MissingDependencyError: The database is down.
    """
    with _our_errors(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
        with connection.begin():
            yield connection


def now_seconds(connection: Connection) -> float:
    """The database's clock, for leases: workers' own clocks may differ from each other."""
    if connection.dialect.name == "postgresql":
        return float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    return time.time()  # SQLite has no clock but the one of this machine


def as_object(dialect: str, name: ColumnElement[str], value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The aggregate that makes one JSON object of the names and values of a group."""
    made = func.json_object_agg if dialect == "postgresql" else func.json_group_object
    return type_coerce(made(name, value), JSON)


def append_only(dialect: str, table: str) -> tuple[str, ...]:
    """The statements that make the database refuse to change or remove rows of `table`."""
    if dialect == "sqlite":
        return tuple(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        )
    refuse = f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    changes = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
    return (
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS {refuse}",
        f"CREATE TRIGGER {table}_append_only {changes} EXECUTE FUNCTION {table}_append_only()",
    )


def _set_up_sqlite(file: str, connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, before the first statement
    for setting in _SQLITE_SETTINGS:
        _patiently(connection, setting)
    record.info[_FILE] = (file, _identity(file))  # SQLite makes it with the first of these


def _identity(file: str) -> tuple[int, int] | None:
    """Which file has this name now; None where there is none, or the database is in memory."""
    try:
        known = Path(file).stat() if file else None
    except OSError:
        return None
    return None if known is None else (known.st_dev, known.st_ino)


def _patiently(connection: Any, statement: str) -> None:
    """Two processes that open a new database at once: the change to WAL does not wait by itself."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute(statement)
        except Exception as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    file, opened = connection.info[_FILE]
    if file and _identity(file) != opened:
        # What is written now would go into a file that has no name any more, and be lost with this process.
        raise unusable("its file was replaced while it was open: end this program and start it again")
    # IMMEDIATE: a writer that began by reading would get "locked" at its first write, without a wait.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, InternalError) as error:
        raise unusable(error.orig) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # an integrity or data error is about one statement
            raise
        raise damaged(error.orig) from error
