"""The sums of progress, kept in the transaction that changes what they are sums of.

Every change goes through `moving`: what the dossiers it touches added before is taken away, what they add
after is put in. The rule itself is `digitizer.planning.ledger`; nothing else writes to the sums.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Row, Table, select, update

from digitizer.inventory import Dossier, Passage, Stock, Stratum
from digitizer.model import Event, PageStatus, RecordState
from digitizer.planning.ledger import Ledger, add, bare, complete_on, contribution, day_of, loose
from digitizer.planning.paper import a4_halves
from storage.inventory_rows import dossier_of, passage_of, stratum_row
from storage.inventory_schema import dossier, frozen, passage, stock_day, tally
from storage.schema import document, page, scan

__all__ = ["AT_ONCE", "Key", "apply", "dossiers_of", "moving", "note", "passages_of", "sums"]

Key = tuple[str, str]
"""A dossier: the codes of its fonds and its own."""
Known = Mapping[Key, Dossier]
_T = TypeVar("_T")
AT_ONCE: Final = 2000
"""Keys in one statement."""
_FINISHED: Final = {RecordState.DONE.value, RecordState.DONE_WITH_GAPS.value}


@contextmanager
def moving(
    connection: Connection,
    keys: Iterable[Key],
    documents: Sequence[str] = (),
    known: tuple[Known, Known] | None = None,
) -> Iterator[None]:
    """Keep the sums right over a change of these dossiers and of these documents, filed or not.

    `known`: the dossiers before and after the change, where the caller has them all.
    """
    every = [key for key in dict.fromkeys(keys) if key[1]]
    before, after = known or (None, None)
    change: Ledger = (Counter(), Counter())
    add(change, sums(connection, every, documents, before), -1)
    yield
    add(change, sums(connection, every, documents, after))
    apply(connection, change)


def sums(
    connection: Connection,
    keys: Sequence[Key],
    documents: Sequence[str] = (),
    given: Known | None = None,
) -> Ledger:
    """What these dossiers, and those of these documents that are in none, add to the sums now."""
    total: Ledger = (Counter(), Counter())
    for some in _portions(keys):
        known = dossiers_of(connection, some) if given is None else given
        papers = passages_of(connection, some)
        kept = _frozen(connection, some)
        touched = papers.keys() | kept.keys()
        add(total, bare(known[key] for key in some if key in known and key not in touched))
        for key in touched:
            for part in _of_dossier(known.get(key), papers[key], kept[key]):
                add(total, part)
    for some_ids in _portions(documents):
        unfiled = select(passage).where(passage.c.document_id.in_(some_ids), passage.c.dossier == "")
        for row in connection.execute(unfiled):
            add(total, loose(passage_of(row)))
    return total


def _of_dossier(
    known: Dossier | None, papers: Sequence[Passage], kept: Sequence[tuple[int, Dossier]]
) -> Iterator[Ledger]:
    if known is None:
        yield from map(loose, papers)
    else:
        yield contribution(known, papers, complete_on(known, papers))
    for version, then in kept:
        yield contribution(then, papers, complete_on(known or then, papers), version)


def dossiers_of(connection: Connection, keys: Sequence[Key]) -> dict[Key, Dossier]:
    """The dossiers among these that the inventory has."""
    rows = _by_code(connection, dossier, dossier.c.code, keys)
    return {(row.fonds, row.code): dossier_of(row) for row in rows}


def passages_of(connection: Connection, keys: Sequence[Key]) -> defaultdict[Key, list[Passage]]:
    """The passages of these dossiers' documents."""
    found = defaultdict[Key, list[Passage]](list)
    for row in _by_code(connection, passage, passage.c.dossier, keys):
        found[row.fonds, row.dossier].append(passage_of(row))
    return found


def _frozen(connection: Connection, keys: Sequence[Key]) -> defaultdict[Key, list[tuple[int, Dossier]]]:
    found = defaultdict[Key, list[tuple[int, Dossier]]](list)
    for row in _by_code(connection, frozen, frozen.c.code, keys):
        found[row.fonds, row.code].append((row.version, dossier_of(row)))
    return found


def _by_code(connection: Connection, table: Table, code: Any, keys: Sequence[Key]) -> Iterator[Row[Any]]:
    by_fonds = defaultdict[str, list[str]](list)
    for name, its_code in keys:
        by_fonds[name].append(its_code)
    for name, codes in by_fonds.items():
        yield from connection.execute(select(table).where(table.c.fonds == name, code.in_(codes)))


def apply(connection: Connection, change: Ledger) -> None:
    """Add `change` to the sums."""
    tallies, days = change
    rows = [
        {"version": key.version, **stratum_row(key.stratum), "measure": key.measure, "value": value}
        for key, value in tallies.items()
        if value
    ]
    _upsert(connection, tally, rows, ("value",))
    by_day = defaultdict[tuple[str, ...], Counter[str]](Counter)
    for key, value in days.items():
        for stock in _stocks_of(key.stratum) if value else ():
            by_day[key.stratum.fonds, stock, key.day, key.station][key.measure] += value
    sums = ("documents", "pages", "a4_halves", "shelf")
    names = ("fonds", "stock", "day", "station")
    made = [
        dict(zip(names, its, strict=True)) | {name: values[name] for name in sums}
        for its, values in sorted(by_day.items())
    ]
    _upsert(connection, stock_day, made, sums)


def _stocks_of(stratum: Stratum) -> list[str]:
    return [stock.value for stock in Stock if stratum.of(stock)]


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], added: tuple[str, ...]) -> None:
    """Insert, or add to what is there; in one order, whoever writes."""
    if not rows:
        return
    from sqlalchemy.dialects import postgresql, sqlite  # who only looks loads neither

    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
    change = {name: table.c[name] + insert.excluded[name] for name in added}
    statement = insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=change)
    connection.execute(statement, rows)


def note(connection: Connection, event: Event) -> None:
    """Follow an event of the catalogue: a document came in, or was read."""
    if event.kind == "received":
        _received(connection, event)
    elif event.kind == "digitized" and dict(event.detail).get("state") in _FINISHED:
        _read(connection, event)

    elif event.kind == "placed" and dict(event.detail).get("dossier"):
        _placed(connection, event.object_id, dict(event.detail)["dossier"])


def _placed(connection: Connection, document_id: str, code: str) -> None:
    """A paper's place on its arrival is its dossier, until a person files it elsewhere."""
    mine = passage.c.document_id == document_id
    row = connection.execute(select(passage).where(mine)).one_or_none()
    if row is not None and not row.dossier:
        with moving(connection, [(row.fonds, code)], [document_id]):
            connection.execute(update(passage).where(mine).values(dossier=code))


def _received(connection: Connection, event: Event) -> None:
    wanted = select(document.c.fonds).where(document.c.id == event.object_id)
    its = Passage(
        event.object_id, connection.execute(wanted).scalar_one(), days=(day_of(event.at), "", "", "", "")
    )
    empty = dict.fromkeys(("dossier", "read", "checked", "described", "accepted", "described_by"), "")
    counts = {"pages": 0, "a4_halves": 0}
    row = {"document_id": its.document_id, "fonds": its.fonds, "received": its.days[0], **empty, **counts}
    connection.execute(passage.insert().values(row))
    apply(connection, loose(its))


def _read(connection: Connection, event: Event) -> None:
    """A later reading tells how many pages there are; the day of the first one stays."""
    attempt = int(dict(event.detail)["attempt"])
    found = connection.execute(
        select(scan.c.width, scan.c.height, scan.c.dpi)
        .join(page, (page.c.document_id == scan.c.document_id) & (page.c.number == scan.c.page))
        .where(scan.c.document_id == event.object_id, scan.c.attempt == attempt, page.c.attempt == attempt)
        .where(page.c.status == PageStatus.TEXT.value)
    ).all()
    mine = passage.c.document_id == event.object_id
    row = connection.execute(select(passage).where(mine)).one()
    halves = sum(a4_halves(width, height, dpi) for width, height, dpi in found)
    values = {"pages": len(found), "a4_halves": halves, "read": row.read or day_of(event.at)}
    with moving(connection, [(row.fonds, row.dossier)], [event.object_id]):
        connection.execute(update(passage).where(mine).values(values))


def _portions(items: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
