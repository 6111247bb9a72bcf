"""What values of forms are taken, mended, doubted: each case a form that reading made of a page."""

from collections.abc import Sequence

import pytest

from digitizer.model import Box, FieldValue, Line, Outcome, PageRecord, PageStatus, TextLayer, Word
from digitizer.understanding.again import said_again
from digitizer.understanding.closing import signatures
from digitizer.understanding.echo import echo_of, mended
from digitizer.understanding.form_values import FORM_GRAMMARS
from digitizer.understanding.found import field_of
from digitizer.understanding.labels import label_fields
from digitizer.understanding.names import name_doubt, whole_syllables
from digitizer.understanding.organs import with_marks
from digitizer.understanding.review import is_sure
from digitizer.understanding.segments import segment, view_of
from digitizer.understanding.tables import default_tables
from digitizer.understanding.understand import Understanding
from digitizer.understanding.units import default_units
from digitizer.understanding.values import GRAMMARS
from scripts.reads import PRINTED

Cell = tuple[int, int, str]


def paper(*cells: Cell) -> PageRecord:
    """A page of lines at their places."""
    layer = TextLayer(PRINTED, "printed", tuple(line_at(*cell) for cell in cells))
    return PageRecord(1, 900, 1200, 100, PageStatus.TEXT, layer=layer)


def line_at(left: int, top: int, text: str, sure: float = 0.96) -> Line:
    """A line of words, ten pixels a letter; three spaces are a gap between columns."""
    words = []
    for part in text.split(" "):
        if part:
            bare = part.removesuffix("?")  # `word?` was read with doubt
            box = Box(left, top, left + 10 * len(bare), top + 24)
            words.append(Word(bare, box, 0.7 if part != bare else sure))
            left += 10 * len(bare)
        left += 8
    return Line(tuple(words))


def taken(kind: str, cells: Sequence[Cell]) -> dict[str, FieldValue]:
    """The labelled fields of a class from lines at their places."""
    tables = default_tables()
    rows = [row for row in tables.fields_of(kind) if row.labels]
    found = label_fields([view_of(paper(*cells))], rows, tables.stops[tables.group_of(kind)])
    return {field.name: field for field in found}


def test_a_sentence_below_a_column_is_not_its_value() -> None:
    cells = (
        (10, 40, "Được cải chính họ tên từ: Đinh Đức Sơn    thành: Phạm Văn Hùng"),
        (40, 76, "Điều 2. Quyết định này có hiệu lực kể từ ngày ký./."),
    )
    assert taken("civil_status_change", cells)["change_to"].value == "Phạm Văn Hùng"


def test_a_cell_right_of_its_label_is_found_wherever_it_was_read() -> None:
    cells = (
        (10, 140, "Giấy tờ tùy thân:"),
        (10, 176, "ngày 19/10/2014"),
        (240, 142, "CMND số 597522267, Công an tỉnh Lạng Sơn cấp"),
    )
    assert taken("death_extract", cells)["personal_id"].value == "597522267"


def test_a_heading_in_the_corner_has_its_value_below_it() -> None:
    cells = (
        (10, 40, "Phông: Ủy ban nhân dân tỉnh lạng              THỜI HẠN BẢO QUẢN"),
        (100, 76, "Sơn"),
        (500, 78, "20 năm"),
    )
    found = taken("file_cover", cells)
    assert found["retention"].value == "20 năm"
    assert found["fonds_name"].value == "Ủy ban nhân dân tỉnh lạng Sơn"


def test_a_colon_read_as_a_dash_closes_a_label() -> None:
    cells = ((10, 40, "Dân tộc: Nùng    Quốc tịch- Việt Nam"),)
    found = taken("civil_status_change", cells)
    assert (found["ethnicity"].value, found["nationality"].value) == ("Nùng", "Việt Nam")


@pytest.mark.parametrize(
    ("grammar", "read", "value"),
    [
        ("year", "41985", "1985"),
        ("date", "416/05/2022", "16/05/2022"),
        ("date", "18/92/2019", "18/02/2019"),
        ("register_number", "137/2919", "137/2019"),
        ("personal_id", "951321693231", "051321693231"),
        ("book", "91", "91"),
        ("marital", "Đã ly hân theo Bản án số 12", "Đã ly hôn theo Bản án số 12"),
        ("person", "H LAN AYUN", "H'LAN AYUN"),
        ("person", "TRỊNH HỘNG YẾN", "TRỊNH HỘNG YẾN"),
        ("relation", "Cọn", "Con"),
        ("retention", "29 năm", "29 năm"),
        ("person", "HLAN AYUN", "H'LAN AYUN"),
        ("person", "Đã Kim Duyên", "Đã Kim Duyên"),
        ("person", "Lê Ngoc Hạnh", "Lê Ngoc Hạnh"),
    ],
)
def test_what_a_value_cannot_be_goes_to_a_person(grammar: str, read: str, value: str) -> None:
    found = FORM_GRAMMARS.get(grammar, GRAMMARS.get(grammar))
    assert found is not None
    given = found(read)
    assert given is not None
    assert given.text == value
    assert given.doubt >= (0.2 if grammar != "relation" else 0.1)


@pytest.mark.parametrize("name", ["Nguyễn Văn An", "Y Thuyên Niê", "H'Bia Ksor", "Giàng A Páo"])
def test_names_of_all_peoples_are_names(name: str) -> None:
    assert name_doubt(name, default_tables()) == 0.0
    assert whole_syllables(name) == (name, 0.0)


def test_a_unit_keeps_its_name_beside_a_province_of_the_same_letters() -> None:
    tables = default_tables()
    assert with_marks("HUYỆN QUANG BÌNH", tables) == "HUYỆN QUANG BÌNH"
    assert with_marks("TỈNH QUANG BINH", tables) == "TỈNH QUẢNG BÌNH"


def test_units_are_known_but_for_marks_or_one_letter() -> None:
    units = default_units()
    assert units.like("HUYỆN CẦN ĐƯỢC") == "Huyện Cần Đước"
    assert units.like("Thị trấn Cát Tàu Hạ") == "Thị trấn Cái Tàu Hạ"
    assert units.like("Xã Không Có Đâu") is None


def test_a_side_of_a_contract_has_the_marks_of_the_organs_phrases() -> None:
    found = FORM_GRAMMARS["party"]("Phòng Phố biến, giáo dục pháp luật")
    assert found is not None
    assert found.text == "Phòng Phổ biến, giáo dục pháp luật"


def test_the_review_rule_is_the_one_of_the_tables() -> None:
    cells = ((10, 40, "Họ, chữ đệm, tên: Đã Kim Duyên"),)
    assert not is_sure(taken("marital_status_certificate", cells)["person_name"])


def again(value: str, *cells: Cell) -> FieldValue:
    """A person's name of the first line held against the other lines."""
    view = view_of(paper((10, 40, f"Họ tên: {value}"), *cells))
    words = view.lines[0].words[2:]
    field = field_of("person_name", value.replace("?", ""), segment(words, 1, 0))
    return next(iter(said_again([field], [view], default_tables())))


@pytest.mark.parametrize(
    ("value", "elsewhere", "given", "outcome"),
    [
        ("LÊ NGỌC HẠNH", "đề nghị của bà Lê Ngọc Hạnh, về việc", "LÊ NGỌC HẠNH", Outcome.PASS),
        ("Lê Ngoc Hạnh", "đề nghị của bà Lê Ngọc Hạnh, về việc", "Lê Ngọc Hạnh", Outcome.WARN),
        ("PHẠM ĐỨC", "đề nghị của ông Phạm Đức Lộc về việc", "PHẠM ĐỨC LỘC", Outcome.WARN),
        ("LÊ NGỌC HẠNH", "đề nghị của bà Lê Ngoc Hạnh, về việc", "LÊ NGỌC HẠNH", Outcome.WARN),
    ],
)
def test_a_name_said_twice_is_held_against_itself(
    value: str, elsewhere: str, given: str, outcome: Outcome
) -> None:
    found = again(value, (10, 120, elsewhere))
    assert (found.value, [(c.rule, c.outcome) for c in found.checks]) == (given, [("name-again", outcome)])


def test_a_name_said_once_is_left_alone() -> None:
    assert again("LÊ NGỌC HẠNH", (10, 120, "đề nghị của bà Lê Ngọc Anh, về việc")).checks == ()


def test_a_column_beside_is_no_cell_of_a_label() -> None:
    cells = (
        (10, 40, "Họ, chữ đệm, tên vợ: PHẠM MỸ HUỆ"),
        (10, 80, "Ngày, tháng, năm sinh:"),
        (10, 116, "24/11/1993"),
        (450, 40, "Họ, chữ đệm, tên chồng: Trịnh Văn Dũng"),
        (450, 82, "Ngày, tháng, năm sinh:"),
        (450, 116, "16/08/1985"),
    )
    found = taken("marriage_certificate", cells)
    assert found["wife_birth_date"].value == "24/11/1993"
    assert found["husband_birth_date"].value == "16/08/1985"


def test_a_title_is_whole_across_the_dash_that_was_not_read() -> None:
    view = view_of(
        paper(
            (10, 800, "Nơi nhận:"), (500, 800, "CÔNG CHỨC TƯ PHÁP     HỘ TỊCH"), (540, 960, "Mai Kim Duyên")
        )
    )
    (one,) = signatures([view], default_tables())
    assert one.titles[0].text == "CÔNG CHỨC TƯ PHÁP HỘ TỊCH"
    assert one.name is not None


def test_a_cover_whose_large_heading_was_not_read_has_its_title_and_organ() -> None:
    page = paper(
        (300, 40, "ỦY BAN NHÂN DÂN"),
        (310, 80, "TỈNH LẠNG SƠN"),
        (60, 300, "Hồ sơ kiện toàn Tổ công tác về tiếp công dân, giải"),
        (200, 336, "quyết khiếu nạ1, tố cáo"),
        (250, 420, "Từ ngày 13/07/2020 đến ngày 26/09/2021"),
        (250, 460, "Gồm 118 tờ"),
        (10, 540, "Phông: Ủy ban nhân dân tỉnh Lạng Sơn"),
        (10, 580, "Mục lục số: 01"),
        (10, 620, "Hồ sơ số: 82"),
    )
    found = {f.name: f.value for f in Understanding().one([page], "file_cover").fields}
    assert found["organ_name"] == "ỦY BAN NHÂN DÂN TỈNH LẠNG SƠN"
    assert found["file_title"].endswith("giải quyết khiếu nại, tố cáo")


def test_a_notation_in_a_whole_number_is_kept_however_unsure() -> None:
    page = PageRecord(
        1,
        900,
        1200,
        100,
        PageStatus.TEXT,
        layer=TextLayer(
            PRINTED,
            "printed",
            (line_at(10, 40, "TÒA ÁN NHÂN DÂN"), line_at(10, 80, "Số: 47/2014/QĐST-HNGĐ", 0.25)),
        ),
    )
    found = {f.name: f.value for f in Understanding().one([page], "decision").fields}
    assert found["notation"] == "QĐST-HNGĐ"


@pytest.mark.parametrize(
    ("body", "meant"), [("Quy định vẻ? quy trình", "về"), ("Quy định vẻ quy trình", "vẻ")]
)
def test_a_doubtful_word_of_the_body_mends_no_sure_one_of_the_subject(body: str, meant: str) -> None:
    subject = line_at(300, 200, "Quy định về quy trình")
    echo = echo_of([view_of(paper((100, 500, body)))], frozenset())
    assert mended(subject.words, echo)[2] == meant
