"""How long a command that only looks takes from its start to its end, Python's own start included.

`python -m scripts.whole_commands DIR --dossiers 66000` fills the archive in DIR with a made-up inventory and
its documents (83,555), where it has none, and times each command. `DIGITIZER_DATABASE_URL` puts the
catalogue on a server. The least of the runs is what the command takes; the median tells what else ran.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from digitizer.bootstrap_place import database_url, make_folder
from digitizer.settings import load_settings
from scripts.ministry import fill
from storage.inventory import SqlInventory

COMMANDS = (("status",), ("quarantine", "list"), ("inventory", "list"), ("targets",), ("--help",))


def main() -> None:
    """Fill, time and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dossiers", type=int, default=0)
    parser.add_argument("--runs", type=int, default=10)
    asked = parser.parse_args()
    settings = replace(load_settings(), home=asked.folder)
    make_folder(asked.folder)
    book = SqlInventory(database_url(settings))
    if asked.dossiers and not book.fonds():
        fill(book, database_url(settings), asked.dossiers)
    book.close()
    sys.stdout.write("| command | least, s | median, s | processor, s |\n| --- | --- | --- | --- |\n")
    for command in COMMANDS:
        walls, processor = _timed(command, asked.folder, asked.runs)
        figures = f"{min(walls):.3f} | {statistics.median(walls):.3f} | {processor:.3f}"
        sys.stdout.write(f"| `{' '.join(command)}` | {figures} |\n")
        sys.stdout.flush()


def _timed(command: Sequence[str], home: Path, runs: int) -> tuple[list[float], float]:
    """Seconds of wall of each run, and the least processor time of one; the first run only compiles."""
    environment = {**os.environ, "DIGITIZER_HOME": str(home)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    walls, processor = list[float](), list[float]()
    for _ in range(runs + 1):
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "digitizer.cli", *command],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        walls.append(time.perf_counter() - begun)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return walls[1:], min(processor[1:])


if __name__ == "__main__":
    main()
