"""Whether the file of an embedded catalogue is sound: SQLite looks through it, for so long as it may."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from digitizer.errors import MissingDependencyError
from storage.reach import BUSY_SECONDS, damaged, unusable

__all__ = ["look_over"]

_SQLITE: Final = "sqlite:///"
_STEPS: Final = 1_000  # of SQLite's machine between two looks at the clock
_LOOK: Final = "PRAGMA quick_check(1)"


def look_over(url: str, seconds: float) -> bool:
    """Look through the catalogue for at most `seconds`; whether all of it was seen.

    `quick_check` reads every page and holds rows against their form, without sorting each index anew as
    `integrity_check` does: that is done on every backup. A server's database looks after its own pages.

    Raises:
        MissingDependencyError: It is damaged: a person restores it before anything is written to it.
    """
    file = Path(url.removeprefix(_SQLITE))
    if not url.startswith(_SQLITE) or "?" in url or not file.is_file():
        return True
    until = time.monotonic() + seconds
    address = f"file:{quote(str(file))}?mode=rw"
    try:
        with closing(sqlite3.connect(address, BUSY_SECONDS, uri=True)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            (found,) = connection.execute(_LOOK).fetchone()
    except sqlite3.OperationalError as error:
        if str(error) == "interrupted":
            return False
        raise unusable(error) from error
    except sqlite3.DatabaseError as error:
        raise damaged(error) from error
    if found != "ok":
        raise _damaged(str(found))
    return True


def _damaged(found: str) -> MissingDependencyError:
    return damaged(" ".join(found.split())[:200])
