"""`digitizer work`, `search` and `status`: the archive from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict

import typer

from digitizer.bootstrap import archive_of, crew_of, jobs_of
from digitizer.cli.door import INTERRUPTED, NEEDS_PERSON, Manner, say
from digitizer.logs import configure_logs
from digitizer.services.archive import ArchiveApp, status
from digitizer.services.find import find, index_pending
from digitizer.services.work import Worked, work
from digitizer.settings import Settings, load_settings

__all__ = ["search_pages", "show_status", "work_queue"]


def _set_up(manner: Manner) -> Settings:
    settings = load_settings()
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=True))


def work_queue(burst: bool, jobs: int | None, manner: Manner) -> int:
    """Work the queue in one process a job; the exit status."""
    settings = load_settings({"jobs": jobs})
    count = jobs_of(settings)
    if count > 1:
        return _fan_out(count, burst, manner)
    _set_up(manner)
    bad = 0
    with crew_of(settings) as crew, archive_of(settings, crew) as app:
        for worked in work(app, f"{os.uname().nodename}:{os.getpid()}", burst=burst):
            bad += _tell_worked(worked, manner)
    return NEEDS_PERSON if bad else 0


def _tell_worked(worked: Worked, manner: Manner) -> bool:
    """Print how one document ended; whether it needs a person."""
    good = worked.state in {"done", "lost"}
    if manner.json:
        _print_json(asdict(worked))
    elif not manner.quiet:
        typer.echo(f"{worked.path}: {worked.state}, {worked.pages} pages, {worked.seconds:.1f} s")
    if not good:
        say(f"digitizer: {worked.path}: {worked.reason or worked.state}")
    return not good


def _fan_out(count: int, burst: bool, manner: Manner) -> int:
    """Run this command once a job; each ends its document or gives it back when we are told to stop."""
    argv = [sys.executable, "-m", "digitizer.cli", "work", "--jobs", "1"]
    argv += ["--burst"] * burst + ["--quiet"] * manner.quiet + ["--json"] * manner.json
    argv += ["--verbose"] * manner.verbose
    children = [subprocess.Popen(argv, start_new_session=True) for _ in range(count)]
    try:
        statuses = [child.wait() for child in children]
    except KeyboardInterrupt:
        for child in children:
            child.send_signal(signal.SIGTERM)
        for child in children:
            child.wait()
        raise
    return max((abs(status) for status in statuses if status != INTERRUPTED), default=0)


def search_pages(query: str, limit: int, fonds: Sequence[str] | None, manner: Manner) -> int:
    """Find pages and print them; the exit status."""
    settings = _set_up(manner)
    with archive_of(settings) as app:
        index_pending(app)
        hits = [_hit(app, hit) for hit in find(app, query, limit, fonds)]
    if manner.json:
        _print_json({"query": query, "hits": hits})
        return 0
    for hit in hits:
        tones = "" if hit["exact"] else "  (without tones · không dấu)"
        typer.echo(f"{hit['path']}, page {hit['page']}{tones}")
        typer.echo("".join(f"    {line}\n" for line in str(hit["snippet"]).split("\n")), nl=False)
    typer.echo(f"{len(hits)} pages · trang")
    return 0


def _hit(app: ArchiveApp, hit: object) -> dict[str, object]:
    from digitizer.ports import SearchHit

    assert isinstance(hit, SearchHit)
    document = app.catalogue.document(hit.document_id)
    return {
        "document": hit.document_id,
        "path": document.path,
        "batch": document.batch,
        "fonds": document.fonds,
        "page": hit.page,
        "exact": hit.exact,
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "boxes": [box.as_list() for box in hit.boxes],
    }


def show_status(manner: Manner) -> int:
    """Print each batch with its counts; the exit status."""
    with archive_of(_set_up(manner)) as app:
        batches = status(app)
    if manner.json:
        _print_json([{**asdict(each), "by_state": dict(each.by_state)} for each in batches])
        return 0
    for each in batches:
        states = ", ".join(f"{count} {state}" for state, count in each.by_state)
        typer.echo(f"{each.fonds} {each.batch}: {each.documents} documents, {each.pages} pages ({states})")
    if not batches:
        typer.echo("the archive is empty: `digitizer ingest` takes files in")
    return 0
