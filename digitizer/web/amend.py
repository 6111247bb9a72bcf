"""Put a printed line right, draw the borders of papers, see what is to be scanned again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from digitizer.errors import NotFoundError, UsageError
from digitizer.model import Box
from digitizer.services.amend import Borders, LineSaid, correct_line, divide
from digitizer.services.find import index_pending
from digitizer.services.reading_room import is_masked, text_lines
from digitizer.services.search_pages import scope_of
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_Pixel = Annotated[int, Field(ge=0, le=200_000)]


class LineForm(BaseModel, extra="forbid"):
    """What somebody typed over a line: its place, the text they saw, the text it has."""

    csrf: str = ""
    attempt: int = Field(ge=0, le=2**31)
    box: list[_Pixel] = Field(min_length=4, max_length=4)
    was: str = Field(max_length=5_000)
    text: str = Field("", max_length=5_000)


class BordersForm(BaseModel, extra="forbid"):
    """First pages of papers, as shown and as wanted; `chosen` is `page:class` for classes they chose."""

    csrf: str = ""
    attempt: int = Field(ge=0, le=2**31)
    before: list[int] = Field([], max_length=20_000)
    start: list[int] = Field([], max_length=20_000)
    chosen: list[str] = Field([], max_length=20_000)


@router.post("/documents/{document_id}/pages/{number}/lines")
def put_right(request: Request, number: int, form: Annotated[LineForm, Form()]) -> Response:
    """Keep the text of a printed line; the machine's stays, the index follows."""
    site, visit, document = site_of(request), visit_of(request), request.state.document
    left, top, right, bottom = form.box
    if right < left or bottom < top:
        raise UsageError("there is no such line")
    box = Box(left, top, right, bottom)
    assert visit.session is not None
    if is_masked(visit.person, visit.session, document.id):
        _require_open(request, number, box)
    said = LineSaid(form.attempt, number, box, form.was, form.text)
    correct_line(site.archive, site.amendments, visit.person.agent, document.id, said)
    index_pending(site.archive)
    lines = text_lines(site.archive, document.id, number, hide=False)
    now = [{"text": text, "box": place.as_list()} for text, place in lines if place.top < bottom > top]
    return JSONResponse({"lines": [each for each in now if _meets(each["box"], box)]})


@router.post("/documents/{document_id}/borders")
def draw(request: Request, form: Annotated[BordersForm, Form()]) -> Response:
    """Split and merge the papers of a document; every page stays in one of them."""
    site, visit, document = site_of(request), visit_of(request), request.state.document
    chosen = tuple(_chosen(each) for each in form.chosen if each)
    borders = Borders(form.attempt, tuple(form.before), tuple(form.start), chosen)
    divide(site.archive, site.amendments, visit.person.agent, document.id, borders)
    return _back(request, document.id, form.start[0] if form.start else 0)


@router.post("/documents/{document_id}/borders/undo")
def undo(request: Request, attempt: Annotated[int, Form(ge=0, le=2**31)]) -> Response:
    """Take the last division back."""
    site, document = site_of(request), request.state.document
    site.amendments.undo(document.id, attempt, visit_of(request).person.agent)
    return _back(request, document.id, 0)


@router.get("/rescans")
def show_rescans(request: Request) -> Response:
    """The pages that wait to be scanned again, and what came of earlier requests."""
    site, visit = site_of(request), visit_of(request)
    every = site.desk.rescans(scope_of(visit.person), closed=True)
    waiting = [each for each in every if not each.closed_at]
    return page(request, "rescans.html", waiting=waiting, done=[e for e in every if e.closed_at][-20:])


@router.post("/rescans/{number}/close")
def close_rescan(request: Request, number: int) -> Response:
    """Note that a request needs nothing more."""
    site, visit = site_of(request), visit_of(request)
    if all(each.number != number for each in site.desk.rescans(scope_of(visit.person))):
        raise NotFoundError("no such page")
    site.desk.close_rescan(number, "", visit.person.agent)
    return see_other("/rescans")


def _require_open(request: Request, number: int, box: Box) -> None:
    """A line with something hidden in it is put right by nobody who does not see it."""
    site, document = site_of(request), request.state.document
    shown, whole = (text_lines(site.archive, document.id, number, hide=hide) for hide in (True, False))
    if any(one != two and place == box for (one, place), (two, _) in zip(shown, whole, strict=True)):
        raise UsageError("personal data is hidden: give a reason to see it first")


def _meets(found: object, box: Box) -> bool:
    assert isinstance(found, list)
    left, top, right, bottom = found
    return bool(left < box.right and box.left < right and top < box.bottom and box.top < bottom)


def _chosen(text: str) -> tuple[int, str]:
    number, _, name = text.partition(":")
    if not number.isdecimal() or len(number) > 6:
        raise UsageError("there is no such class of papers")
    return int(number), name


def _back(request: Request, document_id: str, first: int) -> Response:
    """To the paper that begins there, or the first one."""
    site = site_of(request)
    index_pending(site.archive)
    papers = site.amendments.papers(document_id).papers
    paper = next((each for each in papers if each.pages[0] == first), papers[0])
    return see_other(f"/review?document={document_id}&part={paper.part}")
