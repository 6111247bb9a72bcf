"""How far each batch is, counted of what somebody may see: documents by state, pages by how they ended."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, func, literal_column, select

from digitizer.desk import BatchLedger
from digitizer.finding import Scope
from digitizer.model import PageStatus
from storage.schema import document, page, receipt

__all__ = ["ledgers"]

_TEXT: Final = PageStatus.TEXT.value


def ledgers(connection: Connection, scope: Scope) -> tuple[BatchLedger, ...]:
    """Every batch with a document in `scope`, the newest first."""
    key = (document.c.fonds, document.c.batch)
    states = _within(
        select(
            *key,
            document.c.state,
            func.count().label("documents"),
            func.sum(document.c.pages).label("pages"),
            func.max(document.c.seq).label("last"),
        ),
        scope,
    ).group_by(*key, document.c.state)
    this_reading = and_(page.c.document_id == document.c.id, page.c.attempt == document.c.finished_attempt)
    # All but a few pages have text: those few are counted, the others are the rest of the sum.
    others = _within(
        select(*key, page.c.status, func.count().label("pages"))
        .join(page, this_reading)
        .where(page.c.status != literal_column(f"'{_TEXT}'")),
        scope,
    ).group_by(*key, page.c.status)
    by_state: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    by_status: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    last: dict[tuple[str, str], int] = defaultdict(int)
    pages: dict[tuple[str, str], int] = defaultdict(int)
    for row in connection.execute(states):
        by_state[row.fonds, row.batch][row.state] = row.documents
        pages[row.fonds, row.batch] += int(row.pages)
        last[row.fonds, row.batch] = max(last[row.fonds, row.batch], row.last)
    for row in connection.execute(others):
        by_status[row.fonds, row.batch][row.status] = row.pages
    for each, count in pages.items():
        if with_text := count - sum(by_status[each].values()):
            by_status[each][_TEXT] = with_text
    refused = _refused(connection)
    return tuple(
        BatchLedger(*each, by_state[each], by_status[each], refused.get(each, 0))
        for each in sorted(last, key=lambda each: -last[each])
    )


def _refused(connection: Connection) -> dict[tuple[str, str], int]:
    turned_away = select(receipt.c.fonds, receipt.c.batch, func.count().label("files")).where(
        receipt.c.outcome == "refused"
    )
    rows = connection.execute(turned_away.group_by(receipt.c.fonds, receipt.c.batch))
    return {(row.fonds, row.batch): row.files for row in rows}


def _within(wanted: Select[Any], scope: Scope) -> Select[Any]:
    seen = wanted.where(document.c.secrecy <= scope.clearance)
    return seen if scope.fonds is None else seen.where(document.c.fonds.in_(scope.fonds))
