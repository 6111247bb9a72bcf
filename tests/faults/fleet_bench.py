"""What the fault tests of the fleet stand on: an archive on given servers, its processes, what came of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from digitizer.bootstrap import archive_of
from digitizer.model import Agent
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import ingest
from digitizer.settings import Settings

ROOT = Path(__file__).parents[2]
BY = Agent("person:lan")
SECRET = "of the tests, and long enough"


@dataclass
class Fleet:
    """One archive and the processes that work it; all are ended by their pids."""

    root: Path
    settings: dict[str, str] = field(default_factory=dict)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.root / "marks").mkdir(parents=True)
        self.settings = {"home": str(self.root / "archive"), "queue_secret": SECRET, **self.settings}

    @contextmanager
    def app(self) -> Iterator[ArchiveApp]:
        with archive_of(Settings(**self.settings)) as app:
            yield app

    def take(self, *texts: str, batch: str = "b1") -> list[str]:
        """Ingest a document a text; their ids, acknowledged."""
        folder = self.root / "in" / batch
        folder.mkdir(parents=True, exist_ok=True)
        files = []
        for number, text in enumerate(texts):
            path = folder / f"{number}.pdf"
            path.write_text(f"%PDF-1.7\n{text}\n{batch} {number}\n%%EOF\n")
            files.append((path, f"{batch}/{path.name}"))
        with self.app() as app:
            return [taken.document_id or taken.state for taken in ingest(app, files, "F01", batch, BY)]

    def start(self, *, jobs: int = 2, burst: bool = False) -> subprocess.Popen[bytes]:
        """A supervisor with its workers."""
        names = {f"DIGITIZER_{name.upper()}": value for name, value in self.settings.items()}
        with (self.root / "out").open("ab") as out, (self.root / "err").open("ab") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.stub_fleet", json.dumps({"burst": burst, "jobs": jobs})],
                cwd=ROOT,
                env={**os.environ, **names, "FLEET_MARKS": str(self.root / "marks")},
                stdout=out,
                stderr=err,
            )
        self.started.append(process)
        return process

    def said(self) -> str:
        return (self.root / "err").read_text()

    def states(self) -> dict[str, int]:
        with self.app() as app:
            return dict(Counter(each.state for each in app.catalogue.documents()))

    def until(self, wanted: Callable[[dict[str, int]], bool], seconds: float = 60.0) -> dict[str, int]:
        """The states, when they are as wanted."""
        end = time.monotonic() + seconds
        with self.app() as app:
            while True:
                states = dict(Counter(each.state for each in app.catalogue.documents()))
                if wanted(states):
                    return states
                assert time.monotonic() < end, f"{states}\n{self.said()[-3000:]}"
                time.sleep(0.1)

    def workers_of(self, process: subprocess.Popen[bytes]) -> list[int]:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def holder(self, document_id: str) -> int:
        """The pid of the worker that claimed a document last."""
        with self.app() as app:
            claims = [e for e in app.catalogue.events(document_id) if e.kind == "claimed"]
        return int(claims[-1].agent.name.rpartition(":")[2])

    def kinds(self, document_id: str | None = None) -> Counter[str]:
        with self.app() as app:
            return Counter(event.kind for event in app.catalogue.events(document_id))

    def counted(self, acknowledged: list[str]) -> dict[str, int]:
        """Jepsen's numbers: what was acknowledged is found once, ended once, and nothing else is there."""
        with self.app() as app:
            found = [each.id for each in app.catalogue.documents()]
            ended = Counter(e.object_id for e in app.catalogue.events() if e.kind == "digitized")
            app.catalogue.verify_events()
        return {
            "acknowledged": len(acknowledged),
            "found": len(set(found) & set(acknowledged)),
            "lost": len(set(acknowledged) - set(found)),
            "unexpected": len(set(found) - set(acknowledged)),
            "duplicated": sum(count - 1 for count in ended.values()) + len(found) - len(set(found)),
        }

    def end(self) -> None:
        for process in self.started:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGKILL)
                process.wait()


def none_open(states: dict[str, int]) -> bool:
    return not states.get("queued") and not states.get("running")


def alive(pid: int) -> bool:
    with suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False


def eventually(wanted: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)
