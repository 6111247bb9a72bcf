"""What the pages of targets, inventory and lots take over a filled archive, at the first request and later.

`python -m tests.e2e.plan_pages DIR` asks a new process over the archive of `scripts.ministry`, warmed as
`serve` warms it; `--cold` leaves that out. Prints milliseconds of wall time and of CPU.
"""

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path

from fastapi.testclient import TestClient

from digitizer.accounts import Account, Role
from digitizer.bootstrap_web import site_in
from digitizer.settings import load_settings
from digitizer.web.app import make_app
from digitizer.web.warm import warm
from scripts.ministry import BY, DayAfter
from storage.passwords import Argon2Passwords

PASSWORD = "kho lưu trữ 2025"
PAGES = (
    "/targets",
    "/targets?stock=all",
    "/targets?stock=arranged",
    "/targets?stock=high_use",
    "/targets?station=accepted&hands=2&hands_then=4",
    "/targets/chart/valuable-30.svg",
    "/targets/chart/valuable-100.svg",
    "/targets/chart/electronic-100.svg",
    "/inventory",
    "/inventory/P07",
    "/lots",
    "/targets/report.xlsx",
    "/targets/report.pdf",
)


def main(argv: list[str]) -> int:
    """Ask each page some times; 1 if one does not answer."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.plan_pages", description=__doc__)
    parser.add_argument("home", type=Path, help="folder of the embedded archive")
    parser.add_argument("--times", type=int, default=4)
    parser.add_argument("--cold", action="store_true", help="leave the warming out")
    options = parser.parse_args(argv)
    good = True
    with site_in(replace(load_settings(), home=options.home)) as known:
        site = replace(known, plan=replace(known.plan, clock=DayAfter()))
        if not options.cold:
            begun = time.process_time()
            warm(site.plan)
            sys.stdout.write(f"warmed: {1000 * (time.process_time() - begun):.0f} ms CPU\n")
        site.door.accounts.save(Account("pages", "pages", frozenset(Role), None), BY)
        secret = Argon2Passwords(memory_kib=1024, passes=1).hash(PASSWORD)
        site.door.accounts.set_password("pages", secret, BY)
        browser = TestClient(make_app(site), "https://localhost", follow_redirects=False)
        ours = {"origin": "https://localhost"}
        browser.post("/login", data={"name": "pages", "password": PASSWORD}, headers=ours)
        code = site.plan.book.dossiers("P07", limit=1)[0].code
        for path in (*PAGES[:10], f"/inventory/P07/dossier?code={code}", *PAGES[10:]):
            good &= _asked(browser, path, options.times)
    return not good


def _asked(browser: TestClient, path: str, times: int) -> bool:
    told, status = [], 200
    for _ in range(times):
        cpu, wall = time.process_time(), time.monotonic()
        status = browser.get(path).status_code
        told.append((1000 * (time.monotonic() - wall), 1000 * (time.process_time() - cpu)))
    first, later = told[0], sorted(told[1:] or told)[0]
    shown = ", ".join(
        f"{when} {wall:5.0f} ms ({cpu:4.0f} CPU)"
        for when, (wall, cpu) in (("first", first), ("later", later))
    )
    sys.stdout.write(f"{path:50} {status}  {shown}\n")
    sys.stdout.flush()
    return status == 200


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
