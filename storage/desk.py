"""The checking desk in SQL: corrections are rows beside the machine's, decisions a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from digitizer.desk import BatchLedger, Decision, Waiting
from digitizer.errors import ConflictError, NotFoundError
from digitizer.finding import Scope
from digitizer.model import Agent, Event
from storage import queries, trail
from storage.account_tables import review
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.overview import ledgers
from storage.schema import document, document_part, field_value

__all__ = ["SqlDesk"]

_MACHINE = "machine"


def _utc_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class SqlDesk:
    """`Desk` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = _utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def waiting(self, scope: Scope, limit: int) -> Sequence[Waiting]:
        """Papers to look at; see `Desk`."""
        lowest = (
            select(func.min(field_value.c.confidence))
            .where(
                field_value.c.document_id == document.c.id,
                field_value.c.attempt == document.c.finished_attempt,
                field_value.c.part == document_part.c.number,
            )
            .scalar_subquery()
        )
        sure = func.coalesce(lowest, 0.0)
        wanted = _waiting(scope, sure.label("lowest")).order_by(sure, document.c.seq, document_part.c.number)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.limit(limit)).all()
        return tuple(Waiting(r.id, r.finished_attempt, r.number, r._mapping["class"], r.lowest) for r in rows)

    def count(self, scope: Scope) -> int:
        """How many wait; see `Desk`."""
        wanted = _waiting(scope, document.c.seq).subquery()
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(wanted)).scalar_one())

    def batches(self, scope: Scope) -> Sequence[BatchLedger]:
        """Every batch; see `Desk`."""
        with reading(self._engine) as connection:
            return ledgers(connection, scope)

    def decide(self, decision: Decision, by: Agent) -> None:
        """Keep a decision; see `Desk`."""
        with writing(self._engine) as connection:
            self._decide(connection, decision, by)

    def training(self) -> Sequence[dict[str, Any]]:
        """What people corrected; see `Desk`."""
        machine = field_value.alias("machine")
        pairs = select(
            field_value.c.document_id,
            field_value.c.name,
            field_value.c.page,
            field_value.c.box,
            machine.c.value.label("machine"),
            field_value.c.value.label("person"),
        ).where(
            field_value.c.origin != _MACHINE,
            machine.c.origin == _MACHINE,
            *(machine.c[key] == field_value.c[key] for key in ("document_id", "attempt", "part", "name")),
        )
        with reading(self._engine) as connection:
            return [dict(row._mapping) for row in connection.execute(pairs.order_by(field_value.c.seq))]

    def _decide(self, connection: Connection, decision: Decision, by: Agent) -> None:
        row = queries.row(connection, decision.document_id)
        if row.finished_attempt != decision.attempt:
            raise ConflictError("somebody else changed this document: look again")
        _need_undecided(connection, decision)
        for correction in decision.corrections:
            known = _machine_value(connection, decision, correction.name)
            connection.execute(
                field_value.insert().values(
                    **{
                        key: known._mapping[key] for key in ("document_id", "part", "attempt", "name", "page")
                    },
                    origin=by.name,
                    value=correction.value,
                    raw=known.raw,
                    box=known.box,
                    confidence=1.0,
                    source=known.source,
                    checks=[],
                )
            )
        at = self._now()
        key = {"document_id": decision.document_id, "attempt": decision.attempt, "part": decision.part}
        connection.execute(review.insert().values(**key, outcome=decision.outcome, agent=by.name, at=at))
        kind = "rescan-asked" if decision.outcome == "rescan" else "reviewed"
        told = (("part", str(decision.part)), ("corrected", " ".join(c.name for c in decision.corrections)))
        trail.append(connection, Event(kind, decision.document_id, by, at, "success", told))
        queries.post(connection, "index", decision.document_id)


def _need_undecided(connection: Connection, decision: Decision) -> None:
    """The second of two who decide learns who was first, and when.

    Raises:
        ConflictError: somebody decided.
    """
    key = {"document_id": decision.document_id, "attempt": decision.attempt, "part": decision.part}
    wanted = select(review).where(*(review.c[name] == value for name, value in key.items()))
    first = connection.execute(wanted).one_or_none()
    if first is not None:
        who = first.agent.partition(":")[2]
        raise ConflictError(
            f"{who} đã quyết định lúc {first.at}: xem lại · "
            f"{who} decided this paper at {first.at}: look again"
        )


def _machine_value(connection: Connection, decision: Decision, name: str) -> Row[Any]:
    wanted = select(field_value).where(
        field_value.c.document_id == decision.document_id,
        field_value.c.attempt == decision.attempt,
        field_value.c.part == decision.part,
        field_value.c.name == name,
        field_value.c.origin == _MACHINE,
    )
    found = connection.execute(wanted.order_by(field_value.c.seq)).first()
    if found is None:
        raise NotFoundError(f"this paper has no field {name}")
    return found


def _waiting(scope: Scope, more: Any) -> Select[Any]:
    decided = and_(
        review.c.document_id == document.c.id,
        review.c.attempt == document.c.finished_attempt,
        review.c.part == document_part.c.number,
    )
    wanted = (
        select(
            document.c.id, document.c.finished_attempt, document_part.c.number, document_part.c["class"], more
        )
        .join(document_part, document_part.c.document_id == document.c.id)
        .where(
            document_part.c.attempt == document.c.finished_attempt,
            document_part.c.needs_review.is_(True),
            document.c.secrecy <= scope.clearance,
            ~select(review.c.part).where(decided).exists(),
        )
    )
    return wanted if scope.fonds is None else wanted.where(document.c.fonds.in_(scope.fonds))
