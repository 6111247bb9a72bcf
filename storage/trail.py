"""The audit trail: events that hang on each other by their hashes, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from digitizer.errors import FixityError
from digitizer.model import Agent, Event
from storage.schema import event

__all__ = ["FIRST_HASH", "append", "event_of", "verify"]

FIRST_HASH: Final = "0" * 64


def append(connection: Connection, what: Event) -> None:
    """Write `what` as the next event; the caller's transaction must be the only writing one."""
    before = connection.execute(select(event.c.hash).order_by(event.c.seq.desc()).limit(1)).scalar()
    row = {
        "kind": what.kind,
        "object_id": what.object_id,
        "agent": what.agent.name,
        "at": what.at,
        "outcome": what.outcome,
        "detail": json.dumps(what.detail, ensure_ascii=False, separators=(",", ":")),
    }
    connection.execute(event.insert().values(**row, hash=_hash(before or FIRST_HASH, row)))


def verify(rows: Iterator[Row[Any]]) -> tuple[int, str]:
    """Follow the chain through `rows` in their order; how many, and the last hash.

    Raises:
        FixityError: An event was changed, removed or put in between.
    """
    count, last = 0, FIRST_HASH
    for row in rows:
        if _hash(last, row._mapping) != row.hash:
            raise FixityError(f"the audit trail does not hold at event {row.seq}")
        count, last = count + 1, row.hash
    return count, last


def event_of(row: Row[Any]) -> Event:
    """The event a row holds."""
    detail = tuple((str(name), str(value)) for name, value in json.loads(row.detail))
    return Event(row.kind, row.object_id, Agent(row.agent), row.at, row.outcome, detail)


def _hash(before: str, row: Mapping[Any, Any]) -> str:
    names = ("kind", "object_id", "agent", "at", "outcome", "detail")
    canonical = json.dumps([row[name] for name in names], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256((before + canonical).encode()).hexdigest()
