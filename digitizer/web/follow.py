"""Follow: what is where, what failed and why, how fast it goes; the pages keep themselves up to date."""

from __future__ import annotations

import re
from itertools import islice

from fastapi import APIRouter, Request
from fastapi.responses import Response

from digitizer.ports import StoredDocument
from digitizer.services.archive import ring_pending
from digitizer.services.rights import rights
from digitizer.services.search_pages import scope_of
from digitizer.services.status import status
from digitizer.web.objects import require_document
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_SHOWN = 500
_HOUR = 3600.0
_STATES = ("queued", "running", "done", "done_with_gaps", "quarantined", "refused")


@router.get("/batches")
def show_batches(request: Request) -> Response:
    """Every batch with its page ledger; only the table where htmx asks."""
    ledgers = site_of(request).desk.batches(scope_of(visit_of(request).person))
    template = "batches_table.html" if "hx-request" in request.headers else "batches.html"
    return page(request, template, ledgers=ledgers)


@router.get("/batches/{fonds}/{batch}")
def show_batch(request: Request, fonds: str, batch: str, state: str = "") -> Response:
    """The documents of one batch in their natural order."""
    site, account = site_of(request), visit_of(request).person
    wanted = state if state in _STATES else None
    every = site.archive.catalogue.documents(batch=batch, state=wanted, fonds=fonds)
    seen = [each for each in islice(every, _SHOWN) if rights().sees(account, each.fonds, each.secrecy)]
    ledger = next(
        (x for x in site.desk.batches(scope_of(account)) if (x.fonds, x.batch) == (fonds, batch)), None
    )
    template = "batch_table.html" if "hx-request" in request.headers else "batch.html"
    return page(
        request, template, ledger=ledger, documents=sorted(seen, key=_natural), fonds=fonds, batch=batch
    )


@router.get("/status")
def show_status(request: Request) -> Response:
    """The whole machine at a glance: counts without a name of any document."""
    site = site_of(request)
    now = status(site.archive, _HOUR)
    coverage = site.archive.catalogue.coverage()
    template = "status_board.html" if "hx-request" in request.headers else "status.html"
    return page(request, template, now=now, coverage=coverage, index_pages=site.archive.index.pages())


@router.post("/documents/{document_id}/retry")
def retry(request: Request, document_id: str) -> Response:
    """Let a document be read again."""
    site, account = site_of(request), visit_of(request).person
    document = require_document(site, account, document_id)
    site.archive.catalogue.requeue(document_id, account.agent)
    ring_pending(site.archive)
    return see_other(f"/batches/{document.fonds}/{document.batch}")


def _natural(document: StoredDocument) -> list[tuple[int, int, str]]:
    """1, 2, 10 and not 1, 10, 2."""
    pieces = re.split(r"(\d+)", document.path.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]
