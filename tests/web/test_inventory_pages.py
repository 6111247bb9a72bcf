"""Targets and inventory in the browser: figures, charts, reports, lists taken in, forms that leave events."""

import io

import pytest
from openpyxl import load_workbook

from digitizer.accounts import Role
from digitizer.inventory import Dossier, Fonds, Station
from tests.web.sites import BY, ORIGIN, csrf, person, post, put

LIST = """organId,fondName,fileCode,title,numberOfPage,totalDoc,valuable
F01,Phông Sở Tư pháp,H1,Hồ sơ một,10,1,1
F02,Phông khác,H2,Hồ sơ hai,5,1,1
"""
FORM = {"title": "Hồ sơ một", "pages": "12", "documents": "1", "arranged": "1", "valuable": "1"}


@pytest.fixture
def stocked(site):
    """One of two dossiers of F01 is complete."""
    fonds = [Fonds("F01", "Phông Sở Tư pháp"), Fonds("F02", "Phông khác")]
    dossiers = [
        Dossier(code[:3], code[4:], "Hồ sơ", pages=1, documents=1, valuable=True)
        for code in ("F01.H1", "F01.H9", "F02.H2")
    ]
    site.plan.book.take_in(fonds, dossiers, "test", BY)
    document = put(site, "a.pdf", "Số: 125/QĐ-UBND")
    site.plan.book.file([document], "H1", BY)
    for station in (Station.CHECKED, Station.DESCRIBED, Station.ACCEPTED):
        site.plan.book.advance([document], station, site.archive.agent)
    return site


def send(browser, text, name="muc-luc.csv"):
    files = {"file": (name, text.encode())}
    return browser.post("/inventory/list", data={"csrf": csrf(browser)}, files=files, headers=ORIGIN)


def typed(browser, path, act, **values):
    return post(browser, path, act=act, name=list(values), value=list(values.values()))


def test_the_page_of_targets_shows_shares_stations_and_what_each_fonds_lacks(stocked):
    page = person(stocked, Role.ARCHIVIST, fonds=None).get("/targets").text
    assert "33,3%" in page
    assert "/targets/chart/valuable-30.svg" in page
    assert "−2" in page  # pages that lack to 100 %
    assert "Phông khác" in page


def test_somebody_sees_the_fonds_of_their_own(stocked):
    page = person(stocked, Role.AUDITOR, fonds=frozenset({"F01"})).get("/targets?stock=all").text
    assert ("Phông Sở Tư pháp" in page, "Phông khác" in page) == (True, False)
    page = person(stocked, Role.AUDITOR, name="none", fonds=frozenset()).get("/targets").text
    assert "Phông Sở Tư pháp" not in page


def test_a_frozen_denominator_is_shown_beside_the_one_of_today(stocked):
    stocked.plan.book.freeze("đầu năm", BY)
    stocked.plan.book.take_in((), [Dossier("F01", "H3", "Mới", pages=7, documents=1, valuable=True)], "x", BY)
    page = person(stocked, Role.ARCHIVIST, fonds=None).get("/targets?freeze=đầu năm").text
    assert "33,3%" in page  # of what was frozen
    assert "10%" in page  # of what there is now


def test_more_hands_are_tried_on_the_page(stocked):
    browser = person(stocked, Role.ARCHIVIST, fonds=None)
    asked = "/targets?station=checked&hands=1&hands_then=2&shifts=1&shifts_then=1"
    assert "sau thay đổi" in browser.get(asked).text
    assert browser.get("/targets?station=nothing").status_code == 422


def test_charts_and_reports_come_as_files(stocked):
    browser = person(stocked, Role.ARCHIVIST, fonds=None)
    chart = browser.get("/targets/chart/valuable-30.svg")
    assert (chart.headers["content-type"], "<svg" in chart.text) == ("image/svg+xml", True)
    assert browser.get("/targets/chart/nothing.svg").status_code == 404
    book = load_workbook(io.BytesIO(browser.get("/targets/report.xlsx").content))
    assert "=SUM(" in "".join(str(cell.value) for row in book["Phông"].rows for cell in row)
    assert browser.get("/targets/report.pdf").content.startswith(b"%PDF")


def test_a_list_is_taken_in_or_refused_with_its_rows(site):
    browser = person(site, Role.ARCHIVIST, fonds=None)
    answer = send(browser, LIST.replace("Hồ sơ hai,5", "Hồ sơ hai,năm"))
    assert (answer.status_code, site.plan.book.fonds()) == (422, ())
    assert "dòng 3" in answer.text
    assert "không phải là số nguyên" in answer.text
    assert "2" in send(browser, LIST).text
    assert [each.code for each in site.plan.book.dossiers()] == ["H1", "H2"]
    assert send(browser, "x", "x.xls").status_code == 422
    own = person(site, Role.ARCHIVIST, name="own", fonds=frozenset({"F01"}))
    assert send(own, LIST).status_code == 422


@pytest.mark.parametrize("form", ["05/2025", "02/2019"])
def test_the_template_comes_from_the_page(site, form):
    answer = person(site, Role.ARCHIVIST).get(f"/inventory/template.xlsx?form={form}")
    assert "Hồ sơ" in load_workbook(io.BytesIO(answer.content)).sheetnames


def test_a_dossier_is_added_changed_and_taken_out_each_with_its_event(stocked):
    browser = person(stocked, Role.ARCHIVIST)
    where = "/inventory/F01/dossier"
    assert typed(browser, where, "add", code="H5", **FORM).status_code == 303
    assert typed(browser, where, "add", code="H5", **FORM).status_code == 409
    changed = FORM | {"pages": "13", "boxes": "0.5"}
    assert typed(browser, where, "save", code="H5", **changed).status_code == 303
    its = stocked.plan.book.dossier("F01", "H5").dossier
    assert (its.pages, its.metres, its.valuable) == (13, 0.0625, True)
    assert typed(browser, where, "save", code="H6", **FORM).status_code == 404
    kept = browser.get(f"{where}?code=H5").text
    assert 'value="13"' in kept
    assert typed(browser, where, "remove", code="H5").status_code == 303
    events = [(e.kind, e.agent) for e in stocked.archive.catalogue.events("dossier:F01/H5")]
    assert [kind for kind, _ in events] == ["dossier-added", "dossier-changed", "dossier-removed"]
    assert all(agent.name.endswith("archivist") for _, agent in events)


def test_what_does_not_fit_is_told_by_its_field_and_nothing_is_saved(stocked):
    browser = person(stocked, Role.ARCHIVIST)
    answer = typed(browser, "/inventory/F01/dossier", "save", code="H1", **(FORM | {"pages": "mười"}))
    assert answer.status_code == 422
    assert "Số lượng trang" in answer.text
    assert "«mười» không phải là số nguyên không âm" in answer.text
    assert stocked.plan.book.dossier("F01", "H1").dossier.pages == 1


def test_a_fonds_is_added_and_changed(site):
    browser = person(site, Role.ARCHIVIST, fonds=None)
    assert typed(browser, "/inventory/fonds", "add", code="F07", name="Phông mới").status_code == 303
    assert typed(browser, "/inventory/fonds", "add", code="F07", name="Lại").status_code == 409
    assert typed(browser, "/inventory/fonds", "save", code="F07", name="").status_code == 422
    assert typed(browser, "/inventory/fonds", "save", code="F07", name="Tên khác").status_code == 303
    assert site.plan.book.fonds()[0].name == "Tên khác"
    own = person(site, Role.ARCHIVIST, name="own")
    assert typed(own, "/inventory/fonds", "save", code="F07", name="Không").status_code == 404


def test_h03_targets_charts_and_reports_tell_of_one_s_own_fonds_only(stocked):
    mine = person(stocked, Role.AUDITOR, fonds=frozenset({"F01"}))
    page = mine.get("/targets").text
    assert "50%" in page  # one of two dossiers of F01; of all three it were a third
    assert "33,3%" not in page
    assert "Tính trên các phông bạn được xem" in page
    book = load_workbook(io.BytesIO(mine.get("/targets/report.xlsx").content))
    told = " ".join(str(cell.value) for sheet in book for row in sheet.rows for cell in row)
    assert "F02" not in told
    none = person(stocked, Role.AUDITOR, name="none", fonds=frozenset())
    assert "33,3%" not in none.get("/targets").text
