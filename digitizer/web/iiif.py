"""IIIF for other viewers of this archive, under the same rights, masking and headers as pages."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from digitizer.errors import NotFoundError
from digitizer.services.iiif import cut, image_info, manifest, text_annotations
from digitizer.services.reading_room import page_view, text_lines
from digitizer.web.read import hidden_here
from digitizer.web.render import see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_PROFILE: Final = '<http://iiif.io/api/image/3/level0.json>;rel="profile"'


@router.get("/iiif/{document_id}/manifest")
def show_manifest(request: Request) -> JSONResponse:
    """The document as a sequence of pages (Presentation API 3.0)."""
    site, visit, document = site_of(request), visit_of(request), request.state.document
    pages = site.archive.catalogue.record(document.id)["pages"]
    site.door.note("viewed", document.id, visit.person.agent, what="manifest", address=visit.address)
    return _linked(manifest(_base(request), document, pages), "presentation")


@router.get("/iiif/{document_id}/{number}", include_in_schema=False)
def show_image(request: Request, number: int) -> Response:
    """The image's own address leads to what is told of it."""
    return see_other(f"/iiif/{request.state.document.id}/{number}/info.json")


@router.get("/iiif/{document_id}/{number}/info.json")
def show_info(request: Request, number: int) -> JSONResponse:
    """Which sizes and tiles of a page there are (Image API 3.0)."""
    page = _page(request, number)
    answer = _linked(image_info(f"{_base(request)}/{number}", page["width"], page["height"]), "image")
    answer.headers["link"] = _PROFILE
    return answer


@router.get("/iiif/{document_id}/{number}/text")
def show_text(request: Request, number: int) -> JSONResponse:
    """The printed lines of a page with their places, as annotations."""
    _page(request, number)
    site, document = site_of(request), request.state.document
    lines = text_lines(site.archive, document.id, number, hide=hidden_here(request))
    return _linked(text_annotations(f"{_base(request)}/{number}", lines), "presentation")


@router.get("/iiif/{document_id}/{number}/{region}/{size}/0/default.jpg")
def show_part(request: Request, number: int, region: str, size: str) -> Response:
    """A page or a tile of it as JPEG, personal data blackened where it is hidden from who asks."""
    site, document, page = site_of(request), request.state.document, _page(request, number)
    wanted = cut(page["width"], page["height"], region, size)
    view = page_view(site.archive, document, number, hide=hidden_here(request))
    data = site.images.part(view, wanted.region, (wanted.width, wanted.height))
    return Response(data, media_type="image/jpeg", headers={"link": _PROFILE})


def _page(request: Request, number: int) -> dict[str, Any]:
    pages = site_of(request).archive.catalogue.record(request.state.document.id)["pages"]
    if not 1 <= number <= len(pages) or not pages[number - 1]["width"]:
        raise NotFoundError("no such page")
    page: dict[str, Any] = pages[number - 1]
    return page


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/iiif/{request.state.document.id}"


def _linked(values: dict[str, Any], api: str) -> JSONResponse:
    profile = f"http://iiif.io/api/{api}/3/context.json"
    return JSONResponse(values, media_type=f'application/ld+json;profile="{profile}"')
