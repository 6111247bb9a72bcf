"""Links of the audit trail in SQL, for a proof outside this database."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from digitizer.evidence import Link
from storage.dialect import engine_for, reading
from storage.migrate import bring_up_to_date
from storage.schema import event
from storage.trail import FIRST_HASH

__all__ = ["SqlEvidence"]


class SqlEvidence:
    """`Evidence` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def links(self, object_id: str) -> Sequence[Link]:
        """The events of one object; see `Evidence`."""
        ahead = event.alias("ahead")
        earlier = select(ahead.c.hash).where(ahead.c.seq < event.c.seq).order_by(ahead.c.seq.desc())
        before = earlier.limit(1).correlate(event).scalar_subquery()
        wanted = select(event, before.label("before")).where(event.c.object_id == object_id)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(event.c.seq)).all()
        return tuple(
            Link(
                row.seq,
                (row.kind, row.object_id, row.agent, row.at, row.outcome, row.detail),
                row.before or FIRST_HASH,
                row.hash,
            )
            for row in rows
        )

    def head(self) -> tuple[int, str]:
        """The last event; see `Evidence`."""
        last = select(event.c.seq, event.c.hash).order_by(event.c.seq.desc()).limit(1)
        with reading(self._engine) as connection:
            row = connection.execute(last).one_or_none()
        return (0, FIRST_HASH) if row is None else (row.seq, row.hash)
