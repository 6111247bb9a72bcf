"""One day in the browser: upload over a cut line, check by keyboard, find, read, export."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.day import Day, Served, browser_page, corrected
from scripts.samples.pile import demo

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build/test-libraries/axe.min.js"
SHARED = ROOT.parent / "shared/samples/in"
KINDS = {".pdf", ".tif", ".jpg", ".png"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.tools,
    pytest.mark.skipif(
        not os.environ.get("CI") and (shutil.which("chromium") is None or not AXE.is_file()),
        reason="chromium or the front-end libraries are not set up",
    ),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    served = Served(tmp_path / "archive")
    served.people()
    served.start()
    with browser_page() as page:
        yield Day(served, page)
    served.kill(signal.SIGTERM)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A few real scans where they are beside the checkout, else generated ones."""
    if SHARED.is_dir():
        written = (each for each in SHARED.glob("*.jpg") if "blank" not in each.name)  # a line is put right
        return sorted(sorted(written, key=lambda each: each.stat().st_size)[:4])
    demo(tmp_path / "pile", 7, 2)
    return sorted(each for each in (tmp_path / "pile").rglob("*") if each.suffix in KINDS)[:2]


def barriers(day):
    """Serious and critical findings of axe-core, put in by hand: our policy lets no foreign script in."""
    day.page.evaluate(AXE.read_text("utf-8"))
    found = day.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found["violations"]
        if each["impact"] in {"serious", "critical"}
    ]


def clear(day, path, *, opened=""):
    """See that a page has no barrier, with its folded parts open."""
    day.page.goto(f"{day.served.url}{path}")
    if opened:
        day.page.wait_for_selector(".reader[data-ready]")
        day.page.evaluate("document.querySelectorAll('details.more').forEach(e => { e.open = true; })")
    assert barriers(day) == []


def weight(page):
    """Bytes of the page without pictures."""
    script = (
        "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
        ".filter(e => e.initiatorType !== 'img').reduce((sum, e) => sum + e.transferSize, 0)"
    )
    return page.evaluate(script)


def put_a_line_right(day):
    """Open the text by keyboard, add a word to its first line, Enter."""
    page = day.page
    page.keyboard.press("Escape")
    page.locator('[data-do="text"]').press("Enter")
    page.locator(".textline").first.press("Enter")
    page.keyboard.press("End")
    page.keyboard.type(" sửatay")
    page.keyboard.press("Enter")
    page.wait_for_selector(".textline.put")
    assert barriers(day) == []


def test_the_whole_day(day, files):
    page = day.page
    clear(day, "/login")
    day.enter("quet")
    clear(day, "/upload")
    clear(day, "/rescans")
    assert day.upload(files) == 1
    day.follow()
    assert barriers(day) == []
    day.leave()

    day.enter("kiem")
    clear(day, "/review", opened="details")
    put_a_line_right(day)
    assert day.correct(3, "daxem")
    day.leave()
    day.served.work()
    assert corrected(day, "daxem") == 3

    day.enter("tra")
    assert weight(page) < 200_000
    assert day.find("cong hoa")
    assert barriers(day) == []
    page.goto(f"{day.served.url}/")
    page.fill("#q", "suatay")
    page.wait_for_selector(".hit mark")
    assert day.export("cong hoa") > 1_000
    assert page.request.get(f"{day.served.url}/review/training.jsonl").text().count('"kind": "line"') >= 1
    day.leave()
    assert day.errors == []
