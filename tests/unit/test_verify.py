"""Fixity: every byte is read, damage is found and mended from a sound donor only, nothing is skipped."""

import io
import os
import random
from dataclasses import replace

import pytest

from digitizer.errors import DigitizerError, MissingDependencyError
from digitizer.fixity import FixityOutcome, Shelf
from digitizer.ports import object_key
from digitizer.services.verify import Budget, verify
from storage.objects import DirectoryStore
from tests.contracts.fakes import MemoryStore, fixity
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.samples import document
from tests.unit.test_services_archive import BY, archive

ALL = Budget()
N = 60


def stored(app, number, donor=None):
    data = random.Random(number).randbytes(2000 + number)
    for store in filter(None, (app.masters, donor)):
        store.put(object_key(fixity(data).sha256), io.BytesIO(data), fixity(data))
    app.catalogue.add_document(document(data, id=f"d{number}"), BY)
    return data


@pytest.fixture
def app(tmp_path):
    made = archive(tmp_path, catalogue=MemoryCatalogue())
    yield made
    made.catalogue.close()


def path_of(app, data):
    return app.masters._root / object_key(fixity(data).sha256)


def rewrite(path, data):
    path.chmod(0o640)
    path.write_bytes(data)


def flipped(data, number=0):
    place = random.Random(number).randrange(len(data) * 8)
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_g01_every_flipped_bit_is_found_and_mended_from_the_second_copy(app, tmp_path):
    donor = DirectoryStore(tmp_path / "second")
    masters = [stored(app, number, donor) for number in range(N)]
    for number, data in enumerate(masters):
        rewrite(path_of(app, data), flipped(data, number))
    found = list(verify(app, ALL, BY))
    assert [each.outcome for each in found] == [FixityOutcome.DAMAGED] * N
    found = list(verify(app, ALL, BY, {Shelf.MASTERS: donor}))
    assert [(each.outcome, each.repaired) for each in found] == [(FixityOutcome.OK, True)] * N
    assert all(path_of(app, data).read_bytes() == data for data in masters)
    aside = list(app.masters.keys("damaged/"))
    assert len(aside) == N
    told = [event for event in app.catalogue.events("d7") if event.kind == "fixity-check"]
    assert [event.outcome for event in told] == ["failure", "success"]
    assert "mended from the second copy" in dict(told[1].detail)["note"]
    assert app.catalogue.coverage().complete
    assert [each.note for each in verify(app, ALL, BY)] == [""] * N


@pytest.mark.parametrize("change", [lambda d: d[:-1], lambda d: d + b"\0", lambda d: b"", lambda d: d[::-1]])
def test_g03_cut_longer_empty_or_other_bytes_are_damage(app, change):
    data = stored(app, 1)
    rewrite(path_of(app, data), change(data))
    (found,) = verify(app, ALL, BY)
    assert found.outcome is FixityOutcome.DAMAGED


def test_g03_another_time_is_no_damage(app):
    os.utime(path_of(app, stored(app, 1)), (0, 0))
    (found,) = verify(app, ALL, BY)
    assert found.outcome is FixityOutcome.OK


def test_f01_a_missing_object_is_damage_and_comes_back(app):
    donor = MemoryStore()
    data = stored(app, 1, donor)
    path_of(app, data).unlink()
    (found,) = verify(app, ALL, BY)
    assert (found.outcome, found.note) == (FixityOutcome.DAMAGED, "it is missing")
    (found,) = verify(app, ALL, BY, {Shelf.MASTERS: donor})
    assert found.repaired
    assert path_of(app, data).read_bytes() == data


def test_g04_damage_in_both_copies_is_told_and_both_stay(app):
    donor = MemoryStore()
    data = stored(app, 1, donor)
    bad = flipped(data)
    rewrite(path_of(app, data), bad)
    donor.objects[object_key(fixity(data).sha256)] = bad
    (found,) = verify(app, ALL, BY, {Shelf.MASTERS: donor})
    assert found.outcome is FixityOutcome.DAMAGED
    assert "second copy cannot mend it" in found.note
    assert path_of(app, data).read_bytes() == bad
    assert list(app.masters.keys("damaged/")) == []


def test_g06_a_donor_that_goes_bad_in_between_is_refused_and_nothing_is_lost(app):
    class Turning(MemoryStore):
        def open(self, key):
            self.objects[key] = flipped(self.objects[key])
            return super().open(key)

        def verify(self, key, expected):
            """Good when it was checked."""

    donor = Turning()
    data = stored(app, 1, donor)
    bad = flipped(data)
    rewrite(path_of(app, data), bad)
    (found,) = verify(app, ALL, BY, {Shelf.MASTERS: donor})
    assert found.outcome is FixityOutcome.DAMAGED
    (aside,) = app.masters.keys("damaged/")
    assert (app.masters._root / aside).read_bytes() == bad
    sound = MemoryStore()
    stored(replace(app, masters=sound), 1)
    (found,) = verify(app, ALL, BY, {Shelf.MASTERS: sound})
    assert found.repaired


def test_g09_a_check_reads_every_byte(app):
    class Counting(MemoryStore):
        read = 0

        def verify(self, key, expected):
            self.read += len(self.objects[key])
            super().verify(key, expected)

    app = replace(app, masters=Counting())
    size = sum(len(stored(app, number)) for number in range(5))
    list(verify(app, ALL, BY))
    assert app.masters.read == size == app.catalogue.coverage().bytes


def test_g10_what_could_not_be_read_is_not_good(app):
    class Refusing(MemoryStore):
        def verify(self, key, expected):
            raise DigitizerError("permission denied")

    app = replace(app, masters=Refusing())
    stored(app, 1)
    (found,) = verify(app, ALL, BY)
    assert found.outcome is FixityOutcome.UNREADABLE
    covered = app.catalogue.coverage()
    assert (covered.ok, covered.unreadable, covered.complete) == (0, 1, False)


def test_f12_a_store_that_is_down_ends_the_run_as_incomplete(app):
    class Down(MemoryStore):
        left = 3

        def verify(self, key, expected):
            self.left -= 1
            if self.left < 0:
                raise MissingDependencyError("the object store is down")

    app = replace(app, masters=Down())
    for number in range(5):
        stored(app, number)
    with pytest.raises(MissingDependencyError):
        list(verify(app, ALL, BY))
    assert app.catalogue.coverage().ok == 3
    assert not app.catalogue.coverage().complete


@pytest.mark.parametrize("budget", [Budget(items=3), Budget(bytes=6000), Budget(seconds=0)])
def test_a_run_ends_with_its_budget_and_the_next_goes_on(app, budget):
    for number in range(6):
        stored(app, number)
    first = [each.stored.fixity for each in verify(app, budget, BY)]
    assert len(first) in {1, 3}
    assert app.catalogue.coverage().ok == len(first)
    second = [each.stored.fixity for each in verify(app, budget, BY)]
    assert not set(first) & set(second)
