"""The SQL body of the catalogue: durability settings, migrations, the guarded trail, killed writers."""

import multiprocessing
import os
import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateTable

from digitizer.errors import FixityError, MissingDependencyError, UsageError
from digitizer.model import Agent
from storage.accession_tables import metadata
from storage.catalogue import SqlCatalogue
from storage.dialect import append_only, engine_for, reading
from storage.inventory import SqlInventory
from storage.migrate import bring_up_to_date, revision_of
from storage.page_jobs import SqlPageJobs
from storage.schema import HEAD
from tests.contracts.samples import document, record

BY = Agent("person:lan")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "catalogue.db"


def opened(path):
    return SqlCatalogue(f"sqlite:///{path}")


def test_commits_reach_the_disk(path):
    opened(path).close()
    engine = engine_for(f"sqlite:///{path}")
    with reading(engine) as connection:
        values = [connection.execute(text(f"PRAGMA {n}")).scalar() for n in ("synchronous", "journal_mode")]
        assert values == [2, "wal"]
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def test_the_migrations_make_the_tables_of_the_code(path):
    opened(path).close()
    SqlPageJobs(f"sqlite:///{path}").close()
    assert ScriptDirectory("storage/migrations").get_current_head() == HEAD
    engine = engine_for(f"sqlite:///{path}")
    with reading(engine) as connection:
        assert revision_of(connection) == HEAD
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_an_old_catalogue_is_brought_up_with_its_rows(path):
    engine = engine_for(f"sqlite:///{path}")
    bring_up_to_date(engine, "0001")
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO batch VALUES ('F', 'b', '2025')"))
    engine.dispose()
    catalogue = opened(path)
    assert [b.batch for b in catalogue.batches()] == ["b"]
    catalogue.add_document(document(), BY)
    catalogue.close()
    _tampered(path, "UPDATE event SET at = 'x'", refused=True)


def test_objects_of_an_old_catalogue_wait_for_their_check(path):
    engine = engine_for(f"sqlite:///{path}")
    bring_up_to_date(engine, "0002")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO document (id, fonds, batch, name, path, media_type, sha256, bytes, "
                "received_at, state, pages, attempt, failures) "
                "VALUES ('d', 'F', 'b', '', '', '', 'abc', 7, '', 'queued', 0, 0, 0)"
            )
        )
    engine.dispose()
    catalogue = opened(path)
    assert [(o.shelf, o.fixity.sha256, o.fixity.bytes) for o in catalogue.to_verify(9)] == [
        ("masters", "abc", 7)
    ]
    catalogue.close()


def test_a_catalogue_of_a_newer_version_is_refused(path):
    opened(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(UsageError, match="9999"):
        opened(path)


def test_a_killed_upgrade_is_as_if_it_never_began(path):
    for after in range(1, 30, 4):
        child = multiprocessing.get_context("fork").Process(target=_die_in_upgrade, args=(path, after))
        child.start()
        child.join()
        engine = engine_for(f"sqlite:///{path}")
        with reading(engine) as connection:
            assert revision_of(connection) in {None, HEAD}
        engine.dispose()
    catalogue = opened(path)
    catalogue.add_document(document(), BY)
    catalogue.close()


def _die_in_upgrade(path, after):
    from sqlalchemy import event

    engine, calls = engine_for(f"sqlite:///{path}"), iter(range(after))

    @event.listens_for(engine, "before_cursor_execute")
    def _count(*_args):
        if next(calls, None) is None:
            os.kill(os.getpid(), 9)

    bring_up_to_date(engine)


def test_eight_processes_can_open_a_new_catalogue_at_once(path):
    context = multiprocessing.get_context("fork")
    children = [context.Process(target=_open_and_add, args=(path, number)) for number in range(8)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    assert [child.exitcode for child in children] == [0] * 8
    catalogue = opened(path)
    assert len(list(catalogue.documents())) == 8
    assert catalogue.verify_events()[0] == 8
    catalogue.close()


def _open_and_add(path, number):
    catalogue = opened(path)
    catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
    catalogue.close()


def _tampered(path, statement, *, refused=False):
    connection = sqlite3.connect(path)
    try:
        if refused:
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)
        else:
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS event_no_{verb}")
            connection.execute(statement)
            connection.commit()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET agent = 'person:other' WHERE seq = 2",
        "DELETE FROM event WHERE seq = 2",
        "UPDATE event SET detail = '[]' WHERE seq = 1",
    ],
)
def test_the_trail_refuses_changes_and_shows_those_made_behind_its_back(path, statement):
    catalogue = opened(path)
    for number in range(3):
        catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
    _tampered(path, statement, refused=True)
    assert catalogue.verify_events()[0] == 3
    _tampered(path, statement)
    with pytest.raises(FixityError, match="audit trail"):
        catalogue.verify_events()
    catalogue.close()


def test_a_document_must_have_its_own_id(path):
    catalogue = opened(path)
    catalogue.add_document(document(b"1"), BY)
    with pytest.raises(IntegrityError):
        catalogue.add_document(document(b"2"), BY)
    assert catalogue.verify_events()[0] == 1
    catalogue.close()


def test_reading_and_writing_go_on_side_by_side(path):
    catalogue = opened(path)
    for number in range(30):
        catalogue.add_document(document(bytes([number]), id=f"d{number}"), BY)
    seen = []
    for found in catalogue.documents():
        thread = threading.Thread(target=lambda: seen.append(catalogue.claim("worker:1", 60)))
        thread.start()
        thread.join()
        assert found.id
    assert len(seen) == 30
    catalogue.close()


@pytest.mark.parametrize("url", ["nonsense", "mysql://x/y", "sqlite+nodriver:///x"])
def test_a_wrong_url_is_a_wrong_setting(url):
    with pytest.raises(UsageError):
        engine_for(url)


def test_a_folder_that_is_not_there_is_said_in_one_line(tmp_path):
    with pytest.raises(MissingDependencyError, match="catalogue"):
        SqlCatalogue(f"sqlite:///{tmp_path}/none/catalogue.db")


@pytest.mark.slow
def test_killed_at_any_statement_a_completed_document_is_complete(path):
    """Either the record is there with its event and its index outbox row, or nothing of it is."""
    for after in range(2, 40, 3):
        catalogue = opened(path)
        catalogue.add_document(document(bytes([after]), id=f"d{after}"), BY)
        catalogue.close()
        child = multiprocessing.get_context("fork").Process(target=_die_completing, args=(path, after))
        child.start()
        child.join()
        catalogue = opened(path)
        done = catalogue.document(f"d{after}").state == "done"
        assert (len(catalogue.to_index(100)) > 0) == done
        assert ("digitized" in [e.kind for e in catalogue.events(f"d{after}")]) == done
        assert catalogue.verify_events()
        catalogue.indexed([seq for seq, _ in catalogue.to_index(100)])
        catalogue.close()
    assert done


def _die_completing(path, after):
    from sqlalchemy import event

    catalogue, calls = opened(path), iter(range(after))
    held = catalogue.claim("worker:1", 3600)
    while held.id != f"d{after}":
        held = catalogue.claim("worker:1", 3600)

    @event.listens_for(catalogue._engine, "before_cursor_execute")
    def _count(*_args):
        if next(calls, None) is None:
            os.kill(os.getpid(), 9)

    catalogue.complete(held.id, held.attempt, record(held.fixity, ["một", "hai"]), BY)


def test_the_tables_and_the_guard_can_be_made_in_postgresql():
    """Compiled only: no server here."""
    made = [str(CreateTable(table).compile(dialect=postgresql.dialect())) for table in metadata.sorted_tables]
    assert "BIGSERIAL" in "".join(made)
    assert "TRUNCATE" in "".join(append_only("postgresql", "event"))


def test_documents_of_an_old_catalogue_are_counted_as_in_no_dossier(path):
    catalogue = opened(path)
    catalogue.add_document(document(), BY)
    held = catalogue.claim("worker:1", 60.0)
    catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ", "")), BY)
    catalogue.close()
    engine = engine_for(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE document_part DROP COLUMN standing"))
        desk = ("look", "reserved", "amendment", "division", "rescan", "rebuilt", "worker_roll")
        newer = ("version", "page_job", "account_identity", "saved_search", "batch_facts", *desk, "passage")
        for table in (*newer, "tally", "stock_day", "frozen", "freeze", "dossier", "fonds"):
            connection.execute(text(f"DROP TABLE {table}"))
        connection.execute(text("ALTER TABLE outbox DROP COLUMN part"))
        for index in ("document_counts", "page_not_text", "receipt_by_place"):
            connection.execute(text(f"DROP INDEX {index}"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0008'"))
    engine.dispose()
    book = SqlInventory(f"sqlite:///{path}")
    (tally,) = book.tallies(-1)
    assert (tally["received.documents"], tally["read.pages"], tally["read.a4_halves"]) == (1, 1, 2)
    assert [each.station for each in book.days(None, "all")] == ["read", "received"]
    book.close()
