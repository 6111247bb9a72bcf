"""Rows written without a wait for the disk: for made-up archives, which can be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.event import listens_for

from digitizer.model import Event
from storage import trail
from storage.dialect import engine_for

__all__ = ["Add", "Rows", "filling"]

Rows = dict[Table, list[dict[str, Any]]]
Add = Callable[[Mapping[Table, list[dict[str, Any]]], Iterable[Event]], None]


@contextmanager
def filling(url: str) -> Iterator[Add]:
    """What adds rows and events to the SQLite file at `url`, one transaction a call; they may be lost."""
    engine = engine_for(url)
    listens_for(engine, "connect")(_unsynced)
    with engine.connect().execution_options(writes=True) as connection:

        def add(rows: Mapping[Table, list[dict[str, Any]]], events: Iterable[Event]) -> None:
            with connection.begin():
                for table, values in rows.items():
                    connection.execute(insert(table), values)
                trail.append_all(connection, events)

        yield add
    engine.dispose()


def _unsynced(connection: Any, _record: object) -> None:
    for setting in ("synchronous = OFF", "foreign_keys = OFF", "wal_autocheckpoint = 20000"):
        connection.execute(f"PRAGMA {setting}")
