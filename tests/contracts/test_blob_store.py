"""What every object store promises."""

import io
import secrets

import pytest

from digitizer.errors import FixityError, NotFoundError, UsageError
from digitizer.model import Fixity
from digitizer.ports import BlobStore, object_key
from storage.objects import DirectoryStore
from tests.contracts.fakes import MemoryStore, fixity
from tests.servers.seaweed import seaweed  # noqa: F401 - a fixture

DATA = "Quyết định".encode() * 1000


@pytest.fixture(params=["memory", "directory", "s3"])
def store(request, tmp_path) -> BlobStore:
    if request.param == "s3":
        return request.getfixturevalue("seaweed").store(prefix=secrets.token_hex(6))
    return MemoryStore() if request.param == "memory" else DirectoryStore(tmp_path / "objects")


def put(store, data=DATA, key=None):
    key = key or object_key(fixity(data).sha256)
    return key, store.put(key, io.BytesIO(data), fixity(data))


def test_what_was_put_is_there_and_verifies(store):
    key, new = put(store)
    assert new
    store.verify(key, fixity(DATA))
    with store.open(key) as file:
        assert file.read() == DATA
        file.seek(2)
        assert file.read(4) == DATA[2:6]


def test_the_same_again_changes_nothing(store):
    put(store)
    _, new = put(store)
    assert not new


def test_other_bytes_never_replace_an_object(store):
    key, _ = put(store, key="a/b")
    with pytest.raises(FixityError):
        put(store, data=b"other", key="a/b")
    store.verify(key, fixity(DATA))


def test_bytes_that_do_not_match_their_digest_are_not_stored(store):
    wrong = Fixity(fixity(DATA).sha256, len(DATA) + 1)
    for expected in (wrong, fixity(b"x")):
        with pytest.raises(FixityError):
            store.put("a/b", io.BytesIO(DATA), expected)
    assert list(store.keys()) == []
    put(store, key="a/b")
    with pytest.raises(FixityError):
        store.put("a/b", io.BytesIO(b"cut"), fixity(DATA))


def test_an_empty_object_is_an_object(store):
    key, new = put(store, data=b"")
    assert new
    store.verify(key, fixity(b""))


def test_ranges_end_with_the_object(store):
    key, _ = put(store, data=b"0123456789")
    assert store.read_range(key, 2, 3) == b"234"
    assert store.read_range(key, 8, 10) == b"89"
    assert store.read_range(key, 10, 1) == b""


def test_a_missing_object_is_said_to_be_missing(store):
    put(store, key="a/b")
    for key in ("none", "a", "a/b/c"):
        with pytest.raises(NotFoundError):
            store.open(key)
        with pytest.raises(NotFoundError):
            store.read_range(key, 0, 1)
        with pytest.raises(NotFoundError):
            store.verify(key, fixity(b""))


def test_keys_are_sorted_and_filtered(store):
    for key in ("b/1", "a/2", "a-b", "a/1", "a0"):
        put(store, key=key)
    assert list(store.keys()) == ["a-b", "a/1", "a/2", "a0", "b/1"]
    assert list(store.keys("a/")) == ["a/1", "a/2"]
    assert list(store.keys("a")) == ["a-b", "a/1", "a/2", "a0"]
    assert list(store.keys("c")) == []


@pytest.mark.parametrize("key", ["", "/a", "../a", "a/../b", "a//b", "a/", ".tmp/x", "a/.b", "đ", "a\\..\\é"])
def test_keys_that_could_lead_elsewhere_are_refused(store, key):
    with pytest.raises(UsageError):
        store.put(key, io.BytesIO(b""), fixity(b""))


def test_a_damaged_object_is_kept_aside_and_its_place_is_free(store):
    key, _ = put(store, data=b"damaged", key="a/b")
    store.set_aside(key, "damaged/b/1")
    store.verify("damaged/b/1", fixity(b"damaged"))
    assert list(store.keys()) == ["damaged/b/1"]
    assert put(store, key=key)[1]
    put(store, data=b"another", key="damaged/c/1")
    with pytest.raises(FixityError):
        store.set_aside(key, "damaged/c/1")
    store.verify(key, fixity(DATA))
    with pytest.raises(NotFoundError):
        store.set_aside("none", "damaged/d/1")
