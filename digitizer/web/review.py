"""Check: the picture on the left, the values on the right, the keyboard alone; the next paper follows."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.desk import Correction, Decision
from digitizer.services.check_papers import decide, next_paper
from digitizer.services.find import index_pending
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
    outcome: str = Field("kept", pattern="^(kept|rescan|later)$")
    skip: list[str] = Field([], max_length=200)
    name: list[str] = Field([], max_length=200)
    value: list[str] = Field([], max_length=200)


@router.get("/review")
def show_review(request: Request, skip: Annotated[list[str], Query(max_length=200)] = []) -> Response:  # noqa: B006
    """The most doubtful paper that waits."""
    site, visit = site_of(request), visit_of(request)
    paper = next_paper(site.archive, site.desk, visit.person, skip)
    if paper is not None:
        told = {"masked": "False", "address": visit.address, "for": "review"}
        site.door.note("viewed", paper.document.id, visit.person.agent, **told)
    return page(request, "review.html", paper=paper, skip=skip)


@router.post("/review")
def do_review(request: Request, form: Annotated[DecisionForm, Form()]) -> Response:
    """Keep a decision and go on to the next paper."""
    site, account = site_of(request), visit_of(request).person
    require_document(site, account, form.document)
    skip = [*form.skip, f"{form.document}:{form.part}"] if form.outcome == "later" else form.skip
    if form.outcome != "later":
        corrections = tuple(Correction(n, v) for n, v in zip(form.name, form.value, strict=False))
        corrections = corrections if form.outcome == "kept" else ()
        decision = Decision(form.document, form.attempt, form.part, form.outcome, corrections)
        decide(site.archive, site.desk, account, decision)
        index_pending(site.archive)
    return see_other("/review" + ("?" + "&".join(f"skip={each}" for each in skip) if skip else ""))


@router.get("/review/training.jsonl")
def training(request: Request) -> Response:
    """What people corrected, for whoever trains a reader: one JSON object a line."""
    site, visit = site_of(request), visit_of(request)
    rows = [each for each in site.desk.training() if _sees(request, str(each["document_id"]))]
    site.door.note("exported", "archive", visit.person.agent, what="training", rows=str(len(rows)))
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in rows)
    headers = {"content-disposition": 'attachment; filename="training.jsonl"'}
    return Response(text, media_type="application/x-ndjson", headers=headers)


def _sees(request: Request, document_id: str) -> bool:
    from digitizer.errors import NotFoundError

    try:
        require_document(site_of(request), visit_of(request).person, document_id)
    except NotFoundError:
        return False
    return True
