"""Lots for acceptance: a seeded sample of documents, its results, and what follows.

A lot is what its events say: `lot-drawn` names dossiers, seed and plan, `lot-result` one unit's outcome,
`lot-judged` the end. The units are documents; a lot that is rejected sends every document of it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.inventory import Station
from digitizer.model import Agent, Event
from digitizer.planning.sampling import SamplePlan, drawn, plan_for
from digitizer.services.plan import PlanApp

__all__ = ["Lot", "Result", "draw_lot", "error_rates", "judge_lot", "lot", "note_result"]

ERRORS = ("image", "order", "missing-page", "class", "field", "typo", "link", "secrecy")
"""The kinds of error (`domain.md` 5.7)."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was found on one unit: good, or the kind of error, in which class and field."""

    document_id: str
    error: str = ""
    document_class: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as its events tell it; `state` is `open`, `accepted` or `rejected`."""

    name: str
    documents: tuple[str, ...]
    seed: str
    plan: SamplePlan
    sample: tuple[str, ...]
    results: tuple[Result, ...]
    state: str

    @property
    def errors(self) -> int:
        """Units with an error."""
        return len({result.document_id for result in self.results if result.error})


def draw_lot(
    app: PlanApp, name: str, dossiers: Sequence[tuple[str, str]], terms: tuple[str, str, str], by: Agent
) -> Lot:
    """Make a lot of all documents of these dossiers and draw its sample; `terms` are AQL, level and seed.

    Raises:
        ConflictError: the name is taken, or a document is not described yet.
        NotFoundError: no such dossier.
    """
    if _events(app, name):
        raise ConflictError(f"there is a lot named {name} already: take another name")
    aql, level, seed = terms
    papers = [p for fonds, code in dossiers for p in app.book.dossier(fonds, code).passages]
    if waiting := next((p for p in papers if not p.day(Station.DESCRIBED)), None):
        raise ConflictError(f"document {waiting.document_id} is not described yet: a lot is finished work")
    plan_for(len(papers), aql, level)  # refuses terms that no plan has
    told = [("aql", aql), ("level", level), ("seed", seed)]
    told += [("dossier", f"{fonds}/{code}") for fonds, code in dossiers]
    told += [("document", paper.document_id) for paper in papers]
    app.book.note("lot-drawn", f"lot:{name}", told, by)
    return lot(app, name)


def lot(app: PlanApp, name: str) -> Lot:
    """A lot.

    Raises:
        NotFoundError: there is none of that name.
    """
    events = _events(app, name)
    if not events:
        raise NotFoundError(f"there is no lot named {name}: `digitizer lots draw` makes one")
    terms = dict(events[0].detail)
    documents = tuple(value for key, value in events[0].detail if key == "document")
    plan = plan_for(len(documents), terms["aql"], terms["level"])
    results = {}
    state = "open"
    for event in events[1:]:
        detail = dict(event.detail)
        if event.kind == "lot-result":
            found = Result(detail["document"], detail["error"], detail["class"], detail["field"])
            results[found.document_id] = found  # the last word on a unit holds
        elif event.kind == "lot-judged":
            state = detail["state"]
    sample = drawn(documents, plan.size, terms["seed"])
    return Lot(name, documents, terms["seed"], plan, sample, tuple(results.values()), state)


def note_result(app: PlanApp, name: str, result: Result, by: Agent) -> None:
    """Note what was found on one unit of the sample.

    Raises:
        ConflictError: the lot is judged already.
        UsageError: the unit is not in the sample, or there is no such kind of error.
    """
    found = lot(app, name)
    if found.state != "open":
        raise ConflictError(f"lot {name} is {found.state} already")
    if result.document_id not in found.sample:
        raise UsageError(f"document {result.document_id} is not in the sample of lot {name}")
    if result.error and result.error not in ERRORS:
        raise UsageError(f"unknown kind of error {result.error}: {', '.join(ERRORS)}")
    its = [("document", result.document_id), ("error", result.error)]
    its += [("class", result.document_class), ("field", result.field)]
    its.append(("operator", app.book.passage(result.document_id).described_by))
    app.book.note("lot-result", f"lot:{name}", its, by)


def judge_lot(app: PlanApp, name: str, by: Agent) -> Lot:
    """End a lot: accepted, all its documents pass on; rejected, all of them are checked again.

    Raises:
        ConflictError: it is judged already, or units of the sample have no result yet.
    """
    found = lot(app, name)
    if found.state != "open":
        raise ConflictError(f"lot {name} is {found.state} already")
    left = len(found.sample) - len(found.results)
    rejected = found.errors > found.plan.accept
    if left and not rejected:
        raise ConflictError(f"lot {name}: {left} units of the sample have no result yet")
    if rejected:
        app.book.send_back(found.documents, "lot-rejected", by)
    else:
        app.book.advance(found.documents, Station.ACCEPTED, by)
    state = "rejected" if rejected else "accepted"
    app.book.note("lot-judged", f"lot:{name}", [("state", state), ("errors", str(found.errors))], by)
    return lot(app, name)


def error_rates(app: PlanApp, names: Sequence[str], of: str) -> tuple[tuple[str, int, int], ...]:
    """(name, errors, units looked at) by `operator`, `class` or `field` over some lots, most errors first."""
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for name in names:
        last = {
            dict(e.detail)["document"]: dict(e.detail) for e in _events(app, name) if e.kind == "lot-result"
        }
        for detail in last.values():
            seen[detail[of]] += 1
            wrong[detail[of]] += bool(detail["error"])
    return tuple((name, wrong[name], seen[name]) for name in sorted(seen, key=lambda n: (-wrong[n], n)))


def _events(app: PlanApp, name: str) -> list[Event]:
    return list(app.catalogue.events(f"lot:{name}"))
