"""How many pages a minute one worker reads, and two: real scans through ingest, queue and archive.

`python -m scripts.two_workers [FOLDER] [--rounds N] [--home DIR]`; without a folder the shared samples, or
generated pages where there are none. One JSON object: `ratio` is of pages a minute from the first claim to
the last document, `ratio_with_start` with the start of the processes. CPU tells a busy machine from a slow
queue.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from digitizer.bootstrap import archive_of
from digitizer.settings import load_settings
from scripts.samples.levels import Wear
from scripts.samples.sets import accuracy
from scripts.usage import ROOT, adopt_orphans, reap_orphans

__all__ = ["main"]

_SAMPLES = ROOT.parent / "shared" / "samples" / "in"
_DIGITIZER = (sys.executable, "-m", "digitizer.cli")


def main() -> None:
    """Measure one worker, then two, each on an archive of its own."""
    asked = _asked()
    adopt_orphans()
    with tempfile.TemporaryDirectory(dir=asked.home) as name:
        folder = asked.folder or _inputs(Path(name))
        one, two = (_run(Path(name) / f"jobs-{jobs}", folder, jobs, asked.rounds) for jobs in (1, 2))
    told = {
        "one": one,
        "two": two,
        "ratio": round(two["pages_a_minute"] / one["pages_a_minute"], 3),
        "ratio_with_start": round(one["wall_seconds"] / two["wall_seconds"], 3),
        "cpu_two_to_one": round(two["cpu_seconds"] / one["cpu_seconds"], 3),
        "load_average": round(os.getloadavg()[0], 1),
    }
    print(json.dumps(told, indent=1))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="scans to read")
    parser.add_argument("--rounds", type=int, default=1, help="how often all of them are taken in")
    parser.add_argument("--home", type=Path, help="where the archives are made; they are removed")
    return parser.parse_args()


def _inputs(place: Path) -> Path:
    if _SAMPLES.is_dir():
        return _SAMPLES
    accuracy(place / "pile", 7, 60, (Wear.LIGHT,))
    return place / f"pile/wear{int(Wear.LIGHT)}/in"


def _run(home: Path, folder: Path, jobs: int, rounds: int) -> dict[str, float]:
    names = {**os.environ, "DIGITIZER_HOME": str(home), "DIGITIZER_SECRECY_STOP": "false"}
    for number in range(rounds):  # the same bytes in another fonds are another document
        _digitizer(names, "ingest", str(folder), "--fonds", f"F{number}", "--quiet")
    spent, begun = _children(), time.monotonic()
    _digitizer(names, "work", "--burst", "--jobs", str(jobs), "--quiet")
    wall, cpu = time.monotonic() - begun, _children() - spent
    with archive_of(load_settings({"home": home})) as app:
        pages = sum(each.pages for each in app.catalogue.documents())
        moments = [
            datetime.fromisoformat(event.at).timestamp()
            for event in app.catalogue.events()
            if event.kind in {"claimed", "digitized"}
        ]
        states = [each.state for each in app.catalogue.documents()]
    reading = max(moments) - min(moments)
    return {
        "documents": len(states),
        "pages": pages,
        "unfinished": sum(state in {"queued", "running", "quarantined"} for state in states),
        "pages_a_minute": round(60 * pages / reading, 2),
        "reading_seconds": round(reading, 1),
        "wall_seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
    }


def _digitizer(names: dict[str, str], *argv: str) -> None:
    done = subprocess.run([*_DIGITIZER, *argv], env=names, check=False, capture_output=True, text=True)
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr[-2000:])


def _children() -> float:
    reap_orphans()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
