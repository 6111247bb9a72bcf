"""E06, E08: people who change the same paper at once, or while a machine reads it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from digitizer.accounts import Account, Role
from digitizer.desk import Decision, Statement
from digitizer.errors import ConflictError
from digitizer.finding import Ask, Filters, Scope
from digitizer.fixity import Shelf
from digitizer.model import Agent, Box, FieldValue
from digitizer.services import refile
from digitizer.services.find import find, index_pending
from digitizer.services.index_drift import index_drift
from digitizer.services.ingest import ingest
from digitizer.services.manifests import adopt_lost
from digitizer.services.search_pages import search_pages
from digitizer.services.work import work
from storage.catalogue import SqlCatalogue
from storage.desk import SqlDesk
from storage.filing import SqlFiling
from storage.hit_pages import SqlHitPages
from tests.contracts.samples import document, record
from tests.unit.test_services_archive import archive, digitize

BY = Agent("person:lan")
pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").fresh()
    return f"sqlite:///{tmp_path}/catalogue.db"


def read(catalogue):
    """One document, received and read, with a field of its number."""
    catalogue.add_document(document(), BY)
    held = catalogue.claim("worker:1", 60)
    made = record(held.fixity, ["Số 125"])
    number = FieldValue("number", "125", "125", 1, Box(100, 100, 200, 120), 0.6)
    part = replace(made.documents[0], needs_review=True, fields=(number,))
    catalogue.complete(held.id, held.attempt, replace(made, documents=(part,)), BY)
    return held


def said(number):
    return Statement(1, Box(100, 100, 200, 120), "number", "125", f"12{number}")


def test_e06_of_two_clerks_at_once_one_is_kept_and_the_other_learns_who_was_first(url):
    """No update is lost: one value, one decision, one event; the second is told whose and from when."""
    catalogue, desks = SqlCatalogue(url), [SqlDesk(url) for _ in range(8)]
    held = read(catalogue)

    def decide(number):
        kept = Decision(held.id, held.attempt, 1, "kept", (said(number),))
        try:
            desks[number].decide(kept, Agent(f"person:clerk-{number}"))
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(decide, range(8)))
    winner = told.index("")
    assert told.count("") == 1
    reviewed = [each for each in catalogue.events(held.id) if each.kind == "reviewed"]
    assert [each.agent.name for each in reviewed] == [f"person:clerk-{winner}"]
    for line in told[:winner] + told[winner + 1 :]:
        assert f"clerk-{winner} decided this paper at {reviewed[0].at}" in line
    (field,) = catalogue.record(held.id)["documents"][0]["fields"]
    assert (field["value"], field["confirmed_by"]) == (f"12{winner}", f"person:clerk-{winner}")
    catalogue.verify_events()
    for each in (catalogue, *desks):
        each.close()


class TestFiling:
    """E08: moved to another fonds, or withdrawn, while it is read or indexed."""

    @pytest.fixture
    def filing(self, url):
        filing = SqlFiling(url)
        yield filing
        filing.close()

    @pytest.fixture
    def app(self, url, tmp_path):
        hits = SqlHitPages(url)
        app = archive(tmp_path / "archive", catalogue=SqlCatalogue(url), hit_pages=hits)
        path = tmp_path / "a.pdf"
        path.write_text("Quyết định mật")
        list(ingest(app, [(path, "a.pdf")], "F01", "b1", BY))
        yield app
        app.catalogue.close()
        hits.close()

    def during(self, app, change):
        """Work the document; `change` happens while it is read."""

        def meanwhile(source, folder):
            change(next(app.catalogue.documents()).id)
            return digitize(source, folder)

        (worked,) = work(replace(app, digitize=meanwhile), "worker:1")
        return worked

    def seen(self, app, *fonds):
        return len(app.index.select(Ask("quyết định", Scope(fonds))).hits)

    def test_e08_moved_while_it_is_read_it_is_found_in_its_new_fonds_only(self, app, filing):
        worked = self.during(app, lambda one: refile.move(app, filing, one, ("F02", "b9"), BY))
        assert worked.state == "done"
        assert (self.seen(app, "F01"), self.seen(app, "F02")) == (0, 1)
        known = app.catalogue.document(worked.document_id)
        assert (known.fonds, known.batch, known.state) == ("F02", "b9", "done")
        assert index_drift(app).differing == ()

    def test_e08_moved_while_it_is_indexed_the_new_place_holds_when_it_ends(self, app, filing):
        class Busy(type(app.index)):
            def commit(self):
                filing.move(one.id, "F02", "b9", BY)  # after its pages were read, before they are visible
                super().commit()

        (one,) = app.catalogue.documents()
        list(work(replace(app, keeps_index=False), "worker:1"))
        index_pending(replace(app, index=Busy(app.index._folder)))
        assert (self.seen(app, "F01"), self.seen(app, "F02")) == (0, 1)

    def test_e08_a_hit_of_the_old_place_is_not_shown_before_the_index_knows(self, app, filing):
        """The index follows within seconds; the catalogue's row decides until then."""
        list(work(app, "worker:1"))
        (known,) = app.catalogue.documents()
        clerk = Account("an", "An", frozenset({Role.CLERK}), frozenset({"F01"}))
        assert len(search_pages(app, clerk, "quyết định", Filters()).pages) == 1
        filing.move(known.id, "F02", "b9", BY)
        assert search_pages(app, clerk, "quyết định", Filters()).pages == ()

    def test_e08_withdrawn_while_it_is_read_nothing_of_it_is_kept_or_found(self, app, filing):
        worked = self.during(app, lambda one: refile.withdraw(app, filing, one, "theo yêu cầu", BY))
        assert worked.state == "lost"
        known = app.catalogue.document(worked.document_id)
        assert (known.state, known.reason) == ("withdrawn", "theo yêu cầu")
        assert list(work(app, "worker:2")) == []
        assert find(app, "quyết định", 10) == ()
        assert [each.kind for each in app.catalogue.events(known.id)][-1] == "withdrawn"

    def test_e08_withdrawn_after_it_was_found_it_is_found_no_more_and_retry_brings_it_back(self, app, filing):
        list(work(app, "worker:1"))
        assert self.seen(app, "F01") == 1
        (known,) = app.catalogue.documents()
        refile.withdraw(app, filing, known.id, "nhầm hồ sơ", BY)
        assert self.seen(app, "F01") == 0
        assert adopt_lost(app) == ([], 1)
        assert index_drift(app).differing == ()
        assert list(app.catalogue.stored(Shelf.MASTERS))  # the master stays
        app.catalogue.requeue(known.id, BY)
        list(work(app, "worker:1"))
        assert self.seen(app, "F01") == 1

    def test_e03_e08_where_the_same_file_is_already_nothing_is_moved(self, app, filing, tmp_path):
        (one,) = app.catalogue.documents()
        (two,) = ingest(app, [(tmp_path / "a.pdf", "a.pdf")], "F02", "b1", BY)
        with pytest.raises(ConflictError, match=two.document_id):
            refile.move(app, filing, one.id, ("F02", "b1"), BY)
        assert app.catalogue.document(one.id) == one
