"""What was declared of batches, in SQL: rows are only added, the highest version is in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from digitizer.batch_facts import BatchFacts
from digitizer.model import Agent, Event
from storage import trail
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.web_tables import batch_facts

__all__ = ["SqlFactsBook"]


class SqlFactsBook:
    """`FactsBook` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def declare(self, facts: BatchFacts, by: Agent) -> int:
        """Keep facts; see `FactsBook`."""
        with writing(self._engine) as connection:
            known = _row(connection, facts.fonds, facts.batch)
            if known is not None and _facts(known) == facts:
                return int(known.version)
            version = 1 if known is None else int(known.version) + 1
            values = {"inventory": facts.inventory, "box": facts.box, "sheets": facts.sheets}
            key = {"fonds": facts.fonds, "batch": facts.batch, "version": version}
            row = {**key, **values, "agent": by.name, "at": self._now()}
            connection.execute(batch_facts.insert().values(**row))
            told = (("version", str(version)), ("sheets", str(facts.sheets)), ("box", facts.box))
            about = f"batch:{facts.fonds}/{facts.batch}"
            trail.append(connection, Event("batch-declared", about, by, self._now(), "success", told))
        return version

    def facts(self, fonds: str, batch: str) -> BatchFacts | None:
        """The facts in force; see `FactsBook`."""
        with reading(self._engine) as connection:
            row = _row(connection, fonds, batch)
        return None if row is None else _facts(row)

    def sheets(self) -> Mapping[tuple[str, str], int]:
        """Sheets declared; see `FactsBook`."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(batch_facts).order_by(batch_facts.c.version))
            last = {(row.fonds, row.batch): row.sheets for row in rows}
        return {key: sheets for key, sheets in last.items() if sheets is not None}


def _row(connection: Connection, fonds: str, batch: str) -> Row[Any] | None:
    here = (batch_facts.c.fonds == fonds, batch_facts.c.batch == batch)
    wanted = select(batch_facts).where(*here).order_by(batch_facts.c.version.desc()).limit(1)
    return connection.execute(wanted).one_or_none()


def _facts(row: Row[Any]) -> BatchFacts:
    return BatchFacts(row.fonds, row.batch, row.inventory, row.box, row.sheets)
