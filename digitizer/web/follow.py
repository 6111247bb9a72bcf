"""Follow: what is where, what failed and why, how fast it goes; the pages keep themselves up to date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain, islice
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from digitizer.accounts import Account, Secrecy
from digitizer.batch_facts import BatchFacts
from digitizer.desk import BatchLedger
from digitizer.errors import ConflictError
from digitizer.finding import Scope
from digitizer.ports import StoredDocument
from digitizer.services.archive import ring_pending
from digitizer.services.batch_balance import weigh
from digitizer.services.rights import rights
from digitizer.services.search_pages import scope_of
from digitizer.services.status import status, status_for
from digitizer.services.version_pages import standings
from digitizer.web.objects import require_document
from digitizer.web.render import page, see_other
from digitizer.web.site import Site, site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_SHOWN = 500
_Code = Annotated[str, Path(min_length=1, max_length=200)]
_ErrorCode = Annotated[str, Path(pattern=r"^[A-Z][A-Z0-9-]{1,30}$")]
_Fact = Annotated[str, Form(max_length=200)]
_HOUR = 3600.0
_STATES = ("queued", "running", "done", "done_with_gaps", "quarantined", "refused")
_FAILED = ("quarantined", "refused", "done_with_gaps")


@router.get("/batches")
def show_batches(request: Request) -> Response:
    """Every batch with its page ledger; only the table where htmx asks.

    Sheets declared are told of batches that one sees whole, for they tell of all papers.
    """
    site = site_of(request)
    seen, whole = (
        {(each.fonds, each.batch): each for each in site.desk.batches(scope)}
        for scope in _scopes(visit_of(request).person)
    )
    sheets = site.books.facts.sheets().items()
    declared = {key: count for key, count in sheets if key in seen and seen[key] == whole.get(key)}
    template = "batches_table.html" if "hx-request" in request.headers else "batches.html"
    return page(request, template, ledgers=tuple(seen.values()), declared=declared)


@router.get("/batches/{fonds}/{batch:path}/balance")
def show_balance(request: Request, fonds: str, batch: str) -> Response:
    """Declared against arrived; only for who may see all of the batch, for the sums tell of all of it."""
    site, account = site_of(request), visit_of(request).person
    seen, whole = (_ledger(site.desk.batches(scope), fonds, batch) for scope in _scopes(account))
    balance = None
    if seen is not None and seen == whole:
        books = (site.books.facts, site.books.accessions, site.books.count_rule)
        balance = weigh(books, seen)
    return page(request, "balance.html", balance=balance, fonds=fonds, batch=batch)


@router.get("/batches/{fonds}/{batch:path}")
def show_batch(request: Request, fonds: str, batch: str, state: str = "") -> Response:
    """The documents of one batch in their natural order."""
    site, account = site_of(request), visit_of(request).person
    wanted = state if state in _STATES else None
    every = site.archive.catalogue.documents(batch=batch, state=wanted, fonds=fonds)
    seen = [each for each in islice(every, _SHOWN) if rights().sees(account, each.fonds, each.secrecy)]
    ledger = _ledger(site.desk.batches(scope_of(account)), fonds, batch)
    template = "batch_table.html" if "hx-request" in request.headers else "batch.html"
    documents = sorted(seen, key=_natural)
    stands = standings(site.books.accessions, (each.id for each in seen), account)
    told: dict[str, Any] = {"ledger": ledger, "documents": documents, "stands": stands}
    return page(request, template, fonds=fonds, batch=batch, **told)


@router.post("/batches/{fonds}/{batch:path}/facts")
def declare(
    request: Request,
    fonds: _Code,
    batch: _Code,
    inventory: _Fact = "",
    box: _Fact = "",
    sheets: Annotated[str, Form(pattern=r"^([0-9]{1,7})?$")] = "",
) -> Response:
    """Keep what is declared of a batch as a whole; what was declared before stays on record."""
    site, account = site_of(request), visit_of(request).person
    facts = BatchFacts(fonds, batch, inventory.strip(), box.strip(), int(sheets) if sheets else None)
    site.books.facts.declare(facts, account.agent)
    return see_other(_address(fonds, batch))


@router.get("/status")
def show_status(request: Request) -> Response:
    """What waits, runs and failed, of what one may see; the whole machine for who keeps it."""
    site, account = site_of(request), visit_of(request).person
    template = "status_board.html" if "hx-request" in request.headers else "status.html"
    if not (rights().may(account, "machine") and account.fonds is None):
        now = status_for(site.desk.queue(scope_of(account), _HOUR))
        return page(request, template, now=now, coverage=None, index_pages=0, workers=())
    coverage = site.archive.catalogue.coverage()
    pages = site.archive.index.pages()
    now, workers = status(site.archive, _HOUR), site.books.roll.workers()
    return page(request, template, now=now, coverage=coverage, index_pages=pages, workers=workers)


@router.post("/documents/{document_id}/retry")
def retry(request: Request, document_id: str) -> Response:
    """Let a document be read again."""
    site, account = site_of(request), visit_of(request).person
    document = require_document(site, account, document_id)
    site.archive.catalogue.requeue(document_id, account.agent)
    ring_pending(site.archive)
    return see_other(_address(document.fonds, document.batch))


@router.get("/failures/{code}")
def show_failures(request: Request, code: _ErrorCode) -> Response:
    """The documents that ended with this error, of what one may see, each to be read again."""
    found = _failed_by(site_of(request), visit_of(request).person, code)
    documents, more = sorted(found[:_SHOWN], key=_natural), len(found) > _SHOWN
    return page(request, "failures.html", code=code, documents=documents, more=more, ledger=None)


@router.post("/failures/{code}/retry")
def retry_all(request: Request, code: _ErrorCode) -> Response:
    """Let all that the list of this error shows be read again, and nothing that one may not see."""
    site, account = site_of(request), visit_of(request).person
    for document in _failed_by(site, account, code)[:_SHOWN]:
        with suppress(ConflictError):  # somebody else was quicker, and it is being read
            site.archive.catalogue.requeue(document.id, account.agent)
    ring_pending(site.archive)
    return see_other(f"/failures/{code}")


def _failed_by(site: Site, account: Account, code: str) -> list[StoredDocument]:
    """Documents that ended with exactly this error, of what one may see: as a page shows, and one more."""
    every = chain.from_iterable(site.archive.catalogue.documents(state=state) for state in _FAILED)
    wanted = (each for each in every if (each.reason or "").partition(":")[0] == code)
    seen = (each for each in wanted if rights().sees(account, each.fonds, each.secrecy))
    return list(islice(seen, _SHOWN + 1))


def _address(fonds: str, batch: str) -> str:
    return f"/batches/{quote(fonds, safe='')}/{quote(batch, safe='')}"


def _scopes(account: Account) -> tuple[Scope, Scope]:
    """What this person sees of their fonds, and all there is in them."""
    mine = scope_of(account)
    return mine, replace(mine, clearance=int(max(Secrecy)))


def _ledger(ledgers: Sequence[BatchLedger], fonds: str, batch: str) -> BatchLedger | None:
    return next((each for each in ledgers if (each.fonds, each.batch) == (fonds, batch)), None)


def _natural(document: StoredDocument) -> list[tuple[int, int, str]]:
    """1, 2, 10 and not 1, 10, 2."""
    pieces = re.split(r"(\d+)", document.path.casefold())
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces if p]
