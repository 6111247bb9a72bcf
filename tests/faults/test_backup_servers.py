"""Backup and restore with real servers: PostgreSQL and S3 under one joint id, compared to the last object."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest

from digitizer import bootstrap
from digitizer.errors import FixityError, UsageError
from digitizer.model import MediaType
from digitizer.services.backup import backup, restore
from digitizer.services.find import find, rebuild_index
from digitizer.services.ingest import ingest
from digitizer.services.reconcile import reconcile
from digitizer.services.work import work
from digitizer.settings import Settings
from tests.unit.test_services_archive import BY, digitize

pytestmark = pytest.mark.slow


class Place:
    """An archive on servers, a folder of backups, and other, empty servers."""

    def __init__(self, tmp_path, postgres, seaweed):
        self.tmp, self.folder = tmp_path, tmp_path / "backups"
        self._postgres, self._seaweed = postgres, seaweed
        self.source = self.servers("home")

    def servers(self, name):
        url = f"s3+http://{self._seaweed.endpoint}/test/{secrets.token_hex(6)}"
        keys = {"store_access_key": self._seaweed.access_key, "store_secret_key": self._seaweed.secret_key}
        database = self._postgres.fresh()
        return Settings(home=self.tmp / name, database_url=database, store_url=url, **keys)

    @contextmanager
    def opened(self, settings):
        with bootstrap.archive_of(settings) as app:
            yield replace(app, admit=lambda _file: MediaType.PDF, digitize=digitize, long=None)

    def take(self, app, *texts):
        files = []
        for text in texts:
            path = self.tmp / f"{text}.pdf"
            path.write_text(f"Quyết định số {text}")
            files.append((path, path.name))
        return list(ingest(app, files, "F01", "b1", BY))

    def backup(self, app):
        shelves = bootstrap.shelves_in(self.folder)
        return backup(app, self.folder, shelves, *bootstrap.catalogue_copier(self.source))

    def restore(self, settings):
        load = bootstrap.catalogue_loader(settings)
        opened = partial(bootstrap.archive_at, settings, servers=True)
        return restore(self.folder, settings.home, bootstrap.shelves_in(self.folder), opened, load=load)


@pytest.fixture
def place(tmp_path, postgres, seaweed):
    return Place(tmp_path, postgres, seaweed)


def test_g14_g16_an_archive_on_servers_is_backed_up_while_it_is_used_and_restored_onto_empty_ones(place):
    with place.opened(place.source) as app:
        place.take(app, "một", "hai", "ba")
        list(work(app, "worker:1"))
        before = list(app.catalogue.documents())
        stop = threading.Event()

        def go_on():
            number = 0
            while not stop.is_set():
                place.take(app, f"đến sau {number}")
                number += 1

        busy = threading.Thread(target=go_on)
        busy.start()
        try:
            made = place.backup(app)
        finally:
            stop.set()
            busy.join()
        assert (made.database, made.damaged) == ("postgresql", ())
        empty = place.servers("new")
        restored = place.restore(empty)
        assert (restored.id, restored.documents) == (made.id, made.census.documents)
        with place.opened(empty) as new:
            assert list(new.catalogue.documents())[:3] == before
            assert new.catalogue.verify_events() == (made.census.events, made.census.chain)
            for each in before:
                assert new.catalogue.record(each.id) == app.catalogue.record(each.id)
            rebuild_index(new)
            assert len(find(new, "quyết định", 50)) == 3
            assert [each for each in reconcile(new, BY, 0.0).drifts if each.kind != "object-unknown"] == []
            list(work(new, "worker:1"))  # what was on its way is worked to its end
            assert {each.state for each in new.catalogue.documents()} == {"done"}


def test_g15_what_differs_from_the_backup_leaves_the_servers_empty(place):
    with place.opened(place.source) as app:
        place.take(app, "một")
        list(work(app, "worker:1"))
        made = place.backup(app)
    path = place.folder / "backups" / made.id / "manifest.json"
    values = json.loads(path.read_text())
    values["census"]["events"] += 1
    path.write_text(json.dumps(values))
    empty = place.servers("new")
    with pytest.raises(FixityError, match="differs"):
        place.restore(empty)
    assert not empty.home.exists()
    values["census"]["events"] -= 1
    path.write_text(json.dumps(values))
    again = replace(place.servers("again"), database_url=empty.database_url)
    assert place.restore(again).documents == 1  # the database was empty again


def test_nothing_is_restored_over_a_database_or_a_bucket_in_use(place):
    with place.opened(place.source) as app:
        place.take(app, "một")
        place.backup(app)
    for used in ("database_url", "store_url"):
        other = replace(place.servers(f"over-{used}"), **{used: getattr(place.source, used)})
        with pytest.raises(UsageError, match="not empty"):
            place.restore(other)
        assert not other.home.exists()
    with place.opened(place.source) as app:
        assert len(list(app.catalogue.documents())) == 1


def test_a_dump_of_servers_is_never_taken_for_an_embedded_archive(place):
    with place.opened(place.source) as app:
        place.take(app, "một")
        place.backup(app)
    embedded = partial(bootstrap.archive_at, place.source)
    with pytest.raises(UsageError, match="--servers"):
        restore(place.folder, place.tmp / "new", bootstrap.shelves_in(place.folder), embedded)
