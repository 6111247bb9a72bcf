"""Questions to tantivy: clauses in the exact or folded stream, the scope of who asks, filters, facets."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any, Final

import tantivy
from tantivy import FieldType, Occur, Query

from digitizer.finding import FACETS, Filters, Scope
from digitizer.understanding.queries import Clause
from digitizer.understanding.vietnamese import fold

__all__ = ["MAX_WORD", "aggregation", "all_of", "counted", "is_personal", "within"]

# A longer word is noise from a reader, not a word.
MAX_WORD: Final = 100
_MAX_PREFIXED: Final = 2
_NEIGHBOURS: Final = 8
_FACET_VALUES: Final = 12
_PERSONAL_DIGITS: Final = (9, 12)  # CMND, CCCD: domain.md 3.1, 3.2


def is_personal(word: str) -> bool:
    """Whether a word may be somebody's identity number: 9 or 12 figures."""
    return len(word) in _PERSONAL_DIGITS and word.isdecimal()


def all_of(schema: tantivy.Schema, wanted: Sequence[Clause], field: str, scope: Scope) -> Query:
    """Every clause, in `field`; words that stand together as typed score more."""
    must = [(Occur.Must, _clause(schema, clause, field, scope)) for clause in wanted]
    should = [(Occur.Should, query) for query in _neighbours(schema, wanted, field)]
    return Query.boolean_query([*must, *should]) if must else Query.all_query()


def within(schema: tantivy.Schema, scope: Scope, filters: Filters) -> list[tuple[Occur, Query]]:
    """What a hit must be besides: visible to who asks, and not filtered out. Adds nothing to the score."""
    sets: list[tuple[str, Iterable[str]]] = [("secrecy", [str(n) for n in range(scope.clearance + 1)])]
    if scope.fonds is not None:
        sets.append(("fonds", scope.fonds))
    named = (
        ("fonds", filters.fonds),
        ("class", filters.classes),
        ("agency", filters.agencies),
        ("state", filters.states),
        ("batch", filters.batches),
    )
    sets += [(name, values) for name, values in named if values]
    queries = [Query.term_set_query(schema, name, list(values)) for name, values in sets]
    if filters.year_from or filters.year_to:
        first, last = filters.year_from or 1, filters.year_to or 9999
        queries.append(Query.range_query(schema, "year", FieldType.Unsigned, first, max(first, last)))
    return [(Occur.Must, Query.const_score_query(query, 0.0)) for query in queries]


def aggregation() -> dict[str, Any]:
    """The facets to count."""
    return {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in FACETS}


def counted(answer: dict[str, Any]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Facet -> (value, count), most frequent first; what is not known of a page is left out."""
    return {
        name: tuple(
            (str(bucket["key"]), int(bucket["doc_count"]))
            for bucket in answer[name]["buckets"]
            if bucket["key"] not in {"", 0}
        )
        for name in FACETS
    }


def _clause(schema: tantivy.Schema, clause: Clause, field: str, scope: Scope) -> Query:
    words = [word[:MAX_WORD] for word in (clause.words if field == "exact" else clause.folded)]
    if clause.prefix and len(words) == 1 and len(words[0]) >= _MAX_PREFIXED:
        return Query.regex_query(schema, field, words[0] + ".*")
    if len(words) == 1 and is_personal(words[0]):
        return Query.term_query(schema, "personal", words[0]) if scope.personal else Query.empty_query()
    together = _together(schema, words, field)
    if clause.number is None:
        return together
    whole = Query.term_query(schema, "number", fold(clause.number)[:MAX_WORD])
    return Query.boolean_query([(Occur.Must, together), (Occur.Should, Query.boost_query(whole, 4.0))])


def _together(schema: tantivy.Schema, words: list[str], field: str) -> Query:
    if len(words) == 1:
        return Query.term_query(schema, field, words[0])
    return Query.phrase_query(schema, field, [*words])


def _neighbours(schema: tantivy.Schema, wanted: Sequence[Clause], field: str) -> list[Query]:
    """Vietnamese words are mostly two syllables: what was typed side by side belongs together."""
    plain = [(c.words if field == "exact" else c.folded)[0] for c in wanted if len(c.words) == 1]
    if len(plain) < len(wanted):
        return []
    pairs = list(itertools.pairwise(plain))[:_NEIGHBOURS]
    return [_together(schema, [*pair], field) for pair in pairs]
