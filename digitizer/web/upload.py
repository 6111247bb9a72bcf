"""Upload: tus 1.0 (creation, termination) over our own store; what has arrived counts, whatever breaks.

https://tus.io/protocols/resumable-upload
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from digitizer.accounts import Secrecy
from digitizer.errors import UsageError
from digitizer.services.ingest import Place
from digitizer.services.rights import rights
from digitizer.services.search_pages import scope_of
from digitizer.services.uploads import Upload
from digitizer.web.gate import ForbiddenError
from digitizer.web.render import page
from digitizer.web.site import site_of, visit_of
from digitizer.web.wording import words_for

__all__ = ["router"]

router = APIRouter()
_TUS: Final = {"tus-resumable": "1.0.0", "cache-control": "no-store"}
_PIECE: Final = "application/offset+octet-stream"


@router.get("/upload", include_in_schema=False)
def show_upload(request: Request) -> Response:
    """Where files are dropped, and the batches one may add to."""
    site, account = site_of(request), visit_of(request).person
    known = site.desk.batches(scope_of(account))
    fonds = sorted({each.fonds for each in known} | (account.fonds or frozenset()))
    levels = [level for level in Secrecy if level <= account.clearance]
    fresh = site.archive.clock.now()[:16].replace(":", "").replace("T", "-")
    return page(request, "upload.html", batches=known, fonds=fonds, levels=levels, fresh=fresh)


@router.post("/uploads", status_code=201)
def begin(request: Request) -> Response:
    """Begin an upload (tus creation); the facts are in `Upload-Metadata`."""
    site, account = site_of(request), visit_of(request).person
    facts = _metadata(request.headers.get("upload-metadata", ""))
    length = request.headers.get("upload-length", "")
    if not length.isdecimal() or len(length) > 15:
        raise UsageError("Upload-Length is no number")
    secrecy = facts.get("secrecy", "0")
    level = int(secrecy) if secrecy in {"0", "1", "2", "3"} else 0
    place = Place(facts.get("fonds", ""), facts.get("batch", ""), level, facts.get("box", "")[:200])
    if not place.fonds or not place.batch or max(len(place.fonds), len(place.batch)) > 200:
        raise UsageError("say which fonds and batch the file belongs to")
    if not rights().sees(account, place.fonds, place.secrecy):
        raise ForbiddenError("your account may not add to this fonds")
    path = facts.get("path") or facts.get("filename", "")
    upload = Upload("", account.name, path.lstrip("/"), int(length), place, facts.get("sha256", ""))
    upload_id = site.uploads.begin(upload)
    return Response(status_code=201, headers={**_TUS, "location": f"/uploads/{upload_id}"})


@router.head("/uploads/{upload}")
def how_far(request: Request, upload: str) -> Response:
    """How many bytes have come."""
    known, here = site_of(request).uploads.find(upload, visit_of(request).person)
    return Response(headers={**_TUS, "upload-offset": str(here), "upload-length": str(known.length)})


@router.patch("/uploads/{upload}")
async def add(request: Request, upload: str) -> Response:
    """Take the next piece; of a piece that breaks off, what came counts."""
    site, account = site_of(request), visit_of(request).person
    offset = request.headers.get("upload-offset", "")
    if request.headers.get("content-type") != _PIECE or not offset.isdecimal() or len(offset) > 15:
        raise UsageError(f"a piece has Upload-Offset and the content type {_PIECE}")
    try:
        with site.uploads.adding(upload, account, int(offset)) as piece:
            async for data in request.stream():
                piece.write(data)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody hears it
    known, here = site.uploads.find(upload, account)
    if here == known.length:
        await run_in_threadpool(site.uploads.complete, site.archive, upload, account)
    return Response(status_code=204, headers={**_TUS, "upload-offset": str(here)})


@router.get("/uploads/{upload}")
def outcome(request: Request, upload: str) -> JSONResponse:
    """What became of a file that has come whole: its state, document, or the reason against it."""
    site, visit = site_of(request), visit_of(request)
    told = site.uploads.complete(site.archive, upload, visit.person)
    if "code" in told:
        told = {**told, "told": words_for(visit.language, "error", told["code"])}
    return JSONResponse(told)


@router.delete("/uploads/{upload}")
def drop(request: Request, upload: str) -> Response:
    """Forget an upload (tus termination)."""
    site_of(request).uploads.drop(upload, visit_of(request).person)
    return Response(status_code=204, headers=_TUS)


def _metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and base64, with commas."""
    found = {}
    try:
        for pair in header.split(",") if header.strip() else ():
            key, _, value = pair.strip().partition(" ")
            found[key] = base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise UsageError("Upload-Metadata cannot be read") from error
    return found
