"""Workers, supervisors and the queue's server die, stop and lie: nothing is lost, nothing is done twice.

Names begin with the case of the catalogue of faults in docs/reliability.md.
"""

from __future__ import annotations

import os
import signal
import zlib
from pathlib import Path

import pytest

from digitizer.errors import MissingDependencyError
from digitizer.ports import Job
from digitizer.services.sweep import sweep
from tests.faults.fleet_bench import SECRET, Fleet, alive, eventually, none_open
from tests.servers import redis
from workers.bell import job_key, signature
from workers.rq_queue import RqQueue, connected
from workers.rq_worker import RingWorker

pytestmark = pytest.mark.slow
TEXT = "Trang một\fTrang hai"
LEASE = "2"


@pytest.fixture
def bell(tmp_path):
    with redis.running() as server:
        yield server


@pytest.fixture
def fleet(tmp_path, bell):
    fleet = Fleet(tmp_path / "fleet", {"redis_url": bell.url, "lease_seconds": LEASE})
    yield fleet
    fleet.end()


@pytest.fixture
def alone(tmp_path):
    """The embedded archive: no server at all."""
    fleet = Fleet(tmp_path / "alone", {"lease_seconds": LEASE})
    yield fleet
    fleet.end()


def whole(fleet, ids):
    counted = fleet.counted(ids)
    assert counted == {
        "acknowledged": len(ids),
        "found": len(ids),
        "lost": 0,
        "unexpected": 0,
        "duplicated": 0,
    }


def test_c04_a_killed_worker_is_replaced_and_its_document_worked_again_at_once(fleet):
    ids = fleet.take("sleep 30 once", TEXT, TEXT)
    supervisor = fleet.start()
    fleet.until(lambda states: states.get("done") == 2)
    os.kill(fleet.holder(ids[0]), signal.SIGKILL)
    fleet.until(none_open)
    assert fleet.kinds(ids[0]) == {"received": 1, "claimed": 2, "failed": 1, "digitized": 1}
    assert "killed by signal 9; it is replaced" in fleet.said()
    whole(fleet, ids)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(30) == 130


def test_c06_supervisor_and_workers_killed_another_machine_takes_over(fleet):
    ids = fleet.take("sleep 30 once", TEXT)
    first = fleet.start()
    fleet.until(lambda states: states.get("running") == 1 and states.get("done") == 1)
    workers = fleet.workers_of(first)
    assert workers
    first.kill()
    first.wait()
    eventually(lambda: not any(map(alive, workers)))  # none outlives its supervisor
    fleet.start(jobs=1)
    fleet.until(none_open)
    assert fleet.kinds(ids[0])["claimed"] == 2
    whole(fleet, ids)


def test_c08_told_to_stop_a_worker_gives_back_what_takes_long(alone):
    ids = alone.take("sleep 60 once")
    supervisor = alone.start(jobs=1)
    alone.until(lambda states: states.get("running") == 1)
    eventually(lambda: any((alone.root / "marks").iterdir()))
    (worker,) = alone.workers_of(supervisor)

    def given_back():
        if alive(worker):  # again and again, as the supervisor does when the first was not enough
            os.kill(worker, signal.SIGTERM)
        return alone.kinds(ids[0])["released"] == 1

    eventually(given_back)
    assert alone.kinds(ids[0])["failed"] == 0
    alone.until(lambda states: states.get("done") == 1)


def test_c08_told_to_stop_workers_end_their_document_first(alone):
    ids = alone.take("sleep 1", TEXT)
    supervisor = alone.start(jobs=1)
    eventually(lambda: any((alone.root / "marks").iterdir()))
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(30) == 130
    assert alone.states() == {"done": 1, "queued": 1}
    whole(alone, ids)


def test_c09_a_worker_that_slept_through_its_lease_commits_nothing(fleet):
    (document,) = fleet.take("sleep 1")
    first = fleet.start(jobs=1)
    fleet.until(lambda states: states.get("running") == 1)
    stopped = [first.pid, *fleet.workers_of(first)]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    second = fleet.start(jobs=1)
    fleet.until(none_open)
    for pid in stopped:
        os.kill(pid, signal.SIGCONT)
    eventually(lambda: '"state": "lost"' in (fleet.root / "out").read_text())
    assert fleet.kinds(document)["claimed"] == 2
    whole(fleet, [document])
    assert second.poll() is None


def test_c15_a_document_that_kills_its_worker_is_quarantined_and_stops_nobody(alone):
    ids = alone.take("die", *[TEXT] * 6)
    supervisor = alone.start(burst=True)
    assert supervisor.wait(90) in {0, 1}
    assert alone.states() == {"quarantined": 1, "done": 6}
    assert alone.kinds(ids[0]) == {"received": 1, "claimed": 3, "failed": 3}
    whole(alone, ids)


def test_c17_any_number_of_sweepers_ring_once(fleet):
    ids = fleet.take(*[TEXT] * 5)
    with fleet.app() as one, fleet.app() as two:
        assert one.queue.depth() == 5
        connected(fleet.settings["redis_url"]).flushall()
        assert sweep(one).forgotten == 5
        assert sweep(two).forgotten == 0
        assert two.queue.depth() == 5
        for name in ("w:1", "w:2"):
            one.catalogue.claim(name, 0.0, ids[4])
        assert sweep(two).left == 1
        (key,) = connected(fleet.settings["redis_url"]).lrange("rq:queue:digitizer", 0, 0)
        assert key.decode() == f"digitize-{ids[4]}"


def test_d01_the_queue_s_server_forgets_everything_and_all_still_ends(fleet, bell):
    ids = fleet.take(*["sleep 0.2"] * 20)
    fleet.start()
    fleet.until(lambda states: states.get("done", 0) >= 3)
    bell.client().flushall()
    fleet.until(lambda states: states.get("done", 0) >= 8)
    bell.kill()
    bell.start()
    fleet.until(none_open, 90)
    assert fleet.states() == {"done": 20}
    whole(fleet, ids)


def test_d02_without_the_queue_s_server_documents_are_taken_and_worked(fleet, bell):
    bell.kill()
    ids = fleet.take(*[TEXT] * 3)
    fleet.start(jobs=1)
    fleet.until(none_open)
    assert fleet.states() == {"done": 3}
    bell.start()
    ids += fleet.take(TEXT, batch="b2")
    fleet.until(lambda states: states.get("done") == 4)
    whole(fleet, ids)


class TestD04AMessageOfAnother:
    """Whoever can write to the queue's server can make a worker execute nothing."""

    @pytest.fixture
    def ring(self, bell):
        self.connection = connected(bell.url)
        self.done = []
        queue = RqQueue(self.connection, SECRET.encode())
        self.queue = queue._queue
        yield queue
        self.connection.close()

    def work(self):
        worker = RingWorker(self.connection, SECRET.encode(), "w", {"digitize": self.done.append})
        assert worker.run(True, lambda: None, lambda: False)
        return self.done

    @pytest.mark.parametrize(
        ("name", "args", "options"),
        [
            ("os.system", ["touch PROOF"], {}),
            ("digitize", ["d1", "0" * 64], {}),
            ("digitize", ["d1"], {}),
            ("digitize", ["d1", None], {}),
            ("digitize", [["d1"], "x"], {}),
            ("subprocess.run", [["touch", "PROOF"]], {}),
            ("digitize", ["d1", "x"], {"more": 1}),
        ],
    )
    def test_d04_unknown_names_and_wrong_signatures_are_refused(
        self, ring, tmp_path, monkeypatch, name, args, options
    ):
        monkeypatch.chdir(tmp_path)
        self.queue.enqueue_call(func=name, args=args, kwargs=options, job_id="digitize-d1")
        assert self.work() == []
        assert not Path("PROOF").exists()

    def test_d04_a_name_off_the_list_runs_nothing_even_well_signed(self, ring, tmp_path, monkeypatch):
        """RQ by itself finds builtins by name; with a stolen secret only the list is left."""
        (tmp_path / "proof_d04.py").write_text("from pathlib import Path\nPath('PROOF').touch()\n")
        monkeypatch.chdir(tmp_path)
        monkeypatch.syspath_prepend(tmp_path)
        signed = signature(SECRET.encode(), Job("__import__", "proof_d04"))
        self.queue.enqueue_call(func="__import__", args=("proof_d04", signed), job_id="__import__-proof_d04")
        assert self.work() == []
        assert not Path("PROOF").exists()

    def test_d04_a_good_signature_under_another_id_or_for_another_document_is_refused(self, ring):
        good = signature(SECRET.encode(), Job("digitize", "d1"))
        self.queue.enqueue_call(func="digitize", args=("d1", good), job_id="another")
        self.queue.enqueue_call(func="digitize", args=("d2", good), job_id="digitize-d2")
        assert self.work() == []

    def test_d04_callbacks_webhooks_and_instances_name_no_code(self, ring, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        ring.ring(Job("digitize", "d1"))
        extra = dict.fromkeys(("success_callback_name", "failure_callback_name"), "os.system")
        hook = '[{"url": "http://127.0.0.1:9/", "job_status": "finished"}]'
        self.connection.hset("rq:job:digitize-d1", mapping={**extra, "webhooks": hook, "retries_left": "5"})
        assert self.work() == ["d1"]

    def test_d04_garbage_is_no_job_and_stops_no_worker(self, ring):
        self.connection.hset("rq:job:bad", mapping={"data": b"\x80\x04garbage", "origin": "digitizer"})
        self.connection.hset("rq:job:worse", mapping={"data": zlib.compress(b"[1]"), "timeout": "x"})
        self.connection.rpush(self.queue.key, "bad", "gone")
        ring.ring(Job("digitize", "d1"))
        assert self.work() == ["d1"]

    def test_d04_a_replayed_message_finds_nothing_to_do(self, fleet):
        (document,) = fleet.take(TEXT)
        job = Job("digitize", document)
        fleet.start(jobs=1)
        fleet.until(none_open)
        connection = connected(fleet.settings["redis_url"])
        queue = RqQueue(connection, SECRET.encode())
        for _ in range(3):
            queue.ring(job)
        eventually(lambda: queue.depth() == 0 and not connection.exists(f"rq:job:{job_key(job)}"))
        assert fleet.kinds(document)["claimed"] == 1
        connection.close()

    def test_d04_a_job_that_finds_a_tool_missing_ends_the_worker_s_loop(self, ring):
        def missing(_id):
            raise MissingDependencyError("no model")

        ring.ring(Job("digitize", "d1"))
        worker = RingWorker(self.connection, SECRET.encode(), "w", {"digitize": missing})
        with pytest.raises(MissingDependencyError, match="no model"):
            worker.run(True, lambda: None, lambda: False)


def test_d24_a_missing_tool_stops_the_line_blames_nobody_and_is_tried_again(alone):
    ids = alone.take("stop", TEXT)
    alone.start(jobs=1)
    alone.until(none_open)
    assert alone.states() == {"done": 2}
    assert alone.kinds()["failed"] == 0
    assert "no model is installed" in alone.said()
    whole(alone, ids)


def test_d24_in_a_burst_the_missing_tool_ends_the_run_with_status_3(alone):
    alone.take("stop", TEXT)
    assert alone.start(jobs=1, burst=True).wait(60) == 3
    assert alone.states() == {"queued": 2}
