"""Write-once objects in a folder: complete, durable and unchangeable once `put` returns."""

from __future__ import annotations

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from digitizer.errors import DigitizerError, FixityError, NotFoundError
from digitizer.model import Fixity
from digitizer.ports import object_key
from storage.checked import measure, require_key, require_same

__all__ = ["DirectoryStore", "object_key"]

# Keys begin with a letter or a figure, so this folder can never be one.
_TEMPORARY: Final = ".tmp"
_STALE_SECONDS: Final = 3600.0
_RESERVE_BYTES: Final = 64 << 20
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class DirectoryStore:
    """A `BlobStore` in the folder `root`, made on first use; many processes may use it at once.

    An object is written under a temporary name, synced, and linked to its key: a link never replaces
    what is there, so no call of this class can change an object, and none can remove its bytes.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._temporary = root / _TEMPORARY
        self._named: set[Path] = set()
        with _our_errors(root):
            self._temporary.mkdir(parents=True, exist_ok=True)
            _sync(root.parent)
            self._sweep()

    def put(self, key: str, data: BinaryIO, fixity: Fixity) -> bool:
        """Store `data` under `key`, create-only; see `BlobStore.put`."""
        target = self._path(key)
        if target.exists():
            require_same(measure(data), fixity, "the bytes given")
            return self._keep(key, target, fixity)
        with _our_errors(self._root):
            self._need_room(fixity.bytes)
            return self._write(key, target, data, fixity)

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading; see `BlobStore.open`."""
        path = self._path(key)
        try:
            return path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NotFoundError(f"no object {key}") from None

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """A part of an object; see `BlobStore.read_range`."""
        with self.open(key) as file:
            file.seek(start)
            return file.read(length)

    def verify(self, key: str, fixity: Fixity) -> None:
        """Read the whole object and compare; see `BlobStore.verify`."""
        with self.open(key) as file:
            require_same(measure(file), fixity, f"object {key}")

    def set_aside(self, key: str, aside: str) -> None:
        """Keep a damaged object under another key; see `BlobStore.set_aside`."""
        path, target = self._path(key), self._path(aside)
        with _our_errors(self._root):
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(path, target)
            except FileNotFoundError:
                raise NotFoundError(f"no object {key}") from None
            except FileExistsError:
                if not path.samefile(target):  # else this was done before, up to the next line
                    raise FixityError(f"{aside} is taken: look at both before anything else") from None
            self._sync_names(target)
            path.unlink()
            _sync(path.parent)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, sorted; see `BlobStore.keys`."""
        return self._walk(self._root, "", prefix)

    def _walk(self, folder: Path, above: str, prefix: str) -> Iterator[str]:
        with os.scandir(folder) as entries:
            # `a-b` sorts before `a/b`: a folder takes its place with its slash.
            found = sorted((above + e.name + ("/" if e.is_dir() else ""), Path(e.path)) for e in entries)
        for key, path in found:
            if key.endswith("/"):
                related = key.startswith(prefix) or prefix.startswith(key)
                if related and key != f"{_TEMPORARY}/":
                    yield from self._walk(path, key, prefix)
            elif key.startswith(prefix):
                yield key

    def _need_room(self, size: int) -> None:
        """Refuse before the disk is full: the catalogue beside must still be able to commit."""
        disk = os.statvfs(self._root)
        if disk.f_bavail * disk.f_frsize < size + _RESERVE_BYTES:
            raise DigitizerError(f"the disk of {self._root} is nearly full: free space, then run it again")

    def _write(self, key: str, target: Path, data: BinaryIO, fixity: Fixity) -> bool:
        temporary = self._temporary / f"{time.time_ns()}-{secrets.token_hex(8)}"
        try:
            with temporary.open("xb") as out:
                require_same(measure(data, copy_to=out), fixity, "the bytes given")
                out.flush()
                os.fchmod(out.fileno(), 0o440)
                os.fsync(out.fileno())
            return self._publish(key, temporary, target, fixity)
        finally:
            temporary.unlink(missing_ok=True)

    def _publish(self, key: str, temporary: Path, target: Path, fixity: Fixity) -> bool:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(temporary, target)
        except FileExistsError:
            return self._keep(key, target, fixity)
        self._sync_names(target)
        return True

    def _keep(self, key: str, target: Path, fixity: Fixity) -> bool:
        """What another put left is kept when it is the same; its name may not be on the disk yet."""
        self.verify(key, fixity)
        with _our_errors(self._root):
            self._sync_names(target)
        return False

    def _sync_names(self, target: Path) -> None:
        """Sync the folder of `target` and, once in a process, the name of each folder above it."""
        folder = target.parent
        _sync(folder)
        while folder != self._root and folder not in self._named:
            _sync(folder.parent)
            self._named.add(folder)
            folder = folder.parent

    def _path(self, key: str) -> Path:
        require_key(key)
        return self._root / key

    def _sweep(self) -> None:
        """Remove what killed writers left; a writer at work is never an hour behind."""
        limit = time.time() - _STALE_SECONDS
        for path in self._temporary.iterdir():
            try:
                if path.stat().st_mtime < limit:
                    path.unlink()
            except FileNotFoundError:
                continue


@contextmanager
def _our_errors(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DigitizerError(f"the object store {root} is full: free space, then run it again") from error
        raise DigitizerError(f"the object store {root} cannot take it: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
