"""From pages to documents: borders, classes, fields of state papers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digitizer.model import DocumentPart, PageRecord
from digitizer.understanding.paper import SlotReading
from digitizer.understanding.tables import default_tables, parse_tables
from digitizer.understanding.understand import Understanding, understand
from tests.unit.typed import body, header, page

PROSE = (
    "Thực hiện Kế hoạch số 12/KH-UBND ngày 05/01/2024 của Ủy ban nhân dân tỉnh về công tác lưu trữ",
    "trên địa bàn, các cơ quan, đơn vị có trách nhiệm tổ chức thực hiện và báo cáo kết quả theo quy định.",
)
CLOSE = [
    (0.13, 0.7, "Nơi nhận:"),
    (0.13, 0.715, "- Như Điều 3;"),
    (0.13, 0.73, "- Lưu: VT, TP."),
    (-0.7, 0.7, "TM. ỦY BAN NHÂN DÂN"),
    (-0.7, 0.72, "KT. CHỦ TỊCH"),
    (-0.7, 0.74, "PHÓ CHỦ TỊCH"),
    (-0.7, 0.84, "Trần Văn Mẫu"),
]


def decision(number: int = 1, subject: str = "Về việc phê duyệt kế hoạch số hóa") -> PageRecord:
    lines = [
        *header(
            ["ỦY BAN NHÂN DÂN", "TỈNH HÒA BÌNH"], "Số: 125/QĐ-UBND", "Hòa Bình, ngày 05 tháng 3 năm 2024"
        ),
        (-0.52, 0.17, "QUYẾT ĐỊNH"),
        (-0.52, 0.19, subject),
        *body(0.24, "Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024;", *PROSE),
        (-0.52, 0.4, "QUYẾT ĐỊNH:"),
        *body(0.43, "Điều 1. Phê duyệt kế hoạch số hóa tài liệu lưu trữ.", "Điều 2. Thi hành."),
        *CLOSE,
    ]
    return page(lines, number)


def letter(number: int = 1) -> PageRecord:
    lines = [
        *header(
            ["UBND TỈNH HÒA BÌNH", "SỞ TƯ PHÁP"], "Số: 3160/STP-VP", "Hòa Bình, ngày 7 tháng 11 năm 2024"
        ),
        (-0.27, 0.135, "V/v báo cáo kết quả"),
        (-0.27, 0.153, "công tác hộ tịch"),
        (-0.52, 0.21, "Kính gửi: Phòng Tư pháp các huyện"),
        *body(0.25, *PROSE),
    ]
    return page(lines, number)


def values(part: DocumentPart) -> dict[str, str]:
    return {field.name: field.value for field in part.fields}


def test_a_decision_is_named_and_its_header_taken_apart() -> None:
    (part,) = understand([decision()])
    assert part.document_class == "decision"
    assert part.class_confidence > 0.95
    assert values(part) == {
        "number": "125",
        "notation": "QĐ-UBND",
        "date": "05/03/2024",
        "place": "Hòa Bình",
        "organ_name": "ỦY BAN NHÂN DÂN TỈNH HÒA BÌNH",
        "subject": "Về việc phê duyệt kế hoạch số hóa",
        "signer_title": "PHÓ CHỦ TỊCH",
        "signer_name": "Trần Văn Mẫu",
        "recipients": "Như Điều 3; Lưu: VT, TP",
    }


def test_a_letter_without_title_is_known_by_its_subject_and_salutation() -> None:
    (part,) = understand([letter()])
    found = values(part)
    assert part.document_class == "official_letter"
    assert found["subject"] == "V/v báo cáo kết quả công tác hộ tịch"
    assert found["organ_parent"] == "UBND TỈNH HÒA BÌNH"
    assert found["organ_name"] == "SỞ TƯ PHÁP TỈNH HÒA BÌNH"
    assert found["addressees"] == "Phòng Tư pháp các huyện"


def test_a_type_read_with_a_thin_bar_speaks_for_its_title_not_for_a_letter() -> None:
    lines = [
        *header(
            ["ỦY BAN NHÂN DÂN", "XÃ VĨNH THẠNH"], "Số: 1247/TIr-UBND", "Vĩnh Thạnh, ngày 12 tháng 9 năm 2005"
        ),
        (-0.52, 0.17, "TỜ TRÌNH"),
        (-0.52, 0.19, "Về việc tăng cường công tác số hóa"),
        (-0.52, 0.22, "Kính gửi: Ủy ban nhân dân tỉnh Sơn La"),
        *body(0.26, *PROSE),
    ]
    (part,) = understand([page(lines)])
    assert part.document_class == "submission"
    assert part.class_confidence > 0.9
    assert values(part)["notation"] == "TTr-UBND"


@pytest.mark.parametrize(
    ("read", "place"), [("chiềng Công", "Chiềng Công"), ("của Chính phủ", None), ("căn cứ", None)]
)
def test_a_place_whose_first_letter_was_read_small_is_one(read: str, place: str | None) -> None:
    lines = [
        *header(["ỦY BAN NHÂN DÂN", "XÃ CHIỀNG CÔNG"], "Số: 12/QĐ-UBND", f"{read}, ngày 25 tháng 9 năm 2019"),
        (-0.52, 0.17, "QUYẾT ĐỊNH"),
        *body(0.24, *PROSE),
    ]
    assert values(understand([page(lines)])[0]).get("place") == place


def test_every_value_stands_in_its_box() -> None:
    (part,) = understand([decision()])
    by_name = {field.name: field for field in part.fields}
    assert by_name["number"].raw == "125/QĐ-UBND"
    assert by_name["date"].box.left > 1240
    assert by_name["organ_name"].raw == "ỦY BAN NHÂN DÂN\nTỈNH HÒA BÌNH"


def test_a_pile_is_split_where_papers_begin_and_blank_backs_stay() -> None:
    pile = [decision(1), page([], 2), letter(3), page(body(0.1, "2", *PROSE), 4), decision(5)]
    parts = understand(pile)
    assert [part.pages for part in parts] == [(1, 2), (3, 4), (5,)]
    assert [part.document_class for part in parts] == ["decision", "official_letter", "decision"]


def test_what_no_row_speaks_for_stays_unknown_and_goes_to_review() -> None:
    (part,) = understand([page(body(0.1, *PROSE))])
    assert (part.document_class, part.needs_review, part.fields) == ("unknown", True, ())


def test_a_slot_read_by_hand_stands_before_what_print_reading_made_of_it() -> None:
    made = decision()
    number_box = next(w.box for w in made.layer.words if w.text.startswith("125")) if made.layer else None
    assert number_box is not None
    slot = SlotReading(1, "number", number_box, "728", 0.97)
    (part,) = Understanding()([made], [slot])
    field = next(f for f in part.fields if f.name == "number")
    assert (field.value, field.source, field.confidence) == ("728", "handwritten", 0.97)


@pytest.mark.parametrize("mark", ["MẬT", "TỐI MẬT", "TUYỆT MẬT"])
def test_a_secrecy_mark_alone_on_its_line_is_found(mark: str) -> None:
    made = [
        *header(["BỘ TƯ PHÁP"], "Số: 12/BTP-VP", "Hà Nội, ngày 05 tháng 3 năm 2024"),
        (-0.27, 0.13, mark),
        (-0.52, 0.2, "Kính gửi: Văn phòng Chính phủ"),
        *body(0.25, *PROSE),
    ]
    assert values(understand([page(made)])[0])["secrecy"] == mark


@pytest.mark.parametrize("words", ["Về bảo mật và bí mật nhà nước", "MẬT ĐỘ DÂN SỐ", "BẢO MẬT", "Mật"])
def test_words_with_mat_in_them_are_no_secrecy_mark(words: str) -> None:
    made = [*header(["BỘ TƯ PHÁP"], "Số: 12/BTP-VP", "Hà Nội, ngày 05 tháng 3 năm 2024"), (0.13, 0.4, words)]
    assert "secrecy" not in values(understand([page([*made, (-0.5, 0.2, "Kính gửi: Sở Y tế")])])[0])


def test_a_new_class_and_field_are_rows_of_the_tables_alone() -> None:
    extra = """
    [[class]]
    name = "land_use_certificate"
    group = "land"
    titles = ["GIẤY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT"]
    [[field]]
    name = "parcel"
    classes = ["land_use_certificate"]
    labels = ["Thửa đất số"]
    """
    tables = parse_tables([extra])
    both = Understanding(
        type(tables)(
            (*default_tables().classes, *tables.classes),
            (*default_tables().fields, *tables.fields),
            default_tables().stops,
            default_tables().lists,
        )
    )
    lines = [
        (-0.5, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (-0.5, 0.15, "GIÁY CHỨNG NHẬN QUYỀN SỬ DỤNG ĐẤT"),
        (0.13, 0.3, "Thửa đất số: 125 tờ bản đồ 7"),
    ]
    (part,) = both([page(lines)])
    assert part.document_class == "land_use_certificate"
    assert values(part) == {"parcel": "125 tờ bản đồ 7"}


@pytest.mark.parametrize(
    ("sure", "value", "outcome"), [(0.5, "22/02/1999", "warn"), (0.96, "22/02/1990", "fail")]
)
def test_a_date_before_what_it_cites_is_mended_where_it_was_read_with_doubt(
    sure: float, value: str, outcome: str
) -> None:
    head = header(["ỦY BAN NHÂN DÂN", "TỈNH HÒA BÌNH"], "Số: 7/QĐ-UBND", "Hòa Bình, ngày 22 tháng 2 năm 1990")
    lines = [*head, (-0.52, 0.17, "QUYẾT ĐỊNH"), *body(0.24, "Căn cứ tờ trình ngày 18 tháng 01 năm 1999;")]
    made = page(lines)
    assert made.layer is not None
    read = tuple(
        replace(each, words=tuple(replace(w, confidence=sure) if w.text == "1990" else w for w in each.words))
        for each in made.layer.lines
    )
    made = replace(made, layer=replace(made.layer, lines=read))
    field = next(f for f in understand([made])[0].fields if f.name == "date")
    assert (field.value, field.raw) == (value, "ngày 22 tháng 2 năm 1990")
    assert [(c.rule, c.outcome) for c in field.checks] == [("cited-dates", outcome)]


def test_two_organs_that_issue_together_are_one_name() -> None:
    head = header(
        ["BỘ TƯ PHÁP -", "BỘ NỘI VỤ"], "Số: 32/2007/TTLT-BTP-BNV", "Hà Nội, ngày 06 tháng 9 năm 2007"
    )
    found = values(understand([page([*head, (-0.52, 0.17, "THÔNG TƯ LIÊN TỊCH")])])[0])
    assert found["organ_name"] == "BỘ TƯ PHÁP - BỘ NỘI VỤ"
    assert "organ_parent" not in found


def test_a_number_filled_in_by_hand_is_not_believed_as_print_is() -> None:
    typed, filled = (
        next(
            f
            for f in understand(
                [
                    page(
                        [
                            *header(["SỞ Y TẾ"], number, "Huế, ngày 05 tháng 3 năm 2024"),
                            (-0.5, 0.2, "BÁO CÁO"),
                        ]
                    )
                ]
            )[0].fields
            if f.name == "number"
        )
        for number in ("Số: 125/BC-SYT", "Số:   125   /BC-SYT")
    )
    assert (typed.value, typed.source, filled.value, filled.source) == (
        "125",
        "printed",
        "125",
        "handwritten",
    )
    assert filled.confidence < 0.7 < typed.confidence


def test_the_subject_takes_the_form_the_paper_repeats() -> None:
    made = page(
        [
            (-0.7, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (-0.52, 0.17, "KẾ HOẠCH"),
            (-0.52, 0.19, "Về công tác phòng, chống địch cúm"),
            *body(0.24, "Việc phòng, chống dịch cúm ở các xã,", "công tác phòng, chống dịch cúm tại trường;"),
        ]
    )
    field = next(f for f in understand([made])[0].fields if f.name == "subject")
    assert (field.value, field.raw) == (
        "Về công tác phòng, chống dịch cúm",
        "Về công tác phòng, chống địch cúm",
    )


def test_a_subject_whose_first_words_were_printed_tight_keeps_them_apart() -> None:
    made = page(
        [
            (-0.7, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
            (-0.52, 0.17, "KẾ HOẠCH"),
            (-0.52, 0.19, "Vềviệc phòng, chống dịch cúm"),
            *body(0.24, "Các xã phòng, chống dịch cúm tại trường và tại nhà;"),
        ]
    )
    field = next(f for f in understand([made])[0].fields if f.name == "subject")
    assert field.value == "Về việc phòng, chống dịch cúm"


def test_an_attached_form_stays_with_its_paper() -> None:
    form = page(
        [
            (-0.5, 0.04, "PHỤ LỤC 1:"),
            *header(["KHOA"], "Số: /BB-KHOA", "Hà Nội, ngày tháng năm 2025"),
            (-0.5, 0.2, "BIÊN BẢN"),
        ],
        2,
    )
    (part,) = understand([decision(), form])
    assert (part.pages, part.needs_review) == ((1, 2), True)


def test_a_sheet_with_a_separating_code_stands_alone() -> None:
    sheet = replace(page([(-0.5, 0.3, "Hồ sơ số 160")], 2), flags=("separator",))
    parts = understand([decision(1), sheet, page(body(0.1, *PROSE), 3)])
    assert [(part.pages, part.document_class) for part in parts] == [
        ((1,), "decision"),
        ((2,), "separator"),
        ((3,), "unknown"),
    ]
    assert not parts[1].needs_review


@pytest.mark.parametrize(
    ("title", "under", "name"),
    [
        ("QUYẾT ĐỊNH", "Xử phạt vi phạm hành chính", "sanction_decision"),
        ("QUYẾT ĐỊNH", "Về việc cho phép thay đổi, cải chính hộ tịch", "civil_status_change"),
        ("QUYẾT ĐỊNH", "Về việc nâng bậc lương", "decision"),
        ("BIÊN BẢN", "Vi phạm hành chính", "violation_minutes"),
        ("HỘI ĐỒNG NHÂN DÂN", "Khóa X", "unknown"),
    ],
)
def test_what_stands_under_a_title_tells_the_kind(title: str, under: str, name: str) -> None:
    made = [
        (-0.7, 0.06, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        (-0.52, 0.17, title),
        (-0.52, 0.19, under),
        *body(0.3, *PROSE),
    ]
    assert understand([page(made)])[0].document_class == name
