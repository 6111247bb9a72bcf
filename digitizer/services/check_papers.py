"""Check papers: the most doubtful first, one at a time; who brought a paper in does not approve it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from digitizer.accounts import Account
from digitizer.desk import Correction, Decision, Desk, Waiting
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.model import Box, CheckResult, FieldValue, Outcome
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.services.search_pages import scope_of
from digitizer.understanding.review import expected_error, is_sure
from digitizer.understanding.vietnamese import nfc

__all__ = ["FieldToCheck", "Paper", "decide", "next_paper"]

_AHEAD = 40
_LONGEST = 5_000


@dataclass(frozen=True, slots=True)
class FieldToCheck:
    """One value with its place; `doubtful` ones come first and stop the cursor."""

    name: str
    value: str
    page: int
    box: tuple[int, int, int, int]
    confidence: float
    doubtful: bool
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the desk shows: a paper of a document, its fields, and how many papers are left."""

    document: StoredDocument
    waiting: Waiting
    pages: tuple[int, ...]
    fields: tuple[FieldToCheck, ...]
    left: int


def next_paper(app: ArchiveApp, desk: Desk, account: Account, skip: Sequence[str] = ()) -> Paper | None:
    """The paper to look at now: never one that this person brought in, none of `skip` (`document:part`)."""
    scope = scope_of(account)
    left = desk.count(scope)
    for waiting in desk.waiting(scope, _AHEAD + len(skip)):
        if f"{waiting.document_id}:{waiting.part}" in skip or _brought(app, waiting.document_id, account):
            continue
        record = app.catalogue.record(waiting.document_id)
        part = record["documents"][waiting.part - 1]
        fields = sorted((_field(each) for each in part["fields"]), key=lambda pair: -pair[0])
        shown = tuple(field for _, field in fields)
        document = app.catalogue.document(waiting.document_id)
        return Paper(document, waiting, tuple(part["pages"]), shown, left)
    return None


def decide(app: ArchiveApp, desk: Desk, account: Account, decision: Decision) -> int:
    """Keep what somebody decided; how many values they changed. Values that stayed are not corrections.

    Raises:
        UsageError: a value is empty or far too long, or they brought the paper in themselves.
        ConflictError: somebody else was first.
        NotFoundError: no such paper.
    """
    if _brought(app, decision.document_id, account):
        raise UsageError("who brought a paper in does not approve it: somebody else must")
    record = app.catalogue.record(decision.document_id)
    if not 1 <= decision.part <= len(record["documents"]):
        raise NotFoundError("no such document")
    known = {each["name"]: each["value"] for each in record["documents"][decision.part - 1]["fields"]}
    changed = []
    for each in decision.corrections:
        value = nfc(" ".join(each.value.split()))
        if each.name not in known:
            raise ConflictError("somebody else changed this document: look again")
        if not 0 < len(value) <= _LONGEST:
            raise UsageError("this value is not possible here")
        if value != known[each.name]:
            changed.append(Correction(each.name, value))
    fresh = Decision(decision.document_id, decision.attempt, decision.part, decision.outcome, tuple(changed))
    desk.decide(fresh, account.agent)
    return len(changed)


def _brought(app: ArchiveApp, document_id: str, account: Account) -> bool:
    first = next(iter(app.catalogue.events(document_id)), None)
    return first is not None and first.agent == account.agent


def _field(each: dict[str, Any]) -> tuple[float, FieldToCheck]:
    checks = tuple(CheckResult(c["rule"], Outcome(c["outcome"]), c["message"]) for c in each["checks"])
    left, top, right, bottom = each["box"]
    value = FieldValue(
        each["name"],
        each["value"],
        each["raw"],
        each["page"],
        Box(left, top, right, bottom),
        each["confidence"],
        checks=checks,
    )
    messages = tuple(check.message for check in checks if check.outcome is not Outcome.PASS)
    shown = FieldToCheck(
        value.name,
        value.value,
        value.page,
        (left, top, right, bottom),
        value.confidence,
        not is_sure(value),
        messages,
    )
    return expected_error(value), shown
