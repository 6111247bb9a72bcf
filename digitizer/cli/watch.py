"""`digitizer watch`: a folder whose settled files go into the archive."""

from __future__ import annotations

import hashlib
import json
import signal
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

import typer

import digitizer
from digitizer.bootstrap import accessions_of, archive_of, unpacker_of
from digitizer.bootstrap_sound import looked_over_at_start
from digitizer.cli.door import Manner, say
from digitizer.intake.watched import WatchedFolder, refuse_overlap
from digitizer.services.ingest import Into
from digitizer.services.watch import Watched, watch
from digitizer.settings import load_settings

__all__ = ["Watching", "watch_folder"]


@dataclass(frozen=True, slots=True)
class Watching:
    """Which folder, where to, and how patiently."""

    folder: Path
    fonds: str
    batch: str | None
    settle: float
    once: bool
    begin_anew: bool


def watch_folder(asked: Watching, manner: Manner) -> int:
    """Watch until a signal comes, or once; the exit status."""
    settings = load_settings()
    home = settings.home.absolute()
    refuse_overlap(asked.folder, [home, Path(digitizer.__path__[0])])
    if (partly := looked_over_at_start(settings)) and not manner.quiet:
        say(f"digitizer: {partly}")
    name = hashlib.sha256(str(asked.folder.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    stop = _stop_by_signal()
    looks = 0

    def stopped() -> bool:
        nonlocal looks
        looks += 1
        return stop.wait(max(0.2, asked.settle / 2)) or (asked.once and looks > 3)

    with (
        archive_of(settings) as app,
        accessions_of(settings) as accessions,
        unpacker_of(settings) as unpacker,
        WatchedFolder(asked.folder, home / "watched" / name, asked.settle, asked.begin_anew) as folder,
    ):

        def into() -> Into:
            batch = asked.batch or f"watch-{app.clock.now()[:10]}"
            return Into(asked.fonds, batch, app.agent, accessions)

        for each in watch(app, folder, unpacker, into, stopped):
            _tell(each, manner)
    return 0


def _stop_by_signal() -> threading.Event:
    """Set at SIGTERM and SIGINT: the file at hand is finished first."""
    stop = threading.Event()

    def told(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    return stop


def _tell(each: Watched, manner: Manner) -> None:
    for result in each.results:
        if result.reason:
            say(f"digitizer: {result.path}: {result.reason.code.value}: {result.reason.message}")
    if each.left_alone:
        say(f"digitizer: {each.path}: {each.left_alone}")
    if manner.json:
        typer.echo(json.dumps(asdict(each), ensure_ascii=True))
    elif not manner.quiet and each.place:
        states = ", ".join(result.state for result in each.results)
        typer.echo(f"{each.path}: {states} -> {each.place}".encode("utf-8", "backslashreplace").decode())
