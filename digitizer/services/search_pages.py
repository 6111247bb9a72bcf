"""What a clerk sees of a search: pages with the lines around the hit, marked, and counts to narrow by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitizer.accounts import Account
from digitizer.errors import NotFoundError
from digitizer.finding import Ask, Filters, Scope, SearchHit
from digitizer.model import Box, Line
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.masking import field_boxes, masked_word, split_numbers
from digitizer.services.reading_room import fields_of
from digitizer.services.rights import rights
from digitizer.understanding.queries import Clause, clauses, positions
from digitizer.understanding.vietnamese import nfc

__all__ = ["FoundPage", "Results", "Snippet", "scope_of", "search_pages"]

_QUERY_LETTERS = 500
_DEEPEST = 10_000
_CONTEXT = 1  # printed lines before and after the one with the hit


@dataclass(frozen=True, slots=True)
class Snippet:
    """A few printed lines: each is pieces of text and whether they are marked; `box` is around them all."""

    lines: tuple[tuple[tuple[str, bool], ...], ...]
    box: Box | None


@dataclass(frozen=True, slots=True)
class FoundPage:
    """One page found; `boxes` are of the words that answered, in pixels of the upright page."""

    document: StoredDocument
    page: int
    exact: bool
    snippet: Snippet
    boxes: tuple[Box, ...]
    document_class: str = "unknown"


@dataclass(frozen=True, slots=True)
class Results:
    """One portion of what was found."""

    pages: tuple[FoundPage, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]


def scope_of(account: Account) -> Scope:
    """What the search may show to somebody, as a part of every query."""
    fonds = None if account.fonds is None else tuple(sorted(account.fonds))
    return Scope(fonds, int(account.clearance), personal=rights().may(account, "unmask"))


def search_pages(
    app: ArchiveApp, account: Account, query: str, filters: Filters, sort: str = "best", offset: int = 0
) -> Results:
    """Find what `account` may see; personal values in snippets are masked."""
    text = _typed(query)
    ask = Ask(text, scope_of(account), filters, sort, 20, min(max(offset, 0), _DEEPEST), facets=True)
    found = app.index.select(ask)
    wanted = clauses(text)
    shown = (_shown(app, account, hit, wanted) for hit in found.hits)
    return Results(tuple(page for page in shown if page is not None), found.total, found.facets)


def _typed(query: str) -> str:
    """The query as typed, with a word that is still being typed open at its end (as-you-type)."""
    text = query[:_QUERY_LETTERS]
    unfinished = re.search(r"[^\W_]{2,}$", text) and '"' not in text and not text[-1].isdigit()
    return f"{text}*" if unfinished else text


def _shown(app: ArchiveApp, account: Account, hit: SearchHit, wanted: Sequence[Clause]) -> FoundPage | None:
    try:
        document = app.catalogue.document(hit.document_id)
        if not rights().sees(account, document.fonds, document.secrecy):
            return None  # moved or classified since the index was written
        lines = app.catalogue.lines(hit.document_id, hit.page)
        hidden = field_boxes(fields_of(app.catalogue.record(hit.document_id)), hit.page)
    except NotFoundError:
        return None  # the index is older than the catalogue
    printed = [(number, word) for number, line in enumerate(lines) for word in line.words]
    words = [word.text for _, word in printed]
    answering = positions(wanted, words, exact=hit.exact) or positions(wanted, words, exact=False)
    boxes = tuple(printed[place][1].box for place in sorted(answering))
    counts: dict[int, int] = {}
    for place in answering:
        counts[printed[place][0]] = counts.get(printed[place][0], 0) + 1
    best = max(counts, key=lambda number: (counts[number], -number), default=0)
    snippet = _snippet(lines, best, frozenset(boxes), hidden)
    return FoundPage(document, hit.page, hit.exact, snippet, boxes, hit.document_class or "unknown")


def _snippet(lines: Sequence[Line], best: int, boxes: frozenset[Box], hidden: Sequence[Box]) -> Snippet:
    near = lines[max(best - _CONTEXT, 0) : best + _CONTEXT + 1]
    box = Box.around(line.box for line in near) if near else None
    return Snippet(tuple(_pieces(line, boxes, hidden) for line in near), box)


def _pieces(line: Line, boxes: frozenset[Box], hidden: Sequence[Box]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    hidden = (*hidden, *split_numbers(line.words))
    for word in line.words:
        marked = word.box in boxes
        text = nfc(masked_word(word, hidden))
        if pieces and pieces[-1][1] == marked:
            pieces[-1] = (f"{pieces[-1][0]} {text}", marked)
        else:
            pieces.append((text, marked))
    return tuple(pieces)
