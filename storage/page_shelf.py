"""Pages that wait for the others of their document: beside the objects, and the only ones with a way out."""

from __future__ import annotations

from typing import Final

from digitizer.errors import NotFoundError, UsageError
from storage.objects import DirectoryStore
from storage.s3 import S3Store

__all__ = ["DirectoryShelf", "S3Shelf"]

_FOLDER: Final = "pages/"


def _require_page(key: str) -> None:
    if not key.startswith(_FOLDER):
        raise UsageError(f"object {key} is no page that waits: nothing else is ever removed")


class DirectoryShelf(DirectoryStore):
    """A `PageShelf` in a folder."""

    def remove(self, key: str) -> None:
        """Take pages off; see `PageShelf`."""
        _require_page(key)
        self._path(key).unlink(missing_ok=True)


class S3Shelf(S3Store):
    """A `PageShelf` in a bucket; its credentials may delete under `pages/`."""

    def remove(self, key: str) -> None:
        """Take pages off; see `PageShelf`."""
        _require_page(key)
        try:
            self._ask("DELETE", key)
        except NotFoundError:
            return
