"""The received side in SQL: manifests, placements and the page ledger of a batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select

from digitizer.accession import Arrived, Declared, Placement
from digitizer.holdings import StoredDocument
from digitizer.model import Agent, Event, Fixity, RecordState
from digitizer.versions import Version
from storage import followers, queries, rows, trail
from storage.accession_tables import declaration, declared, placement
from storage.dialect import engine_for, reading, writing
from storage.migrate import bring_up_to_date
from storage.schema import document, page, receipt
from storage.versions import versions_of

__all__ = ["SqlAccessions"]

_SEPARATOR: Final = "separator"


class SqlAccessions:
    """An `Accessions` in the database at `url`, beside the catalogue."""

    def __init__(self, url: str, now: Callable[[], str] = trail.utc_now) -> None:
        self._engine = engine_for(url)
        self._now = now
        bring_up_to_date(self._engine)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def taken(self, document: StoredDocument) -> StoredDocument | None:
        """What the same arrival became before; see `Accessions`."""
        with reading(self._engine) as connection:
            known = connection.execute(queries.same_bytes(document)).one_or_none()
            if known is None:
                return None
            same = select(receipt.c.seq).where(
                receipt.c.document_id == known.id,
                receipt.c.batch == document.batch,
                receipt.c.path == document.path,
            )
            found = connection.execute(same.limit(1)).first()
            return rows.document_of(known) if found is not None else None

    def declare(self, fonds: str, batch: str, manifest: Fixity, rows: Sequence[Declared], by: Agent) -> int:
        """Keep a manifest; see `Accessions`."""
        with writing(self._engine) as connection:
            last = _in_force(connection, fonds, batch)
            if last is not None and last.sha256 == manifest.sha256:
                return int(last.version)
            version = 1 + (last.version if last is not None else 0)
            key = {"fonds": fonds, "batch": batch, "version": version}
            at = self._now()
            connection.execute(declaration.insert().values(**key, sha256=manifest.sha256, at=at))
            if rows:
                connection.execute(declared.insert(), [key | _declared_row(each) for each in rows])
            detail = {"fonds": fonds, "version": version, "sha256": manifest.sha256, "rows": len(rows)}
            self._note(connection, "declared", f"batch:{batch}", by, **detail)
            return version

    def declared(self, fonds: str, batch: str) -> Sequence[Declared]:
        """The manifest in force; see `Accessions`."""
        with reading(self._engine) as connection:
            last = _in_force(connection, fonds, batch)
            if last is None:
                return ()
            those = select(declared).where(
                declared.c.fonds == fonds, declared.c.batch == batch, declared.c.version == last.version
            )
            found = connection.execute(those.order_by(declared.c.row)).all()
        return tuple(_declared_of(row) for row in found)

    def place(self, document: StoredDocument, path: str, batch: str, placement: Placement, by: Agent) -> None:
        """Note where a document belongs; see `Accessions`."""
        with writing(self._engine) as connection:
            if _places(connection, document.id).get((batch, path)) == placement:
                return
            where = {"box": placement.box, "dossier": placement.dossier}
            _add_place(connection, document, path, batch, where | {"at": self._now()})
            self._note(connection, "placed", document.id, by, batch=batch, **where)

    def placements(self, document_id: str) -> Sequence[Placement]:
        """Where a document belongs; see `Accessions`."""
        with reading(self._engine) as connection:
            return tuple(dict.fromkeys(_places(connection, document_id).values()))

    def arrived(self, fonds: str, batch: str) -> Iterator[Arrived]:
        """Every path of a batch; see `Accessions`."""
        last = select(
            receipt.c.path, func.min(receipt.c.seq).label("first"), func.max(receipt.c.seq).label("seq")
        )
        last = last.where(receipt.c.fonds == fonds, receipt.c.batch == batch).group_by(receipt.c.path)
        ends = last.subquery()
        wanted = select(receipt).join(ends, receipt.c.seq == ends.c.seq).order_by(ends.c.first)
        with reading(self._engine) as connection:
            for each in connection.execute(wanted).all():
                yield _arrived(connection, each)

    def versions(self, documents: Sequence[str]) -> Mapping[str, Sequence[Version]]:
        """Versions of documents; see `Versions`."""
        with reading(self._engine) as connection:
            return versions_of(connection, documents)

    def _note(self, connection: Connection, kind: str, object_id: str, by: Agent, **detail: object) -> None:
        pairs = tuple((name, str(value)) for name, value in detail.items())
        happened = Event(kind, object_id, by, self._now(), "success", pairs)
        trail.append(connection, happened)
        followers.note(connection, happened)


def _in_force(connection: Connection, fonds: str, batch: str) -> Row[Any] | None:
    those = select(declaration).where(declaration.c.fonds == fonds, declaration.c.batch == batch)
    return connection.execute(those.order_by(declaration.c.version.desc()).limit(1)).first()


def _declared_row(each: Declared) -> dict[str, Any]:
    return {
        "row": each.row,
        "files": list(each.files),
        "box": each.placement.box,
        "dossier": each.placement.dossier,
        "sheets": each.sheets,
        "pages": each.pages,
    }


def _declared_of(row: Row[Any]) -> Declared:
    return Declared(row.row, tuple(row.files), Placement(row.box, row.dossier), row.sheets, row.pages)


def _places(connection: Connection, document_id: str) -> dict[tuple[str, str], Placement]:
    """By batch and path, in the order they were first noted; the latest note holds."""
    those = select(placement).where(placement.c.document_id == document_id).order_by(placement.c.seq)
    return {(row.batch, row.path): Placement(row.box, row.dossier) for row in connection.execute(those)}


def _add_place(
    connection: Connection, placed: StoredDocument, path: str, batch: str, where: dict[str, str]
) -> None:
    key = {"document_id": placed.id, "fonds": placed.fonds, "batch": batch, "path": path}
    connection.execute(placement.insert().values(**key, **where))


def _arrived(connection: Connection, came: Row[Any]) -> Arrived:
    if came.document_id is None:
        return Arrived(came.path, "refused", None, Placement(), note=came.reason or "")
    row = queries.row(connection, came.document_id)
    counts = _census(connection, row)
    first = connection.execute(select(document.c.path).where(document.c.id == row.id)).scalar_one()
    refused = row.state == RecordState.REFUSED  # only when it was opened: a damaged file, one with a password
    return Arrived(
        path=came.path,
        outcome="refused" if refused else came.outcome,
        document_id=row.id,
        placement=_places(connection, row.id).get((came.batch, came.path), Placement()),
        finished=row.finished_attempt is not None and row.state not in {"queued", "running"},
        read=counts["text"],
        blank=counts["blank"],
        failed=counts["failed"],
        separators=counts[_SEPARATOR],
        note=first if came.outcome == "duplicate" and not refused else row.reason or "",
        gaps=row.state == RecordState.DONE_WITH_GAPS and came.outcome == "new",
    )


def _census(connection: Connection, row: Row[Any]) -> Counter[str]:
    if row.finished_attempt is None:
        return Counter()
    found = connection.execute(queries.current(page, row).with_only_columns(page.c.status, page.c.flags))
    return Counter(_SEPARATOR if _SEPARATOR in flags else status for status, flags in found)
