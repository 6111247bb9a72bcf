"""Back up catalogue and objects under one joint id; restore them into an empty place and compare."""

from __future__ import annotations

import gzip
import json
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from digitizer.errors import FixityError, NotFoundError, UsageError
from digitizer.fixity import Census, Shelf
from digitizer.model import Fixity
from digitizer.ports import BlobStore, object_key
from digitizer.services.archive import ArchiveApp
from digitizer.writing.atomic import fixity_of, write_atomically

__all__ = ["CATALOGUES", "BackupSet", "Restored", "backup", "latest_backup", "restore"]

CATALOGUES = {"sqlite": "catalogue.sqlite", "postgresql": "catalogue.pgdump"}
"""The name of the catalogue's copy by the kind of its database."""
_INVENTORY = "objects.txt.gz"
_MANIFEST = "manifest.json"
_SCHEMA = "digitizer.backup/1"
Shelves = Mapping[Shelf, BlobStore]
Load = Callable[[str, Path, Path], Callable[[], None]]


@dataclass(frozen=True, slots=True)
class BackupSet:
    """One backup: what it holds and what was new in it.

    `damaged` could not be taken, for it is damaged or gone and no earlier backup has it; `lost` is gone from
    the archive and held by this folder alone.
    """

    id: str
    made_at: str
    census: Census
    catalogue: Fixity
    inventory: Fixity
    objects: int
    bytes: int
    copied: int
    damaged: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    database: str = "sqlite"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored and compared with the backup: all of it, or there is an error instead."""

    id: str
    documents: int
    events: int
    objects: int
    bytes: int


@dataclass(slots=True)
class _Tally:
    objects: int = 0
    bytes: int = 0
    copied: int = 0
    damaged: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def backup(
    app: ArchiveApp,
    folder: Path,
    shelves: Shelves,
    copy_catalogue: Callable[[Path], Census],
    database: str = "sqlite",
) -> BackupSet:
    """Add a backup to `folder`; `shelves` are the stores in it, objects they have are not copied again.

    The catalogue is copied first: objects are stored before the catalogue names them, so each one that
    the copy names is there to be copied. The manifest comes last; without it there is no backup.

    Raises:
        DigitizerError: Something cannot be read or written; earlier backups are as they were.
    """
    made_at = app.clock.now()
    name = f"{made_at[:19].replace('-', '').replace(':', '')}Z-{secrets.token_hex(2)}"
    place = folder / "backups" / name
    place.mkdir(parents=True)
    copy = place / CATALOGUES[database]
    census = copy_catalogue(copy)
    tally = _Tally()
    write_atomically(place / _INVENTORY, lambda out: _write_inventory(out, _copied(app, shelves, tally)))
    made = BackupSet(
        id=name,
        made_at=made_at,
        census=census,
        catalogue=fixity_of(copy),
        inventory=fixity_of(place / _INVENTORY),
        database=database,
        objects=tally.objects,
        bytes=tally.bytes,
        copied=tally.copied,
        damaged=tuple(tally.damaged),
        lost=tuple(tally.lost),
    )
    manifest = json.dumps({"schema": _SCHEMA, **asdict(made)}, indent=1).encode()
    write_atomically(place / _MANIFEST, lambda out: out.write(manifest))
    return made


def latest_backup(folder: Path) -> str:
    """The id of the newest complete backup in `folder`.

    Raises:
        NotFoundError: There is none.
    """
    found = sorted(each.parent.name for each in (folder / "backups").glob(f"*/{_MANIFEST}"))
    if not found:
        raise NotFoundError(f"{folder} holds no complete backup")
    return found[-1]


def load_embedded(database: str, copy: Path, home: Path) -> Callable[[], None]:
    """Put the copy of an embedded catalogue into the folder of an archive.

    Raises:
        UsageError: The copy is of a server's catalogue.
    """
    if database != "sqlite":
        raise UsageError(
            "this backup is of a PostgreSQL catalogue: name an empty one in database_url and say --servers"
        )
    shutil.copyfile(copy, home / CATALOGUES[database])
    return _nothing


def _nothing() -> None:
    """An embedded catalogue goes with its folder."""


def restore(
    folder: Path,
    home: Path,
    shelves: Shelves,
    opened: Callable[[Path], AbstractContextManager[ArchiveApp]],
    backup_id: str = "",
    load: Load = load_embedded,
) -> Restored:
    """Restore a backup (the newest, or `backup_id`) into the empty place `home` and compare all of it.

    Everything is built beside `home` and takes its name last: `home` is a whole, compared archive or not
    there. `shelves` are the stores in `folder`, `opened` opens the archive in a folder. `load` puts the copy
    of a catalogue where that archive looks for it, and returns what takes it away again.

    Raises:
        UsageError: `home`, or the servers it stands on, are not empty.
        NotFoundError: There is no such backup, or an object of it is gone.
        FixityError: What was restored differs from the backup; `home` is not made.
    """
    if home.exists() and any(home.iterdir()):
        raise UsageError(f"{home} is not empty: restore into an empty place")
    place = folder / "backups" / (backup_id or latest_backup(folder))
    made = _manifest(place)
    half = home.with_name(f".{home.name}.{secrets.token_hex(4)}.restoring")
    half.mkdir(parents=True)
    undo = _nothing
    try:
        undo = load(made.database, place / CATALOGUES[made.database], half)
        with opened(half) as app:
            _need_empty(app)
            objects, size = _filled(app, place, shelves)
            _compare(app, made, place, (objects, size))
        home.mkdir(exist_ok=True)
        half.rename(home)
    except BaseException:
        undo()
        shutil.rmtree(half, ignore_errors=True)
        raise
    return Restored(made.id, made.census.documents, made.census.events, objects, size)


def _need_empty(app: ArchiveApp) -> None:
    for shelf in Shelf:
        if next(_store(app, shelf).keys("sha256/"), None) is not None:
            raise UsageError(f"the store of {shelf.value} is not empty: restore into an empty place")


def _copied(app: ArchiveApp, shelves: Shelves, tally: _Tally) -> Iterator[str]:
    """Copy what the backup does not have, checking the digest; one line of the inventory an object.

    What the catalogue names counts, not only what the store lists: an object that is gone must not go
    missing from the backups too.
    """
    for shelf, source in ((Shelf.MASTERS, app.masters), (Shelf.DERIVATIVES, app.derivatives)):
        second = shelves[shelf]
        had = _Merged(second.keys("sha256/"))
        listed = ((key, True) for key in source.keys("sha256/"))
        named = ((object_key(each.sha256), False) for each in app.catalogue.stored(shelf))
        for key, found in groupby(merge(listed, named), itemgetter(0)):
            sha256 = key.rpartition("/")[2]
            there = any(is_listed for _, is_listed in found)
            try:
                if key in had:
                    size = _size(second, key)
                    if not there and not _there(source, key):
                        tally.lost.append(f"{shelf.value}/{sha256}")
                else:
                    size = _size(source, key)
                    with source.open(key) as data:
                        tally.copied += second.put(key, data, Fixity(sha256, size))
            except (FixityError, NotFoundError):
                tally.damaged.append(f"{shelf.value}/{sha256}")
                continue
            tally.objects += 1
            tally.bytes += size
            yield f"{shelf.value} {sha256} {size}\n"


def _there(store: BlobStore, key: str) -> bool:
    """Asked of the object itself: a list that was begun before it was stored does not have it."""
    try:
        _size(store, key)
    except NotFoundError:
        return False
    return True


class _Merged:
    """Membership in a sorted stream, asked in order: a million keys take no memory."""

    def __init__(self, keys: Iterator[str]) -> None:
        self._keys = keys
        self._next = next(keys, None)

    def __contains__(self, key: object) -> bool:
        """Whether the stream has `key`; later ones may be asked only."""
        while self._next is not None and self._next < str(key):
            self._next = next(self._keys, None)
        return self._next == key


def _size(store: BlobStore, key: str) -> int:
    with store.open(key) as data:
        return data.seek(0, 2)


def _write_inventory(out: BinaryIO, lines: Iterator[str]) -> None:
    with gzip.GzipFile(fileobj=out, mode="wb", filename="", mtime=0) as packed:
        for line in lines:
            packed.write(line.encode())


def _manifest(place: Path) -> BackupSet:
    """The manifest of a backup whose catalogue and inventory are as they were written."""
    try:
        values = json.loads((place / _MANIFEST).read_bytes())
    except FileNotFoundError:
        raise NotFoundError(f"there is no complete backup {place.name}") from None
    if values.pop("schema", "") != _SCHEMA:
        raise UsageError(f"backup {place.name} was made by another version of this system")
    for name in ("catalogue", "inventory"):
        values[name] = Fixity(**values[name])
    values["census"] = Census(**values["census"])
    for name in ("damaged", "lost"):
        values[name] = tuple(values.get(name, ()))
    made = BackupSet(**values)
    for name, expected in ((CATALOGUES[made.database], made.catalogue), (_INVENTORY, made.inventory)):
        if fixity_of(place / name) != expected:
            raise FixityError(f"{name} of backup {place.name} is damaged: restore an earlier one")
    return made


def _filled(app: ArchiveApp, place: Path, shelves: Shelves) -> tuple[int, int]:
    """Copy every object of the inventory; the store checks each digest on the way in."""
    objects = size = 0
    for shelf, fixity in _inventory(place):
        key = object_key(fixity.sha256)
        with shelves[shelf].open(key) as data:
            _store(app, shelf).put(key, data, fixity)
        objects, size = objects + 1, size + fixity.bytes
    return objects, size


def _inventory(place: Path) -> Iterator[tuple[Shelf, Fixity]]:
    with gzip.open(place / _INVENTORY, "rt", encoding="ascii") as lines:
        for line in lines:
            shelf, sha256, size = line.split()
            yield Shelf(shelf), Fixity(sha256, int(size))


def _compare(app: ArchiveApp, made: BackupSet, place: Path, filled: tuple[int, int]) -> None:
    """Counts, the chain of events, every object read whole, and every object that a document stands on.

    Raises:
        FixityError: Something differs.
        NotFoundError: An object that a document stands on is not there.
    """
    found = Census(sum(each.documents for each in app.catalogue.batches()), *app.catalogue.verify_events())
    if found != made.census or filled != (made.objects, made.bytes):
        raise FixityError(f"what was restored differs from backup {made.id}: {found}, {filled[0]} objects")
    for shelf, fixity in _inventory(place):
        _store(app, shelf).verify(object_key(fixity.sha256), fixity)
    known_bad = set(made.damaged)
    for shelf, fixity in _needed(app):
        if f"{shelf.value}/{fixity.sha256}" not in known_bad:
            with _store(app, shelf).open(object_key(fixity.sha256)):
                pass


def _needed(app: ArchiveApp) -> Iterator[tuple[Shelf, Fixity]]:
    for document in app.catalogue.documents():
        yield Shelf.MASTERS, document.fixity
        for made in app.catalogue.derivatives(document.id):
            yield Shelf.DERIVATIVES, made.fixity


def _store(app: ArchiveApp, shelf: Shelf) -> BlobStore:
    return app.masters if shelf is Shelf.MASTERS else app.derivatives
