"""Pages that wait for the others of their document: beside the objects, and the only ones with a way out."""

from __future__ import annotations

from typing import Final

from digitizer.errors import UsageError
from storage.objects import DirectoryStore

__all__ = ["DirectoryShelf", "require_page"]

_FOLDER: Final = "pages/"


def require_page(key: str) -> None:
    """Refuse to remove anything but pages that wait.

    Raises:
        UsageError: `key` is another object's.
    """
    if not key.startswith(_FOLDER):
        raise UsageError(f"object {key} is no page that waits: nothing else is ever removed")


class DirectoryShelf(DirectoryStore):
    """A `PageShelf` in a folder."""

    def remove(self, key: str) -> None:
        """Take pages off; see `PageShelf`."""
        require_page(key)
        self._path(key).unlink(missing_ok=True)
