"""`digitizer work`, `retry`, `reconcile` and `quarantine release`: the queue and who works it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import typer

from digitizer.bootstrap import archive_of, jobs_of
from digitizer.bootstrap_fleet import supervisor_of, worker_name
from digitizer.bootstrap_sound import looked_over_at_start
from digitizer.bootstrap_watch import roll_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.cli.look import set_up
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.ports import Catalogue, StoredDocument
from digitizer.services.reconcile import DriftKind, reconcile
from digitizer.services.sweep import sweep

__all__ = [
    "reconcile_archive",
    "release",
    "retry",
    "work_queue",
]

_WORKER = (sys.executable, "-m", "digitizer.cli.worker")
_WHAT_TO_DO = {
    DriftKind.MASTER_MISSING: "bring it back with `digitizer verify --repair-from DIR`",
    DriftKind.DERIVATIVE_MISSING: "make it again with `digitizer retry` on its documents",
    DriftKind.OBJECT_UNKNOWN: "no document knows it; ingest its file again to adopt it",
    DriftKind.NOT_INDEXED: "run `digitizer rebuild-index`",
    DriftKind.INDEX_UNKNOWN: "run `digitizer rebuild-index`",
    DriftKind.INDEX_OLDER: "run `digitizer rebuild-index`",
    DriftKind.ADOPTED: "it waits to be read again",
    DriftKind.WRONG_DIGEST: "its row and the audit trail name other bytes: compare with a backup",
}
_RETRIED = ("quarantined", "done_with_gaps", "refused", "done")
_DIED = "E-TOOL: the worker was killed or crashed on this file"


def work_queue(burst: bool, jobs: int | None, manner: Manner) -> int:
    """Keep the workers up, ring again for what was left, and tell how it ended; the exit status."""
    settings = set_up(manner, jobs)
    if (partly := looked_over_at_start(settings)) and not manner.quiet:
        say(f"digitizer: {partly}")
    with archive_of(settings) as app, roll_of(settings) as roll:

        def died(pid: int, _status: int) -> None:
            roll.leave(worker_name(pid))
            held = len(app.catalogue.abandon(worker_name(pid), _DIED, app.agent))
            if app.long is not None:
                held += app.long.jobs.abandon(worker_name(pid), _DIED, app.agent)
            if held:
                sweep(app)

        argv = (*_WORKER, json.dumps({"burst": burst, "parent": os.getpid(), **asdict(manner)}))
        supervisor = supervisor_of(argv, jobs_of(settings), lambda: _swept(sweep(app)), died, say)
        return supervisor.run(burst=burst)


def _swept(_what: object) -> None:
    """A sweep is not told of: `status` shows the queue."""


def release(document_ids: Sequence[str], every: bool, manner: Manner) -> int:
    """Let quarantined documents be worked on again; the exit status."""
    if bool(document_ids) == every:
        raise UsageError("name the documents, or say --all: `digitizer quarantine list` shows them")
    with archive_of(set_up(manner)) as app:
        if every:
            wanted: Iterable[StoredDocument] = app.catalogue.documents(state="quarantined")
        else:
            wanted = [_quarantined(app.catalogue, each) for each in document_ids]
        count = 0
        for each in wanted:
            app.catalogue.requeue(each.id, app.agent)
            count += 1
        sweep(app)
    _tell_count(count, manner)
    return 0


def _quarantined(catalogue: Catalogue, document_id: str) -> StoredDocument:
    known = catalogue.document(document_id)
    if known.state != "quarantined":
        raise UsageError(f"document {document_id} is {known.state}, not quarantined: see `digitizer retry`")
    return known


def retry(document_ids: Sequence[str], states: Sequence[str], batch: str | None, manner: Manner) -> int:
    """Let documents be worked on again, by id or by state; the exit status."""
    if not document_ids and not states:
        raise UsageError(f"name the documents, or a --state: {', '.join(_RETRIED)}")
    if unknown := [state for state in states if state not in _RETRIED]:
        raise UsageError(f"no such --state: {unknown[0]} (one of {', '.join(_RETRIED)})")
    if batch is not None and not states:
        raise UsageError("--batch goes with --state: which documents of the batch?")
    with archive_of(set_up(manner)) as app:
        known = app.catalogue
        wanted = [known.document(each).id for each in document_ids]
        for state in states:
            wanted += [each.id for each in known.documents(batch=batch, state=state)]
        busy = [each for each in dict.fromkeys(wanted) if not _requeued(known, each, app.agent)]
        sweep(app)
    _tell_count(len(set(wanted)) - len(busy), manner)
    for each in busy:
        say(f"digitizer: document {each} is being worked on: try again when it has ended")
    return NEEDS_PERSON if busy else 0


def _requeued(catalogue: Catalogue, document_id: str, by: object) -> bool:
    from digitizer.model import Agent

    assert isinstance(by, Agent)
    try:
        catalogue.requeue(document_id, by)
    except (ConflictError, NotFoundError):
        return False
    return True


def _tell_count(count: int, manner: Manner) -> None:
    if manner.json:
        typer.echo(json.dumps({"released": count}))
    elif not manner.quiet:
        typer.echo(f"{count} documents wait again · tài liệu trở lại hàng đợi")


def reconcile_archive(grace: float, manner: Manner) -> int:
    """Compare catalogue, objects and index and tell what differs; the exit status."""
    with archive_of(set_up(manner)) as app:
        found = reconcile(app, app.agent, grace)
    if manner.json:
        typer.echo(json.dumps(asdict(found)))
    for each in found.drifts:
        if each.needs_person:
            say(f"digitizer: {each.subject}: {each.kind.value}: {_WHAT_TO_DO[each.kind]}")
    if not manner.quiet and not manner.json:
        mended = sum(each.mended for each in found.drifts)
        left = len(found.drifts) - mended
        typer.echo(
            f"{found.documents} documents, {found.objects} objects compared: "
            f"{mended} mended, {left} need a person"
        )
    return NEEDS_PERSON if any(each.needs_person for each in found.drifts) else 0
