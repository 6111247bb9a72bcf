"""The audit trail: events that hang on each other by their hashes, so that a change shows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from digitizer.errors import FixityError
from digitizer.model import Agent, Event
from storage.schema import event

__all__ = ["FIRST_HASH", "append", "append_all", "event_of", "require_writable", "utc_now", "verify"]

FIRST_HASH: Final = "0" * 64
_canonical: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def utc_now() -> str:
    """This moment as events write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def append(connection: Connection, what: Event) -> None:
    """Write `what` as the next event; the caller's transaction must be the only writing one."""
    append_all(connection, (what,))


def append_all(connection: Connection, events: Iterable[Event]) -> None:
    """Write `events` as the next ones, in their order; as many at once as the caller gives."""
    before = connection.execute(select(event.c.hash).order_by(event.c.seq.desc()).limit(1)).scalar()
    last, rows = before or FIRST_HASH, []
    for what in events:
        row = _row_of(what)
        last = _hash(last, row)
        rows.append({**row, "hash": last})
    if rows:
        connection.execute(event.insert(), rows)


def require_writable(what: Event) -> None:
    """Raise what writing `what` would, before other people's events go with it."""
    _hash(FIRST_HASH, _row_of(what))


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


def _row_of(what: Event) -> dict[str, str]:
    return {
        "kind": what.kind,
        "object_id": what.object_id,
        "agent": what.agent.name,
        "at": what.at,
        "outcome": what.outcome,
        "detail": _canonical(what.detail),
    }


def _hash(before: str, row: Mapping[Any, Any]) -> str:
    told = [row["kind"], row["object_id"], row["agent"], row["at"], row["outcome"], row["detail"]]
    return hashlib.sha256((before + _canonical(told)).encode()).hexdigest()
