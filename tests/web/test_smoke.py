"""H01-H26 in small: who gets in, and what they see."""

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
