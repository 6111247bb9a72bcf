"""The search index on tantivy: two streams of words, exact and folded, and nothing to read back."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Document, Occur, Query

from digitizer.errors import DigitizerError, MissingDependencyError
from digitizer.finding import Ask, Found, Scope, SearchHit
from digitizer.ports import IndexedPage
from digitizer.understanding.queries import Clause, clauses
from storage.index_query import aggregation, all_of, counted, total_of, within
from storage.index_words import words_of_page

__all__ = ["TantivyIndex"]

_HEAP_BYTES: Final = 64 << 20
_WRITER_SECONDS: Final = 30.0


class TantivyIndex:
    """A `SearchIndex` in `folder`, made on first use and made anew when it cannot be read.

    Many processes may search; one at a time writes, from its first `replace` to its `commit`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = _schema()
        self._index = _open(folder, self._schema)
        self._writer: Any = None
        self._seen = self._stamp()

    def replace(self, document_id: str, pages: Iterable[IndexedPage]) -> None:
        """Put a document's pages in, in place of what was there for it; see `SearchIndex`.

        When `pages` raises, all replacements since the last commit are taken back.
        """
        writer = self._writing()
        try:
            writer.delete_documents_by_term("document", document_id)
            for page in pages:
                writer.add_document(_document(page))
        except BaseException:
            self._writer = None
            writer.rollback()  # half a document is never committed, and the lock goes with the writer
            raise

    def commit(self) -> None:
        """Make all replacements durable and visible; see `SearchIndex`."""
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()

    def pages(self) -> int:
        """How many pages the index holds; see `SearchIndex`."""
        return int(self._searcher().num_docs)

    def stamps(self, document_id: str) -> Mapping[int, int]:
        """The pages of one document with their stamps; see `SearchIndex`."""
        searcher = self._searcher()
        mine = Query.term_query(self._schema, "document", document_id)
        here = searcher.search(mine, 1, count=True).count
        hits = searcher.search(mine, max(1, here), count=False).hits
        found = (searcher.doc(address) for _score, address in hits)
        return {each.get_first("page"): each.get_first("stamp") for each in found}

    def counts(self) -> Iterator[tuple[str, int]]:
        """Every document with how many pages it has here; see `SearchIndex`."""
        searcher = self._searcher()
        every = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
        found = Counter(searcher.doc(address).get_first("document") for _score, address in every)
        yield from found.items()

    def clear(self) -> None:
        """Empty the index; see `SearchIndex`."""
        self._writing().delete_all_documents()
        self.commit()

    def search(self, query: str, limit: int, fonds: Sequence[str] | None = None) -> tuple[SearchHit, ...]:
        """Best pages first, exact tones before folded ones; see `SearchIndex`."""
        scope = Scope(None if fonds is None else tuple(fonds))
        return self.select(Ask(query, scope, limit=limit)).hits if clauses(query) else ()

    def select(self, ask: Ask) -> Found:
        """Answer a question in the scope of who asks; see `SearchIndex`."""
        wanted = clauses(ask.query)
        if ask.limit < 1 or (ask.query.strip() and not wanted):
            return Found()
        searcher = self._searcher()
        bounds = within(self._schema, ask.scope, ask.filters)
        any_form = self._in("folded", wanted, ask.scope, bounds)
        counts = searcher.aggregate(any_form, aggregation(facets=ask.facets))
        facets, total = counted(counts) if ask.facets else {}, total_of(counts)
        if ask.sort != "best" or not wanted:
            hits = self._by_date(searcher, any_form, ask)
        else:
            exact = self._in("exact", wanted, ask.scope, bounds)
            hits = self._best(searcher, exact, any_form, ask)
        return Found(tuple(hits), total, facets)

    def _in(
        self, field: str, wanted: Sequence[Clause], scope: Scope, bounds: list[tuple[Occur, Query]]
    ) -> Query:
        return Query.boolean_query([(Occur.Must, all_of(self._schema, wanted, field, scope)), *bounds])

    def _best(self, searcher: Any, exact: Query, any_form: Query, ask: Ask) -> list[SearchHit]:
        """Scores from 0 to 1, and from 1 to 2 for exact ones: no folded page comes before an exact one."""
        found = searcher.search(exact, ask.limit, count=False, offset=ask.offset).hits
        hits = [self._hit(searcher, address, score, exact=True) for score, address in found]
        if len(hits) < ask.limit:
            before = ask.offset + len(hits) if hits or not ask.offset else _how_many(searcher, exact)
            forgiving = Query.boolean_query([(Occur.Must, any_form), (Occur.MustNot, exact)])
            past = max(0, ask.offset - before)
            rest = searcher.search(forgiving, ask.limit - len(hits), count=False, offset=past).hits
            hits += [self._hit(searcher, address, score, exact=False) for score, address in rest]
        return hits

    def _by_date(self, searcher: Any, query: Query, ask: Ask) -> list[SearchHit]:
        order = tantivy.Order.Asc if ask.sort == "oldest" else tantivy.Order.Desc
        answer = searcher.search(
            query, ask.limit, count=False, order_by_field="date", offset=ask.offset, order=order
        )
        return [self._hit(searcher, address, 0.0, exact=True) for _, address in answer.hits]

    def _hit(self, searcher: Any, address: Any, score: float, *, exact: bool) -> SearchHit:
        stored = searcher.doc(address)
        squeezed = score / (1 + score) + exact
        return SearchHit(
            stored.get_first("document"),
            stored.get_first("page"),
            squeezed,
            exact,
            document_class=stored.get_first("class"),
        )

    def _searcher(self) -> Any:
        stamp = self._stamp()
        if stamp != self._seen:
            self._index.reload()
            self._seen = stamp
        return self._index.searcher()

    def _stamp(self) -> tuple[int, int]:
        """Changes with every commit of any process."""
        try:
            found = (self._folder / "meta.json").stat()
        except FileNotFoundError:
            raise MissingDependencyError(
                f"the search index {self._folder} was removed: start again"
            ) from None
        return found.st_mtime_ns, found.st_ino

    def _writing(self) -> Any:
        if self._writer is None:
            self._writer = _patiently(lambda: self._index.writer(_HEAP_BYTES, 1))
        return self._writer


def _how_many(searcher: Any, query: Query) -> int:
    return int(searcher.search(query, 1, count=True).count)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("document", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("page", stored=True, indexed=True)
    for name in ("fonds", "batch", "class", "agency", "state"):
        kept = name == "class"
        builder.add_text_field(name, stored=kept, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("secrecy", tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("stamp", stored=True)
    for name in ("year", "date"):
        builder.add_unsigned_field(name, indexed=True, fast=True)
    for name in ("exact", "folded"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("pairs", "beginnings", "number", "personal"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    return builder.build()


def _open(folder: Path, schema: tantivy.Schema) -> tantivy.Index:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return tantivy.Index(schema, path=str(folder))
        except ValueError:  # another schema or damaged: the index is made anew from the catalogue
            shutil.rmtree(folder)
            folder.mkdir()
            return tantivy.Index(schema, path=str(folder))
    except OSError as error:
        raise DigitizerError(f"the search index {folder} cannot be opened: {error.strerror}") from error


def _patiently(make: Callable[[], Any]) -> Any:
    until = time.monotonic() + _WRITER_SECONDS
    while True:
        try:
            return make()
        except ValueError as error:
            if time.monotonic() > until:
                raise MissingDependencyError(
                    "the search index is being written by another process"
                ) from error
            time.sleep(0.05)


def _document(page: IndexedPage) -> Document:
    words = words_of_page(page.text)
    made = Document()
    made.add_text("document", page.document_id)
    # `Document(page=1)` writes a signed number, and that stops the writer.
    numbers = {"page": page.page, "date": page.date, "year": page.date // 10_000, "stamp": page.stamp}
    for name, value in numbers.items():
        made.add_unsigned(name, value)
    texts = {
        "fonds": page.fonds,
        "batch": page.batch,
        "class": page.document_class,
        "agency": page.agency,
        "state": page.state,
        "secrecy": str(page.secrecy),
        "exact": words.exact,
        "folded": words.folded,
        "pairs": words.pairs,
        "beginnings": words.beginnings,
        "number": words.number,
        "personal": words.personal,
    }
    for name, text in texts.items():
        made.add_text(name, text)
    return made
