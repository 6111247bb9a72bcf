"""What a path names, looked up for the person who asks: what they may not see does not exist."""

from __future__ import annotations

from fastapi import Request

from digitizer.accounts import Account
from digitizer.errors import NotFoundError
from digitizer.filing import WITHDRAWN
from digitizer.ports import StoredDocument
from digitizer.services.rights import rights
from digitizer.web.site import Site

__all__ = ["require_document", "require_visible"]


def require_visible(request: Request, kind: str, site: Site, account: Account) -> None:
    """Find what the path names and keep it in `request.state` under its kind.

    Raises:
        NotFoundError: there is none, or not for this person; both look the same.
    """
    if kind == "document":
        request.state.document = require_document(site, account, request.path_params["document_id"])
    elif kind == "fonds":
        if not rights().sees(account, request.path_params["fonds"]):
            raise NotFoundError("no such fonds")
    else:
        raise NotFoundError(f"no such kind of object: {kind}")


def require_document(site: Site, account: Account, document_id: str) -> StoredDocument:
    """A document, if this person may see it.

    Raises:
        NotFoundError: there is none, or not for this person; both look the same.
    """
    hidden = NotFoundError("no such document")
    try:
        document = site.archive.catalogue.document(document_id)
    except NotFoundError:
        raise hidden from None
    if document.state == WITHDRAWN or not rights().sees(account, document.fonds, document.secrecy):
        raise hidden
    return document
