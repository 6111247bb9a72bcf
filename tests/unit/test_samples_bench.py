"""The bench accounts for whole process trees, compares outputs without times, writes between markers."""

import json
import os
import stat
import sys
import time
from pathlib import Path

import pytest

from scripts import bench
from scripts.usage import killed_run, measure, tree

FAKE = """#!{python}
import json, pathlib, sys, time
source, out = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[4])
out.mkdir(parents=True, exist_ok=True)
entries = []
for path in sorted(source.iterdir()):
    target = out / f"{{path.stem}}.json"
    if not target.exists():
        time.sleep(0.05)
        target.write_text(json.dumps({{"pages": [], "seconds": time.time()}}))
    entries.append({{"path": path.name, "state": "done", "outputs": []}})
(out / "report.json").write_text(json.dumps({{"inputs": entries, "seconds": time.time()}}))
"""


@pytest.fixture
def fake_digitizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for the command, and the bench's folders moved away from the checkout."""
    program = tmp_path / "digitizer"
    program.write_text(FAKE.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(bench, "DIGITIZER", str(program))
    monkeypatch.setattr(bench, "WORK", tmp_path / "work")
    monkeypatch.setattr(bench, "REPORT", tmp_path / "benchmarks.md")
    return tmp_path


def test_cpu_and_memory_of_grandchildren_count(tmp_path: Path) -> None:
    burn = "x = bytearray(60_000_000)\nwhile __import__('time').process_time() < 0.5: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    usage = measure([sys.executable, "-c", parent], tmp_path / "log")
    assert usage.status == 0
    assert usage.cpu > 0.4
    assert usage.peak > 50_000_000


def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    child = (
        f"import os, time, pathlib; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    assert killed_run([sys.executable, "-c", parent], 1.0)
    time.sleep(0.2)
    state = Path("/proc") / note.read_text() / "stat"
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_tree_holds_its_root() -> None:
    assert os.getpid() in tree(os.getpid())


def test_times_do_not_count_when_outputs_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"seconds": 1, "pages": [{"seconds": 2, "text": "x"}]}))
    (tmp_path / "b.json").write_text(json.dumps({"pages": [{"text": "x", "seconds": 9}], "seconds": 3}))
    assert bench.comparable(tmp_path / "a.json") == bench.comparable(tmp_path / "b.json")


def test_sections_are_replaced_between_their_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = tmp_path / "benchmarks.md"
    monkeypatch.setattr(bench, "REPORT", report)
    for text in ("first", "second"):
        bench.publish("bench", text)
        bench.publish("kill", "kept")
    page = report.read_text("utf-8")
    assert "first" not in page
    assert page.count("second") == page.count("kept") == 1


@pytest.mark.slow
@pytest.mark.usefixtures("fake_digitizer")
def test_killed_and_resumed_run_is_held_against_a_calm_one(
    fake_digitizer: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.main(["--kill", "--pages", "2"]) == 0
    assert "all equal byte for byte" in (fake_digitizer / "benchmarks.md").read_text("utf-8")
    assert str(fake_digitizer) not in (fake_digitizer / "benchmarks.md").read_text("utf-8")
    capsys.readouterr()


@pytest.mark.usefixtures("fake_digitizer")
def test_long_pdf_has_its_pages(tmp_path: Path) -> None:
    pikepdf = pytest.importorskip("pikepdf")
    bench.long_pdf(tmp_path / "long.pdf", 4, 1)
    with pikepdf.open(tmp_path / "long.pdf") as pdf:
        assert len(pdf.pages) == 4
