"""How soon a page is usable in a browser that never saw it, and how many bytes it takes.

    python -m scripts.first_page [--archive DIR] [--runs N] [--slow 4]

Each run is a browser window with an empty cache and a session that is logged in; `usable` is when the page is
parsed and its scripts have run (end of DOMContentLoaded), `painted` the first text on the screen, both in
milliseconds from the click. `--slow N` makes the processor N times slower, as in an old office PC. Bytes are
what came over the line without pictures. Prints one JSON line a page and slowness: medians and the worst.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from scripts.day import FLAGS, Served
from scripts.screens import documents_of
from scripts.screens_fill import PASSWORD, fill

_TIMES = """() => {
  const [at] = performance.getEntriesByType('navigation');
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  const came = [at, ...performance.getEntriesByType('resource')].filter((e) => e.initiatorType !== 'img');
  return {usable: at.domContentLoadedEventEnd, painted: paint ? paint.startTime : 0,
    answered: at.responseEnd, bytes: came.reduce((sum, e) => sum + e.transferSize, 0)};
}"""


def visit(browser: Any, served: Served, path: str, slow: int) -> dict[str, float]:
    """One first visit: log in by a request, so that nothing of the page was fetched before."""
    room = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    if path != "/login":
        form = {"name": "moi.quyen", "password": PASSWORD, "to": "/help"}
        room.request.post(f"{served.url}/login", form=form, headers={"origin": served.url}, max_redirects=0)
    page = room.new_page()
    line = room.new_cdp_session(page)
    line.send("Network.clearBrowserCache")
    line.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.goto(served.url + path)
    page.wait_for_timeout(300)
    assert path == "/login" or page.locator(".me .who").count()
    times: dict[str, float] = page.evaluate(_TIMES)
    room.close()
    return times


def main(argv: list[str] | None = None) -> int:
    """Measure; 1 where the first page takes a second or 200 kB in the middle of its runs."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(prog="python -m scripts.first_page", description=__doc__)
    parser.add_argument("--archive", type=Path, help="folder that keeps the archive for the next time")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--slow", type=int, default=4)
    asked = parser.parse_args(argv)
    over = False
    with tempfile.TemporaryDirectory(prefix="first-page-") as scratch, sync_playwright() as play:
        home = asked.archive or Path(scratch) / "archive"
        if not home.exists():
            fill(home, 4, 60)
        served = Served(home)
        served.start()
        try:
            browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            read = f"/documents/{documents_of(home)['read']}?q=cong+hoa"
            pages = {
                "log-in": "/login",
                "find": "/",
                "results": "/?q=quyet+dinh",
                "read": read,
                "check": "/review",
            }
            for name, path in pages.items():
                for slow in (1, asked.slow):
                    runs = [visit(browser, served, path, slow) for _ in range(asked.runs)]
                    told = _told(name, slow, runs)
                    print(json.dumps(told, ensure_ascii=False), flush=True)
                    over |= told["usable_ms"] >= 1_000 or told["bytes"] >= 200_000
            browser.close()
        finally:
            served.kill(signal.SIGTERM)
    return int(over)


def _told(name: str, slow: int, runs: list[dict[str, float]]) -> dict[str, Any]:
    middle = {key: round(statistics.median(run[key] for run in runs)) for key in runs[0]}
    return {
        "page": name,
        "slow": slow,
        "usable_ms": middle["usable"],
        "worst_ms": round(max(run["usable"] for run in runs)),
        "painted_ms": middle["painted"],
        "answered_ms": middle["answered"],
        "bytes": middle["bytes"],
        "runs": len(runs),
    }


if __name__ == "__main__":
    sys.exit(main())
