"""Every page and state in a browser: no barrier, nothing wider than a phone or against our policy."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.day import FLAGS, Served
from scripts.screens import AXE, look_at
from scripts.screens_fill import fill
from scripts.screens_list import SCREENS, unpictured

pytestmark = [pytest.mark.slow, pytest.mark.tools]
BROWSER = pytest.mark.skipif(
    not os.environ.get("CI") and (shutil.which("chromium") is None or not AXE.is_file()),
    reason="chromium or the front-end libraries are not set up",
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    fill(tmp_path / "archive", pages=2, dossiers=60)
    served = Served(tmp_path / "archive")
    served.start()
    yield served
    served.kill(signal.SIGTERM)


def test_every_route_that_shows_a_page_has_its_picture():
    assert unpictured() == []
    assert unpictured(SCREENS[1:]) == []
    assert "/upload" in unpictured(each for each in SCREENS if each.route != "/upload")


@BROWSER
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_every_page_and_state_is_without_barriers_on_a_phone(served):
    from playwright.sync_api import sync_playwright

    wanted = [each for each in SCREENS if each.language == "vi"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        grave = [line for seen in look_at(browser, served, wanted, None, ("phone",)) for line in seen.grave]
        browser.close()
    assert grave == []
