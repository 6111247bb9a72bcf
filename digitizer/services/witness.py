"""Hold the catalogue's rows against its audit trail, which nobody can change unseen."""

from __future__ import annotations

from collections.abc import Iterator

from digitizer.fixity import seal
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp

__all__ = ["contradicted"]


def contradicted(app: ArchiveApp) -> Iterator[str]:
    """Documents whose row names other bytes than were received, or other files than were made of them.

    An object proves its own digest, but not that it is the one of this document: two rows exchanged are
    each in order by themselves. What came in and what was made is in the chained events; the chain is
    followed first.

    Raises:
        FixityError: the trail itself does not hold.
    """
    app.catalogue.verify_events()
    for document in app.catalogue.documents():
        if not _agrees(app, document) and not _agrees(app, app.catalogue.document(document.id)):
            yield document.id


def _agrees(app: ArchiveApp, document: StoredDocument) -> bool:
    """Asked twice where it does not: a document may be finished between the two looks."""
    received = made = None
    for event in app.catalogue.events(document.id):
        if event.kind == "received":
            received = received or dict(event.detail)
        elif event.kind in {"digitized", "amended"} and event.outcome == "success":
            made = dict(event.detail).get("made")
    if received is None or received.get("sha256", document.fixity.sha256) != document.fixity.sha256:
        return False
    return made is None or made == seal(app.catalogue.derivatives(document.id))
