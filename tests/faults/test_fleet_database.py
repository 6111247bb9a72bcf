"""PostgreSQL behind the fleet: what was committed stays, what is tried again is not there twice."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psycopg
import pytest
from sqlalchemy import text

from digitizer.bootstrap import archive_of
from digitizer.errors import DigitizerError, MissingDependencyError
from digitizer.services.work import work
from digitizer.settings import Settings
from storage import dialect, queries
from storage.catalogue import SqlCatalogue
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, record
from tests.faults.fleet_bench import BY, Fleet, eventually, none_open
from tests.servers import postgres
from tests.unit.test_services_archive import archive

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


def refusing(server, url, errcode):
    """Let every event be refused with this error of the database; the statement that ends it."""
    name = url.partition("?")[0].rpartition("/")[2]
    raised = f"BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '{errcode}'; END"
    server.run(
        f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {raised} $$;"
        "CREATE TRIGGER refuse BEFORE INSERT ON event EXECUTE FUNCTION refuse()",
        name,
    )
    return lambda: server.run("DROP TRIGGER refuse ON event", name)


@pytest.mark.parametrize(
    "errcode",
    [
        pytest.param("40P01", id="deadlock"),
        pytest.param("40001", id="serialization"),
        pytest.param("55P03", id="lock_timeout"),
        pytest.param("57014", id="statement_timeout"),
        pytest.param("53300", id="no_connection_free"),
        pytest.param("53100", id="disk_full"),
    ],
)
def test_d18_what_the_database_refuses_leaves_no_half_and_goes_on_later(server, tmp_path, errcode):
    url = server.fresh()
    app = archive(tmp_path / "archive", catalogue=SqlCatalogue(url))
    app.catalogue.add_document(document(), BY)
    allow = refusing(server, url, errcode)
    with pytest.raises(MissingDependencyError):
        app.catalogue.add_document(document(b"other", id="d2"), BY)
    with pytest.raises(MissingDependencyError):
        list(work(app, "worker:1"))
    assert [(each.id, each.state, each.attempt) for each in app.catalogue.documents()] == [
        ("d1", "queued", 0)
    ]
    allow()
    assert app.catalogue.add_document(document(b"other", id="d2"), BY).id == "d2"
    assert app.catalogue.claim("worker:1", 60).id == "d1"
    app.catalogue.verify_events()
    app.catalogue.close()


def test_d18_without_a_free_connection_it_waits_and_goes_on(server):
    url = server.fresh()
    catalogue = SqlCatalogue(url)
    catalogue.add_document(document(), BY)
    catalogue._engine.dispose()
    taken = []
    with suppress(psycopg.OperationalError):
        while True:
            taken.append(psycopg.connect(server._dsn("postgres")))
    with pytest.raises(MissingDependencyError):
        catalogue.add_document(document(b"other", id="d2"), BY)
    for each in taken:
        each.close()
    eventually(lambda: accepted(catalogue, document(b"other", id="d2")))
    assert [each.id for each in catalogue.documents()] == ["d1", "d2"]
    catalogue.close()


def accepted(catalogue, new):
    with suppress(MissingDependencyError):
        return bool(catalogue.add_document(new, BY))
    return False


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_d18_i04_writers_see_each_other_whatever_level_the_server_prefers(server, level):
    """At those levels a writer that waited would hang its event on an old link, or be refused for ever."""
    url = server.fresh()
    name = url.partition("?")[0].rpartition("/")[2]
    server.run(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
    catalogues = [SqlCatalogue(url) for _ in range(4)]

    def fill(number):
        for each in range(10):
            catalogues[number].add_document(document(f"{number} {each}".encode(), id=f"d{number}-{each}"), BY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, range(4)))
    assert catalogues[0].verify_events()[0] == 40
    for each in catalogues:
        each.close()


def test_l03_a_database_that_is_down_is_one_clear_line(tmp_path):
    url = "postgresql+psycopg://digitizer@127.0.0.1:9/none"
    with (
        pytest.raises(MissingDependencyError, match="catalogue"),
        archive_of(Settings(home=tmp_path, database_url=url)),
    ):
        pass


def test_a_claim_finds_its_document_by_the_index_however_many_are_done(server):
    """Where most documents wait, the order of their numbers leads over all that are done before them."""
    catalogue = SqlCatalogue(server.fresh())
    catalogue.add_document(document(b"first", id="first"), BY)
    with catalogue._engine.begin() as connection:
        connection.execute(text(_MANY))
    with catalogue._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE document"))
        wanted = queries.waiting(0.0, 1).compile(connection, compile_kwargs={"literal_binds": True})
        (plan,) = connection.execute(text(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {wanted}")).scalar_one()
    assert plan["Plan"]["Actual Rows"] == 1
    assert plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"] < 30
    catalogue.close()


_MANY = """
INSERT INTO document SELECT (jsonb_populate_record(first, jsonb_build_object(
    'seq', 10 + n, 'id', n::text, 'sha256', md5(n::text) || md5(n::text),
    'state', CASE WHEN n <= 4000 THEN 'done' ELSE 'queued' END))).*
FROM (SELECT document AS first FROM document) AS one, generate_series(1, 16000) AS n;
UPDATE document SET state = 'done' WHERE id = 'first'
"""
