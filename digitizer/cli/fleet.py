"""`digitizer work`, `status`, `retry` and `quarantine`: the queue and who works it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import typer

from digitizer.bootstrap import archive_of, jobs_of
from digitizer.bootstrap_fleet import supervisor_of, worker_name
from digitizer.bootstrap_watch import watch_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.intake.find import safe_display
from digitizer.logs import configure_logs
from digitizer.ports import Catalogue, StoredDocument
from digitizer.services.status import Status, duration, status
from digitizer.settings import Settings, load_settings

__all__ = [
    "list_quarantine",
    "reconcile_archive",
    "release",
    "retry",
    "show_document",
    "show_status",
    "work_queue",
]

_WORKER = (sys.executable, "-m", "digitizer.cli.worker")
_WHAT_TO_DO = {
    "master-missing": "bring it back with `digitizer verify --repair-from DIR`",
    "derivative-missing": "make it again with `digitizer retry` on its documents",
    "object-unknown": "no document knows it; ingest its file again to adopt it",
    "not-indexed": "run `digitizer rebuild-index`",
    "index-unknown": "run `digitizer rebuild-index`",
    "index-older": "run `digitizer rebuild-index`",
    "adopted": "it waits to be read again",
    "wrong-digest": "its row and the audit trail name other bytes: compare with a backup",
}
_DIED = "E-TOOL: the worker was killed or crashed on this file"


def _set_up(manner: Manner, jobs: int | None = None) -> Settings:
    settings = load_settings({"jobs": jobs})
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def work_queue(burst: bool, jobs: int | None, manner: Manner) -> int:
    """Keep the workers up, ring again for what was left, and tell how it ended; the exit status."""
    from digitizer.services.sweep import sweep

    settings = _set_up(manner, jobs)
    with archive_of(settings) as app:

        def died(pid: int, _status: int) -> None:
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


def show_status(manner: Manner) -> int:
    """Print the queue and each batch; the exit status."""
    with watch_of(_set_up(manner)) as seen:
        found, shared = status(seen), seen.jobs.shared()
    if manner.json:
        batches = [{**asdict(each), "by_state": dict(each.by_state)} for each in found.batches]
        queue = {**asdict(found.queue), "failures": dict(found.queue.failures)}
        told = {"queue": queue, "rings": found.rings, "eta_seconds": found.eta_seconds, "batches": batches}
        told["shared"] = asdict(shared)
        typer.echo(json.dumps(told, ensure_ascii=True))
        return 0
    for line in _queue_lines(found):
        typer.echo(line)
    if shared.documents:
        typer.echo(
            f"long documents · tài liệu dài: {shared.documents} shared by workers, "
            f"{shared.ended} of {shared.pages} pages read"
        )
    for batch in found.batches:
        states = ", ".join(f"{count} {state}" for state, count in batch.by_state)
        typer.echo(
            f"{safe_display(batch.fonds)} {safe_display(batch.batch)}: {batch.documents} documents, "
            f"{batch.pages} pages ({states})"
        )
    if not found.batches:
        typer.echo("the archive is empty: `digitizer ingest` takes files in")
    return 0


def _queue_lines(found: Status) -> Iterable[str]:
    queue = found.queue
    rings = "no answer" if found.rings is None else f"{found.rings} rings"
    yield (
        f"queue · hàng đợi: {queue.waiting} waiting, {queue.running} running, "
        f"{queue.quarantined} quarantined ({rings})"
    )
    if found.rings is None:
        yield (
            "the queue's server is down: documents are worked from the catalogue until it is back · "
            "máy chủ hàng đợi không trả lời, tài liệu vẫn được xử lý"
        )
    pages_an_hour = queue.pages / queue.seconds * 3600
    yield (
        f"rate · tốc độ: {queue.documents} documents, {queue.pages} pages in the last "
        f"{duration(queue.seconds)} ({pages_an_hour:.0f} pages an hour)"
    )
    if queue.waiting:
        yield f"oldest · chờ lâu nhất: {duration(queue.oldest_seconds)}"
    if queue.waiting or queue.running:
        end = (
            "unknown: nothing ended lately"
            if found.eta_seconds is None
            else f"in {duration(found.eta_seconds)}"
        )
        yield f"end · dự kiến xong: {end}"
    for code, count in queue.failures:
        yield f"failed · lỗi {code}: {count}"
    if queue.quarantined:
        yield "a person must look · cần người xem: `digitizer quarantine list`"


def list_quarantine(manner: Manner) -> int:
    """Print each quarantined document; the exit status."""
    with watch_of(_set_up(manner)) as seen:
        for each in seen.catalogue.documents(state="quarantined"):
            if manner.json:
                typer.echo(json.dumps(asdict(each), ensure_ascii=True))
            else:
                typer.echo(f"{each.id} {safe_display(each.path)}: {each.reason}")
    return 0


def show_document(document_id: str, manner: Manner) -> int:
    """Print what is known of one document and what happened to it; the exit status."""
    with watch_of(_set_up(manner)) as seen:
        known = seen.catalogue.document(document_id)
        events = list(seen.catalogue.events(document_id))
    if manner.json:
        told = {"document": asdict(known), "events": [asdict(each) for each in events]}
        typer.echo(json.dumps(told, ensure_ascii=True))
        return 0
    typer.echo(f"{known.id} {safe_display(known.path)} ({known.fonds}, {safe_display(known.batch)})")
    typer.echo(f"{known.state}, attempt {known.attempt}, {known.media_type}, {known.fixity.bytes} bytes")
    typer.echo(f"sha256 {known.fixity.sha256}")
    if known.reason:
        typer.echo(known.reason)
    for each in events:
        detail = ", ".join(f"{name} {value}" for name, value in each.detail)
        typer.echo(f"{each.at} {each.kind} by {each.agent.name}" + (f" ({detail})" if detail else ""))
    return 0


def release(document_ids: Sequence[str], every: bool, manner: Manner) -> int:
    """Let quarantined documents be worked on again; the exit status."""
    from digitizer.services.sweep import sweep

    if bool(document_ids) == every:
        raise UsageError("name the documents, or say --all: `digitizer quarantine list` shows them")
    with archive_of(_set_up(manner)) as app:
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
    from digitizer.services.sweep import sweep

    if not document_ids and not states:
        raise UsageError("name the documents, or a --state: quarantined, done_with_gaps, refused, done")
    with archive_of(_set_up(manner)) as app:
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
    from digitizer.services.reconcile import reconcile

    with archive_of(_set_up(manner)) as app:
        found = reconcile(app, app.agent, grace)
    if manner.json:
        typer.echo(json.dumps(asdict(found)))
    for each in found.drifts:
        if each.needs_person:
            say(f"digitizer: {each.subject}: {each.kind.value}: {_WHAT_TO_DO[each.kind.value]}")
    if not manner.quiet and not manner.json:
        mended = sum(each.mended for each in found.drifts)
        left = len(found.drifts) - mended
        typer.echo(
            f"{found.documents} documents, {found.objects} objects compared: "
            f"{mended} mended, {left} need a person"
        )
    return NEEDS_PERSON if any(each.needs_person for each in found.drifts) else 0
