"""What people said of text and borders, in SQL: rows beside those of the readings, none of which changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from digitizer.desk import Division, Paperwork, Said, Standing, Statement
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.fixity import Shelf, seal
from digitizer.model import Agent, Box, Derivative, Event
from storage import fixity, queries, rows, trail
from storage.amended import derivatives
from storage.desk_tables import amendment, division, look, rebuilt
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.schema import document_part, field_value, outbox

__all__ = ["SqlAmendments", "insert_statement"]

_SYSTEM = Agent("software:digitizer/catalogue")
_CHANGED = "somebody else changed this document: look again"


def insert_statement(
    connection: Connection, of_document: Row[Any], statement: Statement, by: Agent, at: str
) -> None:
    """Keep one statement about the reading that is current."""
    connection.execute(
        amendment.insert().values(
            document_id=of_document.id,
            attempt=of_document.finished_attempt,
            page=statement.page,
            box=statement.box.as_list(),
            name=statement.name,
            machine=statement.machine,
            value=statement.value,
            agent=by.name,
            at=at,
        )
    )


class SqlAmendments:
    """`Amendments` in the database at `url`, brought to the newest revision when it is opened."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def state(self, document_id: str, attempt: int, statement: Statement, by: Agent) -> None:
        """Keep what somebody says of one line; see `Amendments`."""
        with writing(self._engine) as connection:
            row, at = _current(connection, document_id, attempt), self._now()
            insert_statement(connection, row, statement, by, at)
            told = (("page", str(statement.page)), ("what", statement.name or "line"))
            trail.append(connection, Event("corrected", document_id, by, at, "success", told))
            _renew(connection, document_id)

    def said(self, document_id: str | None = None) -> Sequence[Said]:
        """All that was said; see `Amendments`."""
        wanted = select(amendment).order_by(amendment.c.seq)
        if document_id is not None:
            wanted = wanted.where(amendment.c.document_id == document_id)
        with reading(self._engine) as connection:
            return tuple(_said(row) for row in connection.execute(wanted))

    def papers(self, document_id: str, attempt: int = 0) -> Paperwork:
        """The papers as they stand; see `Amendments`."""
        with reading(self._engine) as connection:
            wanted = attempt or queries.row(connection, document_id).finished_attempt
            if wanted is None:
                raise NotFoundError(f"document {document_id} was not read yet")
            parts = select(document_part).where(_of(document_part, document_id, wanted))
            standing = connection.execute(parts.where(document_part.c.standing.is_(True))).all()
            divisions = _divisions(connection, document_id, wanted)
        by_person = {part for each in divisions for part in each.made}
        chosen = {int(part): name for each in divisions for part, name in each.chosen.items()}
        found = (
            Standing(
                p.number, tuple(p.pages), p._mapping["class"], p.number in by_person, chosen.get(p.number, "")
            )
            for p in sorted(standing, key=lambda p: (min(p.pages, default=0), p.number))
        )
        return Paperwork(wanted, tuple(found), bool(divisions))

    def divide(self, new: Division, by: Agent) -> None:
        """Put other papers in the place of some; see `Amendments`."""
        with writing(self._engine) as connection:
            _current(connection, new.document_id, new.attempt)
            parts = _parts(connection, new.document_id, new.attempt)
            if not all(number in parts and parts[number].standing for number in new.replaced):
                raise ConflictError(_CHANGED)
            before = sorted(page for number in new.replaced for page in parts[number].pages)
            if before != sorted(page for part in new.made for page in part.pages):
                raise UsageError("every page must be in one paper, and in one only")
            first = max(parts, default=0) + 1
            made = range(first, first + len(new.made))
            self._stand(connection, new, made)
            names = new.chosen or ("",) * len(new.made)
            chosen = {str(part): name for part, name in zip(made, names, strict=True) if name}
            at = self._now()
            numbers = {"replaced": list(new.replaced), "made": list(made), "chosen": chosen}
            key = {"document_id": new.document_id, "attempt": new.attempt, "agent": by.name, "at": at}
            connection.execute(division.insert().values(**key, **numbers))
            told = (("replaced", _joined(new.replaced)), ("made", _joined(made)))
            trail.append(connection, Event("divided", new.document_id, by, at, "success", told))
            _renew(connection, new.document_id)

    def undo(self, document_id: str, attempt: int, by: Agent) -> None:
        """Take the last division back; see `Amendments`."""
        with writing(self._engine) as connection:
            _current(connection, document_id, attempt)
            divisions = _divisions(connection, document_id, attempt)
            if not divisions:
                raise ConflictError("nothing was divided here")
            last, at = divisions[-1], self._now()
            _set_standing(connection, document_id, attempt, last.made, standing=False)
            _set_standing(connection, document_id, attempt, last.replaced, standing=True)
            mine = division.c.seq == last.seq
            connection.execute(update(division).where(mine).values(undone_at=at))
            told = (("restored", _joined(last.replaced)),)
            trail.append(connection, Event("division-undone", document_id, by, at, "success", told))
            _renew(connection, document_id)

    def carry(self, document_id: str, before: int) -> int:
        """Let earlier looks count for the same papers; see `Amendments`."""
        with writing(self._engine) as connection:
            row = queries.row(connection, document_id)
            old = {tuple(p.pages): p for p in _parts(connection, document_id, before).values() if p.standing}
            carried = 0
            for part in _parts(connection, document_id, row.finished_attempt).values():
                same = old.get(tuple(part.pages))
                if part.standing and same is not None and same._mapping["class"] == part._mapping["class"]:
                    carried += _carry_looks(connection, row, same, part.number)
            if carried:
                queries.post(connection, "index", document_id)
        return carried

    def to_amend(self, limit: int) -> Sequence[tuple[int, str]]:
        """Outbox; see `Amendments`."""
        waiting = select(outbox.c.seq, outbox.c.document_id).where(
            outbox.c.topic == "amend", outbox.c.done_at.is_(None)
        )
        with reading(self._engine) as connection:
            found = connection.execute(waiting.order_by(outbox.c.done_at, outbox.c.seq).limit(limit))
            return tuple((row.seq, row.document_id) for row in found)

    def amended(self, sequences: Sequence[int], trouble: str = "") -> None:
        """Mark outbox rows as done; see `Amendments`."""
        with writing(self._engine) as connection:
            those = outbox.c.seq.in_(list(sequences))
            if trouble:
                whose = select(outbox.c.document_id).where(those).distinct()
                for document_id in connection.execute(whose).scalars().all():
                    told = Event("amended", document_id, _SYSTEM, self._now(), "failure", (("why", trouble),))
                    trail.append(connection, told)
            connection.execute(update(outbox).where(those).values(done_at=self._now()))

    def rebuilt(
        self, document_id: str, attempt: int, revision: int, made: Sequence[Derivative], by: Agent
    ) -> None:
        """Note files made again; see `Amendments`."""
        key = {"document_id": document_id, "attempt": attempt}
        with writing(self._engine) as connection:
            _current(connection, document_id, attempt)
            last = select(func.max(rebuilt.c.revision)).where(_of(rebuilt, document_id, attempt))
            number = max(revision, (connection.execute(last).scalar() or 0) + 1)
            for each in made:
                columns = {"kind": each.kind, "path": each.path, "pdfa": each.pdfa}
                sizes = {"sha256": each.fixity.sha256, "bytes": each.fixity.bytes}
                connection.execute(rebuilt.insert().values(**key, revision=number, **columns, **sizes))
            fixity.register(connection, Shelf.DERIVATIVES, [each.fixity for each in made])
            now = seal(derivatives(connection, queries.row(connection, document_id)))
            kinds = " ".join(each.kind for each in made)
            told = (("attempt", str(attempt)), ("files", kinds), ("made", now))
            trail.append(connection, Event("amended", document_id, by, self._now(), "success", told))

    def _stand(self, connection: Connection, new: Division, numbers: Sequence[int]) -> None:
        key = {"document_id": new.document_id, "attempt": new.attempt}
        _set_standing(connection, new.document_id, new.attempt, new.replaced, standing=False)
        for number, part in zip(numbers, new.made, strict=True):
            connection.execute(document_part.insert().values(**key, **rows.part_row(number, part)))
            values = [key | each for each in rows.part_field_rows(number, part)]
            if values:
                connection.execute(field_value.insert(), values)


def _current(connection: Connection, document_id: str, attempt: int) -> Row[Any]:
    row = queries.row(connection, document_id)
    if row.finished_attempt != attempt:
        raise ConflictError(_CHANGED)
    return row


def _of(table: Any, document_id: str, attempt: int) -> Any:
    return and_(table.c.document_id == document_id, table.c.attempt == attempt)


def _parts(connection: Connection, document_id: str, attempt: int) -> dict[int, Row[Any]]:
    wanted = select(document_part).where(_of(document_part, document_id, attempt))
    return {row.number: row for row in connection.execute(wanted)}


def _divisions(connection: Connection, document_id: str, attempt: int) -> Sequence[Row[Any]]:
    """The divisions that hold, the oldest first."""
    wanted = select(division).where(_of(division, document_id, attempt), division.c.undone_at.is_(None))
    return connection.execute(wanted.order_by(division.c.seq)).all()


def _set_standing(
    connection: Connection, document_id: str, attempt: int, parts: Sequence[int], *, standing: bool
) -> None:
    those = and_(_of(document_part, document_id, attempt), document_part.c.number.in_(list(parts)))
    connection.execute(update(document_part).where(those).values(standing=standing))


def _carry_looks(connection: Connection, row: Row[Any], old: Row[Any], part: int) -> int:
    """The looks of the old paper as looks at `part`, unless somebody looked at that already."""
    now = and_(_of(look, row.id, row.finished_attempt), look.c.part == part)
    if connection.execute(select(look).where(now).limit(1)).first() is not None:
        return 0
    before = and_(_of(look, row.id, old.attempt), look.c.part == old.number)
    found = connection.execute(select(look).where(before)).all()
    key = {"attempt": row.finished_attempt, "part": part}
    for each in found:
        connection.execute(look.insert().values({**each._mapping, **key}))
    return int(any(each.settled for each in found))


def _renew(connection: Connection, document_id: str) -> None:
    queries.post(connection, "index", document_id)
    queries.post(connection, "amend", document_id)


def _joined(numbers: Sequence[int]) -> str:
    return " ".join(str(number) for number in numbers)


def _said(row: Row[Any]) -> Said:
    statement = Statement(row.page, Box(*row.box), row.name, row.machine, row.value)
    return Said(row.seq, row.document_id, statement, row.agent, row.at)
