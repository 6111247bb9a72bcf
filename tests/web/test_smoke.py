"""H01-H26 in small: who gets in, and what they see."""

import io

from openpyxl import load_workbook

from digitizer.accounts import Role
from tests.web.sites import person, put


def test_a_clerk_finds_and_reads(site):
    document = put(site, "qd.pdf", "ỦY BAN NHÂN DÂN\nSố: 125/QĐ-UBND\nvề việc hoà giải ở cơ sở")
    clerk = person(site, Role.CLERK)
    answer = clerk.get("/?q=hoa giai")
    assert answer.status_code == 200, answer.text
    assert "<mark>hoà giải</mark>" in answer.text
    assert clerk.get(f"/documents/{document}").status_code == 200
    facts = clerk.get(f"/documents/{document}/pages/1?q=hoa giai").json()
    assert len(facts["marked"]) == 2
    assert clerk.get(f"/documents/{document}/pages/1/view.jpg").content[:2] == b"\xff\xd8"
    assert (
        clerk.get(f"/documents/{document}/files/pdf").headers["content-disposition"].startswith("attachment")
    )


def test_h21_an_export_holds_what_one_may_see_and_is_noted(site):
    put(site, "=1+1.pdf", "giấy mời họp 001099012345")
    put(site, "b.pdf", "MẬT\ngiấy mời họp")
    answer = person(site, Role.CLERK).get("/export.xlsx?q=giay moi")
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    told = [row for row in rows if row[0] == 1]
    assert len(told) == 1
    assert rows[-1][0] == 1
    assert told[0][1] == "=1+1.pdf"
    assert "001099012345" not in str(rows)
    assert [event.kind for event in site.archive.catalogue.events()][-1] == "exported"
    assert person(site, Role.REVIEWER).get("/export.xlsx?q=giay").status_code == 403


def test_hits_come_ten_at_a_time_and_the_others_are_a_link_away(site):
    for number in range(13):
        put(site, f"{number:02}.pdf", f"giấy mời số {number}")
    clerk = person(site, Role.CLERK)
    first = clerk.get("/?q=giay moi").text
    assert (first.count('class="card hit"'), "13 trang" in first) == (10, True)
    assert 'href="/?q=giay+moi&amp;offset=10"' in first
    second = clerk.get("/?q=giay moi&offset=10").text
    assert second.count('class="card hit"') == 3
    shown = {name for name in (f"{number:02}.pdf" for number in range(13)) if name in first + second}
    assert len(shown) == 13
