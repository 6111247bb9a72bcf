"""A fleet whose reader is pretended, run as real processes: the supervisor and its workers.

A document's first line may say what goes wrong with it: `die` kills the worker, `die once` only in the first
attempt, `sleep SECONDS` takes that long, `stop` is a missing tool. Its text is otherwise what is "read".
Documents of more pages than `long_stub.PAGES_A_JOB` are shared by page jobs, see there.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer

from digitizer import bootstrap
from digitizer.cli import fleet, worker
from digitizer.cli.door import Manner, through
from digitizer.errors import MissingDependencyError
from digitizer.model import Derivative
from digitizer.services.archive import ArchiveApp, Digitized
from digitizer.services.pool import die_with_parent
from digitizer.writing.atomic import fixity_of
from tests.contracts.samples import record
from tests.faults.long_stub import long_documents


def digitize(source: Path, out: Path) -> Digitized:
    """Pretend that a file's bytes are what is printed: a form feed between pages."""
    text = source.read_bytes().removeprefix(b"%PDF-1.7\n").decode()
    order = text.partition("\n")[0].split()
    _obey(order, Path(os.environ["FLEET_MARKS"]) / fixity_of(source).sha256)
    pdf = out / "out.pdf"
    pdf.write_bytes(b"%PDF " + source.read_bytes())
    made = Derivative("pdf", "out.pdf", fixity_of(pdf), "2b")
    result = record(fixity_of(source), text.split("\f"), name=source.name)
    return Digitized(replace(result, derivatives=(made,)), {"pdf": pdf})


def _obey(order: list[str], mark: Path) -> None:
    first = not mark.exists()
    mark.touch()
    if order[:1] == ["die"] and (first or order[1:] != ["once"]):
        os.kill(os.getpid(), signal.SIGKILL)
    if order[:1] == ["sleep"] and (first or order[2:] != ["once"]):
        time.sleep(float(order[1]))
    if order[:1] == ["stop"] and first:
        raise MissingDependencyError("no model is installed")


@contextmanager
def pretended(settings: Any, _crew: object = None) -> Iterator[ArchiveApp]:
    with bootstrap.archive_of(settings) as app:
        long = app.long
        if long is not None:
            long = long_documents(long.jobs, long.shelf, digitize, Path(os.environ["FLEET_MARKS"]))
        yield replace(app, digitize=digitize, long=long)


def work(asked: dict[str, int]) -> None:
    """One worker, as `digitizer.cli.worker` runs it."""
    worker.archive_of, worker.crew_of = pretended, lambda _settings: nullcontext()  # type: ignore[assignment]
    worker.main(asked)


def supervise(burst: bool, jobs: int) -> None:
    """The supervisor, as `digitizer work` runs it."""
    die_with_parent()
    fleet._WORKER = (sys.executable, "-m", "tests.faults.stub_fleet")  # type: ignore[assignment]
    try:
        through(lambda: fleet.work_queue(burst, jobs, Manner(json=True)), verbose=True)
    except typer.Exit as ended:
        sys.exit(ended.exit_code)


if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    if "jobs" in told:
        supervise(told["burst"], told["jobs"])
    else:
        work(told)
