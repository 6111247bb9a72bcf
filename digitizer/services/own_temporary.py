"""A place of our own for what the library of processes puts into the system's temporary folder.

It makes one folder a run and removes it at the end; a run that is killed leaves it. Here such folders lie in
one of ours, each under the number of its process, and the next start removes those whose process is gone.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from multiprocessing import util
from pathlib import Path

__all__ = ["keep_temporary_files_together"]

_AFTER_THE_LIBRARY_S = -200
_LONGEST = 50  # the name of a socket, 107 bytes at most, is made 45 letters below it


def keep_temporary_files_together() -> None:
    """Give the processes started from here a folder of this run's own, once; remove those of dead runs.

    Where it cannot be had (another owner, a long path, no room) the system's own place serves, as before.
    """
    if util.get_temp_dir.__dict__.get("ours"):
        return
    with suppress(OSError):
        shelf = Path(tempfile.gettempdir()) / f"digitizer-{os.getuid()}"
        shelf.mkdir(mode=0o700, exist_ok=True)
        if len(str(shelf)) > _LONGEST:
            return
        facts = shelf.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
            return
        _remove_dead(shelf)
        own = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=shelf))
        before, tempfile.tempdir = tempfile.tempdir, str(own)
        try:
            util.get_temp_dir()
        finally:
            tempfile.tempdir = before
        util.get_temp_dir.__dict__["ours"] = True
        util.Finalize(None, shutil.rmtree, (own, True), exitpriority=_AFTER_THE_LIBRARY_S)


def _remove_dead(shelf: Path) -> None:
    for each in shelf.iterdir():
        number = each.name.partition("-")[0]
        if number.isdigit() and not Path("/proc", number).exists():
            shutil.rmtree(each, ignore_errors=True)
