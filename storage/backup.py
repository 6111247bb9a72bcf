"""A consistent copy of an embedded catalogue while others write to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from digitizer.errors import FixityError, MissingDependencyError, UsageError
from digitizer.fixity import Census
from storage.trail import FIRST_HASH

__all__ = ["copy_catalogue"]

_PAGES_A_STEP: Final = 1000


def copy_catalogue(url: str, target: Path) -> Census:
    """Copy the SQLite catalogue at `url` to the new file `target`: one moment's state, checked and synced.

    Returns:
        What the copy holds.

    Raises:
        UsageError: The catalogue is no SQLite file; its own tools back it up (docs/operations.md).
        MissingDependencyError: It cannot be read, or the target not be written.
        FixityError: The copy is not sound.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError("no embedded catalogue: a PostgreSQL one is dumped")
    if target.exists():
        raise UsageError(f"{target.name} is there already: nothing is replaced")
    try:
        return _copy(Path(parsed.database), target)
    except sqlite3.Error as error:
        target.unlink(missing_ok=True)
        raise MissingDependencyError(f"the catalogue cannot be copied: {error}") from error


def _copy(source: Path, target: Path) -> Census:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reader,
        closing(sqlite3.connect(target)) as writer,
    ):
        reader.backup(writer, pages=_PAGES_A_STEP)
        writer.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
        (found,) = writer.execute("PRAGMA integrity_check").fetchone()
        (documents,) = writer.execute("SELECT count(*) FROM document").fetchone()
        (events,) = writer.execute("SELECT count(*) FROM event").fetchone()
        last = writer.execute("SELECT hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
    if found != "ok":
        target.unlink()
        raise FixityError(f"the copy of the catalogue is not sound: {found}")
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return Census(documents, events, last[0] if last else FIRST_HASH)
