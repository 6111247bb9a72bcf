"""PostgreSQL, the real database of the tests: a cluster of their own, on a socket, ended by its own pid."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import pytest

_READY_SECONDS = 30.0
_SETTINGS = ("listen_addresses=", "max_connections=60", "shared_buffers=32MB", "timezone=UTC")


def program(name: str) -> str:
    """A program of the newest installed PostgreSQL; without it a laptop skips and CI fails."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which(name)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "PostgreSQL is not installed: apt-get install postgresql"
        )
    return str(found)


def _user() -> dict[str, object]:
    """The server refuses to run as root: then as the user of Debian's package, or as nobody."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class Postgres:
    """One cluster in `folder`; `start` and `kill` may alternate, what was committed stays."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None
    numbers: Iterator[int] = field(default_factory=count)

    def make(self) -> None:
        user = _user()
        if user:
            os.chown(self.folder, user["user"], user["group"])  # type: ignore[call-overload]
        argv = [program("initdb"), "-D", "data", "-U", "digitizer", "-A", "trust", "-E", "UTF8"]
        subprocess.run(
            [*argv, "--locale=C", "--no-sync"], cwd=self.folder, check=True, capture_output=True, **user
        )

    def start(self) -> None:
        settings = [
            part for each in (*_SETTINGS, f"unix_socket_directories={self.folder}") for part in ("-c", each)
        ]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program("postgres"), "-D", "data", *settings],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_user(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: fast shutdown; SIGQUIT: immediate, as after a crash; it recovers at the next start."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://digitizer@/{database}?host={self.folder}"

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"t{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def run(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self._dsn(database), autocommit=True) as connection:
            connection.execute(statement)

    def _dsn(self, database: str) -> str:
        return f"host={self.folder} user=digitizer dbname={database}"

    def _wait(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError:
                if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")
                time.sleep(0.05)
            else:
                return


@contextmanager
def running() -> Iterator[Postgres]:
    """A server in a folder of its own, ended when done."""
    # The system's folder for temporary files: a socket's name has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        server.make()
        server.start()
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the session; each test takes a database of its own."""
    with running() as server:
        yield server
