"""Fetch the front-end libraries with npm, check digests, take one file of each; also the tests' provider."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LIST = ROOT / "digitizer/web/libraries.json"
PROVIDER = ROOT / "tests/servers/oidc"  # an OpenID provider for the tests: its own lock, with digests
PROVIDER_AT = ROOT / "build/oidc"
FOLDERS = {"libraries": ROOT / "digitizer/web/libraries", "tests": ROOT / "build/test-libraries"}


def main() -> int:
    """Fetch what is missing or of another version; the exit status."""
    wanted = json.loads(LIST.read_text("utf-8"))
    for group, folder in FOLDERS.items():
        for library in wanted[group]:
            stamp = folder / f"{library['file']}.integrity"
            there = (folder / library["file"]).is_file() and stamp.is_file()
            if there and stamp.read_text("utf-8") == library["integrity"]:
                continue
            if shutil.which("npm") is None:
                print(
                    "setup: npm is needed for the front-end libraries: apt-get install npm", file=sys.stderr
                )
                return 3
            folder.mkdir(parents=True, exist_ok=True)
            (folder / library["file"]).write_bytes(_fetched(library))
            stamp.write_text(library["integrity"], "utf-8")
    return _provider()


def _provider() -> int:
    """The tests' OpenID provider, exactly as its lock says; no script of a package is run."""
    names = ("package.json", "package-lock.json")
    wanted = {name: (PROVIDER / name).read_bytes() for name in names}
    there = (PROVIDER_AT / "node_modules").is_dir()
    if there and all((PROVIDER_AT / name).read_bytes() == data for name, data in wanted.items()):
        return 0
    PROVIDER_AT.mkdir(parents=True, exist_ok=True)
    for name, data in wanted.items():
        (PROVIDER_AT / name).write_bytes(data)
    argv = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    return subprocess.run(argv, cwd=PROVIDER_AT, check=False, stdout=subprocess.DEVNULL).returncode


def _fetched(library: dict[str, Any]) -> bytes:
    with tempfile.TemporaryDirectory(prefix="digitizer-npm-") as folder:
        argv = ["npm", "pack", "--silent", "--ignore-scripts", f"--pack-destination={folder}"]
        subprocess.run(
            [*argv, f"{library['name']}@{library['version']}"], check=True, stdout=subprocess.DEVNULL
        )
        (packed,) = Path(folder).glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != library["integrity"]:
            raise SystemExit(
                f"setup: {library['name']} {library['version']} is not the package that was pinned"
            )
        with tarfile.open(packed) as archive:
            file = archive.extractfile(library["member"])
            assert file is not None
            return file.read()


if __name__ == "__main__":
    sys.exit(main())
