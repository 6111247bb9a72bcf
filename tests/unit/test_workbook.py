"""Workbooks hold whatever text comes."""

from openpyxl import load_workbook

from digitizer.writing.workbook import Sheet, write_workbook


def test_control_characters_are_left_out_and_no_text_becomes_a_formula(tmp_path):
    sheet = Sheet("A", [["Tên", "Số"]], ["text", "count"], [["=1+1\x00", 2], ["Sổ\x1b", 3]], ["hỏi: \x07a"])
    write_workbook(tmp_path / "a.xlsx", [sheet])
    page = load_workbook(tmp_path / "a.xlsx").active
    assert page is not None
    assert page["A1"].value == "hỏi: a"
    assert (page["A4"].value, page["A4"].data_type) == ("=1+1", "s")
    assert page["A5"].value == "Sổ"
