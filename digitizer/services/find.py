"""Find pages, show the printed lines around what was found, and keep the index up with the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from digitizer.errors import NotFoundError
from digitizer.model import Line
from digitizer.ports import IndexedPage, SearchHit
from digitizer.services.archive import ArchiveApp
from digitizer.understanding.queries import Clause, clauses, positions
from digitizer.understanding.vietnamese import nfc

__all__ = ["find", "index_pending", "mend_index", "rebuild_index"]

_DOCUMENTS_A_COMMIT = 200


def find(
    app: ArchiveApp, query: str, limit: int = 20, fonds: Sequence[str] | None = None
) -> tuple[SearchHit, ...]:
    """Best pages first, exact tones before folded ones, with the matching lines and boxes.

    `fonds` limits what may be seen: None is everything, an empty sequence nothing.
    """
    wanted = clauses(query)
    hits = app.index.search(query, limit, fonds)
    return tuple(shown for hit in hits if (shown := _shown(app, hit, wanted)) is not None)


def index_pending(app: ArchiveApp) -> int:
    """Index what the outbox names, all of it when the index is empty; how many documents."""
    if app.index.pages() == 0:
        app.catalogue.reindex()
    count = 0
    while waiting := app.catalogue.to_index(_DOCUMENTS_A_COMMIT):
        documents = dict.fromkeys(document_id for _, document_id in waiting)
        for document_id in documents:
            app.index.replace(document_id, _pages(app, document_id))
        app.index.commit()
        app.catalogue.indexed([sequence for sequence, _ in waiting])
        count += len(documents)
    return count


def rebuild_index(app: ArchiveApp) -> int:
    """Empty the index and make it again from the catalogue; how many documents."""
    app.index.clear()
    return index_pending(app)


def mend_index(app: ArchiveApp, documents: Sequence[str], unknown: Sequence[str]) -> None:
    """Index these documents again, and take out what no document accounts for."""
    for document_id in documents:
        app.index.replace(document_id, _pages(app, document_id))
    for document_id in unknown:
        app.index.replace(document_id, ())
    app.index.commit()


def _pages(app: ArchiveApp, document_id: str) -> Iterator[IndexedPage]:
    """Read when the index has its lock, so that an older state can never overtake a newer one."""
    yield from app.catalogue.pages_to_index(document_id)


def _shown(app: ArchiveApp, hit: SearchHit, wanted: Sequence[Clause]) -> SearchHit | None:
    try:
        lines = app.catalogue.lines(hit.document_id, hit.page)
    except NotFoundError:
        return None  # the index is older than the catalogue
    printed = [(number, word) for number, line in enumerate(lines) for word in line.words]
    matching = positions(wanted, [word.text for _, word in printed], exact=hit.exact)
    found = [printed[place] for place in sorted(matching)]
    snippet = _snippet(lines, [number for number, _ in found])
    return replace(hit, snippet=snippet, boxes=tuple(word.box for _, word in found))


def _snippet(lines: Sequence[Line], matching: Sequence[int]) -> str:
    """The line with the most matching words, the first of equals, between its neighbours."""
    best = Counter(matching).most_common(1)[0][0] if matching else 0
    return nfc("\n".join(line.text for line in lines[max(best - 1, 0) : best + 2]))
