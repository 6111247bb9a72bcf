"""The folder body of the object store: modes, temporary files, a full disk, a killed writer, a race."""

import errno
import io
import multiprocessing
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from digitizer.errors import DigitizerError, FixityError
from digitizer.ports import object_key
from storage.objects import DirectoryStore
from tests.contracts.fakes import fixity

DATA = b"scan" * 100_000
KEY = object_key(fixity(DATA).sha256)


def temporaries(root):
    return list((root / ".tmp").iterdir())


def test_an_object_is_read_only_and_no_temporary_is_left(tmp_path):
    DirectoryStore(tmp_path).put(KEY, io.BytesIO(DATA), fixity(DATA))
    assert stat.S_IMODE((tmp_path / KEY).stat().st_mode) == 0o440
    assert temporaries(tmp_path) == []


@pytest.mark.parametrize("step", ["fsync", "link", "fchmod"])
def test_a_full_disk_is_one_clear_error_and_leaves_nothing(tmp_path, monkeypatch, step):
    store = DirectoryStore(tmp_path)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)
    with pytest.raises(DigitizerError, match="full"):
        store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    assert temporaries(tmp_path) == []
    assert list(store.keys()) == []
    monkeypatch.undo()
    assert store.put(KEY, io.BytesIO(DATA), fixity(DATA))


def test_a_failing_sync_is_not_success(tmp_path, monkeypatch):
    store = DirectoryStore(tmp_path)
    monkeypatch.setattr(os, "fsync", _eio)
    with pytest.raises(DigitizerError, match="cannot take it"):
        store.put(KEY, io.BytesIO(DATA), fixity(DATA))


def _eio(_handle):
    raise OSError(errno.EIO, "Input/output error")


def test_everything_named_is_synced(tmp_path, monkeypatch):
    """The file and every folder whose list of names changed reach the disk before `put` returns."""
    store = DirectoryStore(tmp_path / "o")
    synced = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(_name(fd)), real(fd)))
    store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    folders = [str((tmp_path / "o" / KEY).parents[depth]) for depth in range(4)]
    assert set(folders) <= set(synced)
    assert "/.tmp/" in synced[0]
    again = len(synced)
    store.put("sha256/" + KEY[7:12] + "/other", io.BytesIO(b"x"), fixity(b"x"))
    assert len(synced) - again == 2  # the file and its folder: the folders above are known


def _name(handle):
    return str(Path(f"/proc/self/fd/{handle}").readlink())


def test_old_temporaries_are_swept_and_young_ones_stay(tmp_path):
    DirectoryStore(tmp_path)
    old, young = tmp_path / ".tmp" / "old", tmp_path / ".tmp" / "young"
    old.write_bytes(b"")
    young.write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)
    DirectoryStore(tmp_path)
    assert temporaries(tmp_path) == [young]


def test_a_changed_object_is_noticed(tmp_path):
    store = DirectoryStore(tmp_path)
    store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    path = tmp_path / KEY
    path.chmod(0o640)
    path.write_bytes(b"S" + DATA[1:])
    with pytest.raises(FixityError):
        store.verify(KEY, fixity(DATA))
    with pytest.raises(FixityError):
        store.put(KEY, io.BytesIO(DATA), fixity(DATA))


def test_of_sixteen_writers_at_once_one_wins(tmp_path):
    stores = [DirectoryStore(tmp_path) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        wins = list(pool.map(lambda s: s.put(KEY, io.BytesIO(DATA), fixity(DATA)), stores))
    assert sum(wins) == 1


_STEPS = ("fsync", "fchmod", "link", "unlink")


def _put_and_die(root, step, after, acknowledged):
    """Kill this process at the entry of the nth state-changing call, like a power cut."""
    calls = iter(range(after + 1))
    real = {name: getattr(os, name) for name in step}

    def dying(name):
        def call(*args, **options):
            if next(calls, None) is None:
                os.kill(os.getpid(), 9)
            return real[name](*args, **options)

        return call

    for name in step:
        setattr(os, name, dying(name))
    store = DirectoryStore(root)
    for number in range(3):
        data = DATA + bytes([number])
        store.put(object_key(fixity(data).sha256), io.BytesIO(data), fixity(data))
        with acknowledged.open("ab", buffering=0) as file:
            file.write(bytes([number]))


@pytest.mark.slow
def test_killed_at_any_step_what_was_acknowledged_is_found(tmp_path):
    context = multiprocessing.get_context("fork")
    finished = False
    for after in range(40):
        root, acknowledged = tmp_path / str(after), tmp_path / f"{after}.ack"
        acknowledged.touch()
        child = context.Process(target=_put_and_die, args=(root, _STEPS, after, acknowledged))
        child.start()
        child.join()
        store = DirectoryStore(root)
        found = list(store.keys())
        for key in found:
            with store.open(key) as file:
                assert key == object_key(fixity(file.read()).sha256)
        for number in acknowledged.read_bytes():
            store.verify(object_key(fixity(DATA + bytes([number])).sha256), fixity(DATA + bytes([number])))
        if child.exitcode == 0:
            finished = True
            break
    assert finished
    assert after > 10
