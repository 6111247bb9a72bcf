"""Kill the import of a large Excel list at many moments: nothing of it may be there, then all of it.

`python -m scripts.kill_list DIR --dossiers 200000 --kills 12` times one whole import in seconds of CPU, then
begins it again and again in one archive and ends it by SIGKILL at moments drawn from a seed, half late.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from digitizer.bootstrap_plan import planning_of
from digitizer.services.inventory import import_inventory
from digitizer.settings import load_settings
from scripts.big_list import table, write_xlsx
from scripts.ministry import BY
from storage.bulk import raw_events
from storage.inventory import SqlInventory

_CHILD = """
import sys
from pathlib import Path
from scripts.kill_list import take_in
take_in(*map(Path, sys.argv[1:]))
"""
_TICKS = os.sysconf("SC_CLK_TCK")
_TICK = 0.02
_LATE = 0.55  # reading takes about half of an import


def take_in(home: Path, path: Path) -> None:
    """Import into the embedded archive `home`."""
    settings = replace(load_settings(), home=home)
    with planning_of(settings) as app:
        import_inventory(app, path, BY)


def found(home: Path) -> tuple[int, int, int]:
    """What is there: fonds, dossiers by the kept sums, events."""
    url = f"sqlite:///{home.absolute()}/catalogue.sqlite"
    book = SqlInventory(url)
    try:
        dossiers = sum(tally["dossiers"] for tally in book.tallies())
        rows = len(book.dossiers(limit=1))
        return len(book.fonds()), max(dossiers, rows), sum(1 for _ in raw_events(url))
    finally:
        book.close()


def child(home: Path, path: Path) -> subprocess.Popen[bytes]:
    """An import in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", _CHILD, str(home), str(path)])


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has had."""
    stat = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / _TICKS


def killed(home: Path, path: Path, moment: float) -> bool:
    """Begin an import and kill it after `moment` seconds of its CPU; False if it was done before."""
    one = child(home, path)
    while one.poll() is None:
        if cpu_of(one.pid) >= moment:
            one.send_signal(signal.SIGKILL)
            break
        time.sleep(_TICK)
    return one.wait() == -signal.SIGKILL


def main(argv: list[str]) -> int:
    """Write the list, time one import, kill others; 1 if anything of a killed one is there."""
    parser = argparse.ArgumentParser(prog="python -m scripts.kill_list", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for list and archives; made if missing")
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    options.folder.mkdir(parents=True, exist_ok=True)
    path, whole_home, home = (options.folder / name for name in ("list.xlsx", "whole", "killed"))
    home.mkdir()
    write_xlsx(path, table(options.dossiers, options.seed, 0))
    before = os.times().children_user + os.times().children_system
    if child(whole_home, path).wait():
        return 2
    whole = os.times().children_user + os.times().children_system - before
    print(f"one import: {whole:.1f} s CPU, {found(whole_home)}", flush=True)
    rng, half, bad = random.Random(options.seed), 0, 0  # noqa: S311 - moments that can be drawn again
    for number in range(options.kills):
        moment = whole * rng.uniform(_LATE if number % 2 else 0.02, 0.99)
        if not killed(home, path, moment):
            print(f"at {moment:.1f} s: it was done, the archive is made anew", flush=True)
            shutil.rmtree(home)
            home.mkdir()
            continue
        left = sum(each.stat().st_size for each in home.glob("catalogue.sqlite*"))
        there = found(home)
        half, bad = half + 1, bad + any(there)
        print(f"killed at {moment:.1f} s CPU, {left:,} bytes in the catalogue's files: {there}", flush=True)
    print(f"{half} killed, {bad} left anything")
    child(home, path).wait()
    return bool(bad or not half or found(home) != found(whole_home))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
