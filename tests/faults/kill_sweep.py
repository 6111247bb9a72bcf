"""SIGKILL at the entry of every system call that changes something, one run a call; then look what is there.

`python -m tests.faults.kill_sweep` sweeps over all of them and prints one JSON line a scenario: attempts
(kills), acknowledged, found, lost, duplicated, and the 95 % bound on the rate of loss (3/n). The tests take a
sample.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitizer.errors import NotFoundError
from digitizer.fixity import Shelf
from digitizer.model import Agent
from digitizer.ports import object_key
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import ingest
from digitizer.services.verify import Budget, verify
from digitizer.services.work import work
from storage.objects import DirectoryStore
from tests.unit.test_services_archive import archive

CALLS = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "mkdir"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
)
BY = Agent("person:lan")
DOCUMENTS = 2


@dataclass
class Tally:
    """Jepsen's numbers over all kills of a sweep."""

    attempts: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    duplicated: int = 0

    def line(self, name: str) -> str:
        bound = round(3 / self.attempts, 4) if self.attempts else None
        return json.dumps(
            {"figure": f"kill-sweep-{name}", "n": self.attempts, "bound95": bound, **vars(self)}
        )


@dataclass(frozen=True)
class Bench:
    """One home; `prepare` made it, `act` is killed, `check` looks and runs again."""

    home: Path

    def inputs(self) -> list[tuple[Path, str]]:
        return [(self.home / "in" / f"{n}.pdf", f"in/{n}.pdf") for n in range(DOCUMENTS)]

    def app(self, **parts: Any) -> ArchiveApp:
        return archive(self.home / "archive", **parts)

    def acknowledge(self, *what: str) -> None:
        with (self.home / "acknowledged").open("a") as out:
            print(*what, file=out, flush=True)

    def acknowledged(self) -> list[list[str]]:
        path = self.home / "acknowledged"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def made(home: Path) -> Bench:
    bench = Bench(home)
    (home / "in").mkdir(parents=True)
    for number, (path, _) in enumerate(bench.inputs()):
        path.write_text(f"Quyết định số {number}\fTrang hai")
    return bench


def upload(bench: Bench, **parts: Any) -> None:
    """Take the files in; each is acknowledged outside."""
    app = bench.app(**parts)
    for taken in ingest(app, bench.inputs(), "F01", "b1", BY):
        bench.acknowledge(str(taken.document_id), taken.fixity.sha256)


def job(bench: Bench, **parts: Any) -> None:
    """Work what waits: claim, read, assemble, publish, index."""
    app = bench.app(**parts)
    for worked in work(app, "worker:1"):
        bench.acknowledge(worked.document_id, worked.state)


def scrub(bench: Bench) -> None:
    """Read all objects, mend the damaged one from the second copy."""
    app = bench.app()
    donors = {Shelf.MASTERS: DirectoryStore(bench.home / "second")}
    for found in verify(app, Budget(), BY, donors):
        bench.acknowledge(found.stored.fixity.sha256, found.outcome.value)


def before_job(bench: Bench) -> None:
    upload(bench)
    (bench.home / "acknowledged").unlink()


def before_scrub(bench: Bench) -> None:
    before_job(bench)
    app = bench.app()
    second = DirectoryStore(bench.home / "second")
    for known in app.catalogue.documents():
        with app.masters.open(object_key(known.fixity.sha256)) as data:
            second.put(object_key(known.fixity.sha256), data, known.fixity)
    damaged = next(iter((bench.home / "archive" / "masters").rglob(known.fixity.sha256)))
    damaged.chmod(0o640)
    damaged.write_bytes(b"\xff" + damaged.read_bytes()[1:])
    app.catalogue.close()


def check_upload(bench: Bench, tally: Tally) -> None:
    """What was acknowledged is there, whole; the same run again acknowledges all, once."""
    app = bench.app()
    tally.acknowledged += len(bench.acknowledged())
    for document_id, sha256 in bench.acknowledged():
        try:
            known = app.catalogue.document(document_id)
            app.masters.verify(object_key(sha256), known.fixity)
            tally.found += 1
        except NotFoundError:
            tally.lost += 1
    list(ingest(app, bench.inputs(), "F01", "b1", BY))
    names = Counter(each.fixity.sha256 for each in app.catalogue.documents())
    assert len(names) == DOCUMENTS
    tally.duplicated += sum(count - 1 for count in names.values())
    app.catalogue.verify_events()
    app.catalogue.close()


def check_job(bench: Bench, tally: Tally) -> None:
    """What was told done is done; the work goes on, and each document is digitized once."""
    app = bench.app()
    told = [document_id for document_id, state in bench.acknowledged() if state == "done"]
    tally.acknowledged += len(told)
    for document_id in told:
        done = app.catalogue.document(document_id).state == "done"
        tally.found += done
        tally.lost += not done
    for held in app.catalogue.documents(state="running"):
        app.catalogue.release(held.id, held.attempt, BY)  # its lease would run out
    list(work(app, "worker:2"))
    for known in app.catalogue.documents():
        assert known.state == "done"
        for each in app.catalogue.derivatives(known.id):
            app.derivatives.verify(object_key(each.fixity.sha256), each.fixity)
    ended = Counter(e.object_id for e in app.catalogue.events() if e.kind == "digitized")
    tally.duplicated += sum(count - 1 for count in ended.values())
    assert len(ended) == app.index.pages() // 2 == DOCUMENTS
    app.catalogue.verify_events()
    app.catalogue.close()


def check_scrub(bench: Bench, tally: Tally) -> None:
    """A scrub that goes on ends with every master whole; nothing that was whole is gone."""
    app = bench.app()
    tally.acknowledged += len(bench.acknowledged())
    tally.found += len(bench.acknowledged())
    donors = {Shelf.MASTERS: DirectoryStore(bench.home / "second")}
    list(verify(app, Budget(), BY, donors))
    for known in app.catalogue.documents():
        try:
            app.masters.verify(object_key(known.fixity.sha256), known.fixity)
        except NotFoundError:
            tally.lost += 1
    app.catalogue.verify_events()
    app.catalogue.close()


SCENARIOS: dict[str, tuple[Callable[..., None], Callable[..., None], Callable[[Bench, Tally], None]]] = {
    "upload": (lambda _bench: None, upload, check_upload),
    "job": (before_job, job, check_job),
    "scrub": (before_scrub, scrub, check_scrub),
}


def sweep(name: str, folder: Path, step: int = 1, **parts: Any) -> Tally:
    """Kill `name` at every `step`th call of each kind, each time on a fresh home."""
    prepare, act, check = SCENARIOS[name]
    tally = Tally()
    template = made(folder / "template")
    prepare(template)
    for call, number in points(act, template, step, parts):
        bench = Bench(folder / f"{call}-{number}")
        shutil.copytree(template.home, bench.home)
        killed = run_killed(lambda bench=bench: act(bench, **parts), call, number)  # type: ignore[misc]
        if killed:
            tally.attempts += 1
            check(bench, tally)
        shutil.rmtree(bench.home)
    return tally


def points(
    act: Callable[..., None], template: Bench, step: int, parts: dict[str, Any]
) -> Iterator[tuple[str, int]]:
    """Which call to kill at which of its times: as often as a run to the end makes it."""
    bench = replace(template, home=template.home.with_name("counted"))
    shutil.copytree(template.home, bench.home)
    counts = counted(lambda: act(bench, **parts))
    shutil.rmtree(bench.home)
    for call, count in sorted(counts.items()):
        yield from ((call, number) for number in range(1, count + 1, step))


def counted(act: Callable[[], None]) -> Counter[str]:
    with tempfile.NamedTemporaryFile("r") as trace:
        status = _traced(act, ["-e", f"trace={','.join(CALLS)}", "-o", trace.name])
        assert status == 0
        # The ready call of the main thread counts; other threads have counters of their own.
        lines = trace.read().splitlines()
    main = lines[0].split()[0] if lines and lines[0][0].isdigit() else ""
    names = (line.split(None, 1)[1] if main else line for line in lines if line.startswith(main))
    return Counter(name.partition("(")[0] for name in names if "(" in name)


def run_killed(act: Callable[[], None], call: str, number: int) -> bool:
    """Whether it was killed; False: it ended before."""
    inject = f"inject={call}:signal=KILL:when={number}"
    status = _traced(act, ["-e", f"trace={call}", "-e", inject, "-o", "/dev/null"])
    assert status in {0, -signal.SIGKILL}, status
    return status != 0


def _traced(act: Callable[[], None], options: list[str]) -> int:
    """Run `act` in a process of its own under strace, from its first step on."""
    child = multiprocessing.get_context("fork").Process(target=_when_traced, args=(act,))
    child.start()
    assert child.pid is not None
    _wait_for(lambda: _state(child.pid) == "T")
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(child.pid), *options], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    os.kill(child.pid, signal.SIGCONT)
    child.join(60)
    tracer.wait(10)
    tracer.stderr.close()
    status = child.exitcode
    child.close()
    assert status is not None
    return status


def _when_traced(act: Callable[[], None]) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    act()
    os._exit(0)


def _state(pid: int | None) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return ""


def _wait_for(wanted: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not wanted():
        assert time.monotonic() < until
        time.sleep(0.002)


if __name__ == "__main__":
    for scenario in sys.argv[1:] or SCENARIOS:
        with tempfile.TemporaryDirectory() as place:
            sys.stdout.write(sweep(scenario, Path(place)).line(scenario) + "\n")
            sys.stdout.flush()
