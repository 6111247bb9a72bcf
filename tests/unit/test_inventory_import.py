"""Lists of dossiers: both circulars, Excel and CSV, errors by row, all or nothing, even when killed."""

import csv
import multiprocessing
import os
import re
import signal
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from digitizer.errors import Refusal
from digitizer.intake.sheets import sheet_rows
from digitizer.inventory import BOX, METRE, Basis, Use
from digitizer.model import Agent
from digitizer.planning.tables import Form
from digitizer.planning.targets import load_plan
from digitizer.services.inventory import ListRefusedError, change_dossier, import_inventory, link_by_path
from digitizer.services.inventory_template import write_template
from digitizer.services.plan import PlanApp
from storage.catalogue import SqlCatalogue
from storage.inventory import SqlInventory
from tests.contracts.fakes import FixedClock
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.memory_inventory import MemoryInventory
from tests.contracts.samples import document

BY = Agent("person:lan")
HEAD = [
    "organId",
    "fondName",
    "fileCode",
    "title",
    "numberOfPage",
    "totalDoc",
    "valuable",
    "startDate",
    "use",
]


@pytest.fixture
def app():
    catalogue, clock = MemoryCatalogue(), FixedClock()
    book = MemoryInventory(catalogue, clock.now)
    return PlanApp(book, catalogue, None, clock, Agent("software:digitizer/test"), load_plan())


def written(tmp_path, rows, head=HEAD, name="muc-luc.csv"):
    path = tmp_path / name
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def row(code="H1", pages="20", **changes):
    values = dict(
        zip(HEAD, ["P01", "Phông Sở Tư pháp", code, "Hồ sơ", pages, "3", "1", "2025", "Cao"], strict=True)
    )
    return list((values | changes).values())


def test_a_list_becomes_dossiers_with_codes_for_words(app, tmp_path):
    done = import_inventory(app, written(tmp_path, [row(), row("H2", startDate="08/2025")]), BY)
    assert (done.added, done.fonds) == (2, 1)
    one, two = app.book.dossiers("P01")
    assert (one.pages, one.documents, one.valuable, one.use) == (20, 3, True, Use.HIGH)
    assert (one.electronic, two.electronic) == (False, True)
    assert app.book.fonds()[0].name == "Phông Sở Tư pháp"


def test_each_error_names_row_and_column_in_two_languages_and_nothing_comes_in(app, tmp_path):
    rows = [row(), row("H2", "hai mươi"), row("H3", title=""), row("H1"), row("H4", use="rất cao")]
    rows += [row("H5", startDate="31/02/2001"), row("H6", organId="P02", fondName="")]
    with pytest.raises(ListRefusedError) as caught:
        import_inventory(app, written(tmp_path, rows), BY)
    said = [str(problem) for problem in caught.value.problems]
    assert said[0] == (
        "dòng 3, cột numberOfPage: «hai mươi» không phải là số nguyên không âm · "
        "row 3, column numberOfPage: «hai mươi» is no whole number"
    )
    assert [p.row for p in caught.value.problems] == [3, 4, 5, 6, 7, 8]
    assert "thiếu tiêu đề hồ sơ" in said[1]
    assert "trùng mã hồ sơ với dòng 2" in said[2]
    assert "chưa có phông P02" in said[5]
    assert "6 lỗi, chưa nhập dòng nào" in str(caught.value)
    assert list(app.book.dossiers()) == list(app.book.fonds()) == []


def test_the_legacy_circular_puts_the_code_together(app, tmp_path):
    head = [
        "Identifier",
        "OrganId",
        "FondName",
        "FileCatalog",
        "FileNotation",
        "Title",
        "PageNumber",
        "SheetNumber",
    ]
    rows = [["001", "P01", "Phông", "02", "15", "Hồ sơ", "12", "7"]]
    import_inventory(app, written(tmp_path, rows, head), BY)
    (its,) = app.book.dossiers()
    assert (its.code, its.pages, its.sheets, its.inventory) == ("001.P01.02.15", 12, 7, "02")


def test_vietnamese_headings_without_care_for_case_are_known(app, tmp_path):
    head = ["mã phông", "Tên phông", "MÃ HỒ SƠ", "Tiêu đề hồ sơ", "Cách tính số liệu", "Mét giá"]
    import_inventory(app, written(tmp_path, [["P", "Tên", "1", "Bó 1", "Ước tính", "1,5"]], head), BY)
    (its,) = app.book.dossiers()
    assert (its.basis, its.shelf) == (Basis.ESTIMATED, 1_500_000)


def test_dossiers_of_one_box_share_its_metres(app, tmp_path):
    head = [*HEAD, "box", "metres", "boxes"]
    rows = [[*row("1"), "Hộp 1", "", ""], [*row("2"), "Hộp 1", "", ""], [*row("3"), "Hộp 1", "0.2", "3"]]
    import_inventory(app, written(tmp_path, rows, head), BY)
    assert [each.box_parts for each in app.book.dossiers()] == [BOX // 2, BOX // 2, 3 * BOX]
    assert [each.shelf for each in app.book.dossiers()] == [METRE // 16, METRE // 16, METRE // 5]


@pytest.mark.parametrize("form", [Form.TT05, Form.TT02])
def test_a_template_can_be_filled_in_and_read_back(app, tmp_path, form):
    from openpyxl import load_workbook

    write_template(tmp_path / "mau.xlsx", form)
    book = load_workbook(tmp_path / "mau.xlsx")
    sheet = book["Hồ sơ"]
    head = [cell.value for cell in sheet[1]]
    assert [cell.value for cell in sheet[2]][head.index("box")] == "Hộp số"
    values = {"organId": "P01", "OrganId": "P01", "fileCode": "A.1", "FileCode": "A.1"}
    values |= {"title": "Hồ sơ =1+1", "Title": "Hồ sơ =1+1", "valuable": 1, "startDate": date(1999, 2, 1)}
    values |= {"StartDate": date(1999, 2, 1), "numberOfPage": 20.0, "PageNumber": 20.0}
    sheet.append([values.get(code) for code in head])
    book["Phông"].append(["P01", "Phông Sở Tư pháp"])
    book.save(tmp_path / "dien.xlsx")
    assert import_inventory(app, tmp_path / "dien.xlsx", BY).added == 1
    (its,) = app.book.dossiers()
    assert (its.title, its.pages, its.valuable) == ("Hồ sơ =1+1", 20, True)
    assert dict(its.described)["startDate"] == "01/02/1999"


def test_a_workbook_reads_as_openpyxl_reads_it(tmp_path):
    book = Workbook()
    book.active.title = "Hồ sơ"
    book.active.append(["a", None, 3, 2.5, True, date(2025, 7, 1), "Đ & <x>", "=1+1"])
    book.active.append([None])
    book.active["C5"] = "  sau  "
    book.save(tmp_path / "x.xlsx")
    rows = list(sheet_rows(tmp_path / "x.xlsx"))
    assert rows[0] == ("Hồ sơ", 1, ["a", "", "3", "2.5", "1", "01/07/2025", "Đ & <x>"])
    assert rows[1] == ("Hồ sơ", 5, ["", "", "  sau  "])


_ODD = [
    '<c r="A3" t="inlineStr"><is><t>a &amp; b&#10;c</t></is></c><c r="C3"><v>007</v></c>',
    '<c r="A3" t="inlineStr"><is><r><t>a &amp; </t></r><r><t>b\nc</t></r></is></c><c r="C3"><v>7</v></c>',
    '<c r="A3" t="inlineStr"><is><t><![CDATA[a & b\nc]]></t></is></c><!-- -->\n<c r="C3" ><v>7.0</v></c>',
    '<c t="str" r="A3"><f>1</f><v>a &amp; b\r\nc</v></c><c r="C3" t="n"><v>7e0</v></c>',
]


@pytest.mark.parametrize("odd", _ODD)
def test_a_workbook_reads_the_same_however_it_is_written(tmp_path, odd):
    """The short way and the parser give the same rows, each once, wherever one takes over."""
    book = Workbook()
    book.active.append(["một"])
    book.active.append(["hai"])
    book.active.append(["ba"])
    book.active.append(["bốn"])
    book.save(tmp_path / "x.xlsx")
    with zipfile.ZipFile(tmp_path / "x.xlsx") as old, zipfile.ZipFile(tmp_path / "y.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = re.sub(r'(<row r="3"[^>]*>).*?</row>', lambda m: f"{m[1]}{odd}</row>", text)
            new.writestr(name, text)
    rows = [cells for _, _, cells in sheet_rows(tmp_path / "y.xlsx")]
    assert rows == [["một"], ["hai"], ["a & b\nc", "", "7"], ["bốn"]]


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04hong", b"\xd0\xcf\x11\xe0" + b"0" * 8, "tên".encode("utf-16"), b'a,"b']
)
def test_what_is_no_list_is_refused_in_one_line(tmp_path, data):
    (tmp_path / "x").write_bytes(data)
    with pytest.raises(Refusal) as caught:
        list(sheet_rows(tmp_path / "x"))
    assert "\n" not in str(caught.value)


def test_a_list_without_a_heading_is_told_so(app, tmp_path):
    with pytest.raises(ListRefusedError) as caught:
        import_inventory(app, written(tmp_path, [], ["một", "hai"]), BY)
    assert "không thấy dòng tiêu đề" in str(caught.value.problems[0])


def test_a_change_of_one_dossier_is_an_event_without_its_words(app, tmp_path):
    import_inventory(app, written(tmp_path, [row()]), BY)
    assert change_dossier(app, "P01", "H1", {"pages": 25, "title": "Khác"}, BY).pages == 25
    with pytest.raises(Refusal):
        change_dossier(app, "P01", "H1", {"pages": -1}, BY)
    with pytest.raises(Refusal):
        change_dossier(app, "P01", "H1", {"code": "H2"}, BY)


def test_documents_go_to_the_dossier_their_path_names(app, tmp_path):
    import_inventory(app, written(tmp_path, [row("A.1"), row("B")]), BY)
    for number, path in enumerate(["x/A.1.0000001.pdf", "A.1.pdf", "kho/B/trang.tif", "z/khac.pdf"]):
        app.catalogue.add_document(document(path.encode(), id=f"d{number}", fonds="P01", path=path), BY)
    assert link_by_path(app, BY) == (3, 1)
    assert len(app.book.dossier("P01", "A.1").passages) == 2


def _import_forever(url, path):
    catalogue, clock = SqlCatalogue(url), FixedClock()
    book = SqlInventory(url, clock.now)
    import_inventory(PlanApp(book, catalogue, None, clock, BY, load_plan()), path, BY)


@pytest.mark.parametrize("after", [0.1, 0.3])
def test_a_killed_import_leaves_nothing(tmp_path, after):
    path = written(tmp_path, [row(f"H{n}") for n in range(6000)])
    url = f"sqlite:///{tmp_path}/catalogue.db"
    SqlInventory(url).close()
    child = multiprocessing.get_context("spawn").Process(target=_import_forever, args=(url, path))
    child.start()
    wal, until = tmp_path / "catalogue.db-wal", time.monotonic() + 60
    while (
        child.is_alive()
        and time.monotonic() < until
        and not (wal.exists() and wal.stat().st_size > 500_000 * after)
    ):
        time.sleep(0.002)
    os.kill(child.pid, signal.SIGKILL)
    child.join(10)
    book = SqlInventory(url)
    found = len(book.dossiers(limit=10_000))
    assert found in {0, 6000}
    assert bool(book.tallies()) == bool(found)
    book.close()
