"""What every catalogue promises: one transaction a verb, leases with fencing, an audit trail that holds."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from digitizer.errors import Code, ConflictError, FixityError, NotFoundError
from digitizer.fixity import Checked, FixityOutcome, Shelf
from digitizer.model import Agent, Derivative, Reason
from digitizer.ports import Catalogue
from storage.catalogue import SqlCatalogue
from storage.driver import driver_for
from storage.seen import SeenCatalogue
from tests.contracts.fakes import fixity
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.samples import document, record
from tests.servers.postgres import Postgres

BY = Agent("person:lan")
TEXTS = ("CỘNG HÒA XÃ HỘI\nSố: 125/QĐ-UBND", "", None)


@pytest.fixture(scope="module")
def database(postgres) -> tuple[Postgres, str]:
    """A database of this module; each test has it empty."""
    return postgres, postgres.fresh()


class LookedAt(SqlCatalogue):
    """Changed as always, and looked at as `digitizer status` looks: by the driver alone."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._url = url

    def _seen(self, look):
        driver = driver_for(self._url)
        assert driver is not None
        with closing(driver):
            return look(SeenCatalogue(driver))

    def document(self, document_id):
        return self._seen(lambda seen: seen.document(document_id))

    def documents(self, batch=None, state=None, fonds=None):
        return iter(self._seen(lambda seen: list(seen.documents(batch, state, fonds))))

    def events(self, object_id=None):
        return iter(self._seen(lambda seen: list(seen.events(object_id))))

    def queue_state(self, seconds):
        return self._seen(lambda seen: seen.queue_state(seconds))

    def batches(self):
        return self._seen(lambda seen: seen.batches())


@pytest.fixture(params=["memory", "sqlite", "postgresql", "sqlite-looked-at", "postgresql-looked-at"])
def catalogue(request, tmp_path) -> Catalogue:
    if request.param == "memory":
        yield MemoryCatalogue()
        return
    url = f"sqlite:///{tmp_path}/catalogue.db"
    database, _, looked_at = request.param.partition("-")
    if database == "postgresql":
        server, url = request.getfixturevalue("database")
        name = url.partition("?")[0].rpartition("/")[2]
        server.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    catalogue = LookedAt(url) if looked_at else SqlCatalogue(url)
    yield catalogue
    catalogue.close()


def claim(catalogue, seconds=60.0):
    claimed = catalogue.claim("worker:1", seconds)
    assert claimed is not None
    return claimed


def finish(catalogue, texts=TEXTS):
    held = claim(catalogue)
    catalogue.complete(held.id, held.attempt, record(held.fixity, texts), BY)
    return held.id


def kinds(catalogue, object_id=None):
    return [event.kind for event in catalogue.events(object_id)]


class TestReceiving:
    def test_a_new_document_is_queued_with_its_event_and_a_doorbell(self, catalogue):
        added = catalogue.add_document(document(), BY)
        assert added == document()
        assert catalogue.document("d1") == added
        assert kinds(catalogue, "d1") == ["received"]
        assert [document_id for _, document_id in catalogue.to_ring(10)] == ["d1"]

    def test_the_same_bytes_again_give_the_first_document(self, catalogue):
        first = catalogue.add_document(document(), BY)
        again = catalogue.add_document(document(id="d2", path="y/copy.pdf", batch="lô 2"), BY)
        assert again == first
        assert list(catalogue.documents()) == [first]
        assert kinds(catalogue, "d1") == ["received", "received-again"]

    def test_the_same_bytes_in_another_fonds_are_another_document(self, catalogue):
        catalogue.add_document(document(), BY)
        other = catalogue.add_document(document(id="d2", fonds="F02"), BY)
        assert other.id == "d2"

    def test_sixteen_at_once_get_the_same_id(self, catalogue):
        with ThreadPoolExecutor(16) as pool:
            ids = set(pool.map(lambda n: catalogue.add_document(document(id=f"d{n}"), BY).id, range(16)))
        assert len(ids) == 1
        assert len(list(catalogue.documents())) == 1

    def test_a_refusal_is_an_event_and_no_document(self, catalogue):
        catalogue.refuse(document(b""), Reason(Code.EMPTY, "the file is empty"), BY)
        assert list(catalogue.documents()) == []
        (event,) = catalogue.events()
        assert (event.kind, event.outcome, event.detail) == ("refused", "failure", (("code", "E-EMPTY"),))

    def test_documents_come_in_the_order_they_were_received(self, catalogue):
        for number in (3, 1, 2):
            catalogue.add_document(document(bytes([number]), id=f"d{number}", batch=f"b{number % 2}"), BY)
        assert [d.id for d in catalogue.documents()] == ["d3", "d1", "d2"]
        assert [d.id for d in catalogue.documents(batch="b1")] == ["d3", "d1"]
        assert [d.id for d in catalogue.documents(state="running")] == []
        assert [d.id for d in catalogue.documents(fonds="F02")] == []

    def test_what_is_not_there_is_said_not_to_be_there(self, catalogue):
        for call in (catalogue.document, catalogue.record, catalogue.derivatives, catalogue.pages_to_index):
            with pytest.raises(NotFoundError):
                call("none")
        with pytest.raises(NotFoundError):
            catalogue.words("none", 1)


class TestLeases:
    def test_the_oldest_is_claimed_first_and_once(self, catalogue):
        catalogue.add_document(document(b"1", id="d1"), BY)
        catalogue.add_document(document(b"2", id="d2"), BY)
        first, second = claim(catalogue), claim(catalogue)
        assert (first.id, first.state, first.attempt) == ("d1", "running", 1)
        assert second.id == "d2"
        assert catalogue.claim("worker:2", 60) is None

    def test_many_workers_never_hold_the_same_document(self, catalogue):
        for number in range(12):
            catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
        with ThreadPoolExecutor(6) as pool:
            claimed = list(pool.map(lambda n: catalogue.claim(f"worker:{n}", 60), range(12)))
        assert len({c.id for c in claimed}) == 12

    def test_a_lease_that_ran_out_is_taken_over_and_the_old_holder_is_fenced(self, catalogue):
        catalogue.add_document(document(), BY)
        old = claim(catalogue, seconds=0)
        new = claim(catalogue)
        assert (new.id, new.attempt) == (old.id, 2)
        result = record(old.fixity, TEXTS)
        for late in (
            lambda: catalogue.complete(old.id, old.attempt, result, BY),
            lambda: catalogue.heartbeat(old.id, old.attempt, 60),
            lambda: catalogue.fail(old.id, old.attempt, "E-TOOL: x", BY),
            lambda: catalogue.release(old.id, old.attempt, BY),
        ):
            with pytest.raises(ConflictError):
                late()
        assert kinds(catalogue) == ["received", "claimed", "claimed"]
        catalogue.complete(new.id, new.attempt, result, BY)
        assert catalogue.document(new.id).state == "done_with_gaps"

    def test_a_heartbeat_keeps_the_lease(self, catalogue):
        catalogue.add_document(document(), BY)
        held = claim(catalogue, seconds=0)
        catalogue.heartbeat(held.id, held.attempt, 60)
        assert catalogue.claim("worker:2", 60) is None

    def test_after_three_failures_a_document_is_quarantined(self, catalogue):
        catalogue.add_document(document(), BY)
        for number in (1, 2, 3):
            held = claim(catalogue)
            assert held.attempt == number
            catalogue.fail(held.id, held.attempt, "E-TOOL: the reader stopped", BY)
        assert catalogue.claim("worker:1", 60) is None
        found = catalogue.document("d1")
        assert (found.state, found.reason) == ("quarantined", "E-TOOL: the reader stopped")

    def test_what_no_other_try_can_mend_is_quarantined_at_once(self, catalogue):
        catalogue.add_document(document(), BY)
        held = claim(catalogue)
        catalogue.fail(held.id, held.attempt, "E-FIXITY: damaged", BY, None)
        assert catalogue.document("d1").state == "quarantined"
        assert "d1" not in [d for _, d in catalogue.to_ring(10)][1:]

    def test_what_may_mend_itself_is_taken_again_later(self, catalogue):
        catalogue.add_document(document(b"1", id="d1"), BY)
        catalogue.add_document(document(b"2", id="d2"), BY)
        held = claim(catalogue)
        catalogue.fail(held.id, held.attempt, "E-STORAGE: full", BY, 0.4)
        assert catalogue.waiting(5) == (("d2", False),)
        assert catalogue.claim("worker:1", 60, "d1") is None
        assert claim(catalogue).id == "d2"
        time.sleep(0.5)
        assert claim(catalogue).id == "d1"

    def test_a_document_can_be_claimed_by_its_id(self, catalogue):
        catalogue.add_document(document(b"1", id="d1"), BY)
        catalogue.add_document(document(b"2", id="d2"), BY)
        assert catalogue.claim("worker:1", 60, "d2").id == "d2"
        assert catalogue.claim("worker:2", 60, "d2") is None
        assert catalogue.claim("worker:2", 60, "d3") is None

    def test_what_a_dead_worker_held_fails_and_waits_again(self, catalogue):
        catalogue.add_document(document(b"1", id="d1"), BY)
        catalogue.add_document(document(b"2", id="d2"), BY)
        catalogue.claim("worker:1", 60)
        catalogue.claim("worker:2", 60)
        assert catalogue.abandon("worker:1", "E-TOOL: it died", BY) == ("d1",)
        assert catalogue.abandon("worker:1", "E-TOOL: it died", BY) == ()
        assert catalogue.waiting(5) == (("d1", False),)

    def test_what_ended_with_gaps_says_why_until_it_is_read_again(self, catalogue):
        kept = catalogue.add_document(document(b"1"), BY)
        held = claim(catalogue)
        made = record(kept.fixity, ["một", None, None])
        catalogue.complete(held.id, held.attempt, made, BY)
        why = made.reasons[0]
        said = f"{why.code.value}: page {why.page}: {why.message} (and 1 more)"
        assert catalogue.document(held.id).reason == said
        assert catalogue.queue_state(60).failures == ((why.code.value, 1),)
        catalogue.requeue(held.id, BY)
        assert catalogue.queue_state(60).failures == ()

    def test_the_queue_is_told_in_numbers(self, catalogue):
        for number in range(4):
            catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
        finish(catalogue)
        failed = claim(catalogue)
        catalogue.fail(failed.id, failed.attempt, "E-TOOL: x", BY, None)
        claim(catalogue, seconds=0)
        state = catalogue.queue_state(60)
        assert (state.waiting, state.running, state.quarantined) == (1, 1, 1)
        assert (state.documents, state.pages) == (1, 3)
        assert dict(state.failures) == {"E-TOOL": 1, "E-TIMEOUT": 1}  # quarantined; done with a gap
        assert state.oldest_seconds > 0
        assert [left for _, left in catalogue.waiting(5)] == [True, False]

    def test_a_quarantined_document_can_be_tried_again(self, catalogue):
        catalogue.add_document(document(), BY)
        for _ in range(3):
            held = claim(catalogue)
            with pytest.raises(ConflictError):
                catalogue.requeue(held.id, BY)
            catalogue.fail(held.id, held.attempt, "E-TOOL: x", BY)
        catalogue.requeue("d1", BY)
        catalogue.requeue("d1", BY)
        assert kinds(catalogue).count("requeued") == 1
        assert claim(catalogue).attempt == 4

    def test_a_document_that_kills_its_workers_is_quarantined_too(self, catalogue):
        catalogue.add_document(document(), BY)
        for _ in range(3):
            claim(catalogue, seconds=0)
        assert catalogue.claim("worker:1", 60) is None
        assert catalogue.document("d1").state == "quarantined"

    def test_a_released_document_waits_again_and_has_not_failed(self, catalogue):
        catalogue.add_document(document(), BY)
        for _ in range(5):
            held = claim(catalogue)
            catalogue.release(held.id, held.attempt, BY)
        assert claim(catalogue).attempt == 6

    def test_what_waits_again_rings_again(self, catalogue):
        catalogue.add_document(document(), BY)
        catalogue.rung(seq for seq, _ in catalogue.to_ring(10))
        assert catalogue.to_ring(10) == ()
        held = claim(catalogue)
        catalogue.fail(held.id, held.attempt, "E-TOOL: x", BY)
        assert [d for _, d in catalogue.to_ring(10)] == ["d1"]


class TestRecords:
    def test_a_finished_record_can_be_read_back(self, catalogue):
        catalogue.add_document(document(), BY)
        made = Derivative("pdf", "x/a.pdf", fixity(b"pdf"), "2b")
        held = claim(catalogue)
        result = replace(record(held.fixity, TEXTS), derivatives=(made,))
        catalogue.complete(held.id, held.attempt, result, BY)
        stored = catalogue.document(held.id)
        assert (stored.state, stored.pages) == ("done_with_gaps", 3)
        found = catalogue.record(held.id)
        assert found["schema"] == "digitizer.record/1"
        assert [p["status"] for p in found["pages"]] == ["text", "blank", "failed"]
        assert catalogue.derivatives(held.id) == (made,)
        assert catalogue.lines(held.id, 1) == result.pages[0].layer.lines
        assert [w.text for w in catalogue.words(held.id, 1)][-2:] == ["Số:", "125/QĐ-UBND"]
        assert catalogue.words(held.id, 2) == catalogue.words(held.id, 3) == ()
        for number in (0, 4):
            with pytest.raises(NotFoundError):
                catalogue.words(held.id, number)

    def test_an_unfinished_document_has_no_record(self, catalogue):
        catalogue.add_document(document(), BY)
        with pytest.raises(NotFoundError):
            catalogue.record("d1")
        assert catalogue.derivatives("d1") == catalogue.pages_to_index("d1") == ()

    def test_a_record_about_other_bytes_is_refused_whole(self, catalogue):
        catalogue.add_document(document(), BY)
        held = claim(catalogue)
        with pytest.raises(FixityError):
            catalogue.complete(held.id, held.attempt, record(fixity(b"other"), TEXTS), BY)
        assert catalogue.document(held.id).state == "running"
        assert kinds(catalogue) == ["received", "claimed"]

    def test_a_record_that_cannot_be_written_leaves_nothing(self, catalogue):
        catalogue.add_document(document(), BY)
        held = claim(catalogue)
        good = record(held.fixity, TEXTS)
        twice = replace(good, pages=(good.pages[0], good.pages[0]))
        with pytest.raises(Exception, match=r"(?i)unique"):
            catalogue.complete(held.id, held.attempt, twice, BY)
        assert catalogue.document(held.id).state == "running"
        assert catalogue.to_index(10) == ()
        catalogue.complete(held.id, held.attempt, good, BY)

    def test_the_index_gets_every_page_with_its_class(self, catalogue):
        catalogue.add_document(document(), BY)
        document_id = finish(catalogue)
        ((seq, waiting),) = catalogue.to_index(10)
        assert waiting == document_id
        pages = catalogue.pages_to_index(document_id)
        first = pages[0]
        assert (first.page, first.fonds, first.batch, first.document_class) == (1, "F01", "lô 1", "decision")
        assert pages[0].text == TEXTS[0]
        catalogue.indexed([seq])
        assert catalogue.to_index(10) == ()
        assert catalogue.reindex() == 1
        assert [d for _, d in catalogue.to_index(10)] == [document_id]

    def test_a_second_reading_takes_the_place_of_the_first_when_it_is_complete(self, catalogue):
        catalogue.add_document(document(), BY)
        document_id = finish(catalogue, ["một", "hai"])
        catalogue.requeue(document_id, BY)
        held = claim(catalogue)
        assert [p.text for p in catalogue.pages_to_index(document_id)] == ["một", "hai"]
        catalogue.complete(held.id, held.attempt, record(held.fixity, ["mới"]), BY)
        assert [p.text for p in catalogue.pages_to_index(document_id)] == ["mới"]
        assert len(catalogue.record(document_id)["pages"]) == catalogue.document(document_id).pages == 1

    def test_batches_add_up(self, catalogue):
        catalogue.add_document(document(b"1", id="d1"), BY)
        catalogue.add_document(document(b"2", id="d2"), BY)
        catalogue.add_document(document(b"2", id="d3", batch="lô 2"), BY)
        finish(catalogue)
        one, two = catalogue.batches()
        assert (one.batch, one.documents, one.pages) == ("lô 1", 2, 3)
        assert dict(one.by_state) == {"done_with_gaps": 1, "queued": 1}
        assert (two.batch, two.documents) == ("lô 2", 0)


class TestFixity:
    def test_every_object_is_there_once_and_waits_for_its_check(self, catalogue):
        catalogue.add_document(document(), BY)
        catalogue.add_document(document(id="d2", fonds="F02"), BY)
        held = claim(catalogue)
        made = Derivative("pdf", "x/a.pdf", fixity(b"pdf"), "2b")
        catalogue.complete(
            held.id, held.attempt, replace(record(held.fixity, TEXTS), derivatives=(made,)), BY
        )
        found = catalogue.to_verify(10)
        assert [(each.shelf, each.fixity) for each in found] == [
            (Shelf.DERIVATIVES, fixity(b"pdf")),
            (Shelf.MASTERS, fixity(b"scan")),
        ]
        covered = catalogue.coverage()
        assert (covered.objects, covered.bytes, covered.ok, covered.oldest) == (2, 7, 0, "")
        assert not covered.complete

    def test_the_longest_unchecked_comes_first(self, catalogue):
        for number in range(4):
            catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
        first, second, *_ = catalogue.to_verify(10)
        catalogue.verified([Checked(first, FixityOutcome.OK)], BY)
        assert catalogue.to_verify(1) == (second,)
        assert catalogue.to_verify(10)[-1].fixity == first.fixity
        catalogue.verified([Checked(each, FixityOutcome.OK) for each in catalogue.to_verify(3)], BY)
        assert catalogue.coverage().complete
        assert catalogue.coverage().oldest == catalogue.to_verify(1)[0].checked_at != ""

    def test_what_is_bad_or_mended_is_told_of_every_document_that_stands_on_it(self, catalogue):
        catalogue.add_document(document(), BY)
        catalogue.add_document(document(id="d2", fonds="F02"), BY)
        (stored,) = catalogue.to_verify(10)
        catalogue.verified([Checked(stored, FixityOutcome.OK)], BY)
        catalogue.verified([Checked(stored, FixityOutcome.DAMAGED, "other bytes")], BY)
        catalogue.verified([Checked(stored, FixityOutcome.UNREADABLE, "permission")], BY)
        covered = catalogue.coverage()
        assert (covered.ok, covered.damaged, covered.unreadable) == (0, 0, 1)
        catalogue.verified([Checked(stored, FixityOutcome.OK, "mended")], BY)
        for document_id in ("d1", "d2"):
            told = [e for e in catalogue.events(document_id) if e.kind == "fixity-check"]
            assert [(e.outcome, dict(e.detail)["found"]) for e in told] == [
                ("failure", "damaged"),
                ("failure", "unreadable"),
                ("success", "ok"),
            ]
        assert kinds(catalogue, "archive") == ["verified"] * 4
        catalogue.verified([], BY)
        assert kinds(catalogue, "archive") == ["verified"] * 4
        assert catalogue.verify_events()[0] == 2 + 4 + 6


class TestReconciling:
    def test_what_documents_stand_on_comes_in_the_order_of_digests(self, catalogue):
        for number in range(3):
            catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
        known = [each.sha256 for each in catalogue.stored(Shelf.MASTERS)]
        assert known == sorted(fixity(bytes([number])).sha256 for number in range(3))
        assert list(catalogue.stored(Shelf.DERIVATIVES)) == []

    def test_a_comparison_leaves_an_event_and_work_for_the_index(self, catalogue):
        catalogue.add_document(document(), BY)
        document_id = finish(catalogue)
        catalogue.indexed([sequence for sequence, _ in catalogue.to_index(9)])
        catalogue.reconciled({"not-indexed": 1}, [document_id], BY)
        assert [each for _, each in catalogue.to_index(9)] == [document_id]
        assert kinds(catalogue, "archive") == ["reconciled"]


class TestTrail:
    def test_every_writing_verb_leaves_an_event_and_no_text(self, catalogue):
        catalogue.add_document(document(), BY)
        finish(catalogue)
        events = list(catalogue.events("d1"))
        assert [e.kind for e in events] == ["received", "claimed", "digitized"]
        assert events[-1].agent == BY
        assert dict(events[-1].detail)["pages"] == "blank 1, failed 1, text 1"
        assert "CỘNG" not in str(events)

    def test_the_chain_holds_and_its_head_moves(self, catalogue):
        count, head = catalogue.verify_events()
        assert count == 0
        catalogue.add_document(document(), BY)
        assert catalogue.verify_events()[0] == 1
        assert catalogue.verify_events()[1] != head
