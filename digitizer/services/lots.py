"""Lots for acceptance: a seeded sample of units, its results, and what follows.

A lot is what its events say: `lot-drawn` names documents, unit, seed, plan and sample, `lot-result` what was
found on one unit, `lot-judged` the end. The units are documents, their written pages (`DOCUMENT:PAGE`) or
their fields (`DOCUMENT:PART:FIELD`). A lot that is rejected sends every document of it back. The object
`lots` holds all lots as they were begun (`lot-begun`) and judged: how strictly the next is inspected follows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.inventory import Station
from digitizer.model import Agent, Event
from digitizer.planning.sampling import SamplePlan, Severity, drawn, plan_for, severity_after
from digitizer.services.plan import PlanApp

__all__ = [
    "KINDS",
    "Lot",
    "LotUnit",
    "Result",
    "Terms",
    "draw_lot",
    "error_rates",
    "judge_lot",
    "judged_lots",
    "lot",
    "lot_names",
    "next_severity",
    "note_result",
    "note_results",
    "open_lots",
    "resume_lots",
]

ERRORS = ("image", "order", "missing-page", "class", "field", "typo", "link", "secrecy")
"""The kinds of error (`domain.md` 5.7)."""
KINDS: Final = ("operator", "class", "field", "error")
"""What errors are counted by."""
_ALL: Final = "lots"


class LotUnit(StrEnum):
    """What is looked at: the contract says which."""

    DOCUMENTS = "documents"
    PAGES = "pages"
    FIELDS = "fields"


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed on: AQL in per cent, general level, unit; `seed` makes the draw repeatable."""

    aql: str = "1.0"
    level: str = "II"
    seed: str = "1"
    unit: LotUnit = LotUnit.DOCUMENTS


@dataclass(frozen=True, slots=True)
class Result:
    """What was found on one unit: good, or the kind of error, in which class and field.

    `document_id` names the unit; where class and field are empty, those of the unit itself are taken.
    """

    document_id: str
    error: str = ""
    document_class: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as its events tell it; `state` is `open`, `accepted` or `rejected`.

    `dossiers` are (fonds, code); `severity` is how strictly it is inspected.
    """

    name: str
    documents: tuple[str, ...]
    seed: str
    plan: SamplePlan
    sample: tuple[str, ...]
    results: tuple[Result, ...]
    state: str
    unit: str = LotUnit.DOCUMENTS
    severity: str = Severity.NORMAL
    dossiers: tuple[tuple[str, str], ...] = ()

    @property
    def left(self) -> int:
        """Units of the sample that have no result yet."""
        return len(self.sample) - len(self.results)

    @property
    def errors(self) -> int:
        """Units with an error."""
        return len({result.document_id for result in self.results if result.error})


def draw_lot(app: PlanApp, name: str, dossiers: Sequence[tuple[str, str]], terms: Terms, by: Agent) -> Lot:
    """Make a lot of all documents of these dossiers and draw its sample.

    Raises:
        ConflictError: the name is taken, a document is not described yet, or lots are stopped.
        NotFoundError: no such dossier.
        UsageError: no such AQL or level, or nothing to look at.
    """
    if _events(app, name):
        raise ConflictError(f"there is a lot named {name} already: take another name")
    severity = next_severity(app)
    if severity == Severity.STOPPED:
        raise ConflictError("five lots were rejected: mend the work, then `digitizer lots resume`")
    papers = [p for fonds, code in dossiers for p in app.book.dossier(fonds, code).passages]
    if waiting := next((p for p in papers if not p.day(Station.DESCRIBED)), None):
        raise ConflictError(
            f"document {waiting.document_id} is not described yet: a lot is finished work "
            "(`digitizer inventory advance described` notes it)"
        )
    documents = [paper.document_id for paper in papers]
    units = [unit for document in documents for unit in _units(app, document, terms.unit)]
    plan = plan_for(len(units), terms.aql, terms.level, severity)
    app.book.note("lot-begun", _ALL, [("lot", name)], by)
    told = [("aql", terms.aql), ("level", terms.level), ("seed", terms.seed), ("unit", terms.unit.value)]
    told += [("severity", severity), ("units", str(len(units)))]
    told += [("dossier", f"{fonds}/{code}") for fonds, code in dossiers]
    told += [("document", document) for document in documents]
    told += [("sample", unit) for unit in drawn(units, plan.size, terms.seed)]
    app.book.note("lot-drawn", f"lot:{name}", told, by)
    return lot(app, name)


def _units(app: PlanApp, document: str, unit: LotUnit) -> Iterator[str]:
    """The units of a document, in its order."""
    if unit is LotUnit.DOCUMENTS:
        yield document
        return
    record = app.catalogue.record(document)
    if unit is LotUnit.PAGES:
        pages = enumerate(record.get("pages", []), start=1)
        yield from (f"{document}:{number}" for number, page in pages if page.get("status") != "blank")
        return
    for number, part in enumerate(record.get("documents", []), start=1):
        yield from (
            f"{document}:{number}:{name}" for name in dict.fromkeys(f["name"] for f in part["fields"])
        )


def lot(app: PlanApp, name: str) -> Lot:
    """A lot.

    Raises:
        NotFoundError: there is none of that name.
    """
    events = _events(app, name)
    if not events:
        raise NotFoundError(f"there is no lot named {name}: `digitizer lots draw` makes one")
    terms = dict(events[0].detail)
    documents, sample = _told(events[0], "document"), _told(events[0], "sample")
    severity = terms.get("severity", Severity.NORMAL)
    plan = plan_for(int(terms.get("units", len(documents))), terms["aql"], terms["level"], severity)
    results = {}
    state = "open"
    for event in events[1:]:
        detail = dict(event.detail)
        if event.kind == "lot-result":
            found = Result(detail["document"], detail["error"], detail["class"], detail["field"])
            results[found.document_id] = found  # the last word on a unit holds
        elif event.kind == "lot-judged":
            state = detail["state"]
    return Lot(
        name,
        documents,
        terms["seed"],
        plan,
        sample or drawn(documents, plan.size, terms["seed"]),
        tuple(results.values()),
        state,
        terms.get("unit", LotUnit.DOCUMENTS),
        severity,
        tuple((each.partition("/")[0], each.partition("/")[2]) for each in _told(events[0], "dossier")),
    )


def note_result(app: PlanApp, name: str, result: Result, by: Agent) -> None:
    """Note what was found on one unit of the sample; see `note_results`."""
    note_results(app, name, [result], by)


def note_results(app: PlanApp, name: str, results: Sequence[Result], by: Agent) -> None:
    """Note what was found on units of the sample; nothing is noted if one of them does not fit.

    Raises:
        ConflictError: the lot is judged already.
        UsageError: a unit is not in the sample, or there is no such kind of error.
    """
    found = lot(app, name)
    if found.state != "open":
        raise ConflictError(f"lot {name} is {found.state} already")
    for result in results:
        if result.document_id not in found.sample:
            raise UsageError(f"{result.document_id} is not in the sample of lot {name}")
        if result.error and result.error not in ERRORS:
            raise UsageError(f"unknown kind of error {result.error}: {', '.join(ERRORS)}")
    for result in results:
        app.book.note("lot-result", f"lot:{name}", _detail(app, found, result), by)


def _detail(app: PlanApp, found: Lot, result: Result) -> list[tuple[str, str]]:
    document, _, rest = result.document_id.partition(":")
    field = rest.partition(":")[2] if found.unit == LotUnit.FIELDS else ""
    return [
        ("document", result.document_id),
        ("error", result.error),
        ("class", result.document_class or _class_of(app, document, found.unit, rest)),
        ("field", result.field or field),
        ("operator", app.book.passage(document).described_by),
    ]


def _class_of(app: PlanApp, document: str, unit: str, rest: str) -> str:
    """The class of the document that a unit belongs to (the first of several); empty if unknown."""
    try:
        parts: list[Any] = app.catalogue.record(document).get("documents", [])
    except NotFoundError:
        return ""  # nothing was read in it
    if unit == LotUnit.FIELDS:
        parts = parts[int(rest.partition(":")[0]) - 1 :]
    elif unit == LotUnit.PAGES:
        parts = [part for part in parts if int(rest) in part["pages"]]
    return str(parts[0]["class"]) if parts else ""


def judge_lot(app: PlanApp, name: str, by: Agent) -> Lot:
    """End a lot: accepted, all its documents pass on; rejected, all of them are checked again.

    Raises:
        ConflictError: it is judged already, or units of the sample have no result yet.
    """
    found = lot(app, name)
    if found.state != "open":
        raise ConflictError(f"lot {name} is {found.state} already")
    rejected = found.errors > found.plan.accept
    if found.left and not rejected:
        raise ConflictError(f"lot {name}: {found.left} units of the sample have no result yet")
    told = [("state", "rejected" if rejected else "accepted"), ("errors", str(found.errors))]
    app.book.conclude(name, found.documents, told, by)
    return lot(app, name)


def judged_lots(app: PlanApp) -> tuple[tuple[str, str], ...]:
    """(name, state) of every lot that was judged, oldest first."""
    ended = (dict(e.detail) for e in app.catalogue.events(_ALL) if e.kind == "lot-judged")
    return tuple((detail["lot"], detail["state"]) for detail in ended)


def lot_names(app: PlanApp) -> tuple[str, ...]:
    """Every lot that was begun or judged, the newest first."""
    told = (dict(event.detail) for event in app.catalogue.events(_ALL))
    return tuple(reversed(dict.fromkeys(detail["lot"] for detail in told if "lot" in detail)))


def open_lots(app: PlanApp) -> tuple[str, ...]:
    """Lots that were drawn and not judged, the newest first; a draw that was cut off made none."""
    ended = dict(judged_lots(app))
    return tuple(name for name in lot_names(app) if name not in ended and _events(app, name))


def next_severity(app: PlanApp) -> str:
    """How strictly the next lot is inspected, by the switching rules."""
    events = (event for event in app.catalogue.events(_ALL) if event.kind != "lot-begun")
    return severity_after(
        ["resumed" if event.kind == "lots-resumed" else dict(event.detail)["state"] for event in events]
    )


def resume_lots(app: PlanApp, by: Agent) -> None:
    """Go on, tightened, after the work behind rejected lots was mended.

    Raises:
        ConflictError: lots are not stopped.
    """
    if next_severity(app) != Severity.STOPPED:
        raise ConflictError("lots are not stopped: nothing is to be resumed")
    app.book.note("lots-resumed", _ALL, (), by)


def error_rates(app: PlanApp, names: Sequence[str], of: str) -> tuple[tuple[str, int, int], ...]:
    """(name, errors, units looked at) by one of `KINDS` over some lots, most errors first.

    Raises:
        UsageError: errors are not counted by that.
    """
    if of not in KINDS:
        raise UsageError(f"errors are counted by {', '.join(KINDS)}, not by {of}")
    seen: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for name in names:
        last = {
            dict(e.detail)["document"]: dict(e.detail) for e in _events(app, name) if e.kind == "lot-result"
        }
        for detail in last.values():
            seen[detail[of]] += 1
            wrong[detail[of]] += bool(detail["error"])
    if of == "error":  # each kind over all that was looked at; no error is no kind
        seen = Counter(dict.fromkeys((name for name in seen if name), seen.total()))
    return tuple((name, wrong[name], seen[name]) for name in sorted(seen, key=lambda n: (-wrong[n], n)))


def _told(event: Event, name: str) -> tuple[str, ...]:
    return tuple(value for key, value in event.detail if key == name)


def _events(app: PlanApp, name: str) -> list[Event]:
    return list(app.catalogue.events(f"lot:{name}"))
