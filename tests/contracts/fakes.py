"""In-memory bodies of the ports, held to the same contracts as the real ones."""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from digitizer.errors import FixityError, NotFoundError, UsageError
from digitizer.finding import FACETS, Ask, Found, Scope, SearchHit
from digitizer.model import Fixity
from digitizer.ports import IndexedPage, Job
from digitizer.understanding.queries import Clause, clauses, positions


def fixity(data: bytes) -> Fixity:
    return Fixity(hashlib.sha256(data).hexdigest(), len(data))


class MemoryStore:
    """A `BlobStore` in a dict."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, key: str, data: BinaryIO, fixity: Fixity) -> bool:
        if not key.isascii() or any(p in {"", ".", ".."} or not p[0].isalnum() for p in key.split("/")):
            raise UsageError(f"not a key: {key!a}")
        content = data.read()
        _require(content, fixity)
        if key in self.objects:
            _require(self.objects[key], fixity)
            return False
        self.objects[key] = content
        return True

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        if key not in self.objects:
            raise NotFoundError(key)
        return io.BytesIO(self.objects[key])

    def read_range(self, key: str, start: int, length: int) -> bytes:
        with self.open(key) as file:
            file.seek(start)
            return file.read(length)

    def verify(self, key: str, fixity: Fixity) -> None:
        with self.open(key) as file:
            _require(file.read(), fixity)

    def set_aside(self, key: str, aside: str) -> None:
        if key not in self.objects:
            raise NotFoundError(key)
        if aside in self.objects:
            raise FixityError(f"{aside} is taken")
        self.objects[aside] = self.objects.pop(key)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return iter(sorted(key for key in self.objects if key.startswith(prefix)))


def _require(content: bytes, expected: Fixity) -> None:
    if fixity(content) != expected:
        raise FixityError("other bytes")


class MemoryIndex:
    """A `SearchIndex` that reads every page at every search."""

    def __init__(self) -> None:
        self.waiting: dict[str, tuple[IndexedPage, ...]] = {}
        self.visible: dict[str, tuple[IndexedPage, ...]] = {}

    def replace(self, document_id: str, pages: Iterable[IndexedPage]) -> None:
        self.waiting[document_id] = tuple(pages)

    def commit(self) -> None:
        self.visible = dict(self.waiting)

    def pages(self) -> int:
        return sum(len(pages) for pages in self.visible.values())

    def stamps(self, document_id: str) -> dict[int, int]:
        return {page.page: page.stamp for page in self.visible.get(document_id, ())}

    def counts(self) -> Iterator[tuple[str, int]]:
        yield from ((document_id, len(pages)) for document_id, pages in self.visible.items() if pages)

    def clear(self) -> None:
        self.waiting = {}
        self.visible = {}

    def search(self, query: str, limit: int, fonds: Sequence[str] | None = None) -> tuple[SearchHit, ...]:
        scope = Scope(None if fonds is None else tuple(fonds))
        return self.select(Ask(query, scope, limit=limit)).hits if clauses(query) else ()

    def select(self, ask: Ask) -> Found:
        wanted = clauses(ask.query)
        if ask.limit < 1 or (ask.query.strip() and not wanted):
            return Found()
        pages = [p for held in self.visible.values() for p in held if _in_scope(p, ask)]
        found = [(hit, page) for page in pages if (hit := _hit(page, wanted, ask.scope)) is not None]
        if ask.sort == "best" and wanted:
            found.sort(key=lambda each: -each[0].score)
        else:
            found.sort(key=lambda each: each[1].date, reverse=ask.sort != "oldest")
        facets = {name: _counts(name, [page for _, page in found]) for name in FACETS} if ask.facets else {}
        hits = tuple(hit for hit, _ in found)
        return Found(hits[ask.offset : ask.offset + ask.limit], len(hits), facets)


def _in_scope(page: IndexedPage, ask: Ask) -> bool:
    year, f = page.date // 10_000, ask.filters
    named = (
        (f.fonds, page.fonds),
        (f.classes, page.document_class),
        (f.agencies, page.agency),
        (f.states, page.state),
        (f.batches, page.batch),
    )
    return (
        (ask.scope.fonds is None or page.fonds in ask.scope.fonds)
        and page.secrecy <= ask.scope.clearance
        and all(not wanted or value in wanted for wanted, value in named)
        and (not (f.year_from or f.year_to) or (f.year_from or 1) <= year <= (f.year_to or 9999))
    )


def _hit(page: IndexedPage, wanted: Sequence[Clause], scope: Scope) -> SearchHit | None:
    personal = [] if scope.personal else [w for w in page.text.split() if len(w) in {9, 12} and w.isdecimal()]
    words = [word for word in page.text.split() if word not in personal]
    for exact in (True, False):
        found = [positions([clause], words, exact=exact) for clause in wanted]
        if all(found):
            score = sum(map(len, found)) / (1 + len(words)) + exact
            return SearchHit(page.document_id, page.page, score, exact, document_class=page.document_class)
    return None


def _counts(facet: str, pages: Sequence[IndexedPage]) -> tuple[tuple[str, int], ...]:
    values = {
        "class": lambda p: p.document_class,
        "fonds": lambda p: p.fonds,
        "agency": lambda p: p.agency,
        "year": lambda p: str(p.date // 10_000) if p.date else "",
        "state": lambda p: p.state,
    }[facet]
    return tuple(Counter(value for p in pages if (value := values(p))).most_common())


class MemoryQueue:
    """A `JobQueue` in a list."""

    def __init__(self) -> None:
        self.rings: list[Job] = []

    def ring(self, job: Job, *, first: bool = False) -> bool:
        self.rings.insert(0 if first else len(self.rings), job)
        return True

    def depth(self) -> int:
        return len(self.rings)


class FixedClock:
    """A `Clock` that stands still until it is set."""

    def __init__(self, at: str = "2025-03-01T08:00:00Z") -> None:
        self.at = at

    def now(self) -> str:
        return self.at
