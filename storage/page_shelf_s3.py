"""The shelf of waiting pages in a bucket; apart, so that S3's client is loaded only where it is used."""

from __future__ import annotations

from digitizer.errors import NotFoundError
from storage.page_shelf import require_page
from storage.s3 import S3Store

__all__ = ["S3Shelf"]


class S3Shelf(S3Store):
    """A `PageShelf` in a bucket; its credentials may delete under `pages/`."""

    def remove(self, key: str) -> None:
        """Take pages off; see `PageShelf`."""
        require_page(key)
        try:
            self._ask("DELETE", key)
        except NotFoundError:
            return
