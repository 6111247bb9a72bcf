"""One day in the browser: upload over a killed server, check by keyboard, find, read, log out."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitizer.accounts import Account, Role
from digitizer.model import Agent
from scripts.samples.pile import demo
from storage.accounts import SqlAccounts
from storage.passwords import Argon2Passwords

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build/test-libraries/axe.min.js"
PASSWORD = "kho lưu trữ 2025"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PEOPLE = {"quet": {Role.OPERATOR}, "kiem": {Role.REVIEWER}, "tra": {Role.CLERK, Role.ARCHIVIST}}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tools,
    pytest.mark.skipif(
        not os.environ.get("CI") and (shutil.which("chromium") is None or not AXE.is_file()),
        reason="chromium or the front-end libraries are not set up",
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


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
        self.home.mkdir()
        accounts = SqlAccounts(f"sqlite:///{self.home}/catalogue.sqlite")
        known = Argon2Passwords(memory_kib=1024, passes=1).hash(PASSWORD)
        for name, roles in PEOPLE.items():
            accounts.save(Account(name, name, frozenset(roles), None), Agent("software:test"))
            accounts.set_password(name, known, Agent("software:test"))
        accounts.close()

    def start(self) -> None:
        argv = [sys.executable, "-m", "digitizer.cli", "serve", "--quiet", "--port", str(self.port)]
        self.process = subprocess.Popen(
            argv, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self, number: int = signal.SIGKILL) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(20)

    def work(self) -> None:
        argv = [sys.executable, "-m", "digitizer.cli", "work", "--burst", "--quiet"]
        subprocess.run(argv, env=self.environment, check=False, timeout=240, capture_output=True)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "archive")
    served.people()
    served.start()
    yield served
    served.kill(signal.SIGTERM)


@pytest.fixture
def page(served):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="vi-VN")
        page.set_default_timeout(60_000)
        yield page
        browser.close()


def enter(page, served, name):
    page.goto(f"{served.url}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".me .who")


def leave(page):
    page.click(".me summary")
    page.click('form[action="/logout"] button')
    page.wait_for_selector("#password")


def barriers(page):
    """Serious and critical findings of axe-core, put in by hand: our policy lets no foreign script in."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


def weight(page):
    """Bytes of the page without pictures."""
    script = (
        "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
        ".filter(e => e.initiatorType !== 'img').reduce((sum, e) => sum + e.transferSize, 0)"
    )
    return page.evaluate(script)


def test_the_whole_day(served, page, tmp_path):
    pile = tmp_path / "pile"
    demo(pile, 7, 2)
    files = sorted(str(each) for each in pile.rglob("*") if each.suffix in {".pdf", ".tif", ".jpg", ".png"})[
        :2
    ]
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    assert barriers_at(page, f"{served.url}/login") == []

    enter(page, served, "quet")
    page.goto(f"{served.url}/upload")
    assert barriers(page) == []
    page.fill("#fonds", "F01")
    page.fill("#batch", "lo-ngay")
    killed = []

    def kill_once(request):
        if request.method == "PATCH" and not killed:
            killed.append(1)
            served.kill()
            served.start()

    page.on("request", kill_once)
    page.set_input_files("#files", files)
    page.wait_for_selector(f"body[data-uploaded='{len(files)}']")
    assert killed
    assert page.locator("#rows .tag.good").count() == len(files)
    served.work()
    page.goto(f"{served.url}/batches")
    assert "100%" in page.inner_text("#live-table")
    assert barriers(page) == []
    leave(page)

    enter(page, served, "kiem")
    corrected = check_one(page, served)
    leave(page)

    enter(page, served, "tra")
    assert weight(page) < 200_000
    page.fill("#q", "cong hoa")
    page.wait_for_selector(".hit mark")
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".reader[data-ready] .mark.hit", state="attached")
    assert barriers(page) == []
    if corrected:
        assert page.request.get(f"{served.url}/review/training.jsonl").text().count("\n") == 1
    leave(page)
    page.goto(f"{served.url}/")
    assert page.url.endswith("/login")
    assert errors == []


def barriers_at(page, url):
    page.goto(url)
    return barriers(page)


def check_one(page, served):
    """Correct the first value of the first paper and keep the others, by keyboard only."""
    page.goto(f"{served.url}/review")
    page.wait_for_selector(".reader[data-ready]")
    assert barriers(page) == []
    fields = page.locator("#desk [data-machine]")
    if not fields.count():
        return False
    page.keyboard.press("End")
    page.keyboard.type(" x")
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state()
    page.locator("#desk[data-sent]").wait_for(state="detached")
    return True
