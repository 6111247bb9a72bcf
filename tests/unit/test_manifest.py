"""A37, K07: manifests from people, and the page ledger that holds them against what arrived."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from PIL import Image, ImageDraw

from digitizer.accession import Arrived, Declared, Placement
from digitizer.errors import Code, Refusal, UsageError
from digitizer.intake.encodings import decoded
from digitizer.intake.manifest import parse_manifest
from digitizer.intake.scans import Limits
from digitizer.intake.table import read_table
from digitizer.services.page_ledger import balance, count_rule, match, placing
from tests.unit.test_cli import digitizer

TEXT = "Hộp số,Hồ sơ số,Tên tệp,Số tờ\n12,H49.01,a.pdf,3\n"
TABLE = [["Hộp số", "Hồ sơ số", "Tên tệp", "Số tờ"], ["12", "H49.01", "a.pdf", "3"]]
WHOLE = count_rule("whole")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(",", ";").encode(),
        TEXT.replace(",", "\t").encode(),
    ],
)
def test_a37_csv_in_unicode_is_read_whatever_its_form(data, newline):
    text = decoded(data).replace("\n", newline)
    delimiter = max(",;\t", key=text.count)
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == TABLE


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("Hô\u0323p sô\u0301;Hô\u0300 sơ".encode("cp1258"), "1258"),
        (b"H\xe9p s\xe8;H\xe5 s\xac;T\xaan t\xd6p;S\xe8 t\xea", "TCVN3"),
        (b"\x80\x81\xff", "unknown"),
    ],
)
def test_a37_old_code_pages_are_told_and_not_guessed(data, said):
    with pytest.raises(Refusal, match=said) as caught:
        decoded(data)
    assert caught.value.code is Code.MALFORMED
    assert "UTF-8" in caught.value.message


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_a_refusal(data):
    try:
        decoded(data)
    except Refusal as refusal:
        assert refusal.code is Code.MALFORMED  # noqa: PT017 - a refusal is one of the right ends


def test_a37_files_are_read_in_the_sandbox_with_their_row_numbers(tmp_path):
    book = Workbook()
    book.active.append(["UBND xã Vĩnh Lộc"])
    book.active["A3"], book.active["B3"], book.active["C3"] = "Tên tệp", "Số tờ", "Hồ sơ"
    book.active["A5"], book.active["B5"], book.active["C5"] = "a.pdf", 3.0, "=1+1"
    book.save(tmp_path / "m.xlsx")
    rows = read_table(tmp_path / "m.xlsx", Limits())
    assert [any(row) for row in rows] == [True, False, True, False, True]
    declared, problems = parse_manifest(rows)
    assert problems == []
    assert declared == [Declared(5, ("a.pdf",), Placement(), 3)]  # a formula without a value says nothing
    (tmp_path / "m.csv").write_bytes(TEXT.encode("utf-16"))
    assert read_table(tmp_path / "m.csv", Limits()) == TABLE
    for name, data in (("old.xls", b"\xd0\xcf\x11\xe0rest"), ("bad.xlsx", b"PK\x03\x04rest")):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(Refusal):
            read_table(tmp_path / name, Limits())
    with pytest.raises(Refusal, match="more than 1 rows"):
        read_table(tmp_path / "m.csv", Limits(max_rows=1))


def test_titles_above_and_empty_rows_are_skipped_and_a_cell_names_several_files():
    rows = [["Công ty X"], [], ["Box", "Sheet count", "File names", "Dossier"]]
    rows += [["1", "2", "a.pdf; x\\b.pdf\n./c.pdf", "HS 1"], ["", "", "", ""], ["", "4", "d.pdf", ""]]
    declared, problems = parse_manifest(rows)
    assert problems == []
    assert declared[0] == Declared(4, ("a.pdf", "x/b.pdf", "c.pdf"), Placement("1", "HS 1"), 2)
    assert declared[1].row == 6


def test_a37_every_error_has_its_row_in_both_languages():
    bad = [["x", "H", "", "3"], ["x", "H", "../a.pdf", "ba"], ["x", "H", "b.pdf", ""]]
    bad += [["x", "H", "c.pdf", "0"], ["x", "H", "d.pdf", "2"], ["x", "H", "d.pdf", "2"]]
    _, problems = parse_manifest([TABLE[0], *bad])
    assert [problem.row for problem in problems] == [2, 3, 3, 4, 5, 7]
    assert (
        str(problems[-1])
        == "row 7: the file 'd.pdf' stands in row 6 already · dòng 7: tệp 'd.pdf' đã có ở dòng 6"
    )
    assert parse_manifest([["a", "b"]])[1][0].row == 0
    assert parse_manifest([TABLE[0]])[1][0].vietnamese == "bảng kê không có dòng nào"


@given(st.lists(st.lists(st.text(max_size=20), max_size=6), max_size=6))
def test_any_table_is_rows_or_problems(rows):
    declared, problems = parse_manifest([TABLE[0], *rows])
    assert declared or problems


def arrived(path, read=0, blank=0, failed=0, **changes):
    values = {"finished": True, "read": read, "blank": blank, "failed": failed}
    return Arrived(path, changes.pop("outcome", "new"), path, Placement(), **(values | changes))


def differing(declared, came, rule=WHOLE):
    ledger = balance(("F01", "lô 1"), declared, came, rule)
    return [(each.kind, each.row, each.path) for each in ledger.differences]


@pytest.mark.parametrize(
    ("rule", "sheets", "pages", "came", "fits"),
    [
        ("whole", 3, None, (3, 0, 0), True),  # one side of each was scanned
        ("whole", 3, None, (4, 2, 0), True),  # both sides, two of them blank
        ("whole", 3, None, (5, 0, 0), False),
        ("whole", 3, 4, (4, 2, 0), True),  # blank sides are no pages
        ("whole", 3, 6, (4, 2, 0), False),
        ("whole", None, 4, (3, 0, 1), True),  # a page that failed is a page
        ("duplex", 3, None, (3, 0, 0), False),
        ("simplex", 3, None, (6, 0, 0), False),
        ("blank-dropped", 3, None, (5, 0, 0), True),
        ("blank-dropped", 3, None, (2, 0, 0), False),
    ],
)
def test_k07_counts_fit_by_the_rule(rule, sheets, pages, came, fits):
    declared = [Declared(2, ("a.pdf",), Placement(), sheets, pages)]
    found = differing(declared, [arrived("a.pdf", *came)], count_rule(rule))
    assert found == ([] if fits else [("count", 2, "a.pdf")])


def test_k07_missing_extra_refused_and_waiting_are_named():
    declared = [Declared(row, (f"{row}.pdf",), Placement(), 1) for row in (2, 3, 4, 5)]
    came = [
        arrived("2.pdf", 1),
        arrived("3.pdf", finished=False),
        arrived("5.pdf", finished=False, outcome="refused"),
        arrived("x.pdf", 1),
    ]
    assert differing(declared, came) == [
        ("waiting", 0, "3.pdf"),
        ("refused", 0, "5.pdf"),
        ("extra", 0, "x.pdf"),
        ("missing", 4, "4.pdf"),
    ]


def test_separator_sheets_are_no_part_of_a_dossier():
    declared = [Declared(2, ("a.pdf",), Placement(), 2)]
    ledger = balance(("F", "b"), declared, [arrived("a.pdf", 2, separators=3)], WHOLE)
    assert ledger.adds_up
    assert (ledger.received, ledger.separators) == (2, 3)


def test_without_a_manifest_a_batch_adds_up_when_all_ended():
    assert differing([], [arrived("a.pdf", 3, 1, 1)]) == []


def test_a_file_is_meant_by_its_path_or_by_its_end_where_that_is_clear():
    declared = [
        Declared(2, ("a.pdf",), Placement("1")),
        Declared(3, ("y/b.pdf",), Placement("2")),
        Declared(4, ("x/a.pdf",), Placement("3")),
    ]
    matched, ambiguous = match(declared, ["x/a.pdf", "z/a.pdf", "lô.zip/y/b.pdf", "my/b.pdf"])
    assert matched == {2: ("",), 3: ("lô.zip/y/b.pdf",), 4: ("x/a.pdf",)}
    assert [each.row for each in ambiguous] == [2]
    assert placing(declared, ["lô.zip/y/b.pdf"]) == {"lô.zip/y/b.pdf": Placement("2")}


def test_an_unknown_rule_is_wrong_usage():
    with pytest.raises(UsageError, match="whole, duplex"):
        count_rule("none")


def printed(path, text):
    path.parent.mkdir(exist_ok=True)
    image = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(image).text((40, 40), text, fill=0, font_size=60)
    image.save(path, dpi=(300, 300))


def test_a_batch_with_a_manifest_from_the_command_line(tmp_path):
    for name in ("a.png", "b.png", "extra.png"):
        printed(tmp_path / "in" / name, name)
    rows = "Hộp,Hồ sơ,Tệp,Số tờ\n1,H1,a.png,1\n1,H2,b.png,ba\n1,H2,c.png,1\n"
    (tmp_path / "in" / "lô 7.csv").write_text(rows, "utf-8")
    done = digitizer("ingest", "--manifest", "in/lô 7.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "row 3: sheets is 'ba'" in done.stderr
    assert not list((tmp_path / "archive").rglob("masters/*"))  # nothing half-imported
    (tmp_path / "in" / "lô 7.csv").write_text(rows.replace("ba", "2"), "utf-8")
    for states in ("3 new", "3 known"):
        done = digitizer("ingest", "--manifest", "in/lô 7.csv", cwd=tmp_path)
        assert done.returncode == 1
        assert done.stdout == f"batch lô 7: {states}\n"
        assert "row 4: c.png: is declared and did not arrive" in done.stderr
        assert "extra.png: arrived and is not declared" in done.stderr
    done = digitizer("reconcile", "lô 7", cwd=tmp_path)
    assert done.returncode == 1
    assert "a.png: has not been read yet" in done.stdout
    assert digitizer("reconcile", "lô 8", cwd=tmp_path).returncode == 1
