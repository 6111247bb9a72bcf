"""What the checking desk promises, on SQLite and PostgreSQL: people's words hold, no work is lost."""

from dataclasses import dataclass, replace

import pytest

from digitizer.desk import Decision, Division, Statement
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.finding import EVERYTHING, Scope
from digitizer.model import Agent, Box, Derivative, DocumentPart, FieldValue
from storage.amendments import SqlAmendments
from storage.catalogue import SqlCatalogue
from storage.desk import SqlDesk
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, record

LAN, MAI = Agent("person:lan"), Agent("person:mai")
BOX = Box(1, 2, 3, 4)
TEXTS = ("Số: 125/QĐ\nHà Nội", "trang hai", "trang ba")
SECOND = Box(100, 130, 180, 150)  # around the words of the second line


@dataclass
class Bench:
    catalogue: SqlCatalogue
    desk: SqlDesk
    amendments: SqlAmendments

    def read(self, texts=TEXTS, parts=None, new=None):
        """Take a document in, or read it again; its id."""
        if new is None and not list(self.catalogue.documents()):
            new = document()
        if new is not None:
            self.catalogue.add_document(new, LAN)
        held = self.catalogue.claim("worker:1", 60.0)
        made = record(held.fixity, texts)
        if parts is None:
            parts = (replace(made.documents[0], needs_review=True),)
        self.catalogue.complete(held.id, held.attempt, replace(made, documents=parts), LAN)
        return held.id

    def again(self, identity, **changes):
        self.catalogue.requeue(identity, LAN)
        return self.read(**changes)

    def number(self, identity):
        fields = self.catalogue.record(identity)["documents"][0]["fields"]
        return next((each for each in fields if each["name"] == "number"), None)

    def kinds(self, identity):
        return [event.kind for event in self.catalogue.events(identity)]


@pytest.fixture(scope="module")
def database(postgres):
    return postgres, postgres.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def bench(request, tmp_path):
    url = f"sqlite:///{tmp_path}/desk.db"
    if request.param == "postgresql":
        server, url = request.getfixturevalue("database")
        name = url.partition("?")[0].rpartition("/")[2]
        server.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    parts = SqlCatalogue(url), SqlDesk(url), SqlAmendments(url)
    yield Bench(*parts)
    for each in parts:
        each.close()


def part(pages, name="decision", number="125"):
    value = FieldValue("number", number, number, pages[0], BOX, 0.9)
    return DocumentPart(pages, name, 0.9, needs_review=True, fields=(value,))


def said(value, machine="125"):
    return Statement(1, BOX, "number", machine, value)


def kept(identity, *statements, attempt=1, **more):
    return Decision(identity, attempt, 1, "kept", statements, **more)


class TestDeciding:
    def test_a_correction_holds_in_record_index_and_outboxes_and_keeps_the_machine_s(self, bench):
        identity = bench.read()
        (waiting,) = bench.desk.waiting(EVERYTHING, 9)
        assert (waiting.document_id, waiting.attempt, waiting.part, waiting.looks) == (identity, 1, 1, 0)
        bench.desk.decide(kept(identity, said("126")), LAN)
        value = bench.number(identity)
        assert (value["value"], value["origin"], value["confirmed_by"]) == ("126", LAN.name, LAN.name)
        assert value["machine"]["value"] == "125"
        assert bench.catalogue.record(identity)["documents"][0]["reviewed"]["by"] == LAN.name
        assert bench.desk.count(EVERYTHING) == 0
        assert [each for _, each in bench.catalogue.to_index(9)] == [identity, identity]
        assert [each for _, each in bench.amendments.to_amend(9)] == [identity]
        assert "126" not in str(list(bench.catalogue.events(identity)))

    def test_a_value_that_stands_is_confirmed_and_no_file_is_made_again(self, bench):
        identity = bench.read()
        bench.desk.decide(kept(identity, said("125")), LAN)
        assert bench.number(identity)["confirmed_by"] == LAN.name
        assert "machine" not in bench.number(identity)
        assert bench.amendments.to_amend(9) == ()

    def test_a_recipe_that_reads_otherwise_does_not_overwrite_a_person_and_both_are_kept(self, bench):
        identity = bench.read()
        bench.desk.decide(kept(identity, said("126")), LAN)
        bench.again(identity, parts=(part((1, 2, 3), number="725"),))
        assert bench.number(identity)["value"] == "126"
        assert bench.number(identity)["machine"]["value"] == "725"
        assert [each.statement.machine for each in bench.amendments.said(identity)] == ["125"]

    def test_a_value_the_next_reading_does_not_find_still_stands(self, bench):
        identity = bench.read()
        bench.desk.decide(kept(identity, said("126")), LAN)
        bench.again(identity, parts=(replace(part((1, 2, 3)), fields=()),))
        assert bench.number(identity)["value"] == "126"

    def test_of_two_who_decide_at_once_the_second_is_told_and_nothing_of_theirs_is_half_kept(self, bench):
        identity = bench.read()
        bench.desk.decide(kept(identity, said("126")), LAN)
        for late in (kept(identity, said("127")), kept(identity, said("127"), attempt=9)):
            with pytest.raises(ConflictError):
                bench.desk.decide(late, MAI)
        with pytest.raises(NotFoundError):
            bench.desk.decide(replace(kept(identity), part=7), MAI)
        assert [each.agent for each in bench.amendments.said(identity)] == [LAN.name]
        bench.desk.decide(kept(identity, said("127", "126"), looks=1), MAI)
        assert bench.number(identity)["value"] == "127"

    def test_a_look_that_does_not_settle_leaves_the_paper_in_the_line(self, bench):
        identity = bench.read()
        bench.desk.decide(kept(identity, settles=False), LAN)
        (waiting,) = bench.desk.waiting(EVERYTHING, 9)
        assert waiting.looks == 1
        bench.desk.decide(kept(identity, looks=1), MAI)
        assert bench.desk.count(EVERYTHING) == 0
        assert [(e.number, e.agent) for e in bench.desk.looks(identity, 1, 1)] == [
            (1, LAN.name),
            (2, MAI.name),
        ]

    def test_what_one_has_before_them_is_not_given_to_another_until_it_ran_out(self, bench):
        identity = bench.read()
        assert bench.desk.holder(identity, 1) == ""
        assert bench.desk.hold(identity, 1, LAN, 60) == LAN.name
        assert bench.desk.holder(identity, 1) == LAN.name
        assert bench.desk.hold(identity, 1, MAI, 60) == LAN.name
        assert bench.desk.waiting(EVERYTHING, 9, MAI) == ()
        assert len(bench.desk.waiting(EVERYTHING, 9, LAN)) == 1
        bench.desk.hold(identity, 1, LAN, -1)
        assert bench.desk.holder(identity, 1) == ""
        assert bench.desk.hold(identity, 1, MAI, 60) == MAI.name

    def test_only_what_one_may_see_waits(self, bench):
        bench.read()
        assert bench.desk.count(Scope(frozenset({"F02"}), 0)) == 0
        assert bench.desk.waiting(Scope(frozenset(), 0), 9) == ()


class TestLines:
    def test_a_line_is_put_right_in_words_record_and_index_and_the_reading_s_row_stays(self, bench):
        identity = bench.read()
        bench.amendments.state(identity, 1, Statement(1, SECOND, "", "Hà Nội", "Hải Nội"), LAN)
        assert [line.text for line in bench.catalogue.lines(identity, 1)] == ["Số: 125/QĐ", "Hải Nội"]
        assert bench.catalogue.words(identity, 1)[2].read_as == "Hà"
        assert bench.catalogue.record(identity)["pages"][0]["text"].endswith("Hải Nội")
        assert "Hải Nội" in bench.catalogue.pages_to_index(identity)[0].text
        assert bench.catalogue.lines(identity, 2)[0].text == "trang hai"
        bench.again(identity, texts=("Số: 125/QĐ\nHa Nôi", "trang hai", "trang ba"))
        assert [line.text for line in bench.catalogue.lines(identity, 1)] == ["Số: 125/QĐ", "Hải Nội"]

    def test_of_another_reading_nothing_is_said(self, bench):
        identity = bench.read()
        with pytest.raises(ConflictError):
            bench.amendments.state(identity, 2, Statement(1, SECOND, "", "Hà Nội", "Hải Nội"), LAN)


class TestBorders:
    def test_a_paper_is_taken_apart_and_every_page_stays_in_one_paper(self, bench):
        identity = bench.read()
        bench.amendments.divide(Division(identity, 1, (1,), (part((1,)), part((2, 3), "notice", "9"))), LAN)
        papers = bench.amendments.papers(identity)
        assert [(p.part, p.pages, p.by_person) for p in papers.papers] == [(2, (1,), True), (3, (2, 3), True)]
        made = bench.catalogue.record(identity)["documents"]
        assert [(each["part"], each["pages"], each["class"]) for each in made] == [
            (2, [1], "decision"),
            (3, [2, 3], "notice"),
        ]
        assert [p.document_class for p in bench.catalogue.pages_to_index(identity)] == ["decision"] + [
            "notice"
        ] * 2
        assert bench.desk.count(EVERYTHING) == 2
        with pytest.raises(ConflictError):
            bench.desk.decide(kept(identity), LAN)  # of the paper that no longer stands
        assert "divided" in bench.kinds(identity)

    @pytest.mark.parametrize("pages", [((1,), (2,)), ((1, 2), (2, 3)), ((1, 2, 3, 4),), ((1, 1), (2, 3))])
    def test_a_page_is_never_lost_nor_in_two_papers(self, bench, pages):
        identity = bench.read()
        with pytest.raises(UsageError):
            bench.amendments.divide(Division(identity, 1, (1,), tuple(part(each) for each in pages)), LAN)
        assert [p.pages for p in bench.amendments.papers(identity).papers] == [(1, 2, 3)]

    def test_what_was_put_together_is_taken_back(self, bench):
        identity = bench.read(parts=(part((1,)), part((2, 3))))
        bench.desk.decide(Decision(identity, 1, 2, "kept", (Statement(2, BOX, "number", "125", "7"),)), MAI)
        bench.amendments.divide(Division(identity, 1, (1, 2), (part((1, 2, 3)),), ("report",)), LAN)
        assert bench.amendments.papers(identity).papers[0].chosen == "report"
        with pytest.raises(ConflictError):
            bench.amendments.divide(Division(identity, 1, (1,), (part((1,)),)), MAI)
        bench.amendments.undo(identity, 1, LAN)
        papers = bench.amendments.papers(identity)
        assert ([p.part for p in papers.papers], papers.undoable) == ([1, 2], False)
        assert bench.catalogue.record(identity)["documents"][1]["reviewed"]["by"] == MAI.name
        with pytest.raises(ConflictError):
            bench.amendments.undo(identity, 1, LAN)

    def test_looks_count_for_the_same_papers_of_the_next_reading(self, bench):
        identity = bench.read(parts=(part((1,)), part((2, 3))))
        bench.desk.decide(Decision(identity, 1, 2, "kept"), MAI)
        bench.again(identity, parts=(part((1,)), part((2, 3))))
        assert [each for _, each in bench.amendments.to_amend(9)] == []
        assert bench.desk.count(EVERYTHING) == 2
        assert bench.amendments.carry(identity, 1) == 1
        assert bench.desk.count(EVERYTHING) == 1
        assert bench.amendments.carry(identity, 1) == 0


class TestRescans:
    def test_a_request_waits_until_the_replacement_comes_in_under_its_name(self, bench):
        identity = bench.read()
        asked = Decision(identity, 1, 1, "rescan", pages=(2,), reason="mờ")
        bench.desk.decide(asked, LAN)
        (request,) = bench.desk.rescans(EVERYTHING)
        assert (request.pages, request.reason, request.path, request.agent) == (
            (2,),
            "mờ",
            "x/a.pdf",
            LAN.name,
        )
        assert bench.desk.rescans(Scope(frozenset({"F02"}), 0)) == ()
        bench.catalogue.add_document(document(b"else", id="d2", path="x/b.pdf"), LAN)
        assert len(bench.desk.rescans(EVERYTHING)) == 1
        bench.catalogue.add_document(document(b"again", id="d3", path="x/a.pdf"), MAI)
        assert bench.desk.rescans(EVERYTHING) == ()
        (request,) = bench.desk.rescans(EVERYTHING, closed=True)
        assert request.replaced_by == "d3"
        assert bench.kinds(identity)[-1] == "rescanned"
        assert bench.catalogue.verify_events()

    def test_a_request_is_closed_by_hand_once(self, bench):
        identity = bench.read()
        bench.desk.decide(Decision(identity, 1, 1, "rescan", pages=(1,)), LAN)
        (request,) = bench.desk.rescans(EVERYTHING)
        bench.desk.close_rescan(request.number, "", MAI)
        with pytest.raises(NotFoundError):
            bench.desk.close_rescan(request.number, "", MAI)


class TestFiles:
    def test_files_made_again_take_the_place_of_the_first_which_stay_known(self, bench):
        identity = bench.read()
        bench.amendments.state(identity, 1, Statement(1, SECOND, "", "Hà Nội", "Hải Nội"), LAN)
        sequences = [sequence for sequence, _ in bench.amendments.to_amend(9)]
        for content in (b"one", b"two"):
            made = [Derivative("pdf", "x/a.pdf", fixity(content), "2b")]
            bench.amendments.rebuilt(identity, 1, 1, made, LAN)
        bench.amendments.amended(sequences)
        assert bench.amendments.to_amend(9) == ()
        assert [each.fixity for each in bench.catalogue.derivatives(identity)] == [fixity(b"two")]
        with pytest.raises(ConflictError):
            bench.amendments.rebuilt(identity, 2, 1, [], LAN)
        bench.again(identity)
        assert bench.catalogue.derivatives(identity) == ()
        assert [each for _, each in bench.amendments.to_amend(9)] == [identity]
