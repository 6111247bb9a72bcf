"""SIGKILL at the entry of every system call that changes something, one run a call; then look what is there.

`python -m tests.faults.kill_sweep [--servers] [--step N] [SCENARIO …]` sweeps over all of them and prints
one JSON line a scenario: attempts (kills), acknowledged, found, lost, duplicated, and the 95 % bound on the
rate of loss (3/n). With `--servers` catalogue and objects are on PostgreSQL and S3, and what is sent to them
counts as a change. The tests take a sample.
"""

from __future__ import annotations

import argparse
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
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.kill_scenarios import (
    DOCUMENTS,
    SCENARIOS,
    Bench,
    Servers,
    Tally,
    check_upload,
    made,
    upload,
)
from tests.servers import postgres, seaweed

__all__ = [
    "DOCUMENTS",
    "SCENARIOS",
    "Bench",
    "Servers",
    "Tally",
    "check_upload",
    "made",
    "run_killed",
    "sweep",
    "sweep_on_servers",
    "traced",
    "upload",
]

CALLS = (
    *("write", "pwrite64", "writev", "fsync", "fdatasync", "ftruncate", "mkdir"),
    *("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
)
SENDS = ("sendto", "sendmsg")


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


def sweep_on_servers(name: str, folder: Path, fresh: Callable[[], Servers], step: int = 1) -> Tally:
    """The same on real servers: a database and a prefix of its own for each kill."""
    prepare, act, check = SCENARIOS[name]
    tally = Tally()
    first = made(folder / "first", fresh())
    prepare(first)
    counts = counted(lambda: act(first), (*CALLS, *SENDS))
    for call, count in sorted(counts.items()):
        for number in range(1, count + 1, step):
            bench = made(folder / f"{call}-{number}", fresh())
            prepare(bench)
            if run_killed(lambda bench=bench: act(bench), call, number):  # type: ignore[misc]
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


def counted(act: Callable[[], None], calls: tuple[str, ...] = CALLS) -> Counter[str]:
    with tempfile.NamedTemporaryFile("r") as trace:
        status = traced(act, ["-e", f"trace={','.join(calls)}", "-o", trace.name])
        assert status == 0
        # The ready call of the main thread counts; other threads have counters of their own.
        lines = trace.read().splitlines()
    main = lines[0].split()[0] if lines and lines[0][0].isdigit() else ""
    names = (line.split(None, 1)[1] if main else line for line in lines if line.startswith(main))
    return Counter(name.partition("(")[0] for name in names if "(" in name)


def run_killed(act: Callable[[], None], call: str, number: int) -> bool:
    """Whether it was killed; False: it ended before."""
    inject = f"inject={call}:signal=KILL:when={number}"
    status = traced(act, ["-e", f"trace={call}", "-e", inject, "-o", "/dev/null"])
    assert status in {0, -signal.SIGKILL}, status
    return status != 0


def traced(act: Callable[[], None], options: list[str]) -> int:
    """Run `act` in a process of its own under strace, from its first step on."""
    child = multiprocessing.get_context("fork").Process(target=_when_traced, args=(act,))
    child.start()
    assert child.pid is not None
    _wait_for(lambda: _state(child.pid) == "T")
    tracer = subprocess.Popen(
        ["strace", "-f", "-p", str(child.pid), *options], stderr=subprocess.PIPE, text=True
    )
    assert tracer.stderr is not None
    assert any("attached" in line for line in tracer.stderr)  # strace may say something before it
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


def main() -> None:
    """Sweep and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", choices=[[], *SCENARIOS], default=list(SCENARIOS))
    parser.add_argument("--servers", action="store_true")
    parser.add_argument("--step", type=int, default=1)
    asked = parser.parse_args()
    for name in asked.scenarios or SCENARIOS:
        with tempfile.TemporaryDirectory() as place:
            if not asked.servers:
                tally = sweep(name, Path(place), asked.step)
            else:
                with postgres.running() as database, seaweed.running(Path(place) / "weed") as objects:
                    fresh = partial(Servers.fresh, database, objects)
                    tally = sweep_on_servers(name, Path(place), fresh, asked.step)
        sys.stdout.write(tally.line(f"{name}-on-servers" if asked.servers else name) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
