"""Documents by the hundred thousand through catalogue and queue with a pretended reader; what it took.

`python -m scripts.scale --documents 100000 --database URL --redis URL --home DIR`; without URLs the
embedded archive is used. Objects are not written: this is about the catalogue and the queue.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from digitizer.bootstrap import archive_of, database_url
from digitizer.bootstrap_fleet import ring_worker_of
from digitizer.model import (
    Agent,
    Box,
    DocumentPart,
    EngineId,
    Fixity,
    Line,
    PageRecord,
    PageStatus,
    Record,
    RecordState,
    Source,
    TextLayer,
    Word,
)
from digitizer.ports import StoredDocument
from digitizer.services.archive import DIGITIZE_JOB, ArchiveApp
from digitizer.services.status import status
from digitizer.services.sweep import sweep
from digitizer.settings import Settings, load_settings
from storage.bulk import multiply

__all__ = ["main"]

_ENGINE = EngineId("pretended", "1", "vie", "0" * 64)
_BY = Agent("software:scale")
_TEXT = "Ủy ban nhân dân xã về việc cấp giấy chứng nhận quyền sử dụng đất cho hộ ông bà"
_BY_CPU = "ended_per_second_of_cpu"
_SECRET = "of a trial, and long enough"  # noqa: S105 - it guards a trial's own queue


@dataclass
class _Ran:
    """Of one process, after each of its documents: when, the CPU spent until then in seconds, its memory."""

    moments: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    megabytes: list[int] = field(default_factory=list)

    def note(self) -> None:
        """One more document."""
        self.moments.append(time.monotonic())
        self.cpu.append(time.process_time())
        self.megabytes.append(_megabytes())


_Act = Callable[[ArchiveApp, Settings, argparse.Namespace, int], _Ran]


def main() -> None:
    """Run the trial and print one JSON object; run again on the same folder it goes on where it was."""
    asked = _asked()
    settings = load_settings(
        {
            "home": asked.home,
            "database_url": asked.database,
            "redis_url": asked.redis,
            "queue_secret": _SECRET,
            "keeps_index": False,
        }
    )
    told: dict[str, object] = {
        "pages": asked.documents * asked.pages,
        "workers": asked.workers,
        "catalogue": asked.database.partition(":")[0] or "sqlite",
    }
    if asked.ends:
        told |= _ends(settings, asked)
    else:
        told |= _phase(settings, asked, (0, asked.documents))
    with archive_of(settings) as app:
        told["status_ms"] = _timed(lambda: status(app))
        told["list_ms"] = _timed(lambda: list(islice(app.catalogue.documents(state="done"), 500)))
        told["waiting_ms"] = _timed(lambda: app.catalogue.waiting(1000))
        told["states"] = dict(status(app).batches[0].by_state)
    print(json.dumps(told, indent=1))


def _ends(settings: Settings, asked: argparse.Namespace) -> dict[str, Any]:
    """Work the first documents and the last; those between are copies of the first."""
    first = _phase(settings, asked, (0, asked.ends))
    begun = time.monotonic()
    copies = asked.documents // asked.ends - 2
    multiply(database_url(settings), copies)
    copying = round(time.monotonic() - begun, 1)
    last = _phase(settings, asked, (asked.ends, 2 * asked.ends))
    return {
        "first": first,
        "copied": {"documents": copies * asked.ends, "seconds": copying},
        "last": last,
        "last_to_first_by_cpu": round(last[_BY_CPU] / first[_BY_CPU], 3),
        "last_to_first": round(last["ended_per_second"] / first["ended_per_second"], 3),
    }


def _phase(settings: Settings, asked: argparse.Namespace, numbers: tuple[int, int]) -> dict[str, Any]:
    """Take documents with these numbers in, but those that are there, and work what waits."""
    with archive_of(settings) as app:
        known = sum(each.documents for each in app.catalogue.batches())
        start = max(numbers[0], known) if numbers[0] == 0 else numbers[0]
        received = _by_all(settings, asked, partial(_receive, numbers=(start, numbers[1])))
        rung_at = time.monotonic()
        sweep(app)
        rung = app.queue.depth()
        ringing = time.monotonic() - rung_at
    worked = _by_all(settings, asked, _work, sweep)
    ended = sorted(moment for ran in worked for moment in ran.moments)
    return {
        "documents_before": known,
        "documents": len(ended),
        "received_per_second_in_tenths": _rates(sorted(m for ran in received for m in ran.moments)),
        "receiving_cpu_ms_a_document_in_tenths": [_each(ran.cpu) for ran in received],
        "rung": rung,
        "ring_seconds": round(ringing, 1),
        "ended_per_second": _rate(ended),
        "ended_per_second_in_tenths": _rates(ended),
        "last_tenth_to_first_here": _flat(ended),
        _BY_CPU: round(sum(len(r.cpu) - 1 for r in worked) / _cpu(worked), 2),
        "worker_cpu_ms_a_document_in_tenths": [_each(ran.cpu) for ran in worked],
        "worker_megabytes": [ran.megabytes[:: max(1, len(ran.megabytes) // 10)] for ran in worked],
    }


def _cpu(ran: list[_Ran]) -> float:
    return sum(each.cpu[-1] - each.cpu[0] for each in ran) or 1e-9


def _rate(moments: list[float]) -> float:
    return round((len(moments) - 1) / max(moments[-1] - moments[0], 1e-9), 2) if len(moments) > 1 else 0.0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=10)
    parser.add_argument("--words", type=int, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--ends", type=int, default=0, help="work so many first and last; those between are copies by SQL"
    )
    parser.add_argument("--seconds", type=float, default=86_400, help="work at most so long")
    parser.add_argument("--database", default="")
    parser.add_argument("--redis", default="")
    parser.add_argument("--home", type=Path, required=True)
    return parser.parse_args()


def _by_all(
    settings: Settings,
    asked: argparse.Namespace,
    act: _Act,
    meanwhile: Callable[[ArchiveApp], object] = lambda _app: None,
) -> list[_Ran]:
    """Let all processes `act` at once; what each took."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for number in range(asked.workers):
        near, far = context.Pipe()
        process = context.Process(target=_act, args=(far, settings, asked, act, number))
        process.start()
        far.close()
        pipes.append(near)
        processes.append(process)
    with archive_of(settings) as app:
        while any(
            process.is_alive() and not pipe.poll(0) for process, pipe in zip(processes, pipes, strict=True)
        ):
            meanwhile(app)
            time.sleep(5 if act is _work else 0.2)
    ran = []
    for pipe, process in zip(pipes, processes, strict=True):
        ran.append(pipe.recv())
        process.join()
    return ran


def _act(told: Connection, settings: Settings, asked: argparse.Namespace, act: _Act, number: int) -> None:
    with archive_of(settings) as app:
        told.send(act(app, settings, asked, number))


def _receive(
    app: ArchiveApp, _settings: Settings, asked: argparse.Namespace, number: int, numbers: tuple[int, int]
) -> _Ran:
    """Catalogue this process's share of the documents."""
    ran = _Ran()
    for each in range(numbers[0] + number, numbers[1], asked.workers):
        app.catalogue.add_document(_document(each, app.clock.now()), _BY)
        ran.note()
    return ran


def _document(number: int, at: str) -> StoredDocument:
    name = f"{number:07}.pdf"
    return StoredDocument(
        id=f"{number:016x}",
        batch="trial",
        fonds="F01",
        name=name,
        path=f"trial/{name}",
        media_type="application/pdf",
        fixity=Fixity(hashlib.sha256(str(number).encode()).hexdigest(), 100_000),
        state="queued",
        pages=0,
        attempt=0,
        received_at=at,
    )


def _work(app: ArchiveApp, settings: Settings, asked: argparse.Namespace, _number: int) -> _Ran:
    """One worker: claims and completes until nothing waits or its time is over."""
    ran = _Ran()
    made = _pages(asked.pages, asked.words)
    name = f"trial:{os.getpid()}"
    until = time.monotonic() + asked.seconds

    def one(document_id: str | None = None) -> bool:
        held = app.catalogue.claim(name, app.lease_seconds, document_id)
        if held is None:
            return False
        app.catalogue.complete(held.id, held.attempt, _record(held, made), _BY)
        ran.note()
        return bool(time.monotonic() < until)

    if not settings.redis_url.get_secret_value():
        while one():
            pass
        return ran

    def rung(document_id: str) -> None:
        one(document_id)

    bell = ring_worker_of(settings, name, {DIGITIZE_JOB: rung})
    while time.monotonic() < until and app.catalogue.waiting(1):
        bell.run(True, lambda: None, lambda: time.monotonic() >= until)
        sweep(app)
    return ran


def _megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1_000_000


def _pages(count: int, words: int) -> tuple[PageRecord, ...]:
    lines = []
    syllables = _TEXT.split()
    for start in range(0, words, 10):
        line = []
        for number in range(start, min(start + 10, words)):
            left = 100 + 60 * (number - start)
            line.append(Word(syllables[number % len(syllables)], Box(left, start, left + 50, start + 9), 0.9))
        lines.append(Line(tuple(line)))
    layer = TextLayer(_ENGINE, "trial", tuple(lines))
    return tuple(
        PageRecord(number, 2480, 3508, 300, PageStatus.TEXT, quality=0.9, confidence=0.9, layer=layer)
        for number in range(1, count + 1)
    )


def _record(held: StoredDocument, pages: tuple[PageRecord, ...]) -> Record:
    numbers = tuple(page.number for page in pages)
    return Record(
        source=Source(held.name, held.path, replace(held.fixity), held.media_type, signed=False),
        recipe="trial",
        engines=(_ENGINE,),
        state=RecordState.DONE,
        reasons=(),
        pages=pages,
        documents=(DocumentPart(numbers, "decision", 0.9, needs_review=False),),
        seconds=(("read", 1.0),),
    )


def _tenths(moments: list[float]) -> list[tuple[int, float]]:
    """How many came in each tenth, and how long that took."""
    size = len(moments) // 10
    if size < 2:
        return []
    tenths = [moments[start : start + size] for start in range(0, size * 10, size)]
    return [(size - 1, max(tenth[-1] - tenth[0], 1e-9)) for tenth in tenths]


def _rates(moments: list[float]) -> list[float]:
    """Documents a second in each tenth."""
    return [round(count / seconds, 1) for count, seconds in _tenths(moments)]


def _each(cpu: list[float]) -> list[float]:
    """Milliseconds a document in each tenth."""
    return [round(1000 * seconds / count, 2) for count, seconds in _tenths(cpu)]


def _flat(moments: list[float]) -> float:
    rates = _rates(moments)
    return round(rates[-1] / rates[0], 3) if rates else 0.0


def _timed(call: Callable[[], object]) -> dict[str, list[float]]:
    """Five calls, sorted: wall, and CPU of this process (SQLite works in it, PostgreSQL beside it)."""
    wall, cpu = [], []
    for _ in range(5):
        begun, spent = time.monotonic(), time.process_time()
        call()
        wall.append(round((time.monotonic() - begun) * 1000, 1))
        cpu.append(round((time.process_time() - spent) * 1000, 1))
    return {"wall": sorted(wall), "cpu": sorted(cpu)}


if __name__ == "__main__":
    main()
