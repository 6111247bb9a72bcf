"""Words that were not read, and lines read across two columns: what stands beside them is still taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digitizer.model import DocumentPart, FieldValue, Line, PageRecord
from digitizer.understanding.columns import in_columns
from digitizer.understanding.review import is_sure
from digitizer.understanding.understand import understand
from digitizer.understanding.values import GRAMMARS
from tests.unit.typed import Placed, body, header, line, page

NATION: Placed = (-0.7, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
PROSE = body(0.3, "Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024;", "Xét đề nghị của Giám đốc Sở Nội vụ,")


def without(made: PageRecord, word: str) -> PageRecord:
    """The page, one of its words not read."""
    assert made.layer is not None
    lines = tuple(Line(tuple(w for w in each.words if w.text != word)) for each in made.layer.lines)
    return replace(made, layer=replace(made.layer, lines=lines))


def field(part: DocumentPart, name: str) -> FieldValue:
    return next(value for value in part.fields if value.name == name)


@pytest.mark.parametrize("title", ["QUYẾT ĐỊNH", "KẾ HOẠCH", "CHỈ THỊ", "THÔNG BÁO"])
def test_a_subject_goes_on_behind_a_word_that_was_not_read(title: str) -> None:
    lines: list[Placed] = [
        NATION,
        (-0.52, 0.17, title),
        (-0.52, 0.19, "Về việc tăng cường các biện pháp bảo đảm đón Tết"),
        (-0.52, 0.207, "Nguyên đán đầm ấm, an toàn trên địa bàn"),
        (-0.52, 0.224, "tỉnh và các huyện"),
        *PROSE,
    ]
    found = field(understand([without(page(lines), "đầm")])[0], "subject")
    assert found.value.endswith("Tết Nguyên đán ấm, an toàn trên địa bàn tỉnh và các huyện")
    assert not is_sure(found)  # a person sees that a word is missing
    whole = field(understand([page(lines)])[0], "subject")
    assert is_sure(whole)


def test_a_letters_subject_is_found_though_its_first_word_was_not_read() -> None:
    top = header(
        ["UBND TỈNH HÒA BÌNH", "SỞ TƯ PHÁP"], "Số: 3160/STP-VP", "Hòa Bình, ngày 7 tháng 11 năm 2024"
    )
    lines = [
        *top,
        (-0.27, 0.125, "V/v báo cáo kết quả"),
        (-0.27, 0.143, "công tác hộ tịch năm nay"),
        (-0.52, 0.21, "Kính gửi: Phòng Tư pháp các huyện"),
        *PROSE,
    ]
    found = field(understand([without(page(lines), "V/v")])[0], "subject")
    assert (found.value, is_sure(found)) == ("V/v báo cáo kết quả công tác hộ tịch năm nay", False)
    assert found.raw == "báo cáo kết quả\ncông tác hộ tịch năm nay"


def test_lines_under_a_number_that_stand_in_the_middle_are_no_subject() -> None:
    top = header(
        ["UBND TỈNH HÒA BÌNH", "SỞ TƯ PHÁP"], "Số: 3160/STP-VP", "Hòa Bình, ngày 7 tháng 11 năm 2024"
    )
    lines = [
        *top,
        (-0.27, 0.125, "bản gửi các phòng"),
        (-0.27, 0.143, "chuyên môn"),
        (-0.52, 0.21, "Kính gửi: Phòng Tư pháp các huyện"),
        *PROSE,
    ]
    assert all(value.name != "subject" for value in understand([page(lines)])[0].fields)


def test_an_organs_name_is_one_line_though_a_word_of_it_was_not_read() -> None:
    top = header(
        ["BỘ TƯ PHÁP", "CỤC KIỂM TRA VĂN BẢN"], "Số: 317/KH-KTrVB", "Hà Nội, ngày 21 tháng 12 năm 2005"
    )
    made = without(page([*top, (-0.52, 0.17, "KẾ HOẠCH"), *PROSE]), "KIỂM")
    part = understand([made])[0]
    assert (field(part, "organ_parent").value, field(part, "organ_name").value) == (
        "BỘ TƯ PHÁP",
        "CỤC TRA VĂN BẢN",
    )
    assert not is_sure(field(part, "organ_name"))


def test_a_highland_place_read_with_a_small_l_is_a_place() -> None:
    top = header(["ỦY BAN NHÂN DÂN", "XÃ IA BĂNG"], "Số: 12/QĐ-UBND", "la Băng, ngày 06 tháng 02 năm 2022")
    part = understand([page([*top, (-0.52, 0.17, "QUYẾT ĐỊNH"), *PROSE])])[0]
    assert field(part, "place").value == "Ia Băng"


def test_a_sheet_of_life_is_known_by_its_items_where_its_title_was_not_read_whole() -> None:
    items = (
        "1) Họ và tên: LÊ THU HẰNG",
        "2) Tên gọi khác: Không có",
        "3) Sinh ngày: 09 tháng 4 năm 1955",
        "14) Ngày vào Đảng Cộng sản Việt Nam: 01/02/1986",
    )
    lines: list[Placed] = [
        (0.13, 0.05, "Số hiệu cán bộ, công chức: 920"),
        (-0.52, 0.17, "SƠ YẾU LÝ"),
        *body(0.22, *items),
    ]
    part = understand([page(lines)])[0]
    assert (part.document_class, part.needs_review) == ("curriculum_vitae", True)


def test_a_signer_called_like_a_title_is_still_a_name() -> None:
    lines: list[Placed] = [
        *header(["CHÍNH PHỦ"], "Số: 12/2020/NĐ-CP", "Hà Nội, ngày 21 tháng 12 năm 2020"),
        (-0.52, 0.17, "NGHỊ ĐỊNH"),
        (-0.52, 0.19, "Quy định về công tác lưu trữ"),
        *PROSE,
        (-0.7, 0.5, "TM. CHÍNH PHỦ"),
        (-0.7, 0.518, "THỦ TƯỚNG"),
        (-0.7, 0.64, "Vũ Trọng Hùng"),
    ]
    part = understand([page(lines)])[0]
    assert (field(part, "signer_title").value, field(part, "signer_name").value) == (
        "THỦ TƯỚNG",
        "Vũ Trọng Hùng",
    )


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1310211973", "13/02/1973"),
        ("08/04111990", "08/04/1990"),
        ("19/1211966", "19/12/1966"),
        ("14/711963", "14/07/1963"),
        ("71511990", "07/05/1990"),
        ("01/02!11986", "01/02/1986"),
    ],
)
def test_strokes_read_as_ones_are_seen_where_that_makes_one_day(read: str, meant: str) -> None:
    value = GRAMMARS["date"](read)
    assert value is not None
    assert (value.text, value.doubt) == (meant, 0.5)  # never believed without a look


@pytest.mark.parametrize("read", ["367224235", "096156685518", "35110106", "1234567890", "0912345678"])
def test_figures_that_are_no_day_give_no_date(read: str) -> None:
    assert GRAMMARS["date"](read) is None


def test_a_register_number_of_too_many_figures_has_lost_its_stroke() -> None:
    value = GRAMMARS["register_number"]("29511990")
    assert value is not None
    assert (value.text, value.doubt) == ("295/1990", 0.5)


PAIRS = (
    ("Họ và tên vợ: LÊ THỊ MAI", "Họ và tên chồng: TRẦN VĂN MẪU"),
    ("Dân tộc: Kinh", "Dân tộc: Tày"),
    ("Quốc tịch: Việt Nam", "Quốc tịch: Việt Nam"),
    ("Nơi cư trú: Thôn 7, xã Đức Xuân,", "Nơi cư trú: Khóm 18, xã Thiện Long,"),
    ("huyện Bắc Quang", "huyện Bình Gia"),
)


def two_persons() -> list[Line]:
    """A form of two columns, its rows read as lines across both, then a line of its own."""
    rows: list[Line] = []
    for at, (left, right) in enumerate(PAIRS):
        one, two = line((0.13, 0.2 + 0.025 * at, left)), line((0.53, 0.2 + 0.025 * at, right))
        rows.append(Line((*one.words, *two.words)))
    return [
        *rows,
        line(
            (0.13, 0.33, "Đăng ký kết hôn tại: Ủy ban nhân dân xã Thiện Long, huyện Bình Gia, tỉnh Lạng Sơn")
        ),
    ]


def test_rows_read_across_two_persons_are_taken_apart() -> None:
    rows = two_persons()
    assert [each.text for each in in_columns(rows)] == [
        *(left for left, _ in PAIRS),
        *(right for _, right in PAIRS),
        rows[-1].text,
    ]


def test_rows_of_one_person_and_cells_read_apart_stay() -> None:
    alone = [line((0.13, 0.2, "Dân tộc: Kinh   Quốc tịch: Việt Nam")), line((0.13, 0.23, "Giới tính: Nam"))]
    assert in_columns(alone) == tuple(alone)
    cells = [
        line((0.13 + 0.4 * at, 0.2 + 0.03 * k, text))
        for k, pair in enumerate(PAIRS)
        for at, text in enumerate(pair)
    ]
    assert in_columns(cells) == tuple(cells)
    assert in_columns([]) == ()
