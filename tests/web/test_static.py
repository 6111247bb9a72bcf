"""What the first page weighs, and how long it is kept."""

import re

from digitizer.accounts import Role
from digitizer.web.assets import asset
from tests.web.sites import person, stranger

GZIP = {"accept-encoding": "gzip"}


def test_the_first_page_is_light(site):
    browser = person(site, Role.CLERK)
    page = browser.get("/").text
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert len(files) >= 4
    answers = [browser.get(file.replace("&amp;", "&"), headers=GZIP) for file in files]
    assert all(answer.status_code == 200 for answer in answers)
    assert len(page.encode()) + sum(int(a.headers["content-length"]) for a in answers) < 60_000


def test_files_are_compressed_and_kept_until_they_change(site):
    browser = stranger(site)
    packed = browser.get(asset("app.css"), headers=GZIP)
    plain = browser.get(asset("app.css"), headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.text == plain.text
    assert "immutable" in packed.headers["cache-control"]
    assert "Accept-Encoding" in packed.headers["vary"]
    again = browser.get(asset("app.css"), headers={"if-none-match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
