"""One worker process of `digitizer work`: takes documents one after the other, in one thread.

Started by the supervisor as `python -m digitizer.cli.worker '{"burst": true, ...}'`; not for people.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from types import FrameType

import typer

from digitizer.bootstrap import archive_of, crew_of
from digitizer.bootstrap_fleet import ring_worker_of, worker_name
from digitizer.bootstrap_watch import roll_of
from digitizer.cli.door import INTERRUPTED, NEEDS_PERSON, Manner, say, through
from digitizer.intake.find import safe_display
from digitizer.logs import configure_logs
from digitizer.services.archive import DIGITIZE_JOB, PAGES_JOB, ArchiveApp
from digitizer.services.attempt import Worked
from digitizer.services.pool import die_with_parent
from digitizer.services.roll_call import on_the_roll
from digitizer.services.work import Indexing, work, work_one
from digitizer.services.work_pages import PageReader
from digitizer.settings import Settings, load_settings

__all__ = ["main", "run_worker"]

_RECYCLE_STATUS = 75
_RECYCLE_AFTER = 500
_REST_SECONDS = 1.0


@dataclass(slots=True)
class _Stop:
    """Told once: end after this document. Told twice: give it back now."""

    told: bool = False

    def hear(self, _signal: int, _frame: FrameType | None) -> None:
        """A signal handler."""
        if self.told:
            raise KeyboardInterrupt
        self.told = True


@dataclass(slots=True)
class _Told:
    """Tells of each document and counts."""

    manner: Manner
    bad: int = 0
    all: int = 0
    stop: _Stop = field(default_factory=_Stop)

    def tell(self, worked: Worked) -> None:
        """Print how one document ended."""
        self.all += 1
        good = worked.state in {"done", "lost", "split", "pages"}
        self.bad += not good
        if self.manner.json:
            typer.echo(json.dumps(asdict(worked), ensure_ascii=True))
        elif not self.manner.quiet:
            typer.echo(
                f"{safe_display(worked.path)}: {worked.state}, {worked.pages} pages, {worked.seconds:.1f} s"
            )
        if not good:
            why = f": {worked.reason}" if worked.reason else ""
            say(
                f"digitizer: {safe_display(worked.path)}: {worked.state}{why} "
                f"(`digitizer quarantine show {worked.document_id}`)"
            )

    def ended(self) -> bool:
        """Whether this process is to take no more: it was told to stop, or is old."""
        return self.stop.told or self.all >= _RECYCLE_AFTER

    def status(self) -> int:
        """The exit status."""
        if self.all >= _RECYCLE_AFTER and not self.stop.told:
            return _RECYCLE_STATUS
        return NEEDS_PERSON if self.bad else 0


def run_worker(burst: bool, manner: Manner) -> int:
    """Work until no work is left (`burst`) or the process is told to stop; the exit status."""
    settings = load_settings({"jobs": 1})
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    told = _Told(manner)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told.stop.hear)
    name = worker_name(os.getpid())
    with (
        crew_of(settings) as crew,
        archive_of(settings, crew) as app,
        roll_of(settings) as roll,
        on_the_roll(roll, name, settings.lease_seconds),  # its thread begins when nothing is forked any more
    ):
        if settings.redis_url.get_secret_value():
            _at_the_bell(settings, app, burst, told)
        else:
            _without_bell(app, burst, told)
    return told.status()


def _without_bell(app: ArchiveApp, burst: bool, told: _Told) -> None:
    """Ask the catalogue. A burst ends when nothing is under way: what is split meanwhile is shared."""
    while True:
        for worked in work(app, worker_name(os.getpid()), burst=burst, ended=told.ended):
            told.tell(worked)
        if told.ended() or app.long is None or not app.long.jobs.under_way():
            return
        time.sleep(_REST_SECONDS)


def _at_the_bell(settings: Settings, app: ArchiveApp, burst: bool, told: _Told) -> None:
    """Wait for rings. While the queue's server is down the catalogue is asked instead: work goes on."""
    name, indexing = worker_name(os.getpid()), Indexing(app)
    with closing(PageReader(app, name)) as reader:

        def tell(worked: Worked | None) -> None:
            if worked is not None:
                told.tell(worked)
                indexing.go_on(soon=False)

        def one(document_id: str) -> None:
            tell(work_one(app, name, document_id))

        def pages(job_id: str) -> None:
            tell(reader.work_one(job_id))

        bell = ring_worker_of(settings, name, {DIGITIZE_JOB: one, PAGES_JOB: pages})
        while not told.ended():
            rings = bell.run(burst, lambda: indexing.go_on(soon=True), told.ended)
            if burst:
                _without_bell(app, burst, told)
                return
            if not rings:
                for worked in work(app, name, ended=told.ended):
                    told.tell(worked)
                if not told.ended():
                    time.sleep(_REST_SECONDS)


def main(asked: dict[str, int]) -> None:
    """Be a worker, as the supervisor asked, and leave with the exit status.

    Raises:
        SystemExit: always.
    """
    die_with_parent(asked["parent"])
    manner = Manner(quiet=bool(asked["quiet"]), json=bool(asked["json"]), verbose=bool(asked["verbose"]))
    try:
        through(lambda: run_worker(bool(asked["burst"]), manner), verbose=manner.verbose)
    except typer.Exit as ended:
        # Told to stop is no failure of this process: its supervisor told it.
        sys.exit(0 if ended.exit_code == INTERRUPTED else ended.exit_code)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
