"""The checking desk in SQL: a look is a row, and two who look at the same paper collide on its number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, select, update

from digitizer.desk import BatchLedger, Decision, Look, Rescan, Waiting
from digitizer.errors import ConflictError, NotFoundError
from digitizer.finding import Scope
from digitizer.holdings import QueueState
from digitizer.model import Agent, Event
from storage import queries, trail
from storage.amendments import insert_statement
from storage.desk_tables import look, rescan, reserved
from storage.dialect import engine_for, now_seconds, reading, writing
from storage.migrate import bring_up_to_date
from storage.overview import ledgers
from storage.schema import document, document_part, field_value

__all__ = ["SqlDesk"]

_CHANGED = "somebody else changed this document: look again"


class SqlDesk:
    """`Desk` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def waiting(self, scope: Scope, limit: int, by: Agent | None = None) -> Sequence[Waiting]:
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
        looks = select(func.count()).where(_looked()).scalar_subquery()
        sure = func.coalesce(lowest, 0.0)
        wanted = _waiting(scope, sure.label("lowest"), looks.label("looks"))
        with reading(self._engine) as connection:
            if by is not None:
                wanted = wanted.where(~_held_by_others(by, now_seconds(connection)))
            ordered = wanted.order_by(sure, document.c.seq, document_part.c.number)
            rows = connection.execute(ordered.limit(limit)).all()
        return tuple(
            Waiting(r.id, r.finished_attempt, r.number, r._mapping["class"], r.lowest, r.looks) for r in rows
        )

    def count(self, scope: Scope) -> int:
        """How many wait; see `Desk`."""
        wanted = _waiting(scope, document.c.seq).subquery()
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.count()).select_from(wanted)).scalar_one())

    def hold(self, document_id: str, part: int, by: Agent, seconds: float) -> str:
        """Have a paper to oneself; see `Desk`."""
        mine = and_(reserved.c.document_id == document_id, reserved.c.part == part)
        with writing(self._engine) as connection:
            now = now_seconds(connection)
            connection.execute(delete(reserved).where(reserved.c.until <= now))
            found = connection.execute(select(reserved).where(mine)).one_or_none()
            if found is not None and found.agent != by.name:
                return str(found.agent)
            connection.execute(delete(reserved).where(mine))
            held = {"document_id": document_id, "part": part, "agent": by.name, "until": now + seconds}
            connection.execute(reserved.insert().values(held))
        return by.name

    def holder(self, document_id: str, part: int) -> str:
        """Who has a paper; see `Desk`."""
        mine = and_(reserved.c.document_id == document_id, reserved.c.part == part)
        with reading(self._engine) as connection:
            alive = and_(mine, reserved.c.until > now_seconds(connection))
            return str(connection.execute(select(reserved.c.agent).where(alive)).scalar() or "")

    def looks(self, document_id: str, attempt: int, part: int) -> Sequence[Look]:
        """Who looked at a paper; see `Desk`."""
        with reading(self._engine) as connection:
            return _looks(connection, document_id, attempt, part)

    def queue(self, scope: Scope, seconds: float) -> QueueState:
        """The queue; see `Desk`."""
        with reading(self._engine) as connection:
            return queries.state_of_queue(connection, now_seconds(connection), seconds, scope)

    def batches(self, scope: Scope) -> Sequence[BatchLedger]:
        """Every batch; see `Desk`."""
        with reading(self._engine) as connection:
            return ledgers(connection, scope)

    def decide(self, decision: Decision, by: Agent) -> None:
        """Keep a decision; see `Desk`."""
        with writing(self._engine) as connection:
            self._decide(connection, decision, by)

    def rescans(self, scope: Scope, *, closed: bool = False) -> Sequence[Rescan]:
        """Pages to be scanned again; see `Desk`."""
        named = (document.c.fonds, document.c.batch, document.c.path)
        wanted = select(rescan, *named).join(document, document.c.id == rescan.c.document_id)
        wanted = (
            _within(wanted, scope) if closed else _within(wanted, scope).where(rescan.c.closed_at.is_(None))
        )
        with reading(self._engine) as connection:
            return tuple(_rescan(row) for row in connection.execute(wanted.order_by(rescan.c.seq)))

    def close_rescan(self, number: int, replaced_by: str, by: Agent) -> None:
        """Note that a request is done; see `Desk`."""
        with writing(self._engine) as connection:
            mine = and_(rescan.c.seq == number, rescan.c.closed_at.is_(None))
            row = connection.execute(select(rescan).where(mine)).one_or_none()
            if row is None:
                raise NotFoundError("no such request, or it is closed")
            at = self._now()
            values = {"closed_at": at, "replaced_by": replaced_by or None}
            connection.execute(update(rescan).where(mine).values(values))
            told = (("request", str(number)), ("replacement", replaced_by))
            trail.append(connection, Event("rescanned", row.document_id, by, at, "success", told))

    def _decide(self, connection: Connection, decision: Decision, by: Agent) -> None:
        row = queries.row(connection, decision.document_id)
        part = _part(connection, decision)
        if row.finished_attempt != decision.attempt or (part is not None and not part.standing):
            raise ConflictError(_CHANGED)
        if part is None:
            raise NotFoundError("no such paper")
        key = {"document_id": decision.document_id, "attempt": decision.attempt, "part": decision.part}
        _need_same_looks(_looks(connection, *key.values()), decision.looks)
        at = self._now()
        made = {"number": decision.looks + 1, "outcome": decision.outcome, "agent": by.name, "at": at}
        changed, settled = len(decision.changed), decision.settles
        connection.execute(look.insert().values(**key, **made, changed=changed, settled=settled))
        gone = and_(reserved.c.document_id == row.id, reserved.c.part == decision.part)
        connection.execute(delete(reserved).where(gone))
        for statement in decision.statements:
            insert_statement(connection, row, statement, by, at)
        self._note(connection, decision, by, at)
        queries.post(connection, "index", row.id)
        if any(each.changes for each in decision.statements):
            queries.post(connection, "amend", row.id)

    def _note(self, connection: Connection, decision: Decision, by: Agent, at: str) -> None:
        """The event, without any value in it; and the request, where one is made."""
        told = [("part", str(decision.part)), ("corrected", " ".join(decision.changed))]
        kind = "reviewed"
        if decision.outcome == "rescan":
            kind = "rescan-asked"
            asked = {"pages": list(decision.pages), "reason": decision.reason, "agent": by.name, "at": at}
            connection.execute(rescan.insert().values(document_id=decision.document_id, **asked))
            told.append(("pages", " ".join(str(page) for page in decision.pages)))
        told.append(("look", str(decision.looks + 1)))
        trail.append(connection, Event(kind, decision.document_id, by, at, "success", tuple(told)))


def _need_same_looks(found: Sequence[Look], shown: int) -> None:
    """The second of two who decide learns who was first, and when.

    Raises:
        ConflictError: somebody decided since the paper was shown.
    """
    if len(found) > shown:
        who, at = found[-1].agent.partition(":")[2], found[-1].at
        raise ConflictError(
            f"{who} đã quyết định lúc {at}: xem lại · {who} decided this paper at {at}: look again"
        )
    if len(found) < shown:
        raise ConflictError(_CHANGED)


def _part(connection: Connection, decision: Decision) -> Row[Any] | None:
    wanted = select(document_part.c.standing).where(
        document_part.c.document_id == decision.document_id,
        document_part.c.attempt == decision.attempt,
        document_part.c.number == decision.part,
    )
    return connection.execute(wanted).one_or_none()


def _looks(connection: Connection, document_id: Any, attempt: Any, part: Any) -> tuple[Look, ...]:
    wanted = select(look).where(
        look.c.document_id == document_id, look.c.attempt == attempt, look.c.part == part
    )
    return tuple(
        Look(row.number, row.agent, row.outcome, row.changed, row.settled, row.at)
        for row in connection.execute(wanted.order_by(look.c.number))
    )


def _rescan(row: Row[Any]) -> Rescan:
    return Rescan(
        number=row.seq,
        document_id=row.document_id,
        fonds=row.fonds,
        batch=row.batch,
        path=row.path,
        pages=tuple(row.pages),
        reason=row.reason,
        agent=row.agent,
        at=row.at,
        closed_at=row.closed_at or "",
        replaced_by=row.replaced_by or "",
    )


def _looked() -> Any:
    return and_(
        look.c.document_id == document.c.id,
        look.c.attempt == document.c.finished_attempt,
        look.c.part == document_part.c.number,
    )


def _held_by_others(by: Agent, now: float) -> Any:
    held = and_(
        reserved.c.document_id == document.c.id,
        reserved.c.part == document_part.c.number,
        reserved.c.agent != by.name,
        reserved.c.until > now,
    )
    return select(reserved.c.part).where(held).exists()


def _waiting(scope: Scope, *more: Any) -> Select[Any]:
    later = look.alias("later")
    same = (later.c[key] == look.c[key] for key in ("document_id", "attempt", "part"))
    newer = select(later.c.number).where(*same, later.c.number > look.c.number)
    settled = select(look.c.part).where(_looked(), look.c.settled.is_(True), ~newer.exists())
    wanted = (
        select(
            document.c.id,
            document.c.finished_attempt,
            document_part.c.number,
            document_part.c["class"],
            *more,
        )
        .join(document_part, document_part.c.document_id == document.c.id)
        .where(
            document_part.c.attempt == document.c.finished_attempt,
            document_part.c.needs_review.is_(True),
            document_part.c.standing.is_(True),
            ~settled.exists(),
        )
    )
    return _within(wanted, scope)


def _within(wanted: Select[Any], scope: Scope) -> Select[Any]:
    seen = wanted.where(document.c.secrecy <= scope.clearance)
    return seen if scope.fonds is None else seen.where(document.c.fonds.in_(scope.fonds))
