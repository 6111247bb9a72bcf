"""Targets: how much of what there is, is done; by target and by fonds."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from digitizer.planning.targets import shown
from digitizer.services.figures import Scope, judged_targets, overview
from digitizer.web.render import page
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()


@router.get("/targets")
def show_targets(request: Request) -> Response:
    """Every target beside its measures, and the fonds one may see."""
    plan, account = site_of(request).plan, visit_of(request).person
    fonds = tuple(sorted(account.fonds)) if account.fonds is not None else ()
    seen = overview(plan, Scope(fonds=fonds)) if account.fonds is None or fonds else None
    rows = (*seen.fonds, seen.total) if seen is not None and seen.fonds else ()
    return page(request, "targets.html", targets=judged_targets(plan), rows=rows, shown=shown)
