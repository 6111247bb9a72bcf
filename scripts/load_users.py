"""Pretended users over real HTTP: they search, open pages, look at pictures and upload, with pauses."""

from __future__ import annotations

import base64
import http.client
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

import numpy as np

from digitizer.understanding.vietnamese import fold
from ocr_models.language import syllable_model
from scripts.load_fill import drawn
from scripts.load_pages import CLERK_FONDS, papers

__all__ = ["Figures", "Traffic", "log_in"]

PAUSE: Final = 2.0
"""Mean seconds between two actions of one user."""
_IDLE_SECONDS: Final = 4.0  # a browser closes first: the server does after five
_KINDS: Final = {
    "search with tones": 18,
    "search without tones": 22,
    "search as typed": 20,
    "quoted phrase": 8,
    "document number": 8,
    "filters": 8,
    "page": 8,
    "picture": 4,
    "upload": 4,
}


@dataclass
class Figures:
    """Seconds each action took, by kind, and how many answers were no success."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: int = 0

    def quantiles(self, kind: str) -> tuple[int, float, float, float]:
        """How many, and the milliseconds half, 95 and 99 of a hundred stayed under."""
        found = self.seconds[kind]
        middle, high, highest = (1000 * np.quantile(found, share) for share in (0.5, 0.95, 0.99))
        return len(found), float(middle), float(high), float(highest)


def log_in(port: int, name: str, password: str) -> tuple[str, str]:
    """The session of somebody: cookie and form token."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    form = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://127.0.0.1:{port}"}
    connection.request("POST", "/login", urlencode({"name": name, "password": password}), form)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 303:
        raise SystemExit(f"the server let {name} not in: {answer.status}")
    cookie = str(answer.getheader("set-cookie")).partition(";")[0]
    connection.request("GET", "/help", headers={"cookie": cookie})
    page = connection.getresponse().read().decode()
    return cookie, page.partition('name="csrf" content="')[2].partition('"')[0]


class _Line(http.client.HTTPConnection):
    """A connection as a browser has it: one the server closed for its idleness is opened again, unseen."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port, timeout=60)
        self._used = 0.0

    def request(self, *args: Any, **more: Any) -> None:
        """Ask, over a new connection where the old one rested too long."""
        now = time.monotonic()
        if now > self._used + _IDLE_SECONDS:
            self.close()
        self._used = now
        super().request(*args, **more)


class Traffic:
    """`users` people at one server for `seconds`; what they do is drawn from `seed`."""

    def __init__(self, port: int, session: tuple[str, str], pages: int, seed: int = 1) -> None:
        self._port = port
        self._cookie, self._token = session
        # A thousandth of the papers has a picture behind it: the last of every thousand.
        count = min(pages // 3, 20_000)
        done = (paper for paper in papers(count) if paper.state == "done" and not paper.secrecy)
        some = [paper for paper in done if paper.fonds in CLERK_FONDS]
        self._papers = some[::50]
        self._pictured = [paper for paper in some if len(paper.pages) == 1]
        self._scans = [drawn(paper) for paper in self._pictured[:8]]
        model = syllable_model()
        often = {" ".join(pair): times for pair, times in model.pairs.items() if times >= 50}
        self._pairs, self._weights = list(often), list(often.values())
        self._lock = threading.Lock()
        self._seed = seed

    def run(self, users: int, seconds: float) -> Figures:
        """Let them work; the first tenth of the time is not counted."""
        figures = Figures()
        start = time.monotonic()
        threads = [
            threading.Thread(target=self._user, args=(number, start, seconds, figures))
            for number in range(users)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return figures

    def _user(self, number: int, start: float, seconds: float, figures: Figures) -> None:
        rng = random.Random(self._seed * 1000 + number)  # noqa: S311 - a trial that can be made again
        connection = _Line(self._port)
        doing = self._doing(connection, rng)
        time.sleep(rng.random() * PAUSE)
        while (now := time.monotonic()) < start + seconds:
            kind = rng.choices(list(_KINDS), list(_KINDS.values()))[0]
            good = _done(doing[kind])
            took = time.monotonic() - now
            with self._lock:
                if now > start + seconds / 10:
                    figures.seconds[kind].append(took)
                figures.failed += not good
            time.sleep(min(rng.expovariate(1 / PAUSE), 3 * PAUSE))
        connection.close()

    def _doing(
        self, connection: http.client.HTTPConnection, rng: random.Random
    ) -> dict[str, Callable[[], bool]]:
        def get(path: str, **headers: str) -> bool:
            connection.request("GET", path, headers={"cookie": self._cookie, **headers})
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200

        def find(query: str, more: str = "") -> bool:
            return get(f"/?q={quote(query)}{more}", **{"hx-request": "true", "hx-target": "results"})

        def pairs(count: int) -> str:
            return " ".join(rng.choices(self._pairs, self._weights, k=count))

        def read() -> bool:
            paper = rng.choice(self._pictured)
            return get(f"/documents/{paper.id}?page=1") and get(f"/documents/{paper.id}/pages/1")

        return {
            "search with tones": lambda: find(f"{pairs(rng.randint(1, 2))} "),
            "search without tones": lambda: find(f"{fold(pairs(rng.randint(1, 2)))} "),
            "search as typed": lambda: find(fold(pairs(2))[: rng.randint(2, 12)]),
            "quoted phrase": lambda: find(f'"{pairs(1)}"'),
            "document number": lambda: find(rng.choice(self._papers).notation),
            "filters": lambda: find(
                f"{pairs(1)} ", f"&class=decision&from=1990&to={rng.randint(2000, 2020)}&sort=newest"
            ),
            "page": read,
            "picture": lambda: get(f"/documents/{rng.choice(self._pictured).id}/pages/1/thumb.jpg"),
            "upload": lambda: self._upload(connection, rng),
        }

    def _upload(self, connection: http.client.HTTPConnection, rng: random.Random) -> bool:
        """A scan nobody sent before, in two pieces."""
        data = _marked(rng.choice(self._scans), f"{time.time_ns()}")
        facts = {"fonds": "P00", "batch": "tai-len", "filename": f"{time.time_ns()}.jpg", "secrecy": "0"}
        told = ",".join(
            f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in facts.items()
        )
        own = {"cookie": self._cookie, "x-csrf-token": self._token, "tus-resumable": "1.0.0"}
        head = own | {"upload-length": str(len(data)), "upload-metadata": told}
        connection.request("POST", "/uploads", headers=head)
        answer = connection.getresponse()
        answer.read()
        where = answer.getheader("location")
        if answer.status != 201 or where is None:
            return False
        half = len(data) // 2
        for offset, piece in ((0, data[:half]), (half, data[half:])):
            sent = own | {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
            connection.request("PATCH", where, piece, sent)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 204:
                return False
        return True


def _done(action: Callable[[], bool]) -> bool:
    """Whether it was done; a line that broke is a failure that is counted, not a user who is gone."""
    try:
        return action()
    except (OSError, http.client.HTTPException):
        return False


def _marked(jpeg: bytes, mark: str) -> bytes:
    """The same picture with a comment (JPEG COM), so that its bytes are new."""
    note = mark.encode()
    return jpeg[:2] + b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note + jpeg[2:]
