"""`digitizer scan`: a pile of paper from a scanner into the archive."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import typer

from digitizer.bootstrap import accessions_of, archive_of, limits_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.cli.ingest import told
from digitizer.intake.find import safe_display
from digitizer.intake.opener import Intake
from digitizer.intake.scanner import ScanOrder, devices, scan_pages
from digitizer.services.ingest import Into
from digitizer.services.scan import take_pile
from digitizer.settings import Settings, load_settings

__all__ = ["Scan", "list_scanners", "scan"]


@dataclass(frozen=True, slots=True)
class Scan:
    """What to scan, and where to."""

    order: ScanOrder
    fonds: str
    batch: str | None


def list_scanners(manner: Manner) -> int:
    """Print the scanners that are found; the exit status."""
    found = devices()
    if manner.json:
        typer.echo(json.dumps([asdict(each) for each in found]))
        return 0
    for each in found:
        typer.echo(f"{each.name}  {each.description}")
    if not found:
        say(
            "digitizer: no scanner was found: is it on, connected and known to SANE? Không tìm thấy máy quét."
        )
    return 0 if found else NEEDS_PERSON


def scan(asked: Scan, manner: Manner) -> int:
    """Scan one pile and take it in; pages that a stopped run left are taken in first; the exit status."""
    settings = load_settings()
    spool = settings.home.absolute() / "spool"
    with archive_of(settings) as app:
        now = f"{app.clock.now()[:19]}Z".replace(":", "")
    counts = 0
    for left in sorted(spool.glob("scan-*")):
        with _held(left) as ours:  # another scanner's pile is in use
            counts += _take(settings, left, asked, now, manner) if ours else 0
    folder = spool / f"scan-{now}-{os.getpid()}"
    folder.mkdir(parents=True)
    with _held(folder):
        (folder / "order.json").write_text(json.dumps({"dpi": asked.order.resolution, "batch": asked.batch}))
        ended = scan_pages(asked.order, folder)
        if ended.pages:
            counts += _take(settings, folder, asked, now, manner)
        else:
            shutil.rmtree(folder)
    if ended.trouble:
        say(f"digitizer: after {len(ended.pages)} pages: {ended.trouble}; pages scanned before are kept")
    elif not manner.quiet and not manner.json:
        typer.echo(f"batch {safe_display(asked.batch or f'scan-{now}')}: {len(ended.pages)} pages · trang")
    return NEEDS_PERSON if ended.trouble or counts else 0


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Keep a pile for this process; False where another one has it. A killed process lets go of it."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = True
        except BlockingIOError:
            ours = False
        yield ours
    finally:
        os.close(handle)


def _take(settings: Settings, folder: Path, asked: Scan, now: str, manner: Manner) -> int:
    """Take one pile in; how many of its dossiers were refused."""
    pages = sorted(folder.glob("p*.pnm"))
    order = json.loads((folder / "order.json").read_text()) if (folder / "order.json").exists() else {}
    with archive_of(settings) as app, accessions_of(settings) as accessions:
        batch = order.get("batch") or asked.batch or folder.name or f"scan-{now}"
        into = Into(asked.fonds, batch, app.agent, accessions)
        dpi = int(order.get("dpi") or asked.order.resolution)
        results = take_pile(app, pages, dpi, into, partial(Intake, limits_of(settings)))
        return told(results, manner)["refused"]
