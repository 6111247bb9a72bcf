"""Check papers: the most doubtful first, one at a time; who brought a paper in does not approve it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from digitizer.accounts import Account
from digitizer.desk import Correction, Decision, Desk, Look, Statement, Waiting
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.model import Box, CheckResult, FieldValue, Outcome
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.masking import is_personal_field, masked_field
from digitizer.services.search_pages import scope_of
from digitizer.understanding.amended import line_with_value
from digitizer.understanding.eyes import people_for
from digitizer.understanding.review import expected_error, is_sure
from digitizer.understanding.tables import default_tables
from digitizer.understanding.vietnamese import nfc

__all__ = ["Answer", "FieldToCheck", "Paper", "decide", "next_paper", "paper_at", "take"]

_AHEAD = 40
_LONGEST = 5_000
_HOLD_SECONDS = 600.0
_MATTERS = 3.0  # importance of a field from which its absence is asked about
_NOWHERE = Box(0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class FieldToCheck:
    """One value with its place; `doubtful` ones come first and stop the cursor.

    `machine` is what was read where a person changed it, `hidden`: masked, not to be answered;
    `missing`: the class has such a field and none was found.
    """

    name: str
    value: str
    page: int
    box: tuple[int, int, int, int]
    confidence: float
    doubtful: bool
    messages: tuple[str, ...]
    machine: str = ""
    hidden: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """What the desk shows: a paper of a document, its fields, and how many papers are left.

    `people`: how many must look at a paper of this class; `looks`: who did; `holder`: who else has it now;
    `barred`: why it is not for this person to decide, empty where it is.
    """

    document: StoredDocument
    waiting: Waiting
    pages: tuple[int, ...]
    fields: tuple[FieldToCheck, ...]
    left: int
    people: int = 1
    looks: tuple[Look, ...] = ()
    holder: str = ""
    barred: str = ""

    @property
    def hidden(self) -> bool:
        """Whether something of it is masked."""
        return any(field.hidden for field in self.fields)


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody sends of a paper they were shown after `looks` looks: `kept` or `rescan`."""

    document_id: str
    attempt: int
    part: int
    outcome: str = "kept"
    corrections: tuple[Correction, ...] = ()
    looks: int = 0
    pages: tuple[int, ...] = ()
    reason: str = ""


def next_paper(
    app: ArchiveApp,
    desk: Desk,
    account: Account,
    skip: Sequence[str] = (),
    hides: Callable[[str], bool] = lambda _: False,
) -> Paper | None:
    """The paper to look at now: none that this person brought in, looked at already or put off (`skip`).

    `skip` holds `document:part`; `hides` tells whether personal data of a document is masked.
    Nothing changes by looking; `take` has it to oneself.
    """
    scope = scope_of(account)
    for waiting in desk.waiting(scope, _AHEAD + len(skip), account.agent):
        if f"{waiting.document_id}:{waiting.part}" in skip or _brought(app, waiting.document_id, account):
            continue
        if _is_for_another(desk, waiting, account):
            continue
        paper = paper_at(app, desk, account, waiting, hide=hides(waiting.document_id))
        if not paper.holder:
            return paper
    return None


def paper_at(app: ArchiveApp, desk: Desk, account: Account, asked: Waiting, *, hide: bool) -> Paper:
    """One paper as it stands now, wherever it is in the line.

    Raises:
        NotFoundError: there is no such paper.
    """
    record = app.catalogue.record(asked.document_id)
    document = app.catalogue.document(asked.document_id)
    part = part_of(record, asked.part)
    looks = tuple(desk.looks(document.id, asked.attempt, asked.part))
    holder = desk.holder(document.id, asked.part)
    waiting = replace(asked, document_class=part["class"], looks=len(looks))
    return Paper(
        document=document,
        waiting=waiting,
        pages=tuple(part["pages"]),
        fields=_fields(part, hide=hide),
        left=desk.count(scope_of(account)),
        people=people_for(part["class"]),
        looks=looks,
        holder="" if holder == account.agent.name else holder,
        barred=_barred(app, document.id, account, looks, people_for(part["class"])),
    )


def take(desk: Desk, account: Account, paper: Paper) -> str:
    """Have a paper to oneself for ten minutes, so that two do not type the same; who else has it.

    Whoever may only look at it keeps nobody from deciding.
    """
    if paper.barred:
        return ""
    holder = desk.hold(paper.document.id, paper.waiting.part, account.agent, _HOLD_SECONDS)
    return "" if holder == account.agent.name else holder


def decide(app: ArchiveApp, desk: Desk, account: Account, answer: Answer, *, hide: bool = False) -> int:
    """Keep what somebody decided; how many values they changed. Values they let stand are confirmed.

    Raises:
        UsageError: a value is not possible, they brought the paper in themselves or had their look already,
            or what they approve is masked.
        ConflictError: somebody else was first.
        NotFoundError: no such paper.
    """
    part = part_of(app.catalogue.record(answer.document_id), answer.part)
    kept = answer.outcome == "kept"
    if kept and hide and any(is_personal_field(each["name"]) for each in part["fields"]):
        raise UsageError("personal data is hidden: give a reason to see it before you approve the paper")
    looks = desk.looks(answer.document_id, answer.attempt, answer.part)
    people = people_for(part["class"])
    barred = _barred(app, answer.document_id, account, looks, people)
    if barred:
        raise UsageError(barred)
    statements = tuple(_statements(app, answer, part)) if kept else ()
    changed = any(each.name and each.changes for each in statements)
    settles = not kept or _settles(looks, account, people, changed=changed)
    pages = tuple(page for page in answer.pages if page in part["pages"]) or tuple(part["pages"])
    decision = Decision(
        document_id=answer.document_id,
        attempt=answer.attempt,
        part=answer.part,
        outcome=answer.outcome,
        statements=statements,
        looks=answer.looks,
        settles=settles,
        pages=() if kept else pages,
        reason="" if kept else nfc(" ".join(answer.reason.split()))[:300],
    )
    desk.decide(decision, account.agent)
    return len(decision.changed)


def part_of(record: dict[str, Any], part: int) -> dict[str, Any]:
    """The paper of a record that has this part number.

    Raises:
        NotFoundError: none has.
    """
    for place, each in enumerate(record["documents"], start=1):
        if each.get("part", place) == part:
            return dict(each)
    raise NotFoundError("no such document")


def _barred(app: ArchiveApp, document_id: str, account: Account, looks: Sequence[Look], people: int) -> str:
    """Why somebody may not decide a paper; empty where they may."""
    if _brought(app, document_id, account):
        return "who brought a paper in does not approve it: somebody else must"
    if people > 1 and looks and looks[-1].agent == account.agent.name and looks[-1].outcome == "kept":
        return "a second person must look at this paper: you had your look"
    return ""


def _settles(looks: Sequence[Look], account: Account, people: int, *, changed: bool) -> bool:
    """Whether enough different people have now seen the paper as it stands."""
    seen = {account.agent.name}
    for look in [] if changed else reversed(looks):
        seen.add(look.agent)
        if look.changed:
            break
    return len(seen) >= people


def _statements(app: ArchiveApp, answer: Answer, part: dict[str, Any]) -> Sequence[Statement]:
    known = {each["name"]: each for each in reversed(part["fields"])}
    missing = _missing(part)
    made: list[Statement] = []
    for each in answer.corrections:
        value = nfc(" ".join(each.value.split()))
        if each.name not in known and each.name not in missing:
            raise ConflictError("somebody else changed this document: look again")
        if len(value) > _LONGEST or (each.name in known and not value):
            raise UsageError("this value is not possible here")
        if each.name in known:
            made += _about(app, answer.document_id, known[each.name], value)
        elif value:
            made.append(Statement(part["pages"][0], _NOWHERE, each.name, "", value))
    return made


def _about(app: ArchiveApp, document_id: str, field: dict[str, Any], value: str) -> Sequence[Statement]:
    """What is said of a field, and of the printed line that holds its value letter by letter."""
    box, page = Box(*field["box"]), field["page"]
    said = Statement(page, box, field["name"], field["value"], value)
    if not said.changes:
        return (said,)
    found = line_with_value(app.catalogue.lines(document_id, page), box, field["value"], value)
    if found is None:
        return (said,)
    line, text = found
    return (said, Statement(page, line.box, "", line.text, text))


def _brought(app: ArchiveApp, document_id: str, account: Account) -> bool:
    first = next(iter(app.catalogue.events(document_id)), None)
    return first is not None and first.agent == account.agent


def _is_for_another(desk: Desk, waiting: Waiting, account: Account) -> bool:
    if not waiting.looks:
        return False
    looks = desk.looks(waiting.document_id, waiting.attempt, waiting.part)
    return bool(looks) and looks[-1].agent == account.agent.name


def _missing(part: dict[str, Any]) -> tuple[str, ...]:
    names = {each["name"] for each in part["fields"]}
    return tuple(sorted(default_tables().mandatory(part["class"], _MATTERS) - names))


def _fields(part: dict[str, Any], *, hide: bool) -> tuple[FieldToCheck, ...]:
    importance = {row.name: row.importance for row in default_tables().fields_of(part["class"])}
    by_error = [_field(each, importance.get(each["name"], 1.0), hide=hide) for each in part["fields"]]
    found = tuple(field for _, field in sorted(by_error, key=lambda pair: -pair[0]))
    first = part["pages"][0]
    absent = (FieldToCheck(n, "", first, (0, 0, 0, 0), 0.0, True, (), missing=True) for n in _missing(part))
    return (*absent, *found)


def _field(each: dict[str, Any], importance: float, *, hide: bool) -> tuple[float, FieldToCheck]:
    checks = tuple(CheckResult(c["rule"], Outcome(c["outcome"]), c["message"]) for c in each["checks"])
    left, top, right, bottom = each["box"]
    value = FieldValue(
        each["name"],
        each["value"],
        each["raw"],
        each["page"],
        Box(left, top, right, bottom),
        each["confidence"],
        each["source"],
        checks,
        confirmed_by=each.get("confirmed_by", ""),
    )
    hidden = hide and is_personal_field(value.name)
    machine = each.get("machine", {}).get("value", "")
    shown = FieldToCheck(
        name=value.name,
        value=masked_field(value.name, value.value) if hide else value.value,
        page=value.page,
        box=(left, top, right, bottom),
        confidence=value.confidence,
        doubtful=not is_sure(value),
        messages=tuple(check.message for check in checks if check.outcome is not Outcome.PASS),
        machine=masked_field(value.name, machine) if hide and machine else machine,
        hidden=hidden,
    )
    return expected_error(value, importance), shown
