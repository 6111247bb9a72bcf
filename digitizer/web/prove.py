"""Prove a page: the bundle for a third person, for who may download it (a reason given where needed)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from digitizer.services.prove import Prover, prove
from digitizer.services.reading_room import open_document
from digitizer.web.gate import ForbiddenError
from digitizer.web.read import attachment, hidden_here
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()


@router.get("/documents/{document_id}/pages/{number}/proof.zip")
def proof(request: Request, number: int) -> Response:
    """The original, what was read on one page, and the events, sealed by the archive's audit trail."""
    site, visit, document = site_of(request), visit_of(request), request.state.document
    opened = open_document(site.archive, document, hide=hidden_here(request), history=False)
    if opened.masked and opened.has_personal:
        raise ForbiddenError("this document holds personal data: give a reason on its page first")
    prover = Prover(site.archive, site.books.evidence, site.books.accessions, site.door)
    with tempfile.TemporaryDirectory(prefix="proof-", dir=site.archive.scratch) as folder:
        name = f"{document.id}-{number}.zip"
        prove(prover, document, number, visit.person, Path(folder) / name)
        kept = (Path(folder) / name).open("rb")  # its bytes stay until it is closed, its name goes now
    answer = attachment(kept, name, "application/zip")
    answer.headers["content-length"] = str(os.fstat(kept.fileno()).st_size)
    return answer
