"""One day of an archive in a browser, from the first log-in to the last log-out, with figures.

    python -m scripts.day FOLDER [--files N] [--pictures DIR] [--out FILE]

Uploads the files of FOLDER (all of them, or the N smallest) while the line is cut and the server killed
half-way, has them read, follows the batch, corrects three values by the keyboard alone, searches without
tones, opens the hit, sees the box on the word, exports, and logs out. Needs Debian's Chromium; the archive
lies in a folder that goes with the run.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from digitizer.accounts import Account, Role
from digitizer.model import Agent
from storage.accounts import SqlAccounts
from storage.passwords import Argon2Passwords

__all__ = ["PASSWORD", "Day", "Served", "browser_page", "run_day"]

PASSWORD = "kho lưu trữ 2025"  # noqa: S105 - of made-up people in a folder that goes with the run
PEOPLE = {"quet": {Role.OPERATOR}, "kiem": {Role.REVIEWER}, "tra": {Role.CLERK, Role.ARCHIVIST}}
KINDS = {".pdf", ".tif", ".tiff", ".jpg", ".png"}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
_START_SECONDS = 60
_READ_SECONDS = 3600
_PICTURED = 3
_SIZES = {"wide": (1366, 768), "phone": (390, 844)}


class Served:
    """`digitizer serve` in a process of its own, over an archive with people in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = os.environ | {"DIGITIZER_HOME": str(home), "DIGITIZER_JOBS": "1"}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def people(self) -> None:
        """Make the archive's folder and accounts."""
        self.home.mkdir()
        accounts = SqlAccounts(f"sqlite:///{self.home}/catalogue.sqlite")
        known = Argon2Passwords(memory_kib=1024, passes=1).hash(PASSWORD)
        for name, roles in PEOPLE.items():
            accounts.save(Account(name, name, frozenset(roles), None), Agent("software:day"))
            accounts.set_password(name, known, Agent("software:day"))
        accounts.close()

    def start(self) -> None:
        """Serve, and wait until the port answers."""
        argv = [sys.executable, "-m", "digitizer.cli", "serve", "--quiet", "--port", str(self.port)]
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(argv, env=self.environment, stdout=quiet, stderr=quiet)
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End the server by this signal."""
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(20)

    def work(self) -> None:
        """Work the queue to its end."""
        argv = [sys.executable, "-m", "digitizer.cli", "work", "--burst", "--quiet"]
        subprocess.run(argv, env=self.environment, check=False, timeout=_READ_SECONDS, capture_output=True)


@contextmanager
def browser_page(width: int = 1366, height: int = 768) -> Iterator[Any]:
    """A page of Debian's Chromium in Vietnamese."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, locale="vi-VN")
        page.set_default_timeout(60_000)
        yield page
        browser.close()


class Day:
    """What people do, one step a method; `pictures`: where pictures of each page go, at both sizes."""

    def __init__(self, served: Served, page: Any, pictures: Path | None = None) -> None:
        self.served, self.page, self.pictures = served, page, pictures
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        """A script or style that our own policy refuses is an error of the page."""
        if "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def enter(self, name: str) -> None:
        """Log in."""
        self.page.goto(f"{self.served.url}/login")
        self.page.fill("#name", name)
        self.page.fill("#password", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector(".me .who")

    def leave(self) -> None:
        """Log out, and see that nothing opens any more."""
        self.page.click(".me summary")
        self.page.click('form[action="/logout"] button')
        self.page.wait_for_selector("#password")
        self.page.goto(f"{self.served.url}/")
        assert self.page.url.endswith("/login")

    def picture(self, name: str) -> None:
        """Take the page's picture at both sizes."""
        if self.pictures is None:
            return
        for size, (width, height) in _SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(600)
            self.page.screenshot(path=self.pictures / f"{name}-{size}.png", full_page=size == "phone")
        self.page.set_viewport_size({"width": 1366, "height": 768})

    def upload(self, files: Sequence[Path]) -> int:
        """Upload; half-way the line is cut and the server killed and started again. How often it was."""
        page = self.page
        killed: list[int] = []
        sent: list[int] = []
        page.goto(f"{self.served.url}/upload")
        page.fill("#fonds", "F01")
        page.fill("#batch", "lo-ngay")

        def half_way(request: Any) -> None:
            if request.method != "PATCH":
                return
            sent.append(1)
            if not killed and len(sent) * 2 >= len(files):
                killed.append(1)
                page.context.set_offline(True)
                self.served.kill()
                self.served.start()
                page.context.set_offline(False)

        page.on("request", half_way)
        page.set_input_files("#files", [str(each) for each in files])
        page.wait_for_selector(f"body[data-uploaded='{len(files)}']", timeout=_READ_SECONDS * 1000)
        page.remove_listener("request", half_way)
        assert page.locator("#rows .tag.bad").count() == 0
        self.picture("upload")
        return len(killed)

    def follow(self) -> None:
        """See the batch come to its end without loading the page again."""
        self.page.goto(f"{self.served.url}/batches")
        self.served.work()
        self.page.locator("#live-table").filter(has_text="100%").wait_for(timeout=_READ_SECONDS * 1000)
        self.picture("batches")

    def correct(self, wanted: int, word: str) -> list[float]:
        """Correct as many values by the keyboard alone, adding `word` to each; the seconds a paper took."""
        page = self.page
        seconds: list[float] = []
        page.goto(f"{self.served.url}/review")
        while wanted and page.locator("#desk").count():
            page.wait_for_selector(".reader[data-ready]")
            if len(seconds) < _PICTURED:
                self.picture(f"review-{len(seconds) + 1}")
            begun = time.monotonic()
            if page.locator("#unmask").count():
                page.keyboard.press("Enter")
                page.wait_for_selector("#unmask", state="detached")
                page.wait_for_selector(".reader[data-ready]")
            wanted -= self._one_paper(min(wanted, page.locator("#desk [data-machine]").count()), word)
            page.wait_for_load_state()
            page.locator("#desk[data-sent]").wait_for(state="detached")
            seconds.append(time.monotonic() - begun)
        assert not wanted, "too few fields to correct"
        return seconds

    def _one_paper(self, changes: int, word: str) -> int:
        """Change so many values of the paper on the screen, keep the others; how many."""
        keys = self.page.keyboard
        for at in range(changes):
            keys.press("End")
            keys.type(f" {word}")
            if at + 1 < changes:
                keys.press("Enter")
        keys.press("Control+Enter" if changes else "Enter")
        return changes

    def find(self, query: str) -> bool:
        """Search, open the first hit by the keyboard; whether a box lies on a word of the query."""
        page = self.page
        page.goto(f"{self.served.url}/")
        page.fill("#q", query)
        page.wait_for_selector(".hit mark")
        self.picture("find")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector(".reader[data-ready] .mark.hit", state="attached")
        self.picture("document")
        number = page.locator(".reader").get_attribute("data-ready")
        document = page.locator(".reader").get_attribute("data-document")
        facts = page.request.get(f"{self.served.url}/documents/{document}/pages/{number}?q={query}").json()
        marked = facts["marked"][0]
        return any(_inside(marked, line["box"]) for line in facts["lines"])

    def export(self, query: str) -> int:
        """Export what was found; the bytes of the table."""
        answer = self.page.request.get(f"{self.served.url}/export.xlsx?q={query}")
        assert answer.status == 200
        return len(answer.body())


def _inside(inner: Sequence[int], outer: Sequence[int]) -> bool:
    across, down = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    return outer[0] <= across <= outer[2] and outer[1] <= down <= outer[3]


def run_day(day: Day, files: Sequence[Path], query: str = "cong hoa", word: str = "daxem") -> dict[str, Any]:
    """The whole day; what was seen, and what it took in seconds."""
    began = [time.monotonic()]

    def took() -> float:
        began.append(time.monotonic())
        return round(began[-1] - began[-2], 1)

    told: dict[str, Any] = {"files": len(files)}
    day.enter("quet")
    told["killed"] = day.upload(files)
    told["upload_seconds"] = took()
    day.follow()
    told["reading_seconds"] = took()
    day.leave()
    day.enter("kiem")
    told["seconds_a_paper_checked"] = [round(each, 1) for each in day.correct(3, word)]
    day.leave()
    day.served.work()
    day.enter("tra")
    told["box_on_the_word"] = day.find(query)
    told["corrected_values"] = corrected(day, word)
    told["exported_bytes"] = day.export(query)
    day.leave()
    told["script_errors"] = len(day.errors)
    return told


def corrected(day: Day, word: str) -> int:
    """How many corrected values hold, as the export of fields gives them."""
    argv = [sys.executable, "-m", "digitizer.cli", "export", "fields", "--unmasked"]
    done = subprocess.run(argv, env=day.served.environment, check=True, capture_output=True, text=True)
    values = [value for row in json.loads(done.stdout) for value in row["fields"].values()]
    return sum(word in value for value in values)


def main(argv: list[str] | None = None) -> int:
    """Run a day over a folder of files; 1 where something was not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m scripts.day", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=0, help="only the N smallest files")
    parser.add_argument("--pictures", type=Path, help="folder for pictures of the pages")
    parser.add_argument("--out", type=Path, help="file for the figures (JSON)")
    asked = parser.parse_args(argv)
    files = sorted(each for each in asked.folder.rglob("*") if each.suffix.lower() in KINDS)
    if asked.files:
        files = sorted(sorted(files, key=lambda each: each.stat().st_size)[: asked.files])
    if asked.pictures:
        asked.pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="day-") as home, browser_page() as page:
        served = Served(Path(home) / "archive")
        served.people()
        served.start()
        try:
            told = run_day(Day(served, page, asked.pictures), files)
        finally:
            served.kill(signal.SIGTERM)
    text = json.dumps(told, indent=1)
    print(text)
    if asked.out:
        asked.out.write_text(text + "\n", "utf-8")
    return int(not (told["box_on_the_word"] and told["corrected_values"] == 3 and told["killed"] == 1))


if __name__ == "__main__":
    sys.exit(main())
