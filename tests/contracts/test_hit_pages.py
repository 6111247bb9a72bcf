"""The pages of a portion of hits, read at once, are what each page says when it is read alone."""

from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.event import listen

from digitizer.desk import Decision, Statement
from digitizer.finding import EVERYTHING, Scope
from digitizer.model import Agent
from storage import queries
from storage.amendments import SqlAmendments
from storage.catalogue import SqlCatalogue
from storage.desk import SqlDesk
from storage.dialect import engine_for, reading
from storage.hit_pages import SqlHitPages
from storage.schema import document as documents
from tests.contracts.samples import document, record
from tests.contracts.test_desk import BOX, SECOND, TEXTS, part

LAN = Agent("person:lan")


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/catalogue.db"


@pytest.fixture
def parts(url):
    parts = SqlCatalogue(url), SqlHitPages(url), SqlAmendments(url), SqlDesk(url)
    yield parts
    for each in parts:
        each.close()


def read(catalogue, name="d1", fonds="F01"):
    catalogue.add_document(replace(document(name.encode(), id=name), fonds=fonds), LAN)
    held = catalogue.claim("worker:1", 60.0)
    made = record(held.fixity, TEXTS)
    catalogue.complete(held.id, held.attempt, replace(made, documents=(part((1,)), part((2, 3)))), LAN)


def texts(page):
    return [" ".join(words) for words in page.printed.words]


class TestPages:
    def test_they_are_the_pages_asked_for_and_no_others(self, parts):
        catalogue, hits, *_ = parts
        read(catalogue, "d1")
        read(catalogue, "d2")
        found = hits([("d1", 1), ("d2", 3)])
        assert set(found) == {("d1", 1), ("d2", 3)}  # not the pairs (d1, 3) and (d2, 1)
        for (name, number), page in found.items():
            lines = catalogue.lines(name, number)
            assert texts(page) == [line.text for line in lines]
            assert [page.printed.line(each) for each in range(len(lines))] == list(lines)
            assert page.document == catalogue.document(name)
        assert [each["name"] for each in found["d1", 1].fields] == ["number"]
        assert list(found["d2", 3].fields) == []

    def test_a_portion_takes_the_same_few_statements_whatever_its_size(self, parts):
        catalogue, hits, *_ = parts
        for name in ("d1", "d2", "d3"):
            read(catalogue, name)
        run = []

        def count(_connection, _cursor, statement, *_):
            if "SELECT" in statement:
                run.append(statement)

        listen(hits._engine, "before_cursor_execute", count)
        hits([("d1", 1)])
        few = len(run)
        hits([(name, page) for name in ("d1", "d2", "d3") for page in (1, 2, 3)])
        assert (few, len(run) - few) == (4, 4)

    def test_what_is_not_there_or_not_read_yet_is_left_out(self, parts):
        catalogue, hits, *_ = parts
        read(catalogue)
        catalogue.add_document(document(b"d2", id="d2"), LAN)
        assert hits([]) == {}
        assert set(hits([("d1", 1), ("d1", 4), ("d2", 1), ("none", 1)])) == {("d1", 1)}

    def test_what_people_put_right_is_what_is_shown(self, parts):
        catalogue, hits, amendments, desk = parts
        read(catalogue)
        amendments.state("d1", 1, Statement(1, SECOND, "", "Hà Nội", "Hải Nội"), LAN)
        desk.decide(Decision("d1", 1, 1, "kept", (Statement(1, BOX, "number", "125", "7"),)), LAN)
        page = hits([("d1", 1)])["d1", 1]
        assert texts(page)[1] == page.printed.line(1).text == "Hải Nội"
        fields = catalogue.record("d1")["documents"][0]["fields"]
        assert [each["value"] for each in page.fields] == [each["value"] for each in fields] == ["7"]


class TestRate:
    """What ended in the last while, of a run younger than that while and of an older one."""

    def state(self, url, catalogue, ends, scope=EVERYTHING):
        engine = engine_for(url)
        for number, end in enumerate(ends):
            read(catalogue, f"d{number}")
            with engine.begin() as connection:
                mine = update(documents).where(documents.c.id == f"d{number}")
                connection.execute(mine.values(finished_at=float(end)))
        with reading(engine) as connection:
            state = queries.state_of_queue(connection, 10_000.0, 600.0, scope)
        engine.dispose()
        return state

    def test_a_young_run_is_divided_by_its_own_time(self, url, parts):
        state = self.state(url, parts[0], (9_900, 9_950))
        assert (state.documents, state.seconds) == (2, 200.0)  # one every 100 s, two in 200 s

    def test_an_older_run_is_divided_by_the_whole_while(self, url, parts):
        state = self.state(url, parts[0], (5_000, 9_900, 9_950))
        assert (state.documents, state.seconds) == (2, 600.0)

    @pytest.mark.parametrize("ends", [(), (9_950,), (9_401, 9_402)])
    def test_no_run_counts_longer_than_the_while(self, url, parts, ends):
        assert self.state(url, parts[0], ends).seconds == 600.0

    def test_who_may_see_none_of_it_learns_nothing_of_it(self, url, parts):
        state = self.state(url, parts[0], (9_900, 9_950), Scope(frozenset({"F09"}), 0))
        assert (state.documents, state.seconds) == (0, 600.0)
