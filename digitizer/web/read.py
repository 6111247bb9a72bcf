"""Read: the pages of a document, its fields and their places, its files and its history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from digitizer.errors import NotFoundError, UsageError
from digitizer.ports import StoredDocument, object_key
from digitizer.services.reading_room import (
    is_masked,
    marked_boxes,
    open_document,
    page_view,
    text_lines,
)
from digitizer.services.version_pages import standings
from digitizer.web.gate import ForbiddenError
from digitizer.web.render import local_path, page, see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["attachment", "hidden_here", "router"]

router = APIRouter()
_BLOCK = 1 << 18
_Pixel = Annotated[int, Query(ge=0, le=100_000)]
_TYPES = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "json": "application/json"}
_SUFFIXES = {"alto": ".alto.xml", "hocr": ".hocr"}


def _document(request: Request) -> StoredDocument:
    document = request.state.document
    assert isinstance(document, StoredDocument)
    return document


def hidden_here(request: Request) -> bool:
    """Whether personal data of the document in the path is hidden from who asks."""
    visit = visit_of(request)
    assert visit.session is not None
    return is_masked(visit.person, visit.session, _document(request).id)


@router.get("/documents/{document_id}")
def read(
    request: Request,
    page_number: Annotated[int, Query(alias="page", ge=1)] = 1,
    q: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """The document at one page, with the words of a query marked."""
    site, visit, document = site_of(request), visit_of(request), _document(request)
    opened = open_document(site.archive, document, hide=hidden_here(request))
    number = min(page_number, max(document.pages, 1))
    told = {"page": str(number), "masked": str(opened.masked), "address": visit.address}
    site.door.note("viewed", document.id, visit.person.agent, **told)
    stands = standings(site.books.accessions, [document.id], visit.person).get(document.id)
    return page(request, "document.html", opened=opened, number=number, q=q, stands=stands)


@router.get("/documents/{document_id}/pages/{number}")
def page_facts(
    request: Request, number: int, q: Annotated[str, Query(max_length=2_000)] = ""
) -> JSONResponse:
    """One page for the viewer: size, picture, marked words, and its lines with their boxes."""
    site, document, hide = site_of(request), _document(request), hidden_here(request)
    record = site.archive.catalogue.record(document.id)
    if not 1 <= number <= len(record["pages"]):
        raise NotFoundError("no such page")
    known = record["pages"][number - 1]
    lines = text_lines(site.archive, document.id, number, hide=hide)
    return JSONResponse(
        {
            "number": number,
            "width": known["width"],
            "height": known["height"],
            "status": known["status"],
            "picture": f"/documents/{document.id}/pages/{number}/full.jpg",
            "marked": marked_boxes(site.archive, document.id, number, q) if q else [],
            "lines": [{"text": text, "box": box.as_list()} for text, box in lines],
        }
    )


@router.get("/documents/{document_id}/pages/{number}/strip.jpg")
def strip(request: Request, number: int, top: _Pixel = 0, bottom: _Pixel = 0) -> Response:
    """The printed lines around a hit."""
    site = site_of(request)
    view = page_view(site.archive, _document(request), number, hide=hidden_here(request))
    return Response(site.images.strip(view, min(top, bottom), max(top, bottom)), media_type="image/jpeg")


@router.get("/documents/{document_id}/pages/{number}/{size}.jpg")
def picture(request: Request, number: int, size: str) -> Response:
    """A page as a picture: `thumb`, `view` or `full`."""
    site = site_of(request)
    view = page_view(site.archive, _document(request), number, hide=hidden_here(request))
    return Response(site.images.picture(view, size), media_type="image/jpeg")


@router.post("/documents/{document_id}/unmask")
def unmask(
    request: Request, reason: Annotated[str, Form(max_length=500)] = "", to: str = Form("/")
) -> Response:
    """Show this session the personal data of one document, for a reason that is kept."""
    site, visit, document = site_of(request), visit_of(request), _document(request)
    if len(reason.strip()) < 5:
        raise UsageError("say why you need the personal data")
    assert visit.session is not None
    site.door.note("unmasked", document.id, visit.person.agent, reason=reason.strip(), address=visit.address)
    shown = replace(visit.session, unmasked=visit.session.unmasked | {document.id})
    site.door.accounts.keep_session(shown)
    return see_other(f"/documents/{document.id}" if to == "/" else local_path(to))


@router.get("/documents/{document_id}/files/{kind}")
def download(request: Request, kind: str) -> Response:
    """The original or a file made from it; where it holds personal data, a reason must have been given."""
    site, visit, document = site_of(request), visit_of(request), _document(request)
    opened = open_document(site.archive, document, hide=hidden_here(request), history=False)
    if opened.masked and opened.has_personal:
        raise ForbiddenError("this document holds personal data: give a reason on its page first")
    store, digest, name = site.archive.masters, document.fixity.sha256, document.name
    if kind != "original":
        made = next((each for each in opened.files if each.kind == kind), None)
        if made is None:
            raise NotFoundError("no such file")
        store, digest = site.archive.derivatives, made.fixity.sha256
        name = f"{document.name.rpartition('.')[0] or document.name}{_SUFFIXES.get(kind, '.' + kind)}"
    site.door.note("downloaded", document.id, visit.person.agent, what=kind, address=visit.address)
    return attachment(store.open(object_key(digest)), name, _TYPES.get(kind, "application/octet-stream"))


def attachment(opened: AbstractContextManager[BinaryIO], name: str, media_type: str) -> StreamingResponse:
    """A file to save, never to show: RFC 6266, and a policy under which nothing in it can run."""
    plain = "".join(c if (c.isascii() and c.isalnum()) or c in ".-_" else "_" for c in name)[-100:]
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "content-security-policy": "sandbox; default-src 'none'",
    }
    return StreamingResponse(_blocks(opened), media_type=media_type, headers=headers)


def _blocks(opened: AbstractContextManager[BinaryIO]) -> Iterator[bytes]:
    with opened as data:
        while block := data.read(_BLOCK):
            yield block
