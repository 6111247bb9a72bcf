"""Fonds and dossiers as forms: one value a field as it is typed, checked by the rules of the lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Final

from digitizer.errors import ConflictError, NotFoundError
from digitizer.inventory import BOX, METRE, Dossier, Fonds
from digitizer.model import Agent
from digitizer.planning.listing import Heading, Problem, dossier_of, fonds_of
from digitizer.planning.tables import Column, Form, columns
from digitizer.services.plan import PlanApp

__all__ = ["dossier_columns", "fonds_columns", "save_dossier", "save_fonds", "typed_of", "typed_of_fonds"]

_NOT_TYPED: Final = frozenset({"fonds", "fonds_name", "archive", "notation"})
_MILLIONTHS: Final = {"boxes": ("box_parts", BOX), "metres": ("shelf", METRE)}
_KEPT: Final = frozenset(each.name for each in fields(Dossier))


def dossier_columns() -> tuple[Column, ...]:
    """The fields of a dossier's form, in the order of Circular 05/2025."""
    return tuple(column for column in columns("dossier") if column.to not in _NOT_TYPED)


def fonds_columns() -> tuple[Column, ...]:
    """The fields of a fonds' form."""
    return columns("fonds")


def typed_of(dossier: Dossier) -> dict[str, str]:
    """A dossier's values as somebody would type them."""
    described, typed = dict(dossier.described), dict[str, str]()
    for column in dossier_columns():
        if column.to in _MILLIONTHS:
            name, whole = _MILLIONTHS[column.to]
            typed[column.to] = f"{getattr(dossier, name) / whole:.6f}".rstrip("0").rstrip(".")
        elif column.to in _KEPT:
            typed[column.to] = _as_typed(getattr(dossier, column.to))
        else:
            typed[column.to] = described.get(column.to, "")
    return typed


def typed_of_fonds(fonds: Fonds) -> dict[str, str]:
    """The values of a fonds as somebody would type them."""
    return {column.to: _as_typed(getattr(fonds, column.to)) for column in fonds_columns()}


def _as_typed(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def save_dossier(
    app: PlanApp, fonds: str, typed: Mapping[str, str], by: Agent, *, new: bool = False
) -> tuple[Problem, ...]:
    """Add a dossier or change the one of that code; what does not fit, and then nothing was written.

    Raises:
        NotFoundError: no such fonds, or no such dossier to be changed.
        ConflictError: a new one has the code of one that is there.
    """
    form, wrong = dossier_columns(), list[Problem]()
    head = Heading(Form.TT05, (columns("dossier")[0], *form))
    row = head.reader()(0, [fonds, *(typed.get(column.to, "") for column in form)], wrong)
    found = None if wrong else dossier_of(row, app.plan.electronic_from, wrong)
    if found is None:
        return tuple(wrong)
    try:
        app.book.dossier(fonds, found.code)
        there = True
    except NotFoundError:
        there = False
    if there and new:
        raise ConflictError(f"there is a dossier {found.code} in fonds {fonds} already: open it to change it")
    if not there and not new:
        raise NotFoundError(f"the inventory has no dossier {found.code} in fonds {fonds}")
    app.book.take_in((), (_with_shelf(app, found),), "edited", by)
    return ()


def _with_shelf(app: PlanApp, dossier: Dossier) -> Dossier:
    """Metres from boxes where nobody has measured them."""
    shelf = dossier.shelf or round(dossier.box_parts * METRE / BOX / app.boxes_per_metre)
    return replace(dossier, shelf=shelf)


def save_fonds(app: PlanApp, typed: Mapping[str, str], by: Agent) -> tuple[Problem, ...]:
    """Add a fonds or change the one of that code; what does not fit, and then nothing was written."""
    form: Sequence[Column] = fonds_columns()
    wrong: list[Problem] = []
    row = Heading(Form.TT05, tuple(form)).reader()(0, [typed.get(each.to, "") for each in form], wrong)
    found = None if wrong else fonds_of(row, wrong)
    if found is None:
        return tuple(wrong)
    app.book.take_in((found,), (), "edited", by)
    return ()
