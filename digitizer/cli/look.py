"""`digitizer status`, `quarantine list` and `show`: commands that only look load what looking takes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import chain

from digitizer.bootstrap_watch import reasons_of, watch_of
from digitizer.cli.door import Manner, echo
from digitizer.intake.find import safe_display
from digitizer.logs import configure_logs
from digitizer.ports import BatchSummary
from digitizer.roll import WorkerSeen
from digitizer.services.status import Status, duration, status
from digitizer.settings import Settings, load_settings
from digitizer.words import word

__all__ = ["list_quarantine", "set_up", "show_document", "show_status"]

NEEDS_LOOK = ("quarantined", "refused", "done_with_gaps")
_NONE_OWN = "nothing of its own: all of it was here before, refused or moved away"


def set_up(manner: Manner, jobs: int | None = None) -> Settings:
    """The settings in force, with the log of this run set to them."""
    settings = load_settings({"jobs": jobs})
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def show_status(manner: Manner) -> int:
    """Print the queue and each batch; the exit status."""
    with watch_of(set_up(manner)) as seen:
        found, shared, workers = status(seen), seen.jobs.shared(), seen.roll.workers()
    if manner.json:
        batches = [{**asdict(each), "by_state": dict(each.by_state)} for each in found.batches]
        queue = {**asdict(found.queue), "failures": dict(found.queue.failures)}
        told = {"queue": queue, "rings": found.rings, "eta_seconds": found.eta_seconds, "batches": batches}
        told["shared"] = asdict(shared)
        told["workers"] = [asdict(each) for each in workers]
        echo(json.dumps(told, ensure_ascii=True))
        return 0
    for line in (*_queue_lines(found), *_worker_lines(workers)):
        echo(line)
    if shared.documents:
        echo(
            f"long documents · tài liệu dài: {shared.documents} shared by workers, "
            f"{shared.ended} of {shared.pages} pages read"
        )
    for batch in found.batches:
        echo(_batch_line(batch))
    if not found.batches:
        echo("the archive is empty: `digitizer ingest` takes files in")
    return 0


def _batch_line(batch: BatchSummary) -> str:
    states = ", ".join(f"{count} {state}" for state, count in batch.by_state)
    held = f"{batch.documents} documents, {batch.pages} pages ({states})" if batch.documents else _NONE_OWN
    return f"{safe_display(batch.fonds)} {safe_display(batch.batch)}: {held}"


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
        yield f"end · dự kiến xong: {_end(found)}"
    for code, count in queue.failures:
        yield f"failed · lỗi {code} {word('vi', 'error', code)} · {word('en', 'error', code)}: {count}"
    counted = dict.fromkeys(NEEDS_LOOK, 0)
    for state, count in chain.from_iterable(batch.by_state for batch in found.batches):
        if state in counted:
            counted[state] += count
    if wanting := [f"{count} {state}" for state, count in counted.items() if count]:
        yield f"a person must look · cần người xem: {', '.join(wanting)}: `digitizer quarantine list --all`"


def _worker_lines(workers: Sequence[WorkerSeen]) -> Iterable[str]:
    """One line for all, and one for each that is late: what it holds is given to another by itself."""
    if not workers:
        return
    late = [each for each in workers if each.late]
    busy = sum(bool(each.holds) for each in workers)
    yield f"workers · máy đọc: {len(workers)}, {busy} busy, {len(late)} late"
    for each in late:
        held = ", ".join(holding.document_id for holding in each.holds) or "nothing"
        yield f"late · không trả lời {each.name}: silent for {duration(each.silent_seconds)}, holds {held}"


def _end(found: Status) -> str:
    if found.eta_seconds is not None:
        return f"in {duration(found.eta_seconds)}"
    if found.queue.running:
        return "unknown: nothing ended lately · chưa rõ"
    return (
        "unknown: no worker is at work: start `digitizer work`, or read what it says · "
        "chưa có tiến trình nào xử lý"
    )


def list_quarantine(every: bool, batch: str | None, manner: Manner) -> int:
    """Print each quarantined document, or `every` one that needs a person's look; the exit status."""
    count = 0
    with watch_of(set_up(manner)) as seen:
        for state in NEEDS_LOOK if every else NEEDS_LOOK[:1]:
            for each in seen.catalogue.documents(batch=batch, state=state):
                count += 1
                if manner.json:
                    echo(json.dumps(asdict(each), ensure_ascii=True))
                    continue
                why = each.reason or "its record says why"
                said = f"{state}: {why}" if every else why
                echo(f"{each.id} {safe_display(each.path)}: {said}")
    if not manner.json:
        echo(_after_list(count, every))
    return 0


def _after_list(count: int, every: bool) -> str:
    if not count:
        return (
            "nothing needs a look · không có tài liệu nào"
            if every
            else ("nothing is quarantined · không có tài liệu nào bị cách ly (--all: refused and gaps, too)")
        )
    again = "`digitizer retry ID`" if every else "`digitizer quarantine release ID`"
    return f"{count} documents · tài liệu; why: `digitizer quarantine show ID`; once mended: {again}"


def show_document(document_id: str, manner: Manner) -> int:
    """Print what is known of one document and what happened to it; the exit status."""
    settings = set_up(manner)
    with watch_of(settings) as seen:
        known = seen.catalogue.document(document_id)
        events = list(seen.catalogue.events(document_id))
    reasons = reasons_of(settings, document_id) if known.state in NEEDS_LOOK[1:] else []
    if manner.json:
        told = {
            "document": asdict(known),
            "reasons": reasons,
            "events": [asdict(each) for each in events],
        }
        echo(json.dumps(told, ensure_ascii=True))
        return 0
    echo(f"{known.id} {safe_display(known.path)} ({known.fonds}, {safe_display(known.batch)})")
    echo(f"{known.state}, attempt {known.attempt}, {known.media_type}, {known.fixity.bytes} bytes")
    echo(f"sha256 {known.fixity.sha256}")
    for line in reasons or ([known.reason] if known.reason else []):
        echo(f"  ! {line}")
    for each in events:
        detail = ", ".join(f"{name} {value}" for name, value in each.detail)
        echo(f"{each.at} {each.kind} by {each.agent.name}" + (f" ({detail})" if detail else ""))
    return 0
