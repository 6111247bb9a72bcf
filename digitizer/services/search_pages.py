"""What a clerk sees of a search: pages with the lines around the hit, marked, and counts to narrow by."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from digitizer.accounts import Account
from digitizer.finding import Ask, Filters, Scope, SearchHit
from digitizer.hit_pages import HitPage, PageKey
from digitizer.model import Box, Line
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.masking import field_boxes, masked_word, split_numbers
from digitizer.services.rights import rights
from digitizer.understanding.queries import Clause, clauses, positions
from digitizer.understanding.vietnamese import nfc

__all__ = ["PORTION", "FoundPage", "Results", "Snippet", "scope_of", "search_pages"]

PORTION = 10
"""Hits shown at once: three fit a screen, and each costs the reading of a page."""
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
    """One page found, with the lines around what answered."""

    document: StoredDocument
    page: int
    exact: bool
    snippet: Snippet
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
    ask = Ask(text, scope_of(account), filters, sort, PORTION, min(max(offset, 0), _DEEPEST), facets=True)
    found = app.index.select(ask)
    wanted = clauses(text)
    pages = app.hit_pages([(hit.document_id, hit.page) for hit in found.hits])
    shown = (_shown(pages, account, hit, wanted) for hit in found.hits)
    return Results(tuple(page for page in shown if page is not None), found.total, found.facets)


def _typed(query: str) -> str:
    """The query as typed, with a word that is still being typed open at its end (as-you-type)."""
    text = query[:_QUERY_LETTERS]
    unfinished = re.search(r"[^\W_]{2,}$", text) and '"' not in text and not text[-1].isdigit()
    return f"{text}*" if unfinished else text


def _shown(
    pages: Mapping[PageKey, HitPage], account: Account, hit: SearchHit, wanted: Sequence[Clause]
) -> FoundPage | None:
    page = pages.get((hit.document_id, hit.page))
    if page is None:
        return None  # the index is older than the catalogue
    document = page.document
    if not rights().sees(account, document.fonds, document.secrecy):
        return None  # moved or classified since the index was written
    places = [(row, place) for row, line in enumerate(page.printed.words) for place in range(len(line))]
    words = [word for line in page.printed.words for word in line]
    answering = positions(wanted, words, exact=hit.exact) or positions(wanted, words, exact=False)
    marked = defaultdict[int, set[int]](set)
    for row, place in (places[each] for each in answering):
        marked[row].add(place)
    snippet = _snippet(page, hit.page, marked)
    return FoundPage(document, hit.page, hit.exact, snippet, hit.document_class or "unknown")


def _snippet(page: HitPage, number: int, marked: Mapping[int, set[int]]) -> Snippet:
    """The line with the most words that answer, the first of equals, between its neighbours."""
    best = max(marked, key=lambda row: (len(marked[row]), -row), default=0)
    rows = range(max(best - _CONTEXT, 0), min(best + _CONTEXT + 1, len(page.printed.words)))
    near = [(page.printed.line(row), marked.get(row, set())) for row in rows]
    hidden = field_boxes(page.fields, number)
    box = Box.around(line.box for line, _ in near) if near else None
    return Snippet(tuple(_pieces(line, those, hidden) for line, those in near), box)


def _pieces(line: Line, marked: Set[int], hidden: Sequence[Box]) -> tuple[tuple[str, bool], ...]:
    pieces: list[tuple[str, bool]] = []
    hidden = (*hidden, *split_numbers(line.words))
    for place, word in enumerate(line.words):
        text = nfc(masked_word(word, hidden))
        if pieces and pieces[-1][1] == (place in marked):
            pieces[-1] = (f"{pieces[-1][0]} {text}", pieces[-1][1])
        else:
            pieces.append((text, place in marked))
    return tuple(pieces)
