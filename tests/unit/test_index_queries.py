"""What is typed into the search field, taken apart; and the words of a page that answer it."""

import pytest

from digitizer.understanding.queries import MAX_CLAUSES, clauses, positions

TEXT = "Số: 125/QĐ- UBND ngày 05/02/2025 V/v hoà giải, quyet dinh"
PAGE = TEXT.split()


def printed(query, *, exact=False):
    return [PAGE[place] for place in sorted(positions(clauses(query), PAGE, exact=exact))]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("quyết định", [("quyết",), ("định",)]),
        ('"quyết định" số', [("quyết", "định"), ("số",)]),
        ("“quyết định", [("quyết", "định")]),
        ("125/QĐ-UBND", [("125", "qđ", "ubnd")]),
        ("Việt-Nam", [("việt",), ("nam",)]),
        ('"" /', []),
    ],
)
def test_a_query_is_words_phrases_and_numbers(query, words):
    assert [clause.words for clause in clauses(query)] == words


def test_a_number_keeps_its_whole_form():
    assert [clause.number for clause in clauses("số 05/02/2025")] == [None, "05/02/2025"]


def test_a_star_belongs_to_its_word():
    assert [(clause.words, clause.prefix) for clause in clauses("quy* số")] == [
        (("quy",), True),
        (("số",), False),
    ]


def test_a_very_long_query_is_cut():
    assert len(clauses("từ " * 1000)) == MAX_CLAUSES


def test_matching_words_are_found_where_they_are_printed():
    assert printed("qđ-ubnd") == ["125/QĐ-", "UBND"]
    assert printed("125/QĐ-UBND") == ["125/QĐ-", "UBND"]
    assert printed("hòa giải", exact=True) == ["hoà", "giải,"]
    assert printed("quyết định", exact=True) == []
    assert printed("quyết định") == ["quyet", "dinh"]
    assert printed("gi*") == ["giải,"]
    assert printed('"giải quyết"') == ["giải,", "quyet"]
    assert printed("định quyết dài hơn trang " * 5) == ["quyet", "dinh"]
