"""Targets: how much of what there is, is done, when all of it will be, and the reports of that."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.accounts import Account
from digitizer.errors import NotFoundError
from digitizer.inventory import Station, Stock
from digitizer.planning.forecast import Resources
from digitizer.planning.targets import shown
from digitizer.services.burn_up import chart_of, outlook, outlooks
from digitizer.services.dashboard import dashboard
from digitizer.services.figures import Scope, judged_targets, overview
from digitizer.services.plan import PlanApp, today
from digitizer.services.plan_seen import plan_seen
from digitizer.services.progress_report import progress_pdf, progress_workbook
from digitizer.services.what_if import Change
from digitizer.web.render import page
from digitizer.web.site import site_of, visit_of

__all__ = ["fonds_of", "router"]

router = APIRouter()
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Looked(BaseModel, extra="forbid"):
    """What is looked at: a stock, a freeze by name, and what would be if a station had more."""

    stock: Stock = Stock.VALUABLE
    freeze: str = Field("", max_length=200)
    station: Station | None = None
    hands: int = Field(1, ge=1, le=9999)
    shifts: int = Field(1, ge=1, le=4)
    hands_then: int = Field(1, ge=1, le=9999)
    shifts_then: int = Field(1, ge=1, le=4)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The change that was asked for."""
        if self.station is None:
            return ()
        before, after = Resources(self.hands, self.shifts), Resources(self.hands_then, self.shifts_then)
        return ((self.station.value, (before, after)),)


def fonds_of(account: Account) -> tuple[str, ...]:
    """The fonds one may see, for a scope; empty: all. Somebody who may see none gets a fonds that is none."""
    return () if account.fonds is None else tuple(sorted(account.fonds)) or ("",)


def _plan(request: Request) -> PlanApp:
    """Targets and forecasts tell of no fonds that one may not see."""
    return plan_seen(site_of(request).plan, fonds_of(visit_of(request).person))


@router.get("/targets", include_in_schema=False)
def show_targets(request: Request, looked: Annotated[Looked, Query()]) -> Response:
    """Every target with its forecast, the stations, and the fonds one may see."""
    plan = _plan(request)
    scope = Scope(looked.stock, fonds_of(visit_of(request).person), looked.freeze)
    freezes = [each.name for each in plan.book.freezes()]
    seen = dashboard(plan, scope, looked.changes)
    return page(request, "targets.html", board=seen, looked=looked, freezes=freezes, shown=shown)


@router.get("/targets/chart/{target}.svg")
def show_chart(request: Request, target: str) -> Response:
    """The burn-up chart of a target."""
    plan, language = _plan(request), visit_of(request).language
    judged = next((each for each in judged_targets(plan) if each.target.id == target), None)
    if judged is None:
        raise NotFoundError("no such target today")
    return Response(chart_of(plan, outlook(plan, judged), language), media_type="image/svg+xml")


@router.get("/targets/report.{kind}")
def download_report(request: Request, kind: str) -> Response:
    """The report of progress, as a workbook with live sums (`xlsx`) or to print (`pdf`)."""
    plan = _plan(request)
    if kind not in {"xlsx", "pdf"}:
        raise NotFoundError("no such report: xlsx or pdf")
    view = overview(plan, Scope(fonds=fonds_of(visit_of(request).person)))
    seen, day = outlooks(plan), today(plan)
    disposition = {"content-disposition": f'attachment; filename="tien-do-{day:%Y-%m-%d}.{kind}"'}
    if kind == "pdf":
        return Response(progress_pdf(plan, view, seen), media_type="application/pdf", headers=disposition)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "report.xlsx")
        progress_workbook(made, view, seen, day)
        return Response(made.read_bytes(), media_type=_XLSX, headers=disposition)
