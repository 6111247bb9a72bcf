"""The search index on tantivy: two streams of words, exact and folded, and nothing to read back."""

from __future__ import annotations

import itertools
import shutil
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import tantivy
from tantivy import Document, Occur, Query

from digitizer.errors import DigitizerError, MissingDependencyError
from digitizer.ports import IndexedPage, SearchHit
from digitizer.understanding.queries import Clause, clauses
from digitizer.understanding.vietnamese import fold, is_number, parts, tokens

__all__ = ["TantivyIndex"]

_HEAP_BYTES: Final = 64 << 20
_WRITER_SECONDS: Final = 30.0
# A longer word is noise from a reader, not a word.
_MAX_WORD: Final = 100
_MAX_PREFIXED: Final = 2
_NEIGHBOURS: Final = 8


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

    def clear(self) -> None:
        """Empty the index; see `SearchIndex`."""
        self._writing().delete_all_documents()
        self.commit()

    def search(self, query: str, limit: int, fonds: Sequence[str] | None = None) -> tuple[SearchHit, ...]:
        """Best pages first, exact tones before folded ones; see `SearchIndex`."""
        wanted = clauses(query)
        if not wanted or limit < 1:
            return ()
        searcher = self._searcher()
        exact = self._all_of(wanted, "exact", fonds)
        hits = self._hits(searcher, exact, limit, exact=True)
        if len(hits) < limit:
            forgiving = [(Occur.Must, self._all_of(wanted, "folded", fonds)), (Occur.MustNot, exact)]
            hits += self._hits(searcher, Query.boolean_query(forgiving), limit - len(hits), exact=False)
        return tuple(hits)

    def _hits(self, searcher: Any, query: Query, limit: int, *, exact: bool) -> list[SearchHit]:
        """Scores from 0 to 1, and from 1 to 2 for exact ones: no folded page comes before an exact one."""
        found = []
        for score, address in searcher.search(query, limit, count=False).hits:
            stored = searcher.doc(address)
            squeezed = score / (1 + score) + exact
            found.append(SearchHit(stored.get_first("document"), stored.get_first("page"), squeezed, exact))
        return found

    def _all_of(self, wanted: Sequence[Clause], field: str, fonds: Sequence[str] | None) -> Query:
        """Every clause, in `field`, in these fonds only; words that stand together as typed score more."""
        must = [(Occur.Must, self._clause(clause, field)) for clause in wanted]
        should = [(Occur.Should, query) for query in self._neighbours(wanted, field)]
        if fonds is not None:
            allowed = Query.term_set_query(self._schema, "fonds", list(fonds))
            must.append((Occur.Must, Query.const_score_query(allowed, 0.0)))
        return Query.boolean_query([*must, *should])

    def _clause(self, clause: Clause, field: str) -> Query:
        words = [word[:_MAX_WORD] for word in (clause.words if field == "exact" else clause.folded)]
        if clause.prefix and len(words) == 1 and len(words[0]) >= _MAX_PREFIXED:
            return Query.regex_query(self._schema, field, words[0] + ".*")
        together = self._together(words, field)
        if clause.number is None:
            return together
        whole = Query.term_query(self._schema, "number", fold(clause.number)[:_MAX_WORD])
        return Query.boolean_query([(Occur.Must, together), (Occur.Should, Query.boost_query(whole, 4.0))])

    def _together(self, words: list[str], field: str) -> Query:
        if len(words) == 1:
            return Query.term_query(self._schema, field, words[0])
        return Query.phrase_query(self._schema, field, [*words])

    def _neighbours(self, wanted: Sequence[Clause], field: str) -> list[Query]:
        """Vietnamese words are mostly two syllables: what was typed side by side belongs together."""
        plain = [(c.words if field == "exact" else c.folded)[0] for c in wanted if len(c.words) == 1]
        if len(plain) < len(wanted):
            return []
        pairs = list(itertools.pairwise(plain))[:_NEIGHBOURS]
        return [self._together([*pair], field) for pair in pairs]

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


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("document", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("page", stored=True, indexed=True)
    for name in ("fonds", "batch", "class"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ("exact", "folded"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_text_field("number", tokenizer_name="whitespace", index_option="basic")
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
    found = [token[:_MAX_WORD] for token in tokens(page.text)]
    exact = " ".join(part for token in found for part in parts(token))
    made = Document()
    made.add_text("document", page.document_id)
    # `Document(page=1)` writes a signed number, and that stops the writer.
    made.add_unsigned("page", page.page)
    made.add_text("fonds", page.fonds)
    made.add_text("batch", page.batch)
    made.add_text("class", page.document_class)
    made.add_text("exact", exact)
    made.add_text("folded", fold(exact))
    made.add_text("number", " ".join(fold(token) for token in found if is_number(token)))
    return made
