"""The inventory kept in the browser: a fonds, a dossier, a change, a wrong entry; nothing bars a reader."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.day import Day, Served, browser_page
from tests.e2e.test_web_day import barriers, pytestmark  # noqa: F401 - the same needs

WRONG = "«mười» không phải là số nguyên không âm"


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    served = Served(tmp_path / "archive")
    served.people()
    served.start()
    with browser_page() as page:
        yield Day(served, page)
    served.kill(signal.SIGTERM)


def saved(page, **values):
    """Fill fields by what they are called in the form, and save."""
    for name, value in values.items():
        page.fill(f"#f-{name}", value)
    page.click('main form button.primary[value="save"], main form button.primary[value="add"]')
    page.wait_for_load_state()


def test_the_inventory_is_kept_in_the_browser(day):
    page, url = day.page, day.served.url
    day.enter("tra")
    page.goto(f"{url}/inventory")
    page.click("details.card summary")
    page.fill('form[action="/inventory/fonds"] #f-code', "F01")
    page.fill('form[action="/inventory/fonds"] #f-name', "Phông Sở Tư pháp")
    page.click('form[action="/inventory/fonds"] button.primary')
    page.wait_for_url("**/inventory/F01")
    page.goto(f"{url}/inventory/F01/dossier")
    saved(page, code="H1", title="Hồ sơ một", pages="mười")
    assert WRONG in page.inner_text("main")
    assert page.input_value("#f-title") == "Hồ sơ một"  # what was typed stays
    saved(page, pages="10")
    page.wait_for_url("**/inventory/F01")
    page.click("main table a:has-text('H1')")
    saved(page, pages="12")
    page.wait_for_url("**/inventory/F01")
    assert "12" in page.inner_text("main table")
    for path in ("/inventory", "/inventory/F01", "/inventory/F01/dossier?code=H1", "/targets", "/lots"):
        page.goto(f"{url}{path}")
        assert barriers(day) == [], path
    assert day.errors == []
