"""PostgreSQL behind the fleet: what was committed stays, what is tried again is not there twice."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import text

from digitizer.bootstrap import archive_of
from digitizer.errors import DigitizerError, MissingDependencyError
from digitizer.settings import Settings
from storage import dialect
from storage.catalogue import SqlCatalogue
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, record
from tests.faults.fleet_bench import BY, Fleet, eventually, none_open
from tests.servers import postgres

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with postgres.running() as server:
        yield server


def test_d16_the_database_crashes_while_documents_come_in_and_all_acknowledged_are_there(server):
    """An immediate stop, again and again, under four writers; each tries again until it is told yes."""
    catalogue = SqlCatalogue(server.fresh())
    acknowledged, stop = [], threading.Event()

    def receive(worker):
        number = 0
        while not stop.is_set():
            data = f"{worker} {number}".encode()
            new = document(data, id=f"d-{worker}-{number}")
            try:
                known = catalogue.add_document(new, BY)
            except DigitizerError:
                continue  # the outcome is unknown: the same document again
            acknowledged.append((known.id, fixity(data).sha256))
            number += 1

    with ThreadPoolExecutor(4) as pool:
        for worker in range(4):
            pool.submit(receive, worker)
        for _ in range(3):
            before = len(acknowledged)
            while len(acknowledged) < before + 25:
                stop.wait(0.05)
            server.stop(signal.SIGQUIT)
            server.start()
        stop.set()
    found = {each.id: each.fixity.sha256 for each in catalogue.documents()}
    lost = [each for each, sha256 in acknowledged if found.get(each) != sha256]
    assert (len(acknowledged) >= 75, lost) == (True, [])
    assert len(set(found.values())) == len(found)
    catalogue.verify_events()
    catalogue.close()


def test_d16_the_database_crashes_while_documents_are_worked_and_all_end_once(server, tmp_path):
    fleet = Fleet(tmp_path / "fleet", {"database_url": server.fresh(), "lease_seconds": "2"})
    try:
        ids = fleet.take(*["sleep 0.3"] * 12)
        fleet.start()
        fleet.until(lambda states: states.get("done", 0) >= 3)
        server.stop(signal.SIGQUIT)
        server.start()
        fleet.until(none_open, 120)
        assert fleet.states() == {"done": 12}
        assert fleet.counted(ids)["lost"] == fleet.counted(ids)["duplicated"] == 0
        assert "the catalogue cannot be used now" in fleet.said()
    finally:
        fleet.end()


def test_d16_a_commit_whose_answer_is_lost_is_tried_again_without_a_second_document(server):
    catalogue = SqlCatalogue(server.fresh())
    first = catalogue.add_document(document(), BY)
    again = catalogue.add_document(document(id="d2"), BY)
    held = catalogue.claim("w:1", 60)
    result = record(held.fixity, ["x"])
    catalogue.complete(held.id, held.attempt, result, BY)
    with pytest.raises(DigitizerError, match="stale"):
        catalogue.complete(held.id, held.attempt, result, BY)
    assert (again.id, len(list(catalogue.documents()))) == (first.id, 1)
    catalogue.close()


def test_d18_a_writer_that_stands_still_stops_the_others_for_a_while_only(server, monkeypatch):
    """It holds the lock of writers; the server ends its transaction, and its commit is refused."""
    monkeypatch.setattr(dialect, "_LOCK_SECONDS", 1.0)
    url = server.fresh()
    still, other = SqlCatalogue(url), SqlCatalogue(url)

    def stand_still():
        with dialect.writing(still._engine) as connection:
            eventually(added)
            connection.execute(text("SELECT 1"))

    def added():
        with suppress(MissingDependencyError):  # the lock was not had in time: the line waits
            return bool(other.add_document(document(), BY))
        return False

    with pytest.raises(MissingDependencyError):
        stand_still()
    assert [each.id for each in other.documents()] == ["d1"]
    for each in (still, other):
        each.close()


def test_l03_a_database_that_is_down_is_one_clear_line(tmp_path):
    url = "postgresql+psycopg://digitizer@127.0.0.1:9/none"
    with (
        pytest.raises(MissingDependencyError, match="catalogue"),
        archive_of(Settings(home=tmp_path, database_url=url)),
    ):
        pass
