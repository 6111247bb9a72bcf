"""oidc-provider, a certified OpenID provider, for the tests: on loopback, ended by its own pid."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

HERE = Path(__file__).parent
LIBRARIES = Path(__file__).parents[3] / "build/oidc"
CLIENT, SECRET = "digitizer", "a-secret-of-the-tests"
_STEPS = 12


@dataclass(frozen=True)
class Provider:
    """The running provider; `log_in` is what a person does in a browser there."""

    issuer: str

    def log_in(self, address: str, name: str) -> str:
        """Go to `address`, log in as `name`, consent; where the browser is sent back to."""
        with httpx.Client(timeout=10, trust_env=False) as browser:
            answer = browser.get(address)
            for _ in range(_STEPS):
                if answer.is_redirect:
                    target = urljoin(str(answer.url), answer.headers["location"])
                    if not target.startswith(self.issuer):
                        return target
                    answer = browser.get(target)
                    continue
                prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
                action = re.search(r'action="([^"]+)"', answer.text)
                assert prompt is not None, answer.text
                assert action is not None, answer.text
                form = {"prompt": prompt[1], "login": name, "password": "any"}
                answer = browser.post(urljoin(str(answer.url), action[1]), data=form)
        raise AssertionError("the provider did not end")


@contextmanager
def running(people: dict[str, dict[str, Any]], back: str) -> Iterator[Provider]:
    """A provider that knows `people` (subject -> claims) and sends browsers back to `back`."""
    node = shutil.which("node")
    if node is None or not (LIBRARIES / "node_modules").is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no OpenID provider: make setup, Node.js 20")
    script = LIBRARIES / "provider.mjs"
    script.write_bytes((HERE / "provider.mjs").read_bytes())  # where its libraries are
    process = subprocess.Popen(
        [str(node), str(script), json.dumps(people), back],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        issuer = process.stdout.readline().strip()
        assert issuer, "the provider did not start"
        yield Provider(issuer)
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
