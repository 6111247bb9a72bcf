"""The inventory in the browser: lists taken in, fonds and dossiers looked at and changed; each an event."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Request, UploadFile
from fastapi import Form as FormData
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.errors import ConflictError, NotFoundError, Refusal, UsageError
from digitizer.planning.listing import Problem
from digitizer.planning.tables import Column, Form, code_list, columns
from digitizer.services.figures import Scope, overview
from digitizer.services.inventory import ListRefusedError, import_inventory
from digitizer.services.inventory_forms import (
    dossier_columns,
    fonds_columns,
    save_dossier,
    save_fonds,
    typed_of,
    typed_of_fonds,
)
from digitizer.services.inventory_template import write_template
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of
from digitizer.web.targets import fonds_of

__all__ = ["router"]

router = APIRouter()
_AT_ONCE = 100
_MOST_SHOWN = 200
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_Query = Annotated[str, Field(max_length=200)]


class Typed(BaseModel, extra="forbid"):
    """A form of fields, names and values in the same order; `act` is `save`, `add` or `remove`."""

    csrf: str = ""
    act: str = Field("save", pattern="^(save|add|remove)$")
    name: list[str] = Field([], max_length=60)
    value: list[str] = Field([], max_length=60)

    @property
    def values(self) -> dict[str, str]:
        """The values by their names."""
        return dict(zip(self.name, self.value, strict=False))


@router.get("/inventory", include_in_schema=False)
def show_inventory(request: Request) -> Response:
    """The fonds one may see, and the way in for a list."""
    return _inventory(request)


@router.post("/inventory/list")
def take_list_in(request: Request, file: Annotated[UploadFile, File()]) -> Response:
    """Take in an Excel or CSV list: all of it, or nothing with the errors row by row."""
    plan, account = site_of(request).plan, visit_of(request).person
    if account.fonds is not None:
        raise UsageError("a list may hold any fonds: somebody who may see all of them takes it in")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, Path(file.filename or "").name[:100].replace("\0", "") or "list")
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        try:
            done = import_inventory(plan, path, account.agent)
        except ListRefusedError as refused:
            return _inventory(request, 422, wrong=refused.problems[:_MOST_SHOWN], count=refused.count)
        except Refusal as refused:
            return _inventory(request, 422, told=str(refused))
    return _inventory(request, done=done)


@router.get("/inventory/template.xlsx")
def download_template(request: Request, form: _Query = Form.TT05) -> Response:
    """An empty list to be filled in, with the columns of Circular `05/2025` or `02/2019`."""
    if form not in {Form.TT05, Form.TT02}:
        raise NotFoundError("no such circular: 05/2025 or 02/2019")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "template.xlsx")
        write_template(made, form)
        name = f"mau-muc-luc-ho-so-{form.replace('/', '-')}.xlsx"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(made.read_bytes(), media_type=_XLSX, headers=headers)


@router.post("/inventory/fonds")
def keep_fonds(request: Request, form: Annotated[Typed, FormData()]) -> Response:
    """Add a fonds or change one."""
    plan, account = site_of(request).plan, visit_of(request).person
    code = form.values.get("code", "").strip()
    if account.fonds is not None and code not in account.fonds:
        raise NotFoundError("no such fonds")
    known = {each.code for each in plan.book.fonds()}
    if form.act == "add" and code in known:
        raise ConflictError("there is a fonds of this code already: open it to change it")
    if wrong := save_fonds(plan, form.values, account.agent):
        if code in known:
            return _fonds(request, code, 422, typed=form.values, wrong=wrong)
        return _inventory(request, 422, typed=form.values, wrong_fonds=wrong)
    return see_other(f"/inventory/{code}")


@router.get("/inventory/{fonds}", include_in_schema=False)
def show_fonds(request: Request, fonds: str, after: _Query = "") -> Response:
    """A fonds and its dossiers, a hundred at a time."""
    return _fonds(request, fonds, after=after)


@router.get("/inventory/{fonds}/dossier", include_in_schema=False)
def show_dossier(request: Request, fonds: str, code: _Query = "") -> Response:
    """A dossier with its documents; without a code, the form of a new one."""
    _require_fonds(request, fonds)
    return _dossier(request, fonds, code)


@router.post("/inventory/{fonds}/dossier")
def keep_dossier(request: Request, fonds: str, form: Annotated[Typed, FormData()]) -> Response:
    """Add a dossier, change one, or take it out of the inventory."""
    plan, account = site_of(request).plan, visit_of(request).person
    _require_fonds(request, fonds)
    code = form.values.get("code", "").strip()
    if form.act == "remove":
        plan.book.remove(fonds, code, account.agent)
        return see_other(f"/inventory/{fonds}")
    wrong = save_dossier(plan, fonds, form.values, account.agent, new=form.act == "add")
    if wrong:
        return _dossier(request, fonds, "" if form.act == "add" else code, 422, form.values, wrong)
    return see_other(f"/inventory/{fonds}")


def _require_fonds(request: Request, fonds: str) -> None:
    if all(each.code != fonds for each in site_of(request).plan.book.fonds()):
        raise NotFoundError("no such fonds")


def _inventory(request: Request, status: int = 200, **told: object) -> Response:
    view = overview(site_of(request).plan, Scope(fonds=fonds_of(visit_of(request).person)))
    rows = {row.code: row for row in view.fonds}
    seen = [each for each in site_of(request).plan.book.fonds() if _sees(request, each.code)]
    values: dict[str, object] = {"wrong": (), "count": 0, "told": "", "done": None, "wrong_fonds": ()}
    values |= {"typed": {}, "fonds": seen, "rows": rows, "form": fonds_columns(), **_FORMS} | told
    return page(request, "inventory.html", status, **values)


def _sees(request: Request, code: str) -> bool:
    account = visit_of(request).person
    return account.fonds is None or code in account.fonds


def _fonds(
    request: Request,
    code: str,
    status: int = 200,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Sequence[Problem] = (),
    after: str = "",
) -> Response:
    book = site_of(request).plan.book
    found = next((each for each in book.fonds() if each.code == code), None)
    if found is None:
        raise NotFoundError("no such fonds")
    some = book.dossiers(code, after, _AT_ONCE + 1)
    values = {"typed": typed or typed_of_fonds(found), "wrong": wrong, "form": fonds_columns(), **_FORMS}
    more = some[_AT_ONCE - 1].code if len(some) > _AT_ONCE else ""
    return page(
        request, "fonds.html", status, fonds=found, dossiers=some[:_AT_ONCE], more=more, after=after, **values
    )


def _dossier(
    request: Request,
    fonds: str,
    code: str,
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    wrong: Sequence[Problem] = (),
) -> Response:
    found = site_of(request).plan.book.dossier(fonds, code) if code else None
    if typed is None:
        typed = typed_of(found.dossier) if found else {"arranged": "1"}
    values = {"typed": typed, "wrong": wrong, "form": dossier_columns(), **_FORMS}
    return page(request, "dossier.html", status, fonds=fonds, code=code, found=found, **values)


def _codes_of(column: Column) -> dict[str, str]:
    """What may be chosen in a field; empty where anything may be typed."""
    kind, _, codes = column.type.partition(":")
    return code_list(codes) if kind == "codes" and codes != "language" else {}


def _label_of(code: str, language: str) -> str:
    every = (*columns("dossier"), *columns("fonds"))
    named = (each.vi if language == "vi" else each.en for each in every if code in dict(each.codes).values())
    return next(named, code)


_FORMS: dict[str, object] = {"codes_of": _codes_of, "label_of": _label_of}
