"""Workers die over pages of long documents: only those pages are read again, and all is put together once."""

from __future__ import annotations

import os
import signal
from collections import Counter

import pytest

from digitizer.ports import object_key
from tests.faults.fleet_bench import Fleet, alive, eventually, none_open
from tests.servers import redis

pytestmark = pytest.mark.slow
LEASE = "2"


both = pytest.mark.parametrize("fleet", ["in the catalogue", "at the bell"], indirect=True)


@pytest.fixture
def fleet(request, tmp_path):
    settings = {"lease_seconds": LEASE}
    if getattr(request, "param", "") != "at the bell":
        fleet = Fleet(tmp_path / "fleet", settings)
        yield fleet
        fleet.end()
        return
    with redis.running() as bell:
        fleet = Fleet(tmp_path / "fleet", {**settings, "redis_url": bell.url})
        yield fleet
        fleet.end()


def pages(*texts):
    return "\f".join(texts)


def plain(count):
    return [f"Trang {number} của hồ sơ" for number in range(1, count + 1)]


def held(fleet, kind="pages-claimed"):
    """The pids of the workers that took pages, oldest first."""
    with fleet.app() as app:
        claims = [event for event in app.catalogue.events() if event.kind == kind]
    return [int(event.agent.name.rpartition(":")[2]) for event in claims]


def whole(fleet, ids):
    counted = fleet.counted(ids)
    assert (counted["found"], counted["lost"], counted["duplicated"]) == (len(ids), 0, 0)
    kinds = fleet.kinds()
    assert kinds["all-pages-read"] == kinds["split"]
    with fleet.app() as app:
        for known in app.catalogue.documents():
            for each in app.catalogue.derivatives(known.id):
                app.derivatives.verify(object_key(each.fixity.sha256), each.fixity)
        eventually(lambda: not list(app.long.shelf.keys("pages/")))


@both
def test_several_workers_share_a_long_document(fleet):
    texts = [f"sleep 0.5\nTrang {number}" for number in range(1, 13)]
    ids = fleet.take(pages(*texts))
    fleet.start()
    fleet.until(none_open)
    assert len(set(held(fleet))) == 2
    assert fleet.states() == {"done": 1}
    whole(fleet, ids)


@both
def test_c07_a_worker_killed_at_a_page_costs_that_page_job_only(fleet):
    texts = plain(12)
    texts[4] = "sleep 30 once"
    ids = fleet.take(pages(*texts), "Trang một")
    fleet.start()
    eventually(lambda: any(mark.name.endswith("-5") for mark in (fleet.root / "marks").iterdir()))
    with fleet.app() as app:
        claims = [e for e in app.catalogue.events() if e.kind == "pages-claimed"]
    (holder,) = [e.agent.name for e in claims if dict(e.detail)["pages"] == "4-6"]
    os.kill(int(holder.rpartition(":")[2]), signal.SIGKILL)
    fleet.until(none_open)
    assert fleet.states() == {"done": 2}
    with fleet.app() as app:
        claimed = Counter(
            dict(e.detail)["pages"] for e in app.catalogue.events() if e.kind == "pages-claimed"
        )
    again = {"4-4": 1, "5-5": 1, "6-6": 1}
    assert claimed == {"1-3": 1, "4-6": 1, "7-9": 1, "10-12": 1, **again}
    whole(fleet, ids)


def test_c15_a_page_that_kills_every_worker_is_a_gap_and_the_document_is_not_lost(fleet):
    texts = plain(7)
    texts[5] = "die"
    ids = fleet.take(pages(*texts))
    fleet.start()
    fleet.until(none_open)
    assert fleet.states() == {"done_with_gaps": 1}
    with fleet.app() as app:
        found = app.catalogue.record(ids[0])["pages"]
    assert [page["number"] for page in found if page["status"] == "failed"] == [6]
    assert found[5]["reason"]["code"] == "E-TOOL"
    assert fleet.kinds(ids[0])["pages-failed"] == 3
    whole(fleet, ids)


def test_c06_supervisor_and_workers_killed_over_pages_another_machine_takes_over(fleet):
    texts = plain(8)
    texts[0] = texts[7] = "sleep 30 once"
    ids = fleet.take(pages(*texts))
    first = fleet.start()
    eventually(lambda: len(list((fleet.root / "marks").glob("*-[18]"))) == 2)
    workers = fleet.workers_of(first)
    first.kill()
    first.wait()
    eventually(lambda: not any(map(alive, workers)))
    fleet.start(jobs=1)
    fleet.until(none_open)
    assert fleet.states() == {"done": 1}
    whole(fleet, ids)


def test_c09_a_worker_that_slept_through_its_lease_on_pages_commits_nothing(fleet):
    texts = plain(4)
    texts[0] = "sleep 1\nTrang"
    ids = fleet.take(pages(*texts))
    first = fleet.start(jobs=1)
    eventually(lambda: any((fleet.root / "marks").glob("*-1")))
    stopped = [first.pid, *fleet.workers_of(first)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    fleet.start(jobs=1)
    fleet.until(none_open)
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: '"state": "lost"' in (fleet.root / "out").read_text())
    whole(fleet, ids)
