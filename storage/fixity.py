"""Which objects there are, when each was last read whole, and what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, union, update

from digitizer.fixity import Checked, Coverage, FixityOutcome, Shelf, StoredObject
from digitizer.model import Fixity
from storage.desk_tables import rebuilt
from storage.schema import derivative, document, stored_object

__all__ = ["after", "coverage", "holders", "mark", "oldest", "register", "summary"]


def register(connection: Connection, shelf: Shelf, objects: Iterable[Fixity]) -> None:
    """Note objects that a document now stands on; the caller's transaction is the only writing one."""
    for sha256, size in sorted({(each.sha256, each.bytes) for each in objects}):
        if connection.execute(select(stored_object.c.sha256).where(_is(shelf, sha256))).first() is None:
            new = {"shelf": shelf.value, "sha256": sha256, "bytes": size, "checked_at": "", "outcome": ""}
            connection.execute(stored_object.insert().values(new))


def oldest(connection: Connection, limit: int) -> tuple[StoredObject, ...]:
    """The objects whose last check is longest ago, those never checked first."""
    order = (stored_object.c.checked_at, stored_object.c.shelf, stored_object.c.sha256)
    found = connection.execute(select(stored_object).order_by(*order).limit(limit))
    return tuple(_object_of(row) for row in found)


def after(connection: Connection, shelf: Shelf, sha256: str, limit: int) -> tuple[Fixity, ...]:
    """The next objects of a shelf in the order of their digests."""
    those = and_(stored_object.c.shelf == shelf.value, stored_object.c.sha256 > sha256)
    found = select(stored_object.c.sha256, stored_object.c.bytes).where(those)
    ordered = found.order_by(stored_object.c.sha256).limit(limit)
    return tuple(Fixity(row.sha256, row.bytes) for row in connection.execute(ordered))


def mark(connection: Connection, check: Checked, at: str) -> None:
    """Note the outcome of one check."""
    which = _is(check.stored.shelf, check.stored.fixity.sha256)
    changes = {"checked_at": at, "outcome": check.outcome.value}
    connection.execute(update(stored_object).where(which).values(changes))


def holders(connection: Connection, stored: StoredObject) -> tuple[str, ...]:
    """The documents that stand on an object."""
    held = {Shelf.MASTERS: (document,), Shelf.DERIVATIVES: (derivative, rebuilt)}[stored.shelf]
    columns = [(table, table.c.id if table is document else table.c.document_id) for table in held]
    digest = stored.fixity.sha256
    found = union(*(select(column.label("holder")).where(t.c.sha256 == digest) for t, column in columns))
    return tuple(sorted(connection.execute(found).scalars()))


def coverage(connection: Connection) -> Coverage:
    """How many objects there are by the outcome of their last check, and the oldest check."""
    counts = select(stored_object.c.outcome, func.count(), func.sum(stored_object.c.bytes))
    found = connection.execute(counts.group_by(stored_object.c.outcome)).all()
    of = {str(outcome): int(count) for outcome, count, _size in found}
    return Coverage(
        objects=sum(of.values()),
        bytes=sum(int(size) for _outcome, _count, size in found),
        ok=of.get(FixityOutcome.OK.value, 0),
        damaged=of.get(FixityOutcome.DAMAGED.value, 0),
        unreadable=of.get(FixityOutcome.UNREADABLE.value, 0),
        oldest=connection.execute(select(func.min(stored_object.c.checked_at))).scalar() or "",
    )


def summary(checks: Sequence[Checked]) -> dict[str, str]:
    """How many checks ended in which way."""
    counts = Counter(check.outcome.value for check in checks)
    return {name: str(count) for name, count in sorted(counts.items())}


def _is(shelf: Shelf, sha256: str) -> Any:
    return and_(stored_object.c.shelf == shelf.value, stored_object.c.sha256 == sha256)


def _object_of(row: Row[Any]) -> StoredObject:
    return StoredObject(Shelf(row.shelf), Fixity(row.sha256, row.bytes), row.checked_at, row.outcome)
