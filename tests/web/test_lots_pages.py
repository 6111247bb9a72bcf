"""Lots in the browser: drawn, looked at unit by unit, judged; by whom it may be done, over which fonds."""

import html
import re

import pytest

from digitizer.accounts import Role
from digitizer.inventory import Dossier, Fonds, Station
from digitizer.services.lots import lot
from tests.web.sites import BY, ORIGIN, csrf, person, post, put

TERMS = {"fonds": "F01", "unit": "documents", "aql": "1.0", "level": "II", "seed": "7"}


@pytest.fixture
def described(site):
    """Two dossiers of F01 with a described document each; what it holds is not accepted yet."""
    dossiers = [Dossier("F01", code, "Hồ sơ", documents=1) for code in ("H1", "H2")]
    site.plan.book.take_in([Fonds("F01", "Phông Sở Tư pháp"), Fonds("F02", "Phông khác")], dossiers, "t", BY)
    for code in ("H1", "H2"):
        document = put(site, f"{code}.pdf", f"Số: 12{code[1]}/QĐ-UBND")
        site.plan.book.file([document], code, BY)
        for station in (Station.CHECKED, Station.DESCRIBED):
            site.plan.book.advance([document], station, BY)
    return site


def draw(browser, name="Lô 1/2026", codes="H1\nH2\n\nH1", **changes):
    return post(browser, "/lots", name=name, codes=codes, **(TERMS | changes))


def look(browser, site, found, name="Lô 1/2026"):
    sample = lot(site.plan, name).sample
    told = {"unit": list(sample), "found": found, "field": [""] * len(sample)}
    return browser.post(
        "/lots/results", data={"csrf": csrf(browser), "lot": name, "after": "0", **told}, headers=ORIGIN
    )


def test_a_lot_is_drawn_looked_at_and_accepted(described):
    browser = person(described, Role.ARCHIVIST)
    answer = draw(browser)
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"])
    assert page.status_code == 200
    assert "Nghiệm thu lô" not in page.text  # nothing is looked at yet
    assert look(browser, described, ["good", ""]).status_code == 303
    assert len(lot(described.plan, "Lô 1/2026").results) == 1
    assert look(browser, described, ["good", "good"]).status_code == 303
    assert "Nghiệm thu lô" in browser.get(answer.headers["location"]).text
    assert post(browser, "/lots/judge", lot="Lô 1/2026").status_code == 303
    assert described.plan.book.dossier("F01", "H1").complete_on
    assert described.plan.book.dossier("F01", "H2").complete_on
    listed = html.unescape(re.sub("<[^>]+>", " ", browser.get("/lots").text))
    assert re.search(r"Lô 1/2026\s+đạt\s+kiểm thường\s+2\s+2\s+2 / 2\s+tài liệu\s+2\s+0\s+0", listed)


def test_one_error_too_many_rejects_the_lot_and_all_of_it_is_checked_again(described):
    browser = person(described, Role.ARCHIVIST)
    draw(browser)
    look(browser, described, ["missing-page", ""])
    page = browser.get("/lots/lot", params={"name": "Lô 1/2026"}).text
    assert "Số lỗi vượt mức cho phép" in page
    post(browser, "/lots/judge", lot="Lô 1/2026")
    assert lot(described.plan, "Lô 1/2026").state == "rejected"
    waiting = described.plan.book.dossier("F01", "H1").passages
    assert not any(each.day(Station.DESCRIBED) for each in waiting)
    listed = html.unescape(re.sub("<[^>]+>", " ", browser.get("/lots").text))
    assert re.search(r"thiếu trang\s+1\s+1\s+100%", listed)  # the rate of that kind of error


def test_only_what_is_new_is_noted_again(described):
    browser = person(described, Role.ARCHIVIST)
    draw(browser)
    for _ in range(2):
        look(browser, described, ["good", "typo"])
    events = described.archive.catalogue.events("lot:Lô 1/2026")
    assert [each.kind for each in events].count("lot-result") == 2


def test_who_may_look_may_not_judge_and_who_may_see_may_not_look(described):
    draw(person(described, Role.ARCHIVIST))
    reviewer = person(described, Role.REVIEWER)
    assert look(reviewer, described, ["good", "good"]).status_code == 303
    assert post(reviewer, "/lots/judge", lot="Lô 1/2026").status_code == 403
    assert draw(reviewer, "Lô 2").status_code == 403
    auditor = person(described, Role.AUDITOR)
    assert auditor.get("/lots/lot", params={"name": "Lô 1/2026"}).status_code == 200
    assert look(auditor, described, ["good", "good"]).status_code == 403
    assert person(described, Role.CLERK).get("/lots").status_code == 403


def test_h03_a_lot_of_fonds_one_may_not_see_does_not_exist(described):
    draw(person(described, Role.ARCHIVIST))
    other = person(described, Role.ARCHIVIST, name="other", fonds=frozenset({"F02"}))
    assert "Lô 1/2026" not in other.get("/lots").text
    assert other.get("/lots/lot", params={"name": "Lô 1/2026"}).status_code == 404
    assert look(other, described, ["good", "good"]).status_code == 404
    assert post(other, "/lots/judge", lot="Lô 1/2026").status_code == 404
    assert draw(other, "Lô 2").status_code == 422


def test_what_cannot_be_drawn_is_told_and_what_was_typed_stays(described):
    browser = person(described, Role.ARCHIVIST)
    draw(browser)
    taken = draw(browser)
    assert taken.status_code == 422
    assert "tên lô đã có" in taken.text
    unknown = draw(browser, "Lô 3", codes="H1\nH9")
    assert unknown.status_code == 422
    assert "không nằm trong mục lục" in unknown.text
    assert "H1\nH9" in unknown.text
    assert draw(browser, "Lô 4", aql="9.9").status_code == 422
    assert "Lô 4" not in browser.get("/lots").text


def test_nobody_accepts_what_they_described_themselves(described):
    lan = person(described, Role.ARCHIVIST, name="lan")
    draw(lan)
    look(lan, described, ["good", "good"])
    refused = post(lan, "/lots/judge", lot="Lô 1/2026")
    assert refused.status_code == 409
    assert "chính là người đã mô tả" in refused.text
    assert lot(described.plan, "Lô 1/2026").state == "open"
