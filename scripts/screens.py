"""Pictures of every page and state of the web application, with what axe-core and a few measures say of each.

    python -m scripts.screens FOLDER [--only WORD] [--pages N] [--archive DIR]

Serves an archive of made-up people, takes each screen of `scripts/screens_list.py` at 1366x768 and at the
width of a phone, and writes FOLDER/index.html with all pictures and a table of findings, and findings.json.
A route of the table of rights that shows a page and has no picture is reported. The exit status is 1 where
a route lacks its picture, or a page has a serious or critical issue, scrolls sideways, or breaks our policy.
`--archive DIR` fills DIR once and uses it again the next time. Needs Debian's Chromium.
"""

from __future__ import annotations

import argparse
import html
import json
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as BrowserError

from digitizer.bootstrap import archive_of
from digitizer.settings import load_settings
from scripts.day import FLAGS, Served
from scripts.screens_fill import PASSWORD, fill
from scripts.screens_list import SCREENS, Screen, unpictured

__all__ = ["SIZES", "Seen", "look_at"]

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "build/test-libraries/axe.min.js"
SIZES = {"wide": (1366, 768), "phone": (390, 844)}
GRAVE = frozenset({"serious", "critical"})
_RULES = "{resultTypes: ['violations'], rules: {'target-size': {enabled: true}}}"
_MEASURE = """() => {
  const all = [...document.querySelectorAll('main *, header *')];
  const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width > 1;
  const name = (e) => `${e.tagName.toLowerCase()}.${e.id || e.getAttribute('class') || ''}`;
  const hides = (e) => ['hidden', 'clip'].includes(getComputedStyle(e).overflowX);
  const cut = all.filter((e) => seen(e) && e.childElementCount < 4 && e.textContent.trim() && hides(e)
    && !e.closest('.quiet, .skip') && e.scrollWidth > e.clientWidth + 1);
  // Rows that became cards on a phone must show all of themselves: nobody scrolls a card sideways.
  const phone = matchMedia('(max-width: 760px)').matches;
  const cards = phone ? [...document.querySelectorAll('table[data-labelled]')] : [];
  const wide = [document.documentElement, ...cards.map((e) => e.parentElement)];
  return {
    sideways: Math.max(...wide.map((e) => e.scrollWidth - e.clientWidth)),
    cut: cut.slice(0, 5).map((e) => name(e) + ': ' + e.textContent.trim().slice(0, 50)),
    bytes: ['resource', 'navigation'].flatMap((kind) => performance.getEntriesByType(kind))
      .filter((e) => !['img', 'fetch'].includes(e.initiatorType)).reduce((sum, e) => sum + e.transferSize, 0),
  };
}"""


@dataclass(slots=True)
class Seen:
    """What was seen of one screen: findings as (size, impact, rule, places), and its errors."""

    screen: Screen
    findings: list[tuple[str, str, str, list[str]]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0

    @property
    def grave(self) -> list[str]:
        """What must not be."""
        found = [
            f"{size}: {rule} {places}" for size, impact, rule, places in self.findings if impact in GRAVE
        ]
        return [f"{self.screen.name}: {each}" for each in (*found, *self.errors)]


def documents_of(home: Path) -> dict[str, str]:
    """Ids of documents by what the addresses of screens call them."""
    found: dict[str, str] = {}
    with archive_of(load_settings({"home": home, "jobs": 1})) as app:
        known = [each for each in app.catalogue.documents() if each.fonds in {"TP-01", "SNV"}]
        for each in known:
            record = app.catalogue.record(each.id) if each.state.startswith("done") else {"documents": []}
            names = {f["name"] for part in record["documents"] for f in part["fields"]}
            kind = {"quarantined": "held", "queued": "waiting"}.get(each.state, "read" if names else "")
            if kind and (kind != "read" or "gây" not in each.name):
                found.setdefault(kind, each.id)
            if names & {"personal_id", "birth_date", "full_name", "residence"}:
                found.setdefault("masked", each.id)
    found.setdefault("masked", found.get("read", "none"))
    for kind in ("read", "held", "waiting"):
        found.setdefault(kind, "none")
    return found


class _Camera:
    """A browser with a window of its own for each person and language."""

    def __init__(self, browser: Any, url: str) -> None:
        self._browser, self._url = browser, url
        self._rooms: dict[tuple[str, str], Any] = {}

    def room(self, screen: Screen) -> Any:
        """The browser's context in which this person is logged in."""
        key = (screen.who, screen.language)
        if key not in self._rooms:
            locale = "vi-VN" if screen.language == "vi" else "en-GB"
            room = self._browser.new_context(
                viewport=dict(zip(("width", "height"), SIZES["wide"], strict=True)), locale=locale
            )
            room.set_default_timeout(20_000)
            room.add_cookies([{"name": "lang", "value": screen.language, "url": self._url}])
            if screen.who:
                page = room.new_page()
                page.goto(f"{self._url}/login")
                page.fill("#name", screen.who)
                page.fill("#password", PASSWORD)
                page.keyboard.press("Enter")
                page.wait_for_selector(".me .who")
                page.wait_for_load_state()
                page.close()
            self._rooms[key] = room
        return self._rooms[key]


def look_at(
    browser: Any,
    served: Served,
    screens: Iterable[Screen],
    folder: Path | None,
    sizes: Sequence[str] = (*SIZES,),
) -> Iterator[Seen]:
    """Go to each screen, measure it at these sizes, and take its picture where there is a folder for them."""
    url, known = served.url, documents_of(served.home)
    camera = _Camera(browser, url)
    for screen in screens:
        seen = Seen(screen)
        page = camera.room(screen).new_page()
        page.on("pageerror", lambda error, to=seen: to.errors.append(str(error)))
        page.on(
            "console", lambda said, to=seen: to.errors.append(said.text) if "Policy" in said.text else None
        )
        try:
            page.goto(url + _address(screen, known))
            if screen.act:
                screen.act(page)
            _measured(page, seen, folder, sizes)
        except BrowserError as error:  # the other pictures are taken all the same
            seen.errors.append(f"not shown: {str(error).splitlines()[0]}")
        page.close()
        yield seen


def _address(screen: Screen, known: dict[str, str]) -> str:
    path = screen.address
    for name, value in known.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def _measured(page: Any, seen: Seen, folder: Path | None, sizes: Sequence[str]) -> None:
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        if page.locator("#viewer").count():
            page.wait_for_selector(".reader[data-ready]")
            page.wait_for_timeout(600)
        page.wait_for_timeout(250)
        if folder is not None:
            _with_pictures(page)
        measured = page.evaluate(_MEASURE)
        seen.bytes = seen.bytes or measured["bytes"]
        if measured["sideways"] > 0:
            seen.errors.append(f"{size}: scrolls sideways by {measured['sideways']} px")
        if measured["cut"]:
            seen.findings.append((size, "cut", "text cut off", measured["cut"]))
        if folder is not None:
            page.screenshot(path=folder / f"{seen.screen.name}-{size}.png", full_page=True)
        page.evaluate(AXE.read_text("utf-8"))
        for each in page.evaluate(f"axe.run(document, {_RULES})")["violations"]:
            places = [node["html"][:160] for node in each["nodes"]][:3]
            seen.findings.append((size, each["impact"] or "minor", each["id"], places))


_STYLE = """
body { font: 14px system-ui; margin: 24px } td { border-bottom: 1px solid #ddd; padding: 2px 8px }
td, img { vertical-align: top }
img { border: 1px solid #bbb; margin: 4px } .wide { width: 760px } .phone { width: 220px }
"""


def _with_pictures(page: Any) -> None:
    """Wait for the pictures of the page, those further down too."""
    page.evaluate("[...document.images].forEach((each) => { each.loading = 'eager'; })")
    for _ in range(30):
        if page.evaluate("[...document.images].every((each) => each.complete)"):
            return
        page.wait_for_timeout(500)


def sheet(folder: Path, all_seen: Sequence[Seen], missing: Sequence[str]) -> None:
    """Write the pictures and findings as one page, and the findings for machines."""
    head = f"<!doctype html><meta charset=utf-8><title>Screens</title><style>{_STYLE}</style><h1>Screens</h1>"
    lacking = f"<p>Pages without a picture: {html.escape(', '.join(missing) or 'none')}</p>"
    rows = "".join(_row(seen.screen.name, *each) for seen in all_seen for each in _told(seen))
    text = f"{head}{lacking}<table>{rows}</table>{''.join(map(_card, all_seen))}"
    (folder / "index.html").write_text(text, "utf-8")
    screens = [
        {"screen": each.screen.name, "bytes": each.bytes, "errors": each.errors, "findings": each.findings}
        for each in all_seen
    ]
    found = json.dumps({"missing": missing, "screens": screens}, ensure_ascii=False, indent=1)
    (folder / "findings.json").write_text(found, "utf-8")


def _told(seen: Seen) -> Iterator[tuple[str, str, str, str]]:
    for size, impact, rule, places in seen.findings:
        yield size, impact, rule, "; ".join(places)
    for each in seen.errors:
        yield "", "error", each, ""


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>"


def _card(seen: Seen) -> str:
    name = html.escape(seen.screen.name)
    pictures = "".join(
        f'<a href="{name}-{size}.png"><img loading="lazy" class="{size}" src="{name}-{size}.png" alt=""></a>'
        for size in SIZES
    )
    return f"<h2>{name} <small>{html.escape(seen.screen.route)} · {seen.bytes:,} B</small></h2>{pictures}"


def main(argv: list[str] | None = None) -> int:
    """Take the pictures; the exit status."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(
        prog="python -m scripts.screens",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="only screens whose name holds this word")
    parser.add_argument("--pages", type=int, default=12, help="pages to be generated and read")
    parser.add_argument("--archive", type=Path, help="folder that keeps the archive for the next time")
    asked = parser.parse_args(argv)
    asked.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screens-") as scratch, sync_playwright() as play:
        home = asked.archive or Path(scratch) / "archive"
        if not home.exists():
            fill(home, asked.pages, 600)
        served = Served(home)
        served.start()
        try:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            wanted = [each for each in SCREENS if any(word in each.name for word in asked.only.split(","))]
            all_seen = list(look_at(browser, served, wanted, asked.folder))
            browser.close()
        finally:
            served.kill(signal.SIGTERM)
    missing, grave = unpictured(), [line for seen in all_seen for line in seen.grave]
    sheet(asked.folder, all_seen, missing)
    for line in (*grave, *(f"no picture of {path}" for path in missing)):
        print(line)
    count = sum(len(seen.findings) for seen in all_seen)
    print(f"{len(all_seen)} screens, {count} findings: {asked.folder}/index.html")
    return int(bool(grave or missing))


if __name__ == "__main__":
    sys.exit(main())
