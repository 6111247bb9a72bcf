"""Long documents shared by workers: the result is one worker's, a page that fails is a gap, nothing stays."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest

from digitizer.errors import Code, FixityError, MissingDependencyError
from digitizer.model import Reason, RecordState
from digitizer.page_jobs import ranges
from digitizer.ports import object_key
from digitizer.services.archive import Digitized, LongDocuments
from digitizer.services.digitize_one import digitize_one, digitize_read, read_some
from digitizer.services.page_bundle import unpack_pages
from digitizer.services.sweep import sweep
from digitizer.services.work import work, work_one
from digitizer.services.work_pages import PageReader
from storage.page_jobs import SqlPageJobs
from storage.page_shelf import DirectoryShelf
from tests.contracts.fakes import MemoryQueue
from tests.faults.long_stub import long_documents
from tests.unit import digitize_fakes
from tests.unit.test_services_archive import archive, digitize, take

FORMATS = ("pdf", "txt", "json")
TEN = "\f".join(f"Trang {number}" for number in range(1, 11))


@pytest.fixture
def app(tmp_path):
    """An archive with a pretended reader."""
    app = archive(tmp_path / "archive")
    jobs = SqlPageJobs(f"sqlite:///{tmp_path}/archive/catalogue.db")
    shelf = DirectoryShelf(tmp_path / "archive" / "shelf")
    yield replace(app, long=long_documents(jobs, shelf, digitize))
    jobs.close()
    app.catalogue.close()


@pytest.fixture
def taken(app, tmp_path):
    def make(text=TEN, name="a.pdf"):
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        (one,) = take(app, (path, f"in/{name}"))
        return one.document_id

    return make


def states(app, worker="worker:1"):
    return [(each.state, each.pages) for each in work(app, worker)]


def shelved(app):
    return list(app.long.shelf.keys("pages/"))


def test_ranges_are_even_and_hold_every_page():
    for pages in (1, 25, 26, 51, 10_000):
        parts = ranges(pages, 25)
        assert [n for first, last in parts for n in range(first, last + 1)] == list(range(1, pages + 1))
        sizes = [last - first + 1 for first, last in parts]
        assert max(sizes) <= 25
        assert max(sizes) - min(sizes) <= 1


def test_a_long_document_is_split_read_by_pages_and_put_together(app, taken):
    document_id = taken()
    assert states(app) == [
        ("split", 10),
        ("pages", 3),
        ("pages", 3),
        ("pages", 2),
        ("pages", 2),
        ("done", 10),
    ]
    assert app.catalogue.document(document_id).pages == 10
    assert [page["text"] for page in app.catalogue.record(document_id)["pages"]] == TEN.split("\f")
    assert shelved(app) == []
    assert app.long.jobs.spent(10) == ()
    assert list(app.scratch.iterdir()) == []


def test_a_short_one_is_not_split_and_is_not_held_up(app, taken):
    taken()
    taken("Một trang", "b.pdf")
    assert states(app)[:4] == [("split", 10), ("pages", 3), ("done", 1), ("pages", 3)]


def test_the_pages_of_a_secret_paper_leave_the_shelf(app, taken):
    def secret(source, out, bring):
        made = app.long.join(source, out, bring)
        reason = Reason(Code.CLASSIFIED, "carries the secrecy mark MẬT", 1)
        record = replace(made.record, reasons=(reason,), state=RecordState.DONE_WITH_GAPS)
        return Digitized(record, made.files)

    document_id = taken()
    assert states(replace(app, long=replace(app.long, join=secret)))[-1] == ("failed", 0)
    assert app.catalogue.document(document_id).state == "quarantined"
    assert shelved(app) == []


@pytest.mark.parametrize("loss", ["gone", "damaged"])
def test_what_the_shelf_lost_is_read_again(app, taken, loss):
    document_id = taken()
    worker = PageReader(app, "worker:1")
    work_one(app, "worker:1")
    while worker.work_one() is not None:
        pass
    worker.close()
    lost = app.long.shelf._root / shelved(app)[0]
    lost.unlink()
    if loss == "damaged":
        lost.write_bytes(b"[[1, 5]]\nx")
    assert states(app)[0] == ("split", 10)
    assert app.catalogue.document(document_id).state == "done"
    assert shelved(app) == []


def test_pages_read_by_another_version_are_not_mixed_in(app, taken):
    taken()
    work_one(app, "worker:1")
    worker = PageReader(app, "worker:1")
    while worker.work_one() is not None:
        pass
    worker.close()
    newer = replace(app, long=replace(app.long, made_by="pretended-2"))
    assert states(newer)[0] == ("split", 10)
    assert app.long.jobs.spent(10) == ()


def test_what_fails_three_times_is_a_gap_and_the_rest_is_there(app, taken):
    read = app.long.read

    def failing(source, out, numbers):
        if 5 in numbers:
            raise ValueError("bí mật")
        return read(source, out, numbers)

    document_id = taken()
    ended = states(replace(app, long=replace(app.long, read=failing)))
    assert ended.count(("failed", 0)) == 3
    assert ended[-1] == ("done_with_gaps", 10)
    pages = app.catalogue.record(document_id)["pages"]
    assert [page["number"] for page in pages if page["status"] == "failed"] == [5]
    assert pages[4]["reason"]["code"] == "E-TOOL"
    assert "bí mật" not in json.dumps([str(event) for event in app.catalogue.events()])


def test_a_damaged_master_is_no_page_s_fault(app, taken):
    document_id = taken()
    work_one(app, "worker:1")
    known = app.catalogue.document(document_id)
    stored = next((app.masters._root).rglob(known.fixity.sha256))
    stored.chmod(0o640)
    stored.write_bytes(b"x" + stored.read_bytes()[1:])
    worker = PageReader(app, "worker:1")
    assert worker.work_one().state == "failed"
    worker.close()
    assert app.catalogue.document(document_id).state == "quarantined"
    assert app.long.jobs.waiting(10) == ()


def test_a_missing_tool_gives_the_pages_back_and_blames_none(app, taken):
    def missing(source, out, numbers):
        raise MissingDependencyError("no model")

    document_id = taken()
    for _ in range(4):
        with pytest.raises(MissingDependencyError):
            states(replace(app, long=replace(app.long, read=missing)))
    assert states(app)[-1] == ("done", 10)
    kinds = [event.kind for event in app.catalogue.events(document_id)]
    assert (kinds.count("pages-released"), kinds.count("pages-failed")) == (4, 0)


def test_the_sweeper_rings_for_pages_that_were_forgotten_or_left(app, taken):
    taken()
    work_one(app, "worker:1")
    assert [job.name for job in app.queue.rings] == ["digitize"] + ["pages"] * 4
    app = replace(app, queue=MemoryQueue())
    assert sweep(app).forgotten == 4
    app.long.jobs.claim("worker:2", 0)
    assert sweep(app).left == 1


def test_pages_in_a_bundle_are_the_ones_asked_for(tmp_path):
    path = tmp_path / "bundle"
    for content, numbers in ((b"[[1, 2]]\nxx", [2]), (b"[[1, 9]]\nxx", [1]), (b"{", [1]), (b"[3]\n", [3])):
        path.write_bytes(content)
        with path.open("rb") as data, pytest.raises(FixityError):
            unpack_pages(data, numbers, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "script",
    [
        {"pages": 11, "born": [2, 3], "blank": [4], "broken": [6]},
        {"pages": 9, "die_full": [2], "die": [8]},
    ],
    ids=["whole", "a page kills its reader"],
)
def test_the_result_is_one_worker_s_byte_for_byte(tmp_path, script):
    """Through the real spine, with a pretended engine: split among page jobs, and in one piece."""
    path = tmp_path / "in" / "dài.pdf"
    path.parent.mkdir()
    path.write_text(json.dumps(script))
    made = []
    with digitize_fakes.crew(1) as crew:
        for most in (4, 0):
            home = tmp_path / str(most)
            app = archive(home, digitize=partial(digitize_one, crew, FORMATS))
            jobs = SqlPageJobs(f"sqlite:///{home}/catalogue.db")
            long = LongDocuments(
                jobs,
                DirectoryShelf(home / "shelf"),
                "fake",
                4,
                partial(digitize_one, crew, FORMATS, most_pages=4),
                partial(read_some, crew),
                partial(digitize_read, crew, FORMATS),
            )
            app = replace(app, long=long if most else None)
            (one,) = take(app, (path, "in/dài.pdf"))
            kinds = [each.state for each in work(app, "worker:1")]
            assert ("split" in kinds) is bool(most)
            made.append(contents(app, one.document_id))
            jobs.close()
            app.catalogue.close()
    assert made[0] == made[1]
    assert made[0]["pages"] == script["pages"]


def contents(app, document_id):
    record = {name: part for name, part in app.catalogue.record(document_id).items() if name != "seconds"}
    files = {}
    for each in app.catalogue.derivatives(document_id):
        with app.derivatives.open(object_key(each.fixity.sha256)) as data:
            files[each.kind] = data.read()
    record["derivatives"] = [each for each in record["derivatives"] if each["kind"] != "json"]
    return {"record": record, "files": {**files, "json": b""}, "pages": len(record["pages"])}


def test_only_pages_that_wait_can_be_taken_off(tmp_path):
    shelf = DirectoryShelf(tmp_path)
    with pytest.raises(Exception, match="nothing else is ever removed"):
        shelf.remove("sha256/ab/cd/x")
    shelf.remove("pages/ab")
