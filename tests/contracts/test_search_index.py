"""What every search index promises: tones typed or not, exact ones first, fonds as a filter inside."""

import unicodedata
from dataclasses import replace

import pytest

from digitizer.finding import EVERYTHING, Ask, Filters, Scope
from digitizer.ports import IndexedPage, SearchIndex
from storage.search import TantivyIndex
from tests.contracts.fakes import MemoryIndex

PAGES = {
    "decision": "QUYẾT ĐỊNH\nSố: 125/QĐ-UBND ngày 05/02/2025\nvề việc hoà giải ở cơ sở",
    "letter": "Quyét dinh cua Uy ban nhan dan\nve viec bo nhiem",
    "notice": "THÔNG BÁO\nSố: 28/2021/NĐ-CP, đường Đỗ Xuân Hợp, quyet dinh, hòa giải",
    "other": "Giấy mời họp, định kỳ, quyết toán năm 2025",
}


@pytest.fixture(params=["memory", "tantivy"])
def index(request, tmp_path) -> SearchIndex:
    index = MemoryIndex() if request.param == "memory" else TantivyIndex(tmp_path / "index")
    for number, (name, text) in enumerate(PAGES.items(), start=1):
        fonds = "F02" if name == "other" else "F01"
        index.replace(name, [IndexedPage(name, number, fonds, "b", "decision", text)])
    index.commit()
    return index


def found(index, query, limit=10, fonds=None):
    return [hit.document_id for hit in index.search(query, limit, fonds)]


def exact(index, query):
    return {hit.document_id for hit in index.search(query, 10) if hit.exact}


def test_words_typed_without_tones_find_every_form(index):
    assert set(found(index, "quyet dinh")) == {"decision", "letter", "notice", "other"}


def test_words_typed_with_tones_find_exact_ones_first_and_folded_ones_too(index):
    hits = index.search("quyết định", 10)
    assert {hit.document_id for hit in hits[:2]} == {"decision", "other"}
    assert [hit.exact for hit in hits] == [True, True, False, False]
    assert hits[1].score > hits[2].score


def test_every_word_must_be_on_the_page(index):
    assert found(index, "quyết định hòa giải ngày") == ["decision"]
    assert found(index, "quyết định vắng") == []


def test_both_places_of_the_tone_are_exact(index):
    assert exact(index, "hoà giải") == exact(index, "hòa giải") == {"decision", "notice"}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_both_unicode_forms_find_the_same(index, form):
    assert exact(index, unicodedata.normalize(form, "quyết định hoà")) == {"decision"}


def test_crossed_d_is_found_with_and_without_its_stroke(index):
    assert found(index, "duong do xuan hop") == found(index, "đường Đỗ Xuân Hợp") == ["notice"]
    assert exact(index, "duong") == set()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("125/QĐ-UBND", ["decision"]),
        ("125/qd-ubnd", ["decision"]),
        ("số 125", ["decision"]),
        ("28/2021/NĐ-CP", ["notice"]),
        ("nđ-cp", ["notice"]),
        ("25/QĐ-UBND", []),
        ("05/02/2025", ["decision"]),
        ("125 NĐ-CP", []),
    ],
)
def test_document_numbers_and_dates_are_found_whole_and_in_parts(index, query, expected):
    assert found(index, query) == expected


def test_a_quoted_phrase_must_stand_as_typed(index):
    assert (
        found(index, '"quyết định"') == ["decision", *found(index, '"quyet dinh"')[1:]]
        or found(index, '"quyết định"')[0] == "decision"
    )
    assert "other" not in found(index, '"quyết định"')
    assert found(index, '"ngày 05/02/2025" hòa') == ["decision"]
    assert found(index, "“hoà giải ở cơ sở") == ["decision"]


def test_a_star_finds_longer_words(index):
    assert set(found(index, "quyế*")) == set(PAGES)
    assert found(index, "nhi* bo") == ["letter"]


def test_fonds_limits_what_is_seen(index):
    assert found(index, "giay moi", fonds=["F01"]) == []
    assert found(index, "giay moi", fonds=["F01", "F02"]) == ["other"]
    assert found(index, "giay moi", fonds=[]) == []
    others = [f"F1{number:02}" for number in range(60)]  # too many to be looked up one by one
    assert found(index, "giay moi", fonds=others) == []
    assert found(index, "giay moi", fonds=[*others, "F02"]) == ["other"]


def test_the_limit_holds(index):
    assert len(found(index, "quyet dinh", limit=3)) == 3
    assert found(index, "quyet dinh", limit=0) == []


@pytest.mark.parametrize(
    "query", ["", "  ", '"', '""', "/-.", "*", "(a OR", "a:b", "+-!^~", "\u0301", "x" * 70_000]
)
def test_no_query_is_an_error(index, query):
    index.search(query, 10)


def test_pages_are_replaced_after_commit(index):
    index.replace("letter", [IndexedPage("letter", 9, "F01", "b", "letter", "tờ trình mới")])
    assert found(index, "bo nhiem") == ["letter"]
    index.commit()
    assert found(index, "bo nhiem") == []
    (hit,) = index.search("tờ trình", 10)
    assert (hit.document_id, hit.page, hit.exact) == ("letter", 9, True)
    assert index.pages() == len(PAGES)


def test_a_cleared_index_is_empty_and_takes_pages_again(index):
    index.clear()
    assert index.pages() == 0
    assert found(index, "quyet") == []
    index.replace("a", [IndexedPage("a", 1, "F", "b", "c", "mới")])
    index.commit()
    assert found(index, "moi") == ["a"]


def test_a_page_without_words_is_no_trouble(index):
    index.replace("blank", [IndexedPage("blank", 1, "F", "b", "c", "… --- •")])
    index.replace("long", [IndexedPage("long", 1, "F", "b", "c", "x" * 200_000 + " từ")])
    index.commit()
    assert found(index, "từ") == ["long"]


SCOPED = [
    IndexedPage("a", 1, "F01", "b", "decision", "quyết định hoà giải", 0, "UBND tỉnh", 20250205, "done"),
    IndexedPage("b", 1, "F01", "b", "decision", "quyết định mật", 2, "UBND tỉnh", 20240101, "done"),
    IndexedPage("c", 1, "F02", "b2", "notice", "quyet dinh 001099012345", 0, "Sở Tư pháp", 20200000, "done"),
    IndexedPage("d", 1, "F02", "b2", "notice", "giấy mời", 0, "", 0, "done_with_gaps"),
]


@pytest.fixture
def scoped(index):
    index.clear()
    for page in SCOPED:
        index.replace(page.document_id, [page])
    index.commit()
    return index


def asked(index, query, scope=EVERYTHING, **more):
    return index.select(Ask(query, scope, **more))


def ids(found):
    return [hit.document_id for hit in found.hits]


def test_what_is_outside_the_scope_is_neither_found_nor_counted(scoped):
    seen = asked(scoped, "quyet dinh", Scope(("F01",), 0), facets=True)
    assert (ids(seen), seen.total) == (["a"], 1)
    assert seen.hits[0].document_class == "decision"
    assert seen.facets["fonds"] == (("F01", 1),)
    assert seen.facets["agency"] == (("UBND tỉnh", 1),)
    assert asked(scoped, "quyet dinh", Scope((), 3), facets=True).total == 0
    assert asked(scoped, "quyet dinh", Scope(None, 2)).total == 3


def test_a_personal_number_finds_nothing_for_who_may_see_only_masked_copies(scoped):
    assert ids(asked(scoped, "001099012345")) == ["c"]
    for query in ("001099012345", '"001099012345"', "quyet 001099012345", "0010990*"):
        assert asked(scoped, query, Scope(None, 3, personal=False)).total == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(classes=("notice",)), {"c", "d"}),
        (Filters(fonds=("F01",)), {"a", "b"}),
        (Filters(agencies=("UBND tỉnh", "Sở Tư pháp")), {"a", "b", "c"}),
        (Filters(year_from=2024), {"a", "b"}),
        (Filters(year_to=2020, year_from=2019), {"c"}),
        (Filters(states=("done_with_gaps",)), {"d"}),
        (Filters(batches=("b2",), classes=("decision",)), set()),
    ],
)
def test_filters_narrow_what_is_listed(scoped, filters, expected):
    seen = asked(scoped, "", filters=filters)
    assert (set(ids(seen)), seen.total) == (expected, len(expected))


def test_pages_come_by_date_when_asked(scoped):
    assert ids(asked(scoped, "quyet dinh", sort="newest")) == ["a", "b", "c"]
    assert ids(asked(scoped, "quyet dinh", sort="oldest")) == ["c", "b", "a"]


def test_portions_follow_each_other_from_exact_into_folded_ones(scoped):
    whole = ids(asked(scoped, "quyết định"))
    assert whole[2] == "c"
    assert [ids(asked(scoped, "quyết định", limit=1, offset=n))[0] for n in range(3)] == whole
    assert ids(asked(scoped, "quyết định", limit=5, offset=3)) == []
    assert asked(scoped, "quyết định", limit=1, offset=2).total == 3


def test_facets_count_all_hits(scoped):
    facets = asked(scoped, "quyet dinh", facets=True, limit=1).facets
    assert dict(facets["class"]) == {"decision": 2, "notice": 1}
    assert dict(facets["year"]) == {"2025": 1, "2024": 1, "2020": 1}


def test_a_page_s_stamp_tells_an_older_text_or_place(index):
    page = IndexedPage("decision", 1, "F01", "b", "decision", PAGES["decision"])
    assert index.stamps("decision") == {1: page.stamp}
    assert index.stamps("none") == {}
    others = (replace(page, text="khác"), replace(page, fonds="F02"), replace(page, state="done"))
    assert page.stamp not in [each.stamp for each in others]
