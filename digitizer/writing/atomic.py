"""Files that appear whole or not at all, and their fixity."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from digitizer.model import Fixity

__all__ = ["fixity_of", "write_atomically"]

_T = TypeVar("_T")


def write_atomically(path: Path, fill: Callable[[BinaryIO], _T]) -> _T:
    """Let `fill` write a file that takes the name `path` only when it is complete and on the disk.

    The temporary name begins with a dot, lies in the same folder and is as short for every `path`, so a
    name of the longest allowed length works. After a crash only such a dot file can be left behind.

    Returns:
        What `fill` returned.

    Raises:
        OSError: The folder cannot be written or is full; `path` is then as it was before.
    """
    temporary = path.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("xb") as out:
            result = fill(out)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    return result


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fixity_of(path: Path) -> Fixity:
    """The SHA-256 and length of the file at `path`, read in blocks.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fixity(digest, file.tell())
