"""A million pages served and searched: `python -m scripts.load DIR` -> docs/benchmarks.md.

DIR is filled on the first call (half an hour of one core; goes on where it was stopped) and used again
afterwards. Then `digitizer serve` is asked over loopback by 10 and by 50 users, without and with a worker
that reads what they upload. Under eight minutes where DIR is ready.
"""

from __future__ import annotations

import argparse
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from digitizer.accounts import Account, Role, Secrecy
from digitizer.model import Agent
from scripts.bench import markdown, publish, show
from scripts.load_fill import Told, fill_catalogue, fill_index
from scripts.load_pages import CLERK_FONDS, PAGES_A_DOCUMENT
from scripts.load_users import Figures, Traffic, log_in
from scripts.usage import ROOT
from storage.accounts import SqlAccounts
from storage.catalogue import SqlCatalogue
from storage.objects import DirectoryStore
from storage.passwords import Argon2Passwords
from storage.search import TantivyIndex

BY = Agent("software:load")
CLERK = "load-clerk"
HEADER = ["users", "OCR beside", "action", "times", "p50, ms", "p95, ms", "p99, ms"]


def prepare(home: Path, pages: int) -> None:
    """Fill the archive as far as it is not filled yet."""
    home.mkdir(parents=True, exist_ok=True)
    url, documents = f"sqlite:///{home}/catalogue.sqlite", pages // PAGES_A_DOCUMENT + 1000
    catalogue = SqlCatalogue(url)
    empty = not catalogue.batches()
    catalogue.close()
    if empty:
        fill_catalogue(url, DirectoryStore(home / "masters"), documents, _told("catalogue", documents))
    index = TantivyIndex(home / "index")
    if index.pages() < pages:
        fill_index(index, documents, _told("index", documents))


def _told(what: str, count: int) -> Told:
    def told(number: int) -> None:
        print(f"\r{what}: {number + 1:,} of {count:,} documents", end="", file=sys.stderr, flush=True)

    return told


def clerk(home: Path) -> str:
    """An account that sees a third of the fonds and nothing secret; its new password."""
    accounts = SqlAccounts(f"sqlite:///{home}/catalogue.sqlite")
    password = secrets.token_urlsafe(16)
    roles = frozenset({Role.CLERK, Role.OPERATOR})
    accounts.save(Account(CLERK, CLERK, roles, frozenset(CLERK_FONDS), Secrecy.NONE), BY)
    accounts.set_password(CLERK, Argon2Passwords().hash(password), BY)
    accounts.close()
    return password


@contextmanager
def running(home: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the project over this archive, ended at the end."""
    environment = {**os.environ, "DIGITIZER_HOME": str(home), "DIGITIZER_JOBS": "1", "OMP_THREAD_LIMIT": "1"}
    argv = [sys.executable, "-m", "digitizer.cli", *command, "--quiet"]
    process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of the loopback that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def until_up(port: int, patience: float = 120.0) -> float:
    """Seconds until the server answered."""
    start = time.monotonic()
    while time.monotonic() < start + patience:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return time.monotonic() - start
        time.sleep(0.05)
    raise SystemExit("the server does not answer")


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measured(home: Path, options: argparse.Namespace) -> tuple[list[list[str]], list[str]]:
    """Rows of the table, and a line for each phase."""
    password, port = clerk(home), free_port()
    rows: list[list[str]] = []
    notes: list[str] = []
    with running(home, "serve", "--port", str(port)) as server:
        up = until_up(port)
        traffic = Traffic(port, log_in(port, CLERK, password), options.pages)
        notes.append(f"The server answered {up:.1f} s after its start.")
        traffic.run(5, 10)
        for beside in (False, True):
            if beside:
                with running(home, "work"):
                    time.sleep(5)
                    _phases(traffic, server.pid, options, "yes", rows, notes)
            else:
                _phases(traffic, server.pid, options, "no", rows, notes)
    return rows, notes


def _phases(
    traffic: Traffic,
    pid: int,
    options: argparse.Namespace,
    beside: str,
    rows: list[list[str]],
    notes: list[str],
) -> None:
    for users in options.users:
        before = cpu_of(pid)
        figures = traffic.run(users, options.seconds)
        count = sum(len(each) for each in figures.seconds.values())
        spent = 1000 * (cpu_of(pid) - before) / max(1, count) * 0.9
        rows += [[str(users), beside, *row] for row in _table(figures)]
        notes.append(
            f"{users} users, OCR beside {beside}: {count / options.seconds / 0.9:.1f} actions a second, "
            f"{spent:.0f} ms of the server's CPU each, {figures.failed} failed."
        )


def _table(figures: Figures) -> Iterator[list[str]]:
    searches = [kind for kind in figures.seconds if kind not in {"page", "picture", "upload"}]
    figures.seconds["all searches"] = [took for kind in searches for took in figures.seconds[kind]]
    for kind in sorted(figures.seconds, key=lambda kind: (kind != "all searches", kind)):
        times, *quantiles = figures.quantiles(kind)
        yield [kind, str(times), *(f"{value:.0f}" for value in quantiles)]


def main(argv: list[str]) -> int:
    """Prepare where that is needed, measure, publish."""
    parser = argparse.ArgumentParser(prog="python -m scripts.load", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, nargs="+", default=[10, 50])
    parser.add_argument("--seconds", type=float, default=75, help="of each phase")
    parser.add_argument("--prepare", action="store_true", help="only fill the folder")
    parser.add_argument("--dry", action="store_true", help="print the figures, leave the report as it is")
    options = parser.parse_args(argv)
    home = options.folder.absolute() / "home"
    prepare(home, options.pages)
    if options.prepare:
        return 0
    rows, notes = measured(home, options)
    command = f"python -m scripts.load DIR --pages {options.pages} --seconds {options.seconds:g}"
    note = " ".join((f"`{command}`.", *notes))
    show(HEADER, rows, note)
    if not options.dry:
        publish("load", markdown(HEADER, rows, note))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
