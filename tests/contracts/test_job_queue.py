"""What every doorbell promises: little. It takes rings and says how many wait."""

import json
import threading
import zlib

import pytest

from digitizer.errors import MissingDependencyError, UsageError
from digitizer.ports import Job, JobQueue
from tests.contracts.fakes import MemoryQueue
from workers.queue import EmbeddedQueue
from workers.rq_queue import RqQueue, connected

SECRET = b"sixteen bytes and more"


@pytest.fixture(params=["memory", "embedded", "rq"])
def queue(request) -> JobQueue:
    if request.param != "rq":
        yield MemoryQueue() if request.param == "memory" else EmbeddedQueue()
        return
    connection = connected(request.getfixturevalue("valkey").url)
    connection.flushall()
    yield RqQueue(connection, SECRET)
    connection.close()


def test_rings_wait(queue):
    assert queue.depth() == 0
    queue.ring(Job("digitize", "d1"))
    queue.ring(Job("digitize", "d2"))
    assert queue.depth() == 2


def test_a_ring_wakes_one_who_waits():
    queue = EmbeddedQueue()
    threading.Timer(0.05, queue.ring, [Job("digitize", "d1")]).start()
    assert queue.wait(5) == Job("digitize", "d1")
    assert queue.wait(0.01) is None


def test_the_same_ring_is_kept_once():
    queue = EmbeddedQueue()
    for _ in range(3):
        queue.ring(Job("digitize", "d1"))
    assert queue.depth() == 1


def test_a_first_ring_comes_before_all_others(queue):
    for number in (1, 2):
        assert queue.ring(Job("digitize", f"d{number}"))
    assert queue.ring(Job("digitize", "d3"), first=True)
    assert next_of(queue) == "d3"


def test_the_embedded_queue_holds_a_bounded_number():
    queue = EmbeddedQueue(window=2)
    assert [queue.ring(Job("digitize", f"d{n}")) for n in (1, 2, 3, 1)] == [True, True, False, True]
    assert queue.ring(Job("digitize", "d2"), first=True)
    assert [queue.wait(0.01), queue.wait(0.01)] == [Job("digitize", "d2"), Job("digitize", "d1")]


def next_of(queue) -> str:
    if isinstance(queue, MemoryQueue):
        return queue.rings[0].object_id
    if isinstance(queue, EmbeddedQueue):
        return queue.wait(1).object_id
    (key,) = queue._connection.lrange(queue._queue.key, 0, 0)
    return key.decode().partition("-")[2]


class TestOnAServer:
    @pytest.fixture
    def connection(self, valkey):
        connection = connected(valkey.url)
        connection.flushall()
        yield connection
        connection.close()

    def test_the_same_ring_is_kept_once_and_can_be_moved_to_the_front(self, connection):
        queue = RqQueue(connection, SECRET)
        for number in (1, 2, 2, 1):
            assert queue.ring(Job("digitize", f"d{number}"))
        assert queue.depth() == 2
        assert queue.ring(Job("digitize", "d2"), first=True)
        assert (queue.depth(), next_of(queue)) == (2, "d2")

    def test_it_holds_a_bounded_number(self, connection):
        queue = RqQueue(connection, SECRET, window=3)
        assert [queue.ring(Job("digitize", f"d{n}")) for n in range(5)] == [True] * 3 + [False] * 2
        assert queue.ring(Job("digitize", "d0"))
        assert not queue.ring(Job("digitize", "d9"), first=True)
        assert queue.depth() == 3

    def test_a_message_is_json_without_names_of_code_or_people(self, connection):
        RqQueue(connection, SECRET).ring(Job("digitize", "d1"))
        message = connection.hgetall("rq:job:digitize-d1")
        name, instance, args, options = json.loads(zlib.decompress(message[b"data"]))
        assert (name, instance, options, args[0]) == ("digitize", None, {}, "d1")
        assert len(args) == 2

    def test_a_server_that_is_down_is_a_clear_error(self):
        queue = RqQueue(connected("unix:///nowhere/socket"), SECRET)
        for call in (queue.depth, lambda: queue.ring(Job("digitize", "d1"))):
            with pytest.raises(MissingDependencyError, match="queue's server"):
                call()

    @pytest.mark.parametrize("job", [Job("os.system", "x"), Job("digitize", "a/b"), Job("digitize", "é")])
    def test_an_id_that_is_none_is_refused(self, connection, job):
        with pytest.raises(UsageError):
            RqQueue(connection, SECRET).ring(job)
