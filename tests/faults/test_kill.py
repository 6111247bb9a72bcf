"""A run that is killed or interrupted at any moment: nothing stays behind, and the next run ends the same."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.digitize_fakes import Bench

ROOT = Path(__file__).parents[2]
RUN = (  # as at a terminal: tests that were started in the background inherit that SIGINT is ignored
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from tests.unit.digitize_fakes import run_as_process; run_as_process()"
)


def fill(bench: Bench) -> None:
    bench.put("a.pdf", pages=9, slow=0.02)
    bench.put("sub/a.pdf", pages=3, fail=[2], slow=0.02)
    bench.put("a.tif", pages=1, slow=0.02)
    bench.put("bad.pdf", refuse="E-BOMB")


def start(root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(root)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        env={**os.environ, "DIGITIZER_TEST_RUN": str(root)},
    )


def alive(root: Path) -> list[int]:
    """Processes of a run, known by their environment; those that only wait to be reaped are dead."""
    mark = f"DIGITIZER_TEST_RUN={root}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = mark in (folder / "environ").read_bytes()
            if ours and "\nState:\tZ" not in (folder / "status").read_text():
                found.append(int(folder.name))
    return found


def gone(root: Path, seconds: float = 5.0) -> bool:
    until = time.monotonic() + seconds
    while alive(root):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("calm"))
    fill(bench)
    bench.run()
    return bench.contents()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_killed_run_leaves_nothing_and_ends_the_same_when_run_again(tmp_path, calm, seed):
    bench = Bench(tmp_path)
    fill(bench)
    moments = random.Random(seed)
    for _ in range(2):
        process = start(tmp_path)
        time.sleep(moments.uniform(0.4, 1.6))
        process.kill()
        process.communicate()
        assert gone(tmp_path), "a process outlived its parent"
        if bench.out.exists():  # what people see is whole at any moment
            for name in bench.files():
                assert name.startswith(".digitizer/") or name in calm or name == "report.html"
    again = start(tmp_path)
    assert again.wait(60) == 1
    again.communicate()
    assert gone(tmp_path)
    assert bench.contents() == calm
    assert not (bench.out / ".digitizer").exists()
    assert not [p for p in bench.out.rglob("*") if p.name.startswith(".")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_says_how_to_go_on_and_ends_with_130(tmp_path, number):
    bench = Bench(tmp_path)
    bench.put("a.pdf", pages=2)
    bench.put("b.pdf", pages=200, slow=0.05)
    process = start(tmp_path)
    until = time.monotonic() + 20
    while not (bench.out / "a.json").exists() and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.decode().count("\n") == 1
    assert "run the same command again" in said.decode()
    assert gone(tmp_path)
    assert {"a.json", "a.pdf", "a.txt"} <= bench.files()
    assert "b.json" not in bench.files()


@pytest.mark.slow
def test_workers_killed_from_outside_cost_at_most_their_page(tmp_path):
    bench = Bench(tmp_path)
    bench.put("b.pdf", pages=12, slow=0.1)
    process = start(tmp_path)
    victims, until = set(), time.monotonic() + 20
    while len(victims) < 3 and time.monotonic() < until and process.poll() is None:
        time.sleep(0.25)
        for pid in workers(tmp_path, process.pid) - victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                victims.add(pid)
            break
    _, said = process.communicate(timeout=60)
    assert process.returncode in (0, 1), said
    record = bench.record("b")
    assert len(record["pages"]) == 12
    assert [p["status"] for p in record["pages"]].count("text") >= 9


def workers(root: Path, main: int) -> set[int]:
    """The run's processes that were forked from the fork server."""
    found = set()
    for pid in alive(root):
        with contextlib.suppress(OSError):
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if parent not in (main, os.getpid()) and pid != main:
                found.add(pid)
    return found
