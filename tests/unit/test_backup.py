"""Backups: one joint id, nothing copied twice, no damage copied; restored and compared elsewhere."""

import json
from contextlib import closing, contextmanager
from functools import partial

import pytest

from digitizer.errors import FixityError, NotFoundError, UsageError
from digitizer.fixity import Shelf
from digitizer.ports import object_key
from digitizer.services.backup import backup, latest_backup, restore
from digitizer.services.find import find
from digitizer.services.ingest import ingest
from digitizer.services.work import work
from storage.backup import copy_catalogue
from storage.catalogue import SqlCatalogue
from storage.objects import DirectoryStore
from tests.unit.test_services_archive import BY, archive


@contextmanager
def opened(home):
    with closing(SqlCatalogue(f"sqlite:///{home}/catalogue.sqlite")) as catalogue:
        yield archive(home, catalogue=catalogue)


class Place:
    """An archive and a folder of backups."""

    def __init__(self, tmp_path):
        self.home, self.folder, self.inputs = (tmp_path / name for name in ("home", "backups", "in"))
        self.home.mkdir()
        self.inputs.mkdir()

    def take(self, *texts):
        with opened(self.home) as app:
            for text in texts:
                (self.inputs / f"{text}.pdf").write_text(f"Quyết định số {text}")
            files = [(self.inputs / f"{text}.pdf", f"{text}.pdf") for text in texts]
            taken = list(ingest(app, files, "F01", "b1", BY))
            list(work(app, "worker:1"))
        return taken

    def shelves(self):
        return {shelf: DirectoryStore(self.folder / "objects" / shelf.value) for shelf in Shelf}

    def backup(self, at="2025-03-01T08:00:00Z"):
        copy = partial(copy_catalogue, f"sqlite:///{self.home}/catalogue.sqlite")
        (self.folder / "objects").mkdir(parents=True, exist_ok=True)
        with opened(self.home) as app:
            app.clock.at = at
            return backup(app, self.folder, self.shelves(), copy)

    def restore(self, home, backup_id=""):
        return restore(self.folder, home, self.shelves(), opened, backup_id)


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


def test_g14_a_restored_archive_is_the_one_that_was_backed_up(place, tmp_path):
    place.take("một", "hai", "ba")
    made = place.backup()
    restored = place.restore(tmp_path / "new")
    assert (restored.id, restored.documents, restored.objects) == (made.id, 3, made.objects)
    assert made.objects == 12
    with opened(place.home) as old, opened(tmp_path / "new") as new:
        assert list(new.catalogue.documents()) == list(old.catalogue.documents())
        assert list(new.catalogue.events()) == list(old.catalogue.events())
        for store in ("masters", "derivatives"):
            assert list(getattr(new, store).keys("sha256/")) == list(getattr(old, store).keys("sha256/"))
        for each in old.catalogue.documents():
            assert new.catalogue.record(each.id) == old.catalogue.record(each.id)
        list(work(new, "worker:1"))
        assert len(find(new, "quyết định", 10)) == len(find(old, "quyết định", 10)) == 3


def test_objects_that_are_there_are_not_copied_again(place, tmp_path):
    place.take("một", "hai")
    first = place.backup("2025-03-01T08:00:00Z")
    place.take("ba")
    second = place.backup("2025-03-02T08:00:00Z")
    assert (first.copied, second.copied) == (first.objects, second.objects - first.objects)
    assert latest_backup(place.folder) == second.id
    assert place.restore(tmp_path / "then", first.id).documents == 2
    assert place.restore(tmp_path / "now").documents == 3


def test_g15_a_backup_that_is_not_complete_is_none(place, tmp_path):
    with pytest.raises(NotFoundError):
        place.restore(tmp_path / "new")
    place.take("một")
    made = place.backup()
    (place.folder / "backups" / made.id / "manifest.json").unlink()
    with pytest.raises(NotFoundError):
        place.restore(tmp_path / "new", made.id)


@pytest.mark.parametrize("name", ["catalogue.sqlite", "objects.txt.gz"])
def test_g15_a_damaged_backup_is_never_restored(place, tmp_path, name):
    place.take("một")
    made = place.backup()
    path = place.folder / "backups" / made.id / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(FixityError, match=name):
        place.restore(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_g15_a_damaged_object_of_a_backup_makes_no_archive(place, tmp_path):
    (taken,) = place.take("một")
    place.backup()
    path = place.folder / "objects" / "masters" / object_key(taken.fixity.sha256)
    path.chmod(0o640)
    path.write_bytes(b"damaged")
    with pytest.raises(FixityError):
        place.restore(tmp_path / "new")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["backups", "home", "in"]


def test_a_damaged_master_is_named_and_never_copied(place, tmp_path):
    first, _ = place.take("một", "hai")
    path = place.home / "masters" / object_key(first.fixity.sha256)
    path.chmod(0o640)
    path.write_bytes(b"damaged")
    made = place.backup()
    assert made.damaged == (f"masters/{first.fixity.sha256}",)
    assert made.objects == 7
    assert place.restore(tmp_path / "new").documents == 2


def test_a_master_that_is_gone_stays_in_the_backups_and_is_named(place, tmp_path):
    first, _ = place.take("một", "hai")
    before = place.backup("2025-03-01T08:00:00Z")
    (place.home / "masters" / object_key(first.fixity.sha256)).unlink()
    made = place.backup("2025-03-02T08:00:00Z")
    assert (made.lost, made.damaged) == ((f"masters/{first.fixity.sha256}",), ())
    assert made.objects == before.objects
    restored = place.restore(tmp_path / "new")
    assert (restored.id, restored.documents, restored.objects) == (made.id, 2, before.objects)
    with opened(tmp_path / "new") as new, new.masters.open(object_key(first.fixity.sha256)) as data:
        assert data.read() == "Quyết định số một".encode()


def test_a_master_that_is_gone_before_the_first_backup_is_named(place, tmp_path):
    first, _ = place.take("một", "hai")
    (place.home / "masters" / object_key(first.fixity.sha256)).unlink()
    made = place.backup()
    assert (made.lost, made.damaged) == ((), (f"masters/{first.fixity.sha256}",))
    assert place.restore(tmp_path / "new").documents == 2


def test_g16_a_catalogue_with_the_objects_of_another_day_is_noticed(place, tmp_path):
    place.take("một")
    first = place.backup("2025-03-01T08:00:00Z")
    place.take("hai")
    second = place.backup("2025-03-02T08:00:00Z")
    old, new = (place.folder / "backups" / made.id for made in (first, second))
    mixed = json.loads((new / "manifest.json").read_text())
    earlier = json.loads((old / "manifest.json").read_text())
    (new / "objects.txt.gz").write_bytes((old / "objects.txt.gz").read_bytes())
    mixed |= {name: earlier[name] for name in ("inventory", "objects", "bytes")}
    (new / "manifest.json").write_text(json.dumps(mixed))
    with pytest.raises(NotFoundError):
        place.restore(tmp_path / "new")


def test_nothing_is_restored_over_anything(place, tmp_path):
    place.take("một")
    place.backup()
    with pytest.raises(UsageError, match="not empty"):
        place.restore(place.home)
    (tmp_path / "empty").mkdir()
    assert place.restore(tmp_path / "empty").documents == 1


def test_only_an_embedded_catalogue_is_copied(tmp_path):
    with pytest.raises(UsageError, match="PostgreSQL"):
        copy_catalogue("postgresql://x/y", tmp_path / "c")


def test_the_copy_is_made_while_others_write(place, tmp_path):
    place.take("một")
    with opened(place.home) as app:
        held = app.catalogue.documents()
        next(held)
        census = copy_catalogue(f"sqlite:///{place.home}/catalogue.sqlite", tmp_path / "c")
        assert census.events == app.catalogue.verify_events()[0]
        assert census.chain == app.catalogue.verify_events()[1]
