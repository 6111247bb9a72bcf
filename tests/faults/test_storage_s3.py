"""The S3 store on a real server: races, wrong digests, a killed server, big objects, no server (D, E, R2)."""

import hashlib
import io
import os
import resource
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from minio.error import S3Error

from digitizer.errors import DigitizerError, FixityError, MissingDependencyError, UsageError
from digitizer.fixity import Shelf
from digitizer.model import Fixity
from digitizer.ports import object_key
from digitizer.services.ingest import ingest
from digitizer.services.verify import Budget, verify
from storage.objects import DirectoryStore
from storage.s3 import S3Store, parse_store_url
from storage.s3_client import S3Client
from tests.contracts.fakes import fixity
from tests.servers.seaweed import LOCKED, running, seaweed  # noqa: F401 - a fixture
from tests.unit.test_services_archive import BY, archive

DATA = os.urandom(200_000)
KEY = object_key(fixity(DATA).sha256)
MEGA = 1 << 20


class Endless(io.RawIOBase):
    """Bytes made while they are read, so that the test holds none of them."""

    def __init__(self, size):
        self.left = size
        self.block = bytes(range(256)) * 4096

    def read(self, size=-1):
        block = self.block[: min(size, self.left, len(self.block))]
        self.left -= len(block)
        return block


def measured(size):
    digest, data = hashlib.sha256(), Endless(size)
    while block := data.read(MEGA):
        digest.update(block)
    return Fixity(digest.hexdigest(), size)


@pytest.fixture
def store(seaweed):  # noqa: F811
    return seaweed.store(prefix=secrets.token_hex(6))


def test_e02_of_sixteen_writers_at_once_one_wins(seaweed):  # noqa: F811
    prefix = secrets.token_hex(6)
    stores = [seaweed.store(prefix=prefix) for _ in range(16)]
    with ThreadPoolExecutor(16) as pool:
        wins = list(pool.map(lambda s: s.put(KEY, io.BytesIO(DATA), fixity(DATA)), stores))
    assert sum(wins) == 1
    stores[0].verify(KEY, fixity(DATA))


def test_a_wrong_digest_is_refused_and_nothing_is_visible(store):
    for size in (1000, 20 * MEGA):
        wrong = Fixity("0" * 64, size)
        with pytest.raises(FixityError):
            store.put("a/b", Endless(size), wrong)
    assert list(store.keys()) == []
    assert unfinished(store) == 0


def test_d09_bytes_changed_on_the_way_are_refused_by_the_server(store, monkeypatch):
    store.prove()
    assert store._checks is True
    ask = S3Client.ask

    def flipping(self, method, key, body=None, *args, **options):
        if method == "PUT" and body:
            body = bytes([body[0] ^ 1]) + body[1:]
        return ask(self, method, key, body, *args, **options)

    monkeypatch.setattr(S3Client, "ask", flipping)
    with pytest.raises(FixityError, match="received other bytes"):
        store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    monkeypatch.undo()
    assert list(store.keys()) == []


def test_d09_from_a_server_that_checks_nothing_every_object_is_read_back(store, monkeypatch):
    store._checks = False
    read = []
    monkeypatch.setattr(store, "verify", lambda key, expected: read.append(key))
    store.put("a/b", io.BytesIO(DATA), fixity(DATA))
    assert read == ["a/b"]


def test_d06_an_answer_that_was_lost_is_no_second_object(store, monkeypatch):
    ask, lost = S3Client.ask, iter([True])

    def losing(self, method, key, *args, **options):
        answer = ask(self, method, key, *args, **options)
        if method == "PUT" and "sha256/" in key and next(lost, False):
            answer = ask(self, method, key, *args, **options)
        return answer

    monkeypatch.setattr(S3Client, "ask", losing)
    assert not store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    assert list(store.keys()) == [KEY]
    store.verify(KEY, fixity(DATA))


def test_a_server_that_replaces_objects_is_refused(store, monkeypatch):
    ask = S3Client.ask

    def careless(self, method, key, body=None, headers=None, *args, **options):
        headers = {name: value for name, value in (headers or {}).items() if name != "If-None-Match"}
        return ask(self, method, key, body, headers, *args, **options)

    monkeypatch.setattr(S3Client, "ask", careless)
    with pytest.raises(DigitizerError, match="replaces objects"):
        store.put(KEY, io.BytesIO(DATA), fixity(DATA))


@pytest.mark.slow
def test_a_large_master_goes_over_in_parts_with_bounded_memory(store):
    size = 80 * MEGA + 17
    expected = measured(size)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert store.put("big", Endless(size), expected)
    store.verify("big", expected)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 72 * 1024
    assert store.read_range("big", size - 5, 10) == (bytes(range(256)) * 2)[12:17]
    assert not store.put("big", Endless(size), expected)
    with pytest.raises(FixityError):
        store.put("big", Endless(size - 1), expected)
    assert unfinished(store) == 0


@pytest.mark.slow
def test_large_uploads_at_once_never_replace_other_bytes(seaweed):  # noqa: F811
    prefix, sizes = secrets.token_hex(6), [20 * MEGA, 20 * MEGA, 21 * MEGA, 21 * MEGA]
    stores = [seaweed.store(prefix=prefix) for _ in sizes]

    def upload(store, size):
        try:
            return store.put("big", Endless(size), measured(size))
        except FixityError:
            return "refused"

    with ThreadPoolExecutor(4) as pool:
        ended = list(pool.map(upload, stores, sizes))
    assert ended.count("refused") == 2
    assert (ended[0] == "refused") == (ended[1] == "refused")
    stores[0].verify("big", measured(sizes[0] if ended[0] != "refused" else sizes[2]))
    assert list(stores[0].keys()) == ["big"]


def test_d11_an_upload_that_breaks_off_is_taken_back(store, monkeypatch):
    class Breaking(Endless):
        def read(self, size=-1):
            if self.left < 4 * MEGA:
                raise OSError("the scanner's disk went away")
            return super().read(size)

    with pytest.raises(OSError, match="scanner"):
        store.put("big", Breaking(40 * MEGA), Fixity("0" * 64, 40 * MEGA))
    assert list(store.keys()) == []
    assert unfinished(store) == 0


def unfinished(store):
    client = store._client
    answer = client.ask("GET", "", None, None, {"uploads": "", "prefix": store._prefix})
    return answer.data.count(b"<UploadId>")


def test_a_seek_goes_where_it_says_and_a_lost_stream_is_an_error(store, monkeypatch):
    store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    with store.open(KEY) as file:
        file.seek(-10, io.SEEK_END)
        assert file.read() == DATA[-10:]
        file.seek(100_000)
        assert file.read(7) == DATA[100_000:100_007]
        file.seek(300_000)
        assert file.read() == b""
    monkeypatch.setattr(S3Store, "received", lambda *_args: b"")
    with store.open(KEY) as file, pytest.raises(MissingDependencyError, match="in the middle"):
        file.read()


@pytest.mark.parametrize("key", ["../a", "a/../b", "/a", ".probe/x"])
def test_no_verb_takes_a_key_that_leads_elsewhere(store, key):
    for call in (store.open, lambda k: store.read_range(k, 0, 1), lambda k: store.verify(k, fixity(b""))):
        with pytest.raises(UsageError):
            call(key)


def test_links_last_a_minute_and_only_where_allowed(seaweed, store):  # noqa: F811
    store.put(KEY, io.BytesIO(DATA), fixity(DATA))
    with pytest.raises(UsageError):
        store.link(KEY)
    allowed = seaweed.store(prefix=store._prefix, links=True)
    with pytest.raises(UsageError):
        allowed.link(KEY, 61)
    pool = urllib3.PoolManager(retries=False)
    assert pool.request("GET", allowed.link(KEY)).data == DATA
    pool.clear()


def test_d10_wrong_keys_and_a_missing_bucket_are_said_at_once(seaweed):  # noqa: F811
    at = parse_store_url(f"s3+http://{seaweed.endpoint}/test")
    with pytest.raises(MissingDependencyError, match="keys"):
        S3Store(at, "test-masters", seaweed.access_key, "wrong").prove()
    with pytest.raises(MissingDependencyError, match="no bucket nowhere"):
        S3Store(at, "nowhere", seaweed.access_key, seaweed.secret_key).prove()


def test_a_server_that_is_down_is_a_clear_error_soon():
    store = S3Store(parse_store_url("s3+http://127.0.0.1:9/x"), "x-masters", "k", "s")
    start = time.monotonic()
    for call in (lambda: store.put(KEY, io.BytesIO(DATA), fixity(DATA)), lambda: list(store.keys())):
        with pytest.raises(MissingDependencyError, match=r"127\.0\.0\.1:9"):
            call()
    assert time.monotonic() - start < 15


@pytest.mark.slow
def test_killed_in_the_middle_of_uploads_the_server_keeps_all_it_acknowledged(tmp_path):
    with running(tmp_path) as server:
        acknowledged, stop = [], threading.Event()

        def upload(worker):
            store = server.store(prefix="kill")
            number = 0
            while not stop.is_set():
                data = f"{worker} {number} ".encode() * 5000
                try:
                    store.put(object_key(fixity(data).sha256), io.BytesIO(data), fixity(data))
                except DigitizerError:
                    return
                acknowledged.append(fixity(data))
                number += 1

        with ThreadPoolExecutor(4) as pool:
            for worker in range(4):
                pool.submit(upload, worker)
            while len(acknowledged) < 100:
                time.sleep(0.02)
            server.kill()
            stop.set()
        server.start()
        store = server.store(prefix="kill")
        for each in acknowledged:
            store.verify(object_key(each.sha256), each)
        keys = list(store.keys())
        for key in keys:
            with store.open(key) as file:
                assert key == object_key(fixity(file.read()).sha256)
        assert len(keys) >= len(acknowledged) >= 100


@pytest.mark.parametrize("url", ["http://x/y", "s3+http:///y", "s3+https://key:secret@host/y"])
def test_an_address_that_is_none_or_holds_keys_is_refused(url):
    with pytest.raises(UsageError) as raised:
        parse_store_url(url)
    assert "secret@" not in str(raised.value)


def test_an_address_names_its_buckets():
    at = parse_store_url("s3+https://s3.example.vn/so-hoa/2025/q1?region=hn-1")
    assert (at.endpoint, at.secure, at.prefix, at.region) == ("s3.example.vn", True, "2025/q1", "hn-1")
    assert at.bucket("masters") == "so-hoa-masters"


class TestInsider:
    """G12: whoever has the archive's own keys tries to take masters away, or to put others in their place."""

    @pytest.fixture
    def locked(self, seaweed, tmp_path):  # noqa: F811
        store = seaweed.store(LOCKED, secrets.token_hex(6))
        app = archive(tmp_path / "archive", masters=store)
        (tmp_path / "a.pdf").write_text("Quyết định")
        (self.taken,) = ingest(app, [(tmp_path / "a.pdf", "a.pdf")], "F01", "b1", BY)
        self.key = object_key(self.taken.fixity.sha256)
        self.client = store._client._minio
        self.name = store._prefix + self.key
        self.second = DirectoryStore(tmp_path / "second")
        with store.open(self.key) as data:
            self.second.put(self.key, data, self.taken.fixity)
        (self.first,) = self.versions()
        yield app
        app.catalogue.close()

    def versions(self):
        found = self.client.list_objects(LOCKED, prefix=self.name, include_version=True)
        return [each.version_id for each in found if not each.is_delete_marker]

    def kept(self):
        answer = self.client.get_object(LOCKED, self.name, version_id=self.first)
        try:
            return answer.read()
        finally:
            answer.close()
            answer.release_conn()

    def test_g12_a_locked_master_cannot_be_destroyed_and_its_lock_shows(self, locked):
        assert locked.masters.lock() == "COMPLIANCE 1 days"
        with pytest.raises(S3Error, match="AccessDenied"):
            self.client.remove_object(LOCKED, self.name, version_id=self.first)
        assert self.kept() == "Quyết định".encode()

    @pytest.mark.parametrize("attack", ["delete", "overwrite"])
    def test_g12_what_hides_a_locked_master_is_found_and_mended(self, locked, attack):
        """A deletion only puts a marker on top, another object only a version: the first one stays."""
        if attack == "delete":
            self.client.remove_object(LOCKED, self.name)
        else:
            self.client.put_object(LOCKED, self.name, io.BytesIO(b"other"), 5)
        assert self.kept() == "Quyết định".encode()
        (found,) = verify(locked, Budget(), BY)
        assert found.outcome.value == "damaged"
        (found,) = verify(locked, Budget(), BY, {Shelf.MASTERS: self.second})
        assert found.repaired
        locked.masters.verify(self.key, self.taken.fixity)
        assert self.kept() == "Quyết định".encode()

    def test_g12_a_key_that_may_not_ask_for_the_lock_does_not_say_there_is_none(self, seaweed):  # noqa: F811
        at = parse_store_url(f"s3+http://{seaweed.endpoint}/test/")
        limited = S3Store(at, LOCKED, seaweed.limited_key, seaweed.secret_key)
        assert limited.lock() == "not known: this key may not ask for it"

    def test_g12_a_bucket_without_lock_says_so(self, store):
        assert store.lock() == ""
