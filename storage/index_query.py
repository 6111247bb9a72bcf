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
from storage.index_words import AS_TYPED, BEGINNINGS, MAX_WORD, is_personal, pair

__all__ = ["aggregation", "all_of", "counted", "total_of", "within"]

_MAX_PREFIXED: Final = 2
_NEIGHBOURS: Final = 8
_FACET_VALUES: Final = 12
_FEW: Final = 32
_TOTAL: Final = "total"


def all_of(schema: tantivy.Schema, wanted: Sequence[Clause], field: str, scope: Scope) -> Query:
    """Every clause, in `field`; words that stand together as typed score more."""
    must = [(Occur.Must, _clause(schema, clause, field, scope)) for clause in wanted]
    should = [(Occur.Should, query) for query in _neighbours(schema, wanted)]
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
    queries = [_one_of(schema, name, list(values)) for name, values in sets]
    if filters.year_from or filters.year_to:
        first, last = filters.year_from or 1, filters.year_to or 9999
        queries.append(Query.range_query(schema, "year", FieldType.Unsigned, first, max(first, last)))
    return [(Occur.Must, Query.const_score_query(query, 0.0)) for query in queries]


def _one_of(schema: tantivy.Schema, name: str, values: Sequence[str]) -> Query:
    """Any of these. A set is looked up in full for each question; lists of a few are only skipped through."""
    if not 0 < len(values) <= _FEW:
        return Query.term_set_query(schema, name, list(values))
    terms = [Query.term_query(schema, name, value) for value in values]
    return terms[0] if len(terms) == 1 else Query.boolean_query([(Occur.Should, term) for term in terms])


def aggregation(*, facets: bool) -> dict[str, Any]:
    """What to count in one pass: the pages, and the facets where they are wanted."""
    total = {_TOTAL: {"value_count": {"field": "date"}}}
    wanted = FACETS if facets else ()
    return total | {name: {"terms": {"field": name, "size": _FACET_VALUES}} for name in wanted}


def total_of(answer: dict[str, Any]) -> int:
    """How many pages were counted."""
    return int(answer[_TOTAL]["value"])


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
        return _beginning(schema, words[0], field)
    if len(words) == 1 and is_personal(words[0]):
        return Query.term_query(schema, "personal", words[0]) if scope.personal else Query.empty_query()
    together = _together(schema, words, field)
    if clause.number is None:
        return together
    whole = Query.term_query(schema, "number", fold(clause.number)[:MAX_WORD])
    return Query.boolean_query([(Occur.Must, together), (Occur.Should, Query.boost_query(whole, 4.0))])


def _beginning(schema: tantivy.Schema, start: str, field: str) -> Query:
    if len(start) not in BEGINNINGS:
        return Query.regex_query(schema, field, start + ".*")
    kept = start if field == "folded" else AS_TYPED + start
    return Query.const_score_query(Query.term_query(schema, "beginnings", kept), 1.0)


def _together(schema: tantivy.Schema, words: list[str], field: str) -> Query:
    """Words side by side: two by their pair, more by their pairs first and then by their places."""
    if len(words) == 1:
        return Query.term_query(schema, field, words[0])
    folded = [fold(word) for word in words]
    pairs = [Query.term_query(schema, "pairs", pair(*both)) for both in itertools.pairwise(folded)]
    if len(pairs) == 1 and field == "folded":
        return pairs[0]
    near = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in pairs]
    return Query.boolean_query([*near, (Occur.Must, Query.phrase_query(schema, field, [*words]))])


def _neighbours(schema: tantivy.Schema, wanted: Sequence[Clause]) -> list[Query]:
    """Vietnamese words are mostly two syllables: what was typed side by side belongs together."""
    plain = [c.folded[0] for c in wanted if len(c.words) == 1]
    if len(plain) < len(wanted):
        return []
    pairs = list(itertools.pairwise(plain))[:_NEIGHBOURS]
    return [Query.term_query(schema, "pairs", pair(*both)) for both in pairs]
