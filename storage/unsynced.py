"""A connection that does not wait for the disk: for made-up archives, which can be made again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.event import listens_for

from storage.dialect import engine_for

__all__ = ["unsynced"]


@contextmanager
def unsynced(url: str) -> Iterator[Connection]:
    """A connection to the SQLite file at `url`; what is written may be lost when the power goes."""
    engine = engine_for(url)
    listens_for(engine, "connect")(_unsynced)
    with engine.connect().execution_options(writes=True) as connection:
        yield connection
    engine.dispose()


def _unsynced(connection: Any, _record: object) -> None:
    for setting in ("synchronous = OFF", "foreign_keys = OFF", "wal_autocheckpoint = 20000"):
        connection.execute(f"PRAGMA {setting}")
