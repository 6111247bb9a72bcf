"""Check: the picture on the left, the values on the right, the keyboard alone; the next paper follows."""

from __future__ import annotations

import functools
import json
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.desk import Correction, Waiting
from digitizer.errors import ConflictError, NotFoundError
from digitizer.services.check_papers import Answer, Paper, decide, next_paper, paper_at, take
from digitizer.services.find import index_pending
from digitizer.services.reading_room import is_masked
from digitizer.services.training import training_rows
from digitizer.understanding.tables import default_tables
from digitizer.web.objects import require_document
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()


class DecisionForm(BaseModel, extra="forbid"):
    """The form of a decision; names and values of the fields in the same order."""

    csrf: str = ""
    document: str = Field(max_length=64)
    attempt: int = Field(ge=0, le=2**31)
    part: int = Field(ge=1, le=100_000)
    looks: int = Field(0, ge=0, le=1000)
    outcome: str = Field("kept", pattern="^(kept|rescan|later)$")
    skip: list[str] = Field([], max_length=200)
    name: list[str] = Field([], max_length=200)
    value: list[str] = Field([], max_length=200)
    page: list[int] = Field([], max_length=2000)
    reason: str = Field("", max_length=500)


@router.get("/review")
def show_review(
    request: Request,
    skip: Annotated[list[str], Query(max_length=200)] = [],  # noqa: B006
    document: Annotated[str, Query(max_length=64)] = "",
    part: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """The most doubtful paper that waits, or the one that is named."""
    site, visit = site_of(request), visit_of(request)
    if document:
        paper: Paper | None = _named(request, document, part or 1)
    else:
        paper = next_paper(site.archive, site.desk, visit.person, skip, lambda each: _hides(request, each))
    if paper is not None:
        masked = _hides(request, paper.document.id)
        told = {"masked": str(masked), "address": visit.address, "for": "review"}
        site.door.note("viewed", paper.document.id, visit.person.agent, **told)
    return _page(request, paper, skip)


@router.post("/review")
def do_review(request: Request, form: Annotated[DecisionForm, Form()]) -> Response:
    """Keep a decision and go on to the next paper; in a conflict show what was typed beside what is there."""
    site, account = site_of(request), visit_of(request).person
    require_document(site, account, form.document)
    skip = [*form.skip, f"{form.document}:{form.part}"] if form.outcome == "later" else form.skip
    if form.outcome != "later":
        corrections = tuple(Correction(n, v) for n, v in zip(form.name, form.value, strict=False))
        answer = Answer(
            form.document,
            form.attempt,
            form.part,
            form.outcome,
            corrections,
            form.looks,
            tuple(form.page),
            form.reason,
        )
        try:
            decide(site.archive, site.desk, account, answer, hide=_hides(request, form.document))
        except ConflictError as error:
            return _conflict(request, form, str(error))
        index_pending(site.archive)
    return see_other(
        "/review" + ("?" + "&".join(f"skip={quote(each, safe=':')}" for each in skip) if skip else "")
    )


@router.post("/documents/{document_id}/hold")
def hold(request: Request, document_id: str, part: Annotated[int, Form(ge=1, le=100_000)]) -> Response:
    """Have a paper to oneself once it is on the screen: to open the page alone changes nothing."""
    site, visit = site_of(request), visit_of(request)
    holder = take(site.desk, visit.person, _named(request, document_id, part))
    return page(request, "held.html", holder=holder, next=f"/review?skip={document_id}:{part}")


@router.get("/review/training.jsonl")
def training(request: Request) -> Response:
    """What people corrected, for whoever trains a reader: one JSON object a line, no personal data."""
    site, visit = site_of(request), visit_of(request)
    rows = list(training_rows(site.archive, site.amendments, sees=lambda each: _sees(request, each)))
    site.door.note("exported", "archive", visit.person.agent, what="training", rows=str(len(rows)))
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    headers = {"content-disposition": 'attachment; filename="training.jsonl"'}
    return Response(text, media_type="application/x-ndjson", headers=headers)


@functools.cache
def classes() -> tuple[str, ...]:
    """The classes a person may choose, as the tables have them."""
    return tuple(dict.fromkeys(row.name for row in default_tables().classes))


def _page(
    request: Request, paper: Paper | None, skip: list[str], status: int = 200, **more: object
) -> Response:
    site = site_of(request)
    shown: dict[str, object] = {"typed": {}, "conflict": "", "papers": (), "classes": classes()}
    if paper is not None:
        shown["papers"] = site.amendments.papers(paper.document.id)
    return page(request, "review.html", status, paper=paper, skip=skip, **(shown | more))


def _conflict(request: Request, form: DecisionForm, told: str) -> Response:
    """Nobody's work is lost: what this person typed stays on the page, to be sent again or let go."""
    try:
        paper = _named(request, form.document, form.part)
    except NotFoundError:
        raise ConflictError(told) from None
    typed = dict(zip(form.name, form.value, strict=False))
    return _page(request, paper, form.skip, 409, typed=typed, conflict=told)


def _named(request: Request, document_id: str, part: int) -> Paper:
    site, account = site_of(request), visit_of(request).person
    require_document(site, account, document_id)
    attempt = site.amendments.papers(document_id).attempt
    asked = Waiting(document_id, attempt, part, "", 0.0)
    return paper_at(site.archive, site.desk, account, asked, hide=_hides(request, document_id))


def _hides(request: Request, document_id: str) -> bool:
    visit = visit_of(request)
    assert visit.session is not None
    return is_masked(visit.person, visit.session, document_id)


def _sees(request: Request, document_id: str) -> bool:
    try:
        require_document(site_of(request), visit_of(request).person, document_id)
    except NotFoundError:
        return False
    return True
