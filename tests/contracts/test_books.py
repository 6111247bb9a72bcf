"""What stores of saved searches, facts of batches and links of the trail promise."""

from dataclasses import replace

import pytest

from digitizer.accounts import Account
from digitizer.batch_facts import BatchFacts
from digitizer.errors import NotFoundError
from digitizer.model import Agent
from digitizer.saved_searches import SavedSearch
from storage.accounts import SqlAccounts
from storage.batch_facts import SqlFactsBook
from storage.catalogue import SqlCatalogue
from storage.evidence import SqlEvidence
from storage.saved_searches import SqlSavedSearches
from tests.contracts.memory_books import MemoryFactsBook, MemorySavedSearches
from tests.contracts.samples import document

BY = Agent("person:lan")
MINE = SavedSearch("s1", "lan", "Quyết định 2025", "q=quyet+dinh&year=2025")
FACTS = BatchFacts("F01", "lo-1", "Mục lục 2", "Hộp 7", 120)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def books(request, tmp_path):
    if request.param == "memory":
        yield MemorySavedSearches(), MemoryFactsBook()
        return
    url = f"sqlite:///{tmp_path}/books.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").fresh()
    accounts, searches, facts = SqlAccounts(url), SqlSavedSearches(url), SqlFactsBook(url)
    for name in ("lan", "minh"):
        accounts.save(Account(name, name, frozenset(), frozenset()), BY)
    yield searches, facts
    for each in (accounts, searches, facts):
        each.close()


def test_a_search_is_its_owner_s_alone(books):
    searches, _ = books
    searches.save(MINE, BY)
    assert searches.of("lan") == (MINE,)
    assert searches.of("minh") == ()
    with pytest.raises(NotFoundError):
        searches.drop("s1", "minh", BY)
    searches.drop("s1", "lan", BY)
    assert searches.of("lan") == ()


def test_the_same_name_again_is_the_newer_search(books):
    searches, _ = books
    searches.save(MINE, BY)
    searches.save(replace(MINE, id="s2", address="q=khac"), BY)
    assert [(each.id, each.address) for each in searches.of("lan")] == [("s2", "q=khac")]


def test_the_last_declaration_of_a_batch_holds(books):
    _, facts = books
    assert facts.facts("F01", "lo-1") is None
    assert facts.declare(FACTS, BY) == 1
    assert facts.declare(FACTS, BY) == 1
    assert facts.declare(replace(FACTS, sheets=None), BY) == 2
    assert facts.facts("F01", "lo-1") == replace(FACTS, sheets=None)
    assert facts.facts("F02", "lo-1") is None


def test_sheets_are_those_declared_last(books):
    _, facts = books
    assert facts.sheets() == {}
    facts.declare(FACTS, BY)
    facts.declare(replace(FACTS, sheets=121), BY)
    facts.declare(replace(FACTS, batch="lo-2"), BY)
    facts.declare(replace(FACTS, batch="lo-2", sheets=None), BY)
    assert facts.sheets() == {("F01", "lo-1"): 121}


def test_events_say_that_and_not_what(tmp_path):
    url = f"sqlite:///{tmp_path}/one.db"
    accounts, searches, facts = SqlAccounts(url), SqlSavedSearches(url), SqlFactsBook(url)
    catalogue = SqlCatalogue(url)
    accounts.save(Account("lan", "Lan", frozenset(), frozenset()), BY)
    searches.save(MINE, BY)
    facts.declare(FACTS, BY)
    searches.drop("s1", "lan", BY)
    told = list(catalogue.events())
    assert [event.kind for event in told] == ["account", "search-saved", "batch-declared", "search-dropped"]
    assert "quyet" not in str(told)
    assert catalogue.verify_events()[0] == 4
    for each in (accounts, searches, facts, catalogue):
        each.close()


@pytest.mark.parametrize("where", ["sqlite", "postgresql"])
def test_links_are_those_of_the_chain(tmp_path, request, where):
    url = f"sqlite:///{tmp_path}/chain.db"
    if where == "postgresql":
        url = request.getfixturevalue("postgres").fresh()
    catalogue, evidence = SqlCatalogue(url), SqlEvidence(url)
    assert evidence.head() == (0, "0" * 64)
    for number in ("d1", "d2"):
        catalogue.add_document(document(number.encode(), id=number), BY)
    (first,), (second,) = evidence.links("d1"), evidence.links("d2")
    assert (first.before, second.before) == ("0" * 64, first.hash)
    assert evidence.head() == (second.number, second.hash)
    assert catalogue.verify_events()[1] == second.hash
    for each in (catalogue, evidence):
        each.close()
