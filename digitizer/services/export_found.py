"""What a search found, as a table for Excel: only what the person may see, personal numbers masked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from digitizer.accounts import Account
from digitizer.finding import Filters
from digitizer.services.archive import ArchiveApp
from digitizer.services.search_pages import FoundPage, search_pages
from digitizer.writing.workbook import Sheet, write_workbook

__all__ = ["MOST_ROWS", "export_found"]

MOST_ROWS = 1_000
_HEADINGS = ("STT", "Tệp", "Trang", "Phông", "Lô", "Trạng thái", "Dòng chữ", "Mã tài liệu")
_KINDS = ("count", "text", "count", "text", "text", "text", "text", "text")


def export_found(app: ArchiveApp, account: Account, query: str, filters: Filters, target: Path) -> int:
    """Write the first pages found to `target`, best first; how many."""
    rows = [_row(number, each) for number, each in enumerate(_found(app, account, query, filters), start=1)]
    title = (f"Kết quả tìm kiếm: {query}",)
    write_workbook(target, [Sheet("Tìm kiếm", (_HEADINGS,), _KINDS, rows, lead=title)])
    return len(rows)


def _found(app: ArchiveApp, account: Account, query: str, filters: Filters) -> Iterator[FoundPage]:
    offset = 0
    while offset < MOST_ROWS:
        found = search_pages(app, account, query, filters, offset=offset)
        yield from found.pages
        offset += 20
        if offset >= found.total:
            return


def _row(number: int, each: FoundPage) -> tuple[object, ...]:
    text = " / ".join(" ".join(piece for piece, _ in line) for line in each.snippet.lines)
    document = each.document
    return (
        number,
        document.path,
        each.page,
        document.fonds,
        document.batch,
        document.state,
        text,
        document.id,
    )
