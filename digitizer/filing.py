"""Where documents are filed, and that they are in use at all: a port. No I/O here."""

from __future__ import annotations

from typing import Protocol

from digitizer.holdings import StoredDocument
from digitizer.model import Agent

__all__ = ["WITHDRAWN", "Filing"]

WITHDRAWN = "withdrawn"
"""The state of a document that is out of use: not found, not shown, its master and trail kept."""


class Filing(Protocol):
    """Moves documents and takes them out of use; every verb is one transaction that also writes its event.

    A machine may be reading the document meanwhile: what it reads goes where the document is then.
    """

    def move(self, document_id: str, fonds: str, batch: str, by: Agent) -> StoredDocument:
        """File a document in another fonds or batch; whoever may see that one may find it from then on.

        Raises:
            NotFoundError: no such document.
            ConflictError: the same bytes are in that fonds already, as another document.
        """
        ...

    def withdraw(self, document_id: str, reason: str, by: Agent) -> StoredDocument:
        """Take a document out of use; a worker that reads it commits nothing any more.

        Raises:
            NotFoundError: no such document.
        """
        ...
