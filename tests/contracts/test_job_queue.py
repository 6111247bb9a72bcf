"""What every doorbell promises: little. It takes rings and says how many wait."""

import threading

import pytest

from digitizer.ports import Job, JobQueue
from tests.contracts.fakes import MemoryQueue
from workers.queue import EmbeddedQueue


@pytest.fixture(params=["memory", "embedded"])
def queue(request) -> JobQueue:
    return MemoryQueue() if request.param == "memory" else EmbeddedQueue()


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
