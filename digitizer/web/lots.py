"""Acceptance by samples in the browser: lots drawn, units of the sample looked at, lots judged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi import Form as FormData
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.accounts import Account
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.planning.sampling import Severity, aqls
from digitizer.services.lots import (
    ERRORS,
    KINDS,
    Lot,
    LotUnit,
    Result,
    Terms,
    draw_lot,
    error_rates,
    judge_lot,
    lot,
    lot_names,
    next_severity,
    note_results,
    resume_lots,
)
from digitizer.services.plan import PlanApp
from digitizer.services.rights import rights
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of
from digitizer.words import codes

__all__ = ["router"]

router = APIRouter()
_LOTS_AT_ONCE = 25
_UNITS_AT_ONCE = 100
_GOOD = "good"
_EMPTY = {"name": "", "fonds": "", "codes": "", "unit": "documents", "aql": "1.0", "level": "II", "seed": "1"}


class Drawn(BaseModel, extra="forbid"):
    """The form of a new lot: the dossiers of one fonds, a code a line, and what was agreed on."""

    csrf: str = ""
    name: str = Field(min_length=1, max_length=100)
    fonds: str = Field(min_length=1, max_length=100)
    codes: str = Field(min_length=1, max_length=200_000)
    unit: LotUnit = LotUnit.DOCUMENTS
    aql: str = Field("1.0", max_length=8)
    level: str = Field("II", pattern="^(I|II|III)$")
    seed: str = Field(min_length=1, max_length=100)

    @property
    def dossiers(self) -> list[tuple[str, str]]:
        """(fonds, code) of every line, each once."""
        lines = (line.strip() for line in self.codes.splitlines())
        return [(self.fonds, code) for code in dict.fromkeys(lines) if code]


class Looked(BaseModel, extra="forbid"):
    """What was found on some units, in the same order; an empty `found` says: not looked at yet."""

    csrf: str = ""
    lot: str = Field(max_length=200)
    after: int = Field(0, ge=0)
    unit: list[str] = Field([], max_length=_UNITS_AT_ONCE)
    found: list[str] = Field([], max_length=_UNITS_AT_ONCE)
    field: list[str] = Field([], max_length=_UNITS_AT_ONCE)

    def results(self, known: Lot) -> list[Result]:
        """Those that say something new."""
        before = {each.document_id: (each.error, each.field) for each in known.results}
        told = zip(self.unit, self.found, self.field, strict=True)
        return [
            Result(unit, "" if found == _GOOD else found, field=field.strip())
            for unit, found, field in told
            if found and _differs(before.get(unit), "" if found == _GOOD else found, field.strip())
        ]


class Named(BaseModel, extra="forbid"):
    """The form that judges a lot."""

    csrf: str = ""
    lot: str = Field(max_length=200)


def _differs(before: tuple[str, str] | None, error: str, field: str) -> bool:
    return before is None or before[0] != error or bool(field and field != before[1])


@router.get("/lots", include_in_schema=False)
def show_lots(request: Request, after: int = 0) -> Response:
    """The lots one may see, the newest first, with their error rates, and the way to a new one."""
    return _lots(request, after=max(0, after))


@router.post("/lots")
def draw(request: Request, form: Annotated[Drawn, FormData()]) -> Response:
    """Make a lot of a fonds' dossiers and draw its sample."""
    plan, account = site_of(request).plan, visit_of(request).person
    if not rights().sees(account, form.fonds):
        return _lots(request, 422, typed=form.model_dump(), wrong=NotFoundError(f"no fonds {form.fonds}"))
    try:
        draw_lot(plan, form.name, form.dossiers, _terms(form), account.agent)
    except (ConflictError, NotFoundError, UsageError) as error:
        return _lots(request, 422, typed=form.model_dump(), wrong=error)
    return see_other(f"/lots/lot?name={quote(form.name, safe='')}")


@router.get("/lots/lot", include_in_schema=False)
def show_lot(request: Request, name: str = "", after: int = 0) -> Response:
    """A lot, its plan, and its sample a hundred units at a time."""
    return _lot(request, _seen(request, name), after=max(0, after))


@router.post("/lots/results")
def keep_results(request: Request, form: Annotated[Looked, FormData()]) -> Response:
    """Note what was found on units of a sample."""
    found = _seen(request, form.lot)
    if not len(form.unit) == len(form.found) == len(form.field):
        raise UsageError("the form is torn: reload the page and send it again")
    try:
        note_results(site_of(request).plan, form.lot, form.results(found), visit_of(request).person.agent)
    except (ConflictError, UsageError) as error:
        return _lot(request, found, 422, wrong=str(error), after=form.after)
    return see_other(f"/lots/lot?name={quote(form.lot, safe='')}&after={form.after}")


@router.post("/lots/judge")
def judge(request: Request, form: Annotated[Named, FormData()]) -> Response:
    """End a lot: accepted, or all of it is checked again."""
    found = _seen(request, form.lot)
    try:
        judge_lot(site_of(request).plan, form.lot, visit_of(request).person.agent)
    except ConflictError as error:
        return _lot(request, found, 409, wrong=str(error))
    return see_other(f"/lots/lot?name={quote(form.lot, safe='')}")


@router.post("/lots/resume")
def resume(request: Request) -> Response:
    """Go on, tightened, after lots were stopped."""
    resume_lots(site_of(request).plan, visit_of(request).person.agent)
    return see_other("/lots")


def _terms(form: Drawn) -> Terms:
    return Terms(form.aql, form.level, form.seed, form.unit)


def _seen(request: Request, name: str) -> Lot:
    """A lot all of whose fonds this person may see; any other does not exist."""
    plan, account = site_of(request).plan, visit_of(request).person
    found = next(_visible(plan, account, [name]), None)
    if found is None:
        raise NotFoundError("no such lot")
    return found


def _visible(plan: PlanApp, account: Account, names: list[str] | tuple[str, ...]) -> Iterator[Lot]:
    for name in names:
        try:
            found = lot(plan, name)
        except NotFoundError:
            continue  # begun, but its draw was refused or cut off
        if all(rights().sees(account, fonds) for fonds, _ in found.dossiers):
            yield found


def _lots(request: Request, status: int = 200, after: int = 0, **told: object) -> Response:
    plan, account = site_of(request).plan, visit_of(request).person
    every = _visible(plan, account, lot_names(plan))
    some = list(islice(every, after, after + _LOTS_AT_ONCE + 1))
    shown = some[:_LOTS_AT_ONCE]
    names = [each.name for each in shown if each.state != "open"]
    values: dict[str, object] = {
        "lots": shown,
        "after": after,
        "more": after + _LOTS_AT_ONCE if len(some) > _LOTS_AT_ONCE else 0,
        "rates": {kind: error_rates(plan, names, kind) for kind in KINDS if names},
        "severity": next_severity(plan),
        "stopped": Severity.STOPPED,
        "fonds": [each for each in plan.book.fonds() if rights().sees(account, each.code)],
        "aqls": aqls(),
        "units": list(LotUnit),
        "typed": _EMPTY,
        "wrong": None,
        "kind": "",
    }
    if "wrong" in told:
        told["kind"] = type(told["wrong"]).__name__
    return page(request, "lots.html", status, **(values | told))


def _lot(request: Request, found: Lot, status: int = 200, wrong: str = "", after: int = 0) -> Response:
    shown = found.sample[after : after + _UNITS_AT_ONCE]
    results = {each.document_id: each for each in found.results}
    more = after + _UNITS_AT_ONCE if after + _UNITS_AT_ONCE < len(found.sample) else 0
    values: dict[str, object] = {
        "lot": found,
        "shown": shown,
        "results": results,
        "errors": ERRORS,
        "wrong": wrong,
    }
    values |= {"fields": codes("field"), "after": after, "more": more}

    return page(request, "lot.html", status, **values)
