"""The inventory in SQL: what is on the shelves, freezes of it, the passage of documents; with its events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, and_, func, insert, literal, select, update

from digitizer.errors import ConflictError, NotFoundError
from digitizer.inventory import (
    DayCount,
    Dossier,
    DossierProgress,
    Fonds,
    Freeze,
    Imported,
    Passage,
    Station,
    Stock,
    Stratum,
    Tally,
    Use,
)
from digitizer.model import Agent, Event
from digitizer.planning.ledger import complete_on, day_of
from storage import ledger, trail
from storage import schema as tables
from storage.dialect import as_object, engine_for, reading, writing
from storage.inventory_rows import (
    FROZEN_COLUMNS,
    dossier_changes,
    dossier_of,
    dossier_row,
    fonds_of,
    fonds_row,
    passage_of,
)
from storage.inventory_schema import dossier, fonds, freeze, frozen, passage, stock_day, tally
from storage.ledger import AT_ONCE, Key
from storage.migrate import bring_up_to_date

__all__ = ["SqlInventory"]

_SYSTEM: Final = "software:"
_LISTED: Final = "`digitizer inventory list --fonds CODE` shows them, `import` takes a list in"
_BACK: Final = dict.fromkeys(("checked", "described", "accepted", "described_by"), "")


class SqlInventory:
    """An `InventoryBook` in the catalogue's database at `url`."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    # The inventory.

    def take_in(
        self, every: Sequence[Fonds], dossiers: Iterable[Dossier], source: str, by: Agent
    ) -> Imported:
        """Add or change fonds and dossiers, all or nothing; see `InventoryBook`."""
        counts = {"added": 0, "changed": 0, "same": 0}
        with writing(self._engine) as connection:
            moved = self._take_fonds(connection, every, by)
            known = set(connection.execute(select(fonds.c.code)).scalars())
            rest = iter(dossiers)
            while some := list(islice(rest, AT_ONCE)):
                for each in some:
                    if each.fonds not in known:
                        raise NotFoundError(f"dossier {each.code}: fonds {each.fonds} is not known")
                self._take_dossiers(connection, some, by, counts)
            self._note(
                connection, "inventory-taken-in", "inventory", by, fonds=moved, source=source, **counts
            )
        return Imported(fonds=moved, **counts)

    def _take_fonds(self, connection: Connection, every: Sequence[Fonds], by: Agent) -> int:
        moved = 0
        for each in every:
            mine = fonds.c.code == each.code
            row = connection.execute(select(fonds).where(mine)).one_or_none()
            if row is None:
                connection.execute(fonds.insert().values(fonds_row(each)))
            elif fonds_of(row) != each:
                connection.execute(update(fonds).where(mine).values(fonds_row(each)))
            else:
                continue
            moved += 1
            told = {name: getattr(each, name) for name in ("paper_total", "paper_digital", "copies")}
            kind = "fonds-added" if row is None else "fonds-changed"
            self._note(connection, kind, f"fonds:{each.code}", by, **told)
        return moved

    def _take_dossiers(
        self, connection: Connection, some: Sequence[Dossier], by: Agent, counts: dict[str, int]
    ) -> None:
        new = {(each.fonds, each.code): each for each in some}
        before = ledger.dossiers_of(connection, list(new))
        moved = {key: each for key, each in new.items() if before.get(key) != each}
        with ledger.moving(connection, moved, known=(before, moved)):
            added = [dossier_row(each) for key, each in moved.items() if key not in before]
            if added:
                connection.execute(dossier.insert(), added)
            for key, each in moved.items():
                if key in before:
                    connection.execute(update(dossier).where(_is(key)).values(dossier_row(each)))
        at = self._now()
        trail.append_all(connection, (_changed(before.get(key), each, by, at) for key, each in moved.items()))
        counts["added"] += len(added)
        counts["changed"] += len(moved) - len(added)
        counts["same"] += len(new) - len(moved)

    def remove(self, fonds: str, code: str, by: Agent) -> None:
        """Take a dossier out; see `InventoryBook`."""
        with writing(self._engine) as connection:
            found = ledger.dossiers_of(connection, [(fonds, code)]).get((fonds, code))
            if found is None:
                raise NotFoundError(f"the inventory has no dossier {code} in fonds {fonds}: {_LISTED}")
            with ledger.moving(connection, [(fonds, code)]):
                connection.execute(dossier.delete().where(_is((fonds, code))))
            told = dict(dossier_changes(None, found))
            self._note(connection, "dossier-removed", f"dossier:{fonds}/{code}", by, **told)

    def fonds(self) -> Sequence[Fonds]:
        """Every fonds; see `InventoryBook`."""
        with reading(self._engine) as connection:
            return tuple(map(fonds_of, connection.execute(select(fonds).order_by(fonds.c.code))))

    def dossiers(self, fonds: str | None = None, after: str = "", limit: int = 500) -> Sequence[Dossier]:
        """Dossiers by code; see `InventoryBook`."""
        wanted = select(dossier).where(dossier.c.code > after).order_by(dossier.c.fonds, dossier.c.code)
        if fonds is not None:
            wanted = wanted.where(dossier.c.fonds == fonds)
        with reading(self._engine) as connection:
            return tuple(map(dossier_of, connection.execute(wanted.limit(limit))))

    def dossier(self, fonds: str, code: str) -> DossierProgress:
        """One dossier with its documents; see `InventoryBook`."""
        key = (fonds, code)
        papers = (
            select(passage)
            .join(tables.document, tables.document.c.id == passage.c.document_id)
            .where(passage.c.fonds == fonds, passage.c.dossier == code)
            .order_by(tables.document.c.seq)
        )
        with reading(self._engine) as connection:
            found = ledger.dossiers_of(connection, [key]).get(key)
            if found is None:
                raise NotFoundError(f"the inventory has no dossier {code} in fonds {fonds}: {_LISTED}")
            passed = tuple(map(passage_of, connection.execute(papers)))
        return DossierProgress(found, passed, complete_on(found, passed))

    # The way of documents.

    def file(self, documents: Sequence[str], dossier: str, by: Agent) -> None:
        """Put documents into a dossier; see `InventoryBook`."""
        with writing(self._engine) as connection:
            found = [p for p in self._passages(connection, documents) if p.dossier != dossier]
            keys = [key for p in found for key in ((p.fonds, p.dossier), (p.fonds, dossier))]
            ids = [p.document_id for p in found]
            with ledger.moving(connection, keys, ids):
                self._change(connection, ids, {"dossier": dossier})
            self._note_each(connection, "filed", ids, by, dossier=dossier)

    def advance(self, documents: Sequence[str], station: Station, by: Agent) -> None:
        """Note that documents passed a station; see `InventoryBook`."""
        if station in {Station.RECEIVED, Station.READ}:
            raise ConflictError(f"{station.value} follows from the work itself: it cannot be set")
        with writing(self._engine) as connection:
            self._advance(connection, documents, station, by)

    def _advance(self, connection: Connection, documents: Sequence[str], station: Station, by: Agent) -> None:
        found = [p for p in self._passages(connection, documents) if not p.day(station)]
        for each in found:
            _require_next(each, station, by)
        ids, at = [p.document_id for p in found], self._now()
        values = {station.value: day_of(at)}
        if station is Station.DESCRIBED:
            values["described_by"] = by.name
        with ledger.moving(connection, [(p.fonds, p.dossier) for p in found], ids):
            self._change(connection, ids, values)
        self._note_each(connection, station.value, ids, by, at)

    def send_back(self, documents: Sequence[str], reason: str, by: Agent) -> None:
        """Let documents be checked again; see `InventoryBook`."""
        with writing(self._engine) as connection:
            self._send_back(connection, documents, reason, by)

    def _send_back(self, connection: Connection, documents: Sequence[str], reason: str, by: Agent) -> None:
        found = [p for p in self._passages(connection, documents) if any(p.days[2:])]
        ids = [p.document_id for p in found]
        with ledger.moving(connection, [(p.fonds, p.dossier) for p in found], ids):
            self._change(connection, ids, dict(_BACK))
        self._note_each(connection, "sent-back", ids, by, reason=reason)

    def conclude(
        self, lot: str, documents: Sequence[str], detail: Sequence[tuple[str, str]], by: Agent
    ) -> None:
        """End a lot; see `InventoryBook`."""
        its, told = tables.event, dict(detail)
        with writing(self._engine) as connection:
            ended = select(its.c.seq).where(its.c.object_id == f"lot:{lot}", its.c.kind == "lot-judged")
            if connection.execute(ended).first():
                raise ConflictError(f"lot {lot} is ended already")
            if told["state"] == "accepted":
                self._advance(connection, documents, Station.ACCEPTED, by)
            else:
                self._send_back(connection, documents, "lot-rejected", by)
            self._note(connection, "lot-judged", f"lot:{lot}", by, **told)
            self._note(connection, "lot-judged", "lots", by, lot=lot, **told)

    def passage(self, document_id: str) -> Passage:
        """How far a document has come; see `InventoryBook`."""
        with reading(self._engine) as connection:
            return self._passages(connection, [document_id])[0]

    def unfiled(self) -> Iterator[tuple[str, str, str]]:
        """Documents in no dossier; see `InventoryBook`."""
        its = tables.document
        wanted = select(its.c.seq, its.c.id, its.c.fonds, its.c.path).join(
            passage, and_(passage.c.document_id == its.c.id, passage.c.dossier == "")
        )
        last = 0
        while True:
            with reading(self._engine) as connection:
                some = wanted.where(its.c.seq > last).order_by(its.c.seq).limit(AT_ONCE)
                found = connection.execute(some).all()
            if not found:
                return
            yield from ((row.id, row.fonds, row.path) for row in found)
            last = found[-1].seq

    # Freezes and sums.

    def freeze(self, name: str, by: Agent) -> Freeze:
        """Keep the inventory as it stands; see `InventoryBook`."""
        with writing(self._engine) as connection:
            if connection.execute(select(freeze).where(freeze.c.name == name)).first():
                raise ConflictError(f"there is a freeze named {name} already: take another name")
            last = connection.execute(select(func.max(freeze.c.number))).scalar() or 0
            made = Freeze(last + 1, name, self._now(), by.name)
            connection.execute(
                freeze.insert().values(number=made.number, name=name, at=made.at, agent=made.by)
            )
            columns = [dossier.c[each] for each in FROZEN_COLUMNS]
            copy = select(literal(made.number), *columns)
            connection.execute(insert(frozen).from_select(["version", *FROZEN_COLUMNS], copy))
            _copy_sums(connection, made.number)
            self._note(connection, "inventory-frozen", f"freeze:{made.number}", by)
        return made

    def freezes(self) -> Sequence[Freeze]:
        """Every freeze; see `InventoryBook`."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(freeze).order_by(freeze.c.number))
            return tuple(Freeze(row.number, row.name, row.at, row.agent) for row in rows)

    def snapshot(self, month: str, figures: Sequence[tuple[str, str]], by: Agent) -> bool:
        """Keep a month's figures once; see `InventoryBook`."""
        name, its = f"report:{month}", tables.event
        with writing(self._engine) as connection:
            if connection.execute(select(its.c.seq).where(its.c.object_id == name)).first():
                return False
            trail.append(connection, Event("snapshot", name, by, self._now(), "success", tuple(figures)))
        return True

    def note(self, kind: str, object_id: str, detail: Sequence[tuple[str, str]], by: Agent) -> None:
        """Write an event; see `InventoryBook`."""
        with writing(self._engine) as connection:
            trail.append(connection, Event(kind, object_id, by, self._now(), "success", tuple(detail)))

    def tallies(self, version: int = 0) -> Sequence[Tally]:
        """The sums by stratum; see `InventoryBook`."""
        c = tally.c
        key = (c.fonds, c.valuable, c.arranged, c.electronic, c.use)
        with reading(self._engine) as connection:
            # One row a stratum: the database puts its sums together quicker than we take them one by one.
            packed = as_object(connection.dialect.name, c.measure, c.value)
            wanted = select(*key, packed).where(c.version == version, c.value != 0).group_by(*key)
            rows = connection.execute(wanted).all()
        made = {Stratum(f, v, a, e, Use(use)): sums for f, v, a, e, use, sums in rows}
        return tuple(Tally(stratum, made[stratum]) for stratum in sorted(made))

    def days(self, fonds: Sequence[str] | None, stock: str) -> Sequence[DayCount]:
        """What passed on each day; see `InventoryBook`."""
        c, names = stock_day.c, ("documents", "pages", "a4_halves", "shelf")
        its = c.stock == Stock(stock).value
        if fonds is None or len(fonds) == 1:
            wanted = select(c.day, c.station, *(c[name] for name in names))
            wanted = wanted.where(c.fonds == (fonds[0] if fonds else ""), its)
        else:
            wanted = select(c.day, c.station, *(func.sum(c[name]) for name in names))
            wanted = wanted.where(c.fonds.in_(fonds), its).group_by(c.day, c.station)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.order_by(c.day, c.station)).all()
        made = (DayCount(day, station, *map(int, counts)) for day, station, *counts in rows)
        return tuple(each for each in made if each.documents)

    # Parts of a transaction.

    def _passages(self, connection: Connection, documents: Sequence[str]) -> list[Passage]:
        found: dict[str, Passage] = {}
        for start in range(0, len(documents), AT_ONCE):
            those = passage.c.document_id.in_(documents[start : start + AT_ONCE])
            found |= {
                row.document_id: passage_of(row) for row in connection.execute(select(passage).where(those))
            }
        missing = next((each for each in documents if each not in found), None)
        if missing is not None:
            raise NotFoundError(f"no document {missing}")
        return [found[each] for each in dict.fromkeys(documents)]

    def _change(self, connection: Connection, ids: Sequence[str], values: dict[str, str]) -> None:
        for start in range(0, len(ids), AT_ONCE):
            those = passage.c.document_id.in_(ids[start : start + AT_ONCE])
            connection.execute(update(passage).where(those).values(values))

    def _note(
        self, connection: Connection, kind: str, object_id: str, by: Agent, **detail: str | int
    ) -> None:
        told = tuple((name, str(value)) for name, value in detail.items())
        trail.append(connection, Event(kind, object_id, by, self._now(), "success", told))

    def _note_each(
        self, connection: Connection, kind: str, ids: Sequence[str], by: Agent, at: str = "", **detail: str
    ) -> None:
        when, told = at or self._now(), tuple(detail.items())
        trail.append_all(connection, (Event(kind, each, by, when, "success", told) for each in ids))


def _is(key: Key) -> Any:
    return and_(dossier.c.fonds == key[0], dossier.c.code == key[1])


def _changed(before: Dossier | None, after: Dossier, by: Agent, at: str) -> Event:
    kind = "dossier-added" if before is None else "dossier-changed"
    object_id = f"dossier:{after.fonds}/{after.code}"
    return Event(kind, object_id, by, at, "success", dossier_changes(before, after))


def _require_next(each: Passage, station: Station, by: Agent) -> None:
    before = tuple(Station)[tuple(Station).index(station) - 1]
    if not each.day(before):
        raise ConflictError(
            f"document {each.document_id} cannot be {station.value}: it is not {before.value} yet"
        )
    own = each.described_by == by.name and not by.name.startswith(_SYSTEM)
    if station is Station.ACCEPTED and own:
        raise ConflictError(
            f"document {each.document_id} was described by {by.name}: another person accepts it"
        )


def _copy_sums(connection: Connection, version: int) -> None:
    names = ["fonds", "valuable", "arranged", "electronic", "use", "measure", "value"]
    live = select(literal(version), *(tally.c[name] for name in names)).where(tally.c.version == 0)
    connection.execute(insert(tally).from_select(["version", *names], live))
