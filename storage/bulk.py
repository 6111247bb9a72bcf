"""Many documents at once with their passages and events: how made-up archives are filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import insert, select

from digitizer.model import Event
from storage import ledger, trail
from storage.dialect import engine_for, reading, writing
from storage.inventory_schema import passage
from storage.schema import document, event

__all__ = ["add_many", "raw_events"]

Rows = Sequence[dict[str, Any]]


def add_many(url: str, keys: Sequence[ledger.Key], rows: tuple[Rows, Rows], events: Iterable[Event]) -> None:
    """Insert documents and their passages, of these dossiers, and write their events, in one transaction."""
    engine = engine_for(url)
    with writing(engine) as connection:
        with ledger.moving(connection, keys):
            connection.execute(insert(document), rows[0])
            connection.execute(insert(passage), rows[1])
        trail.append_all(connection, events)
    engine.dispose()


def raw_events(url: str) -> Iterator[Event]:
    """Every event as it was written, oldest first, streamed."""
    engine = engine_for(url)
    with reading(engine) as connection:
        for row in connection.execute(select(event).order_by(event.c.seq).execution_options(yield_per=5000)):
            yield trail.event_of(row)
    engine.dispose()
