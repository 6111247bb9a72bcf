"""Runs a command and accounts for its whole process tree: wall, CPU, peak memory; or kills it all."""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
POLL_SECONDS = 0.1
PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>


@dataclass(frozen=True)
class Usage:
    """What a command cost: seconds, seconds of CPU over its whole tree, peak bytes of its whole tree."""

    status: int
    wall: float
    cpu: float
    peak: int


def tree(root: int) -> set[int]:
    """The process, its descendants, and whatever else lives in its session."""
    parents: dict[int, int] = {}
    members = {root}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
                if int(fields[3]) == root:
                    members.add(int(entry.name))
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in members} - members
        members |= more
        grown = bool(more)
    return members


def memory(pid: int) -> int:
    """The proportional share of memory of one process in bytes; nothing when it is gone."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def environment() -> dict[str, str]:
    """One thread for each engine: the jobs are the parallelism."""
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def adopt_orphans() -> None:
    """Make this process the parent of its descendants' orphans, so that their CPU is accounted to it."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "cannot adopt orphans")


def reap_orphans(patience: float = 5.0) -> None:
    """Wait for adopted processes that have ended or are about to."""
    until = time.monotonic() + patience
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                time.sleep(0.02)


def measure(command: Sequence[str], log: Path) -> Usage:
    """Run a command to its end and account for its whole process tree."""
    adopt_orphans()
    before, start, peak = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), 0
    with log.open("wb") as sink:
        child = subprocess.Popen(
            command, stdout=sink, stderr=sink, env=environment(), cwd=ROOT, start_new_session=True
        )
        while child.poll() is None:
            peak = max(peak, sum(memory(pid) for pid in tree(child.pid)))
            time.sleep(POLL_SECONDS)
    wall = time.monotonic() - start
    reap_orphans()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(child.returncode, wall, cpu, peak)


def killed_run(command: Sequence[str], delay: float) -> bool:
    """Start a command and kill its whole tree after a while; whether it was still at work."""
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(),
        cwd=ROOT,
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(delay)
    at_work = child.poll() is None
    for pid in tree(child.pid) if at_work else ():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    child.wait()
    return at_work
