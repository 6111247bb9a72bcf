"""`digitizer status`, `quarantine list` and `show`: commands that only look load what looking takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict

from digitizer.bootstrap_watch import watch_of
from digitizer.cli.door import Manner, echo
from digitizer.intake.find import safe_display
from digitizer.logs import configure_logs
from digitizer.services.status import Status, duration, status
from digitizer.settings import Settings, load_settings

__all__ = ["list_quarantine", "set_up", "show_document", "show_status"]


def set_up(manner: Manner, jobs: int | None = None) -> Settings:
    """The settings in force, with the log of this run set to them."""
    settings = load_settings({"jobs": jobs})
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def show_status(manner: Manner) -> int:
    """Print the queue and each batch; the exit status."""
    with watch_of(set_up(manner)) as seen:
        found, shared = status(seen), seen.jobs.shared()
    if manner.json:
        batches = [{**asdict(each), "by_state": dict(each.by_state)} for each in found.batches]
        queue = {**asdict(found.queue), "failures": dict(found.queue.failures)}
        told = {"queue": queue, "rings": found.rings, "eta_seconds": found.eta_seconds, "batches": batches}
        told["shared"] = asdict(shared)
        echo(json.dumps(told, ensure_ascii=True))
        return 0
    for line in _queue_lines(found):
        echo(line)
    if shared.documents:
        echo(
            f"long documents · tài liệu dài: {shared.documents} shared by workers, "
            f"{shared.ended} of {shared.pages} pages read"
        )
    for batch in found.batches:
        states = ", ".join(f"{count} {state}" for state, count in batch.by_state)
        echo(
            f"{safe_display(batch.fonds)} {safe_display(batch.batch)}: {batch.documents} documents, "
            f"{batch.pages} pages ({states})"
        )
    if not found.batches:
        echo("the archive is empty: `digitizer ingest` takes files in")
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
    with watch_of(set_up(manner)) as seen:
        for each in seen.catalogue.documents(state="quarantined"):
            if manner.json:
                echo(json.dumps(asdict(each), ensure_ascii=True))
            else:
                echo(f"{each.id} {safe_display(each.path)}: {each.reason}")
    return 0


def show_document(document_id: str, manner: Manner) -> int:
    """Print what is known of one document and what happened to it; the exit status."""
    with watch_of(set_up(manner)) as seen:
        known = seen.catalogue.document(document_id)
        events = list(seen.catalogue.events(document_id))
    if manner.json:
        told = {"document": asdict(known), "events": [asdict(each) for each in events]}
        echo(json.dumps(told, ensure_ascii=True))
        return 0
    echo(f"{known.id} {safe_display(known.path)} ({known.fonds}, {safe_display(known.batch)})")
    echo(f"{known.state}, attempt {known.attempt}, {known.media_type}, {known.fixity.bytes} bytes")
    echo(f"sha256 {known.fixity.sha256}")
    if known.reason:
        echo(known.reason)
    for each in events:
        detail = ", ".join(f"{name} {value}" for name, value in each.detail)
        echo(f"{each.at} {each.kind} by {each.agent.name}" + (f" ({detail})" if detail else ""))
    return 0
