"""The archive's verbs with real storage and a pretended reader: ingest, work, find, killed anywhere."""

import gzip
import json
import multiprocessing
import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from digitizer.errors import Code, DigitizerError, FixityError, MissingDependencyError, Refusal
from digitizer.model import Agent, Derivative, MediaType
from digitizer.ports import Job, object_key
from digitizer.services.archive import ArchiveApp, Digitized, ring_pending
from digitizer.services.find import find, index_pending, rebuild_index
from digitizer.services.ingest import ingest
from digitizer.services.status import status
from digitizer.services.work import work
from digitizer.writing.atomic import fixity_of
from storage.catalogue import SqlCatalogue
from storage.hit_pages import SqlHitPages
from storage.objects import DirectoryStore
from storage.search import TantivyIndex
from tests.contracts.fakes import FixedClock, MemoryQueue, fixity
from tests.contracts.samples import record

BY = Agent("person:lan")
DECISION = "ỦY BAN NHÂN DÂN\nSố: 125/QĐ-UBND\nQUYẾT ĐỊNH\nvề việc hoà giải ở cơ sở\nĐiều 1."


def admit(file: Path) -> MediaType:
    if file.stat().st_size == 0:
        raise Refusal(Code.EMPTY, "the file is empty")
    return MediaType.PDF


def digitize(source: Path, work_folder: Path) -> Digitized:
    """Pretend that a file's bytes are what is printed: a form feed between pages."""
    text = source.read_text()
    pdf = work_folder / "out.pdf"
    pdf.write_bytes(b"%PDF " + source.read_bytes())
    made = Derivative("pdf", "out.pdf", fixity_of(pdf), "2b")
    result = record(fixity_of(source), text.split("\f"), name=source.name)
    return Digitized(replace(result, derivatives=(made,)), {"pdf": pdf})


def archive(home: Path, **parts) -> ArchiveApp:
    scratch = home / "scratch"
    scratch.mkdir(parents=True, exist_ok=True)
    values = {
        "masters": DirectoryStore(home / "masters"),
        "derivatives": DirectoryStore(home / "derivatives"),
        "catalogue": SqlCatalogue(f"sqlite:///{home}/catalogue.db"),
        "hit_pages": SqlHitPages(f"sqlite:///{home}/catalogue.db"),
        "index": TantivyIndex(home / "index"),
        "queue": MemoryQueue(),
        "clock": FixedClock(),
        "admit": admit,
        "digitize": digitize,
        "agent": Agent("software:digitizer/test"),
        "scratch": scratch,
    }
    return ArchiveApp(**(values | parts))


@pytest.fixture
def app(tmp_path):
    app = archive(tmp_path / "archive")
    yield app
    app.catalogue.close()


@pytest.fixture
def file(tmp_path):
    def make(name="a.pdf", text=DECISION):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path, f"in/{name}"

    return make


def take(app, *inputs, fonds="F01", batch="b1"):
    return list(ingest(app, inputs, fonds, batch, BY))


class TestIngest:
    def test_a_file_is_stored_catalogued_and_announced(self, app, file):
        (taken,) = take(app, file())
        assert (taken.state, taken.path) == ("new", "in/a.pdf")
        app.masters.verify(object_key(taken.fixity.sha256), fixity(DECISION.encode()))
        known = app.catalogue.document(taken.document_id)
        assert (known.state, known.media_type, known.name) == ("queued", "application/pdf", "a.pdf")
        assert app.queue.rings == [Job("digitize", taken.document_id)]

    def test_the_same_file_again_is_a_linked_duplicate(self, app, file):
        first, copy = take(app, file("a.pdf"), file("copy.pdf"))
        (again,) = take(app, file("a.pdf"), batch="b2")
        assert [copy.state, again.state] == ["duplicate"] * 2
        assert copy.document_id == again.document_id == first.document_id
        assert len(list(app.masters.keys("sha256/"))) == 1

    def test_a_refused_file_is_reported_and_nothing_is_stored(self, app, file):
        refused, taken = take(app, file("empty.pdf", ""), file())
        assert (refused.state, refused.reason.code) == ("refused", Code.EMPTY)
        assert taken.state == "new"
        assert len(list(app.masters.keys("sha256/"))) == len(list(app.catalogue.documents())) == 1
        assert [e.kind for e in app.catalogue.events()] == ["refused", "received"]

    def test_a_file_that_cannot_be_read_is_refused_and_the_others_go_on(self, app, file, tmp_path):
        missing, taken = take(app, (tmp_path / "none.pdf", "none.pdf"), file())
        assert (missing.state, missing.reason.code, taken.state) == ("refused", Code.DENIED, "new")

    def test_one_is_acknowledged_before_the_next_is_begun(self, app, file):
        steps = ingest(app, [file("a.pdf"), file("b.pdf", "khác")], "F01", "b1", BY)
        next(steps)
        assert len(list(app.catalogue.documents())) == 1

    def test_a_name_with_odd_bytes_and_decomposed_letters_is_kept_readable(self, app, file):
        path, _ = file()
        (taken,) = take(app, (path, "hồ sơ/\udcff.pdf"))
        assert taken.path == "hồ sơ/\\udcff.pdf"
        assert app.catalogue.document(taken.document_id).name == "\\udcff.pdf"

    def test_a_file_still_being_written_is_refused(self, app, file, monkeypatch):
        path, relative = file()

        def growing(key, data, expected):
            raise FixityError("the bytes given differ")

        masters = app.masters
        monkeypatch.setattr(type(masters), "put", lambda _self, *args: growing(*args))
        (taken,) = take(app, (path, relative))
        assert taken.reason.code == Code.CHECKSUM

    def test_a_damaged_master_stops_the_line(self, app, file):
        (taken,) = take(app, file())
        stored = next(p for p in app.masters._root.rglob(taken.fixity.sha256))
        stored.chmod(0o640)
        stored.write_text("damaged")
        with pytest.raises(FixityError):
            take(app, file())

    def test_a_queue_that_is_down_loses_nothing(self, app, file):
        class Down(MemoryQueue):
            def ring(self, job):
                raise MissingDependencyError("no Redis")

        (taken,) = take(replace(app, queue=Down()), file())
        assert ring_pending(app) == 1
        assert app.queue.rings == [Job("digitize", taken.document_id)]
        assert ring_pending(app) == 0


class TestWork:
    def test_a_document_is_read_stored_completed_and_found(self, app, file):
        (taken,) = take(app, file(text=DECISION + "\f\fTrang ba có chữ"))
        (worked,) = work(app, "worker:1")
        assert (worked.document_id, worked.state, worked.pages) == (taken.document_id, "done", 3)
        found = app.catalogue.record(taken.document_id)
        assert found["source"]["path"] == "in/a.pdf"
        kinds = {made.kind: made for made in app.catalogue.derivatives(taken.document_id)}
        assert set(kinds) == {"pdf", "layers", "json"}
        assert (kinds["pdf"].pdfa, kinds["pdf"].path) == ("2b", "in/a.pdf")
        for made in kinds.values():
            app.derivatives.verify(object_key(made.fixity.sha256), made.fixity)
        with app.derivatives.open(object_key(kinds["layers"].fixity.sha256)) as data:
            pages = json.loads(gzip.decompress(data.read()))
        assert [len(page["layer"]["lines"]) for page in pages] == [5, 0, 1]
        assert list(app.scratch.iterdir()) == []
        assert [hit.page for hit in find(app, "trang ba", 5)] == [3]

    def test_what_breaks_is_tried_three_times_and_stops_nobody(self, app, file):
        bad, good = take(app, file("bad.pdf", "hỏng"), file())

        def breaking(source, folder):
            if source.name == "bad.pdf":
                raise ValueError("Nguyễn Văn Bịa")
            return digitize(source, folder)

        results = list(work(replace(app, digitize=breaking), "worker:1"))
        assert [r.state for r in results] == ["failed", "failed", "failed", "done"]
        assert results[0].reason == "E-TOOL: ValueError"
        assert app.catalogue.document(bad.document_id).state == "quarantined"
        assert app.catalogue.document(good.document_id).state == "done"

    def test_a_missing_tool_stops_the_line_and_blames_no_document(self, app, file):
        (taken,) = take(app, file())

        def missing(source, folder):
            raise MissingDependencyError("no language model")

        for _ in range(4):
            with pytest.raises(MissingDependencyError):
                list(work(replace(app, digitize=missing), "worker:1"))
        assert app.catalogue.document(taken.document_id).state == "queued"
        assert [r.state for r in work(app, "worker:1")] == ["done"]

    @pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit])
    def test_an_interrupt_gives_the_document_back(self, app, file, stop):
        (taken,) = take(app, file())

        def stopped(source, folder):
            raise stop

        with pytest.raises(stop):
            list(work(replace(app, digitize=stopped), "worker:1"))
        assert app.catalogue.document(taken.document_id).state == "queued"

    def test_long_work_keeps_its_lease(self, app, file):
        take(app, file())

        def slow(source, folder):
            time.sleep(0.6)
            assert app.catalogue.claim("worker:2", 60) is None
            return digitize(source, folder)

        assert [r.state for r in work(replace(app, digitize=slow, lease_seconds=0.2), "worker:1")] == ["done"]

    def test_a_worker_that_woke_too_late_commits_nothing(self, app, file):
        (taken,) = take(app, file())

        def overtaken(source, folder):
            app.catalogue.release(taken.document_id, 1, BY)
            thread = threading.Thread(target=lambda: list(work(app, "worker:2")))
            thread.start()
            thread.join()
            return digitize(source, folder)

        results = list(work(replace(app, digitize=overtaken), "worker:1"))
        assert [r.state for r in results] == ["lost"]
        kinds = [event.kind for event in app.catalogue.events(taken.document_id)]
        assert kinds.count("digitized") == 1

    def test_a_damaged_master_is_never_read(self, app, file):
        (taken,) = take(app, file())
        stored = next(p for p in app.masters._root.rglob(taken.fixity.sha256))
        stored.chmod(0o640)
        stored.write_text("damaged")
        assert {r.reason[:8] for r in work(app, "worker:1")} == {"E-FIXITY"}

    @pytest.mark.parametrize("name", ["..", "a" * 300 + ".pdf", "đơn xin.pdf"])
    def test_a_name_is_data(self, app, file, name):
        path, _ = file()
        take(app, (path, f"in/{name}"))
        assert [r.state for r in work(app, "worker:1")] == ["done"]


class TestFind:
    @pytest.fixture(autouse=True)
    def _filled(self, app, file):
        plain = "UY BAN NHAN DAN\nquyet dinh cua xa\nDieu 2."
        self.taken = take(app, file(), file("b.pdf", plain))
        take(app, file("c.pdf", "Biên bản hòa giải\nquyết định ngày 05/02/2025"), fonds="F02")
        list(work(app, "worker:1"))

    def test_a_hit_shows_its_line_with_neighbours_and_its_boxes(self, app):
        hit = find(app, "giải ở cơ sở", 5)[0]
        assert hit.snippet == "QUYẾT ĐỊNH\nvề việc hoà giải ở cơ sở\nĐiều 1."
        assert [w.text for w in app.catalogue.words(hit.document_id, 1) if w.box in hit.boxes] == [
            *("giải", "ở", "cơ", "sở")
        ]

    def test_exact_tones_come_first_and_folded_ones_are_shown_too(self, app):
        hits = find(app, "quyết định", 5)
        assert [hit.exact for hit in hits] == [True, True, False]
        assert "quyet dinh cua xa" in hits[2].snippet
        assert len(hits[2].boxes) == 2

    def test_a_number_marks_only_the_number(self, app):
        (hit,) = find(app, "125/qd-ubnd", 5)
        assert hit.snippet.splitlines()[1] == "Số: 125/QĐ-UBND"
        assert len(hit.boxes) == 1

    def test_fonds_is_a_filter(self, app):
        assert len(find(app, "quyet dinh", 5, fonds=["F02"])) == 1
        assert find(app, "quyet dinh", 5, fonds=[]) == ()

    def test_a_removed_index_comes_back_the_same(self, app, tmp_path):
        queries = ["quyết định", "125/QĐ-UBND", "hòa giải", "dieu"]
        before = [[(h.document_id, h.page, h.exact) for h in find(app, q, 10)] for q in queries]
        fresh = replace(app, index=TantivyIndex(tmp_path / "other"))
        assert find(fresh, "quyết", 5) == ()
        assert index_pending(fresh) == 3
        assert [[(h.document_id, h.page, h.exact) for h in find(fresh, q, 10)] for q in queries] == before
        assert index_pending(fresh) == 0
        assert rebuild_index(fresh) == 3

    def test_status_counts_every_document(self, app):
        one, two = status(app).batches
        assert (one.fonds, one.documents, one.pages) == ("F01", 2, 2)
        assert (two.fonds, dict(two.by_state)) == ("F02", {"done": 1})


def _ingest_and_die(home, inputs, after, acknowledged):
    """Ingest and work; SIGKILL at the nth call that changes something on the disk or in the catalogue."""
    from sqlalchemy import event

    calls = iter(range(after))

    def count(*_args):
        if next(calls, None) is None:
            os.kill(os.getpid(), 9)

    app = archive(home)
    for name in ("fsync", "link"):
        real = getattr(os, name)
        setattr(os, name, lambda *args, _real=real: (count(), _real(*args))[1])
    for moment in ("before_cursor_execute", "commit"):
        event.listen(app.catalogue._engine, moment, count)
    with acknowledged.open("a") as out:
        for taken in ingest(app, inputs, "F01", "b1", BY):
            print(taken.document_id, taken.fixity.sha256, file=out, flush=True)
    list(work(app, "worker:1"))


@pytest.mark.slow
def test_killed_anywhere_what_was_acknowledged_is_found(tmp_path, file):
    """A sweep over the steps of ingest and work: nothing acknowledged is lost, nothing is there twice."""
    inputs = [file(f"{n}.pdf", f"{DECISION}\nTrang số {n}") for n in range(2)]
    context = multiprocessing.get_context("fork")
    after, step, ended = 1, 7, False
    while not ended:
        home, acknowledged = tmp_path / f"home{after}", tmp_path / f"ack{after}"
        acknowledged.touch()
        child = context.Process(target=_ingest_and_die, args=(home, inputs, after, acknowledged))
        child.start()
        child.join()
        ended = child.exitcode == 0
        _acknowledged_is_found(home, acknowledged.read_text().split("\n")[:-1], inputs)
        after += step
    assert after > 40


def _acknowledged_is_found(home, acknowledged, inputs):
    app = archive(home)
    for line in acknowledged:
        document_id, sha256 = line.split()
        known = app.catalogue.document(document_id)
        assert known.fixity.sha256 == sha256
        app.masters.verify(object_key(sha256), known.fixity)
    for held in app.catalogue.documents(state="running"):
        app.catalogue.release(held.id, held.attempt, BY)  # its lease would run out
    take(app, *inputs)
    list(work(app, "worker:2"))
    every = list(app.catalogue.documents())
    assert [d.state for d in every] == ["done"] * len(inputs)
    assert len(find(app, "125/QĐ-UBND", 10)) == len(inputs)
    assert app.catalogue.verify_events()[0] > 0
    app.catalogue.close()


def test_a_full_store_stops_with_everything_before_it_safe(app, file, monkeypatch):
    steps = ingest(app, [file("a.pdf"), file("b.pdf", "khác")], "F01", "b1", BY)
    assert next(steps).state == "new"

    def full(*_args):
        raise DigitizerError("the object store is full")

    monkeypatch.setattr(type(app.masters), "put", full)
    with pytest.raises(DigitizerError, match="full"):
        next(steps)
    assert len(list(app.catalogue.documents())) == 1


def _work_alone(home):
    app = archive(home)
    list(work(app, f"worker:{os.getpid()}"))


@pytest.mark.slow
def test_three_processes_share_the_work_and_do_each_document_once(tmp_path, app, file):
    take(app, *(file(f"{n}.pdf", f"{DECISION}\nTrang số {n}") for n in range(12)))
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_work_alone, args=(tmp_path / "archive",)) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 3
    kinds = [event.kind for event in app.catalogue.events()]
    assert (kinds.count("claimed"), kinds.count("digitized"), kinds.count("failed")) == (12, 12, 0)
    index_pending(app)
    assert len(find(app, "quyết định", 20)) == 12
    assert app.catalogue.verify_events()[0] == 36
