"""What every object store checks by itself: the key is plain, the bytes are the ones that were meant."""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO, Final

from digitizer.errors import FixityError, UsageError
from digitizer.model import Fixity

__all__ = ["measure", "require_key", "require_same"]

_BLOCK: Final = 1 << 20
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,15}")
_LONGEST: Final = 512


def require_key(key: str) -> None:
    """Refuse what could lead elsewhere: a key is a plain relative ASCII path without hidden names.

    Raises:
        UsageError: It is not.
    """
    if len(key) > _LONGEST or not _KEY.fullmatch(key):
        raise UsageError(f"not a key of an object: {key[:80]!a}")


def measure(data: BinaryIO, copy_to: BinaryIO | None = None) -> Fixity:
    """Read all of `data` for its digest and size, writing it to `copy_to` on the way."""
    digest, size = hashlib.sha256(), 0
    while block := data.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if copy_to is not None:
            copy_to.write(block)
    return Fixity(digest.hexdigest(), size)


def require_same(found: Fixity, expected: Fixity, what: str) -> None:
    """Compare.

    Raises:
        FixityError: They differ; both are named.
    """
    if found != expected:
        raise FixityError(
            f"{what}: sha256 {found.sha256[:12]}… ({found.bytes} bytes), "
            f"expected {expected.sha256[:12]}… ({expected.bytes} bytes)"
        )
