"""Many documents at once with their passages and events: how made-up archives are filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, func, insert, literal, select, update

from digitizer.model import Event
from storage import ledger, trail
from storage.dialect import engine_for, reading, writing
from storage.inventory_schema import passage, stock_day, tally
from storage.schema import (
    derivative,
    document,
    document_part,
    event,
    field_value,
    outbox,
    page,
    receipt,
    record,
    scan,
    stored_object,
    text_layer,
)

__all__ = ["add_many", "multiply", "raw_events"]

_NO_DIGITS = str.maketrans("0123456789abcdef", "ghijklmnopqrstuv")

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


def multiply(url: str, copies: int) -> None:
    """Put `copies` copies of every document in, with all their rows, sums and events, for a trial of scale.

    Ids begin with two digits that number the copy, at most 255; those that are there begin with `00`.
    """
    engine = engine_for(url)
    its = (document, receipt, record, page, scan, text_layer, document_part, field_value, derivative, passage)
    for copy in range(1, copies + 1):
        with writing(engine) as connection:
            for table in (*its, stored_object, outbox):
                names = [column.name for column in table.c if column.name != "seq"]
                values = [_of_copy(table.c[name], copy) for name in names]
                first = select(*values).where(_first(table))
                connection.execute(insert(table).from_select(names, first))
            told = connection.execute(select(event).where(event.c.object_id.like("00%"))).all()
            events = (trail.event_of(row) for row in told)
            trail.append_all(
                connection, (replace(e, object_id=f"{copy:02x}{e.object_id[2:]}") for e in events)
            )
    with writing(engine) as connection:
        many = copies + 1
        connection.execute(update(tally).values(value=tally.c.value * many))
        sums = {name: stock_day.c[name] * many for name in ("documents", "pages", "a4_halves", "shelf")}
        connection.execute(update(stock_day).values(sums))
    engine.dispose()


def _first(table: Table) -> ColumnElement[bool]:
    """The rows that are no copies."""
    if table is stored_object:  # a digest may begin with anything: those of the documents that are no copies
        masters = select(document.c.sha256).where(document.c.id.like("00%"))
        return stored_object.c.sha256.in_(masters)
    return (table.c.id if table is document else table.c.document_id).like("00%")


def _of_copy(column: ColumnElement[Any], copy: int) -> ColumnElement[Any]:
    named = column.name if isinstance(column, Column) else ""
    if named in {"id", "document_id"}:
        return literal(f"{copy:02x}") + func.substr(column, 3)
    if named in {"sha256", "master_sha256"}:  # no digit of a digest: no copy has another document's
        return literal(f"{copy:02x}".translate(_NO_DIGITS)) + func.substr(column, 3)
    return column


def raw_events(url: str) -> Iterator[Event]:
    """Every event as it was written, oldest first, streamed."""
    engine = engine_for(url)
    with reading(engine) as connection:
        for row in connection.execute(select(event).order_by(event.c.seq).execution_options(yield_per=5000)):
            yield trail.event_of(row)
    engine.dispose()
