"""Move documents to another fonds or batch, or take them out of use; the index follows at once."""

from __future__ import annotations

from digitizer.errors import UsageError
from digitizer.filing import Filing
from digitizer.holdings import StoredDocument
from digitizer.model import Agent
from digitizer.services.archive import ArchiveApp
from digitizer.services.find import index_pending
from digitizer.services.manifests import write_manifest

__all__ = ["move", "withdraw"]


def move(
    app: ArchiveApp, filing: Filing, document_id: str, place: tuple[str, str], by: Agent
) -> StoredDocument:
    """File a document in `place` (fonds, batch); when this returns it is found there and nowhere else.

    Raises:
        UsageError: the place has no name.
        NotFoundError: no such document.
        ConflictError: the same bytes are in that fonds already.
    """
    if not all(place):
        raise UsageError("say where to: --fonds and --batch")
    return _told(app, filing.move(document_id, *place, by))


def withdraw(app: ArchiveApp, filing: Filing, document_id: str, reason: str, by: Agent) -> StoredDocument:
    """Take a document out of use: not found, not shown, not read; its master and its trail stay.

    `digitizer retry` with its id brings it back, by reading it again.

    Raises:
        UsageError: no reason is given.
        NotFoundError: no such document.
    """
    if not reason.strip():
        raise UsageError("say why: --reason")
    return _told(app, filing.withdraw(document_id, reason.strip(), by))


def _told(app: ArchiveApp, changed: StoredDocument) -> StoredDocument:
    """The store and the index hear of it; a stop before is made good by the next `reconcile` or worker."""
    first = next(iter(app.catalogue.events(changed.id)))
    write_manifest(app.masters, changed, first.agent, app.clock.now())
    if app.keeps_index:
        index_pending(app)
    return changed
