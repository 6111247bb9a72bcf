"""In-memory bodies of the ports, held to the same contracts as the real ones."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import BinaryIO

from digitizer.errors import FixityError, NotFoundError, UsageError
from digitizer.model import Fixity
from digitizer.ports import IndexedPage, Job, SearchHit
from digitizer.understanding.queries import clauses, positions


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

    def clear(self) -> None:
        self.waiting = {}
        self.visible = {}

    def search(self, query: str, limit: int, fonds: Sequence[str] | None = None) -> tuple[SearchHit, ...]:
        wanted = clauses(query)
        hits = []
        for page in (page for pages in self.visible.values() for page in pages):
            for exact in (True, False):
                words = page.text.split()
                found = [positions([clause], words, exact=exact) for clause in wanted]
                if found and all(found) and (fonds is None or page.fonds in fonds):
                    score = sum(map(len, found)) / (1 + len(words)) + exact
                    hits.append(SearchHit(page.document_id, page.page, score, exact))
                    break
        return tuple(sorted(hits, key=lambda hit: -hit.score)[: max(limit, 0)])


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
