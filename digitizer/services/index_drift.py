"""Hold the search index against the catalogue, page by page; what differs is indexed again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from digitizer.errors import NotFoundError
from digitizer.model import RecordState
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.find import index_pending

__all__ = ["IndexDrift", "Lag", "index_drift", "take_out"]

_FINISHED = (RecordState.DONE, RecordState.DONE_WITH_GAPS)


class Lag(StrEnum):
    """How the index is not what the catalogue says."""

    MISSING = "not-indexed"
    OLDER = "index-older"
    UNKNOWN = "index-unknown"


@dataclass(frozen=True, slots=True)
class IndexDrift:
    """How many documents were compared, and which differ."""

    documents: int
    differing: tuple[tuple[str, Lag], ...]

    @property
    def again(self) -> tuple[str, ...]:
        """Those that are to be indexed again."""
        return tuple(each for each, lag in self.differing if lag is not Lag.UNKNOWN)


def index_drift(app: ArchiveApp) -> IndexDrift:
    """Compare every page of the index with the catalogue's, by its stamp; documents stream by.

    What seems to differ is looked at again when the outbox is empty: it may just have been finished.
    """
    index_pending(app)
    count = pages = 0
    seems = []
    for known in app.catalogue.documents():
        count += 1
        pages += len(app.index.stamps(known.id))
        if _lag(app, known) is not None:
            seems.append(known.id)
    if seems:
        index_pending(app)
    looked = ((each, _lag(app, app.catalogue.document(each))) for each in seems)
    differing = [(each, lag) for each, lag in looked if lag is not None]
    if pages != app.index.pages():  # the index holds what no document of the catalogue accounts for
        differing += [(each, Lag.UNKNOWN) for each, _pages in app.index.counts() if not _is_known(app, each)]
    return IndexDrift(count, tuple(differing))


def take_out(app: ArchiveApp, documents: Iterable[str]) -> None:
    """Take documents out of the index."""
    for each in documents:
        app.index.replace(each, ())
    app.index.commit()


def _lag(app: ArchiveApp, known: StoredDocument) -> Lag | None:
    indexed = app.index.stamps(known.id)
    if known.state not in _FINISHED:
        # What is read again stays found as it was; what was never read, or was withdrawn, is not there.
        return Lag.UNKNOWN if indexed and not app.catalogue.pages_to_index(known.id) else None
    wanted = {page.page: page.stamp for page in app.catalogue.pages_to_index(known.id)}
    if indexed.keys() != wanted.keys():
        return Lag.MISSING
    return None if indexed == wanted else Lag.OLDER


def _is_known(app: ArchiveApp, document_id: str) -> bool:
    try:
        app.catalogue.document(document_id)
    except NotFoundError:
        return False
    return True
