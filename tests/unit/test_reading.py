"""Finding lines, cutting them out, and putting what was read in the order a clerk reads it."""

from __future__ import annotations

import numpy as np
import pytest

from digitizer.imaging.lines import LineFinder, PageLines
from digitizer.imaging.strips import at_reading_size, set_in_column
from digitizer.model import Box, Word
from digitizer.understanding.plausible import believable, believable_page, without_debris
from digitizer.understanding.reading_order import Piece, TableCell, reading_order
from digitizer.understanding.text_layer import agreement, confirmed
from tests.unit import drawn


def found(grey: np.ndarray) -> PageLines:
    page = LineFinder()(grey)
    assert page is not None
    return page


@pytest.mark.parametrize("lean", [-0.9, 0.0, 0.7])
def test_every_printed_line_is_found_once(lean: float) -> None:
    page = found(drawn.leaning(drawn.page(lines=20), lean))
    assert len(page.lines) == 20
    assert page.slope == pytest.approx(np.tan(np.radians(lean)), abs=0.001)


def test_each_mark_belongs_to_its_own_line() -> None:
    page = found(drawn.page(lines=10))
    column = set_in_column(page)
    # all ink of the page is in the column, none twice
    ink = int((drawn.page(lines=10) < 128).sum())
    assert int((column.pixels < 128).sum()) == pytest.approx(ink, rel=0.002)


def test_lines_beside_each_other_stay_apart() -> None:
    texts = [
        (100, 100, "Nơi nhận:"),
        (100, 160, "- Như trên;"),
        (900, 118, "TM. ỦY BAN NHÂN DÂN"),
        (900, 186, "CHỦ TỊCH"),
    ]
    assert len(found(drawn.words_at(texts, (400, 1700))).lines) == 4


def test_a_signature_across_the_name_does_not_join_the_lines() -> None:
    grey = drawn.words_at([(300, 100, "KT. GIÁM ĐỐC"), (300, 420, "Nguyễn Văn An")], (600, 1400)).copy()
    for x in range(250, 900):
        y = int(300 + 120 * np.sin(x / 60))
        grey[y - 4 : y + 4, x : x + 6] = 0
    lines = found(grey).lines
    assert sum(line.letters >= 7 for line in lines) == 2


def test_text_does_not_run_across_the_rules_of_a_table() -> None:
    grey = drawn.words_at(
        [(120, 120, "Số hồ sơ"), (420, 120, "Ngày nhận"), (120, 220, "125"), (420, 220, "05/02/2025")],
        (360, 800),
    ).copy()
    for x in (90, 390, 700):
        grey[90:300, x : x + 4] = 0
    for y in (90, 195, 296):
        grey[y : y + 4, 90:704] = 0
    page = found(grey)
    assert len(page.lines) == 4
    assert len({line.cell for line in page.lines}) == 4
    assert 0 not in {line.cell for line in page.lines}


def test_a_typed_line_holds_together_over_its_dashes_and_stops() -> None:
    texts = ["Độc lập - Tự do - Hạnh phúc", "- Như trên, các sở. Ban; xã", "1. Tình hình chung"]
    places = [(120, 100 + 100 * row, text) for row, text in enumerate(texts)]
    page = found(drawn.words_at(places, (480, 1700), fixed=True))
    assert len(page.lines) == len(texts)
    assert page.lines[1].left <= 140, "the dash opens its line"


def test_what_is_filled_in_behind_a_colon_is_a_line_of_its_own() -> None:
    texts = [(100, 100, "Số:"), (195, 100, "125"), (100, 200, "Nhân; dân có"), (100, 300, "bảo đảm")]
    assert len(found(drawn.words_at(texts, (420, 1400))).lines) == 4


def test_a_dash_between_columns_joins_nothing_and_a_lone_one_is_no_line() -> None:
    texts = [(100, 100, "Họ và tên"), (700, 100, "Nguyễn Văn An"), (520, 100, "-"), (400, 300, "-")]
    assert len(found(drawn.words_at(texts, (420, 1400))).lines) == 2


def test_an_empty_page_has_no_lines() -> None:
    assert LineFinder()(np.full((500, 400), 255, np.uint8)) is None


@pytest.mark.parametrize("lean", [-1.2, 0.0, 0.8])
def test_boxes_lead_back_from_the_column_to_the_page(lean: float) -> None:
    grey = drawn.leaning(drawn.page(lines=8), lean)
    column = set_in_column(found(grey))
    for strip in column.strips:
        rows = column.pixels[strip.top : strip.bottom]
        dark = np.flatnonzero((rows < 100).any(axis=0))
        left, right = int(dark[0]), int(dark[0]) + 60
        high = np.flatnonzero((rows[:, left:right] < 100).any(axis=1))
        box = strip.to_page(left, strip.top + high[0], right, strip.top + high[-1] + 1)
        x0, y0, x1, y1 = (round(v) for v in box)
        assert (grey[max(0, y0 - 2) : y1 + 2, x0:x1] < 100).any()
        assert x0 == pytest.approx(strip.line.left, abs=3)


LETTER = 20.0


def lines_of(pieces: list[Piece]) -> list[str]:
    return [
        " ".join(pieces[i].text for i in line)
        for block in reading_order(pieces, LETTER)
        for line in block.lines
    ]


def piece(text: str, left: float, row: float, width: float = 0) -> Piece:
    return Piece(text, left, row * 50, left + (width or 12 * len(text)), row * 50 + 20)


def test_header_left_then_right_then_body_then_recipients_then_signature() -> None:
    pieces = [
        piece("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 700, 1.0),
        piece("ỦY BAN NHÂN DÂN", 150, 1.1),
        piece("Độc lập - Tự do - Hạnh phúc", 760, 2.0),
        piece("XÃ AN BÌNH", 180, 2.1),
        piece("Số: 12/QĐ-UBND", 160, 3.2),
        piece("An Bình, ngày 05 tháng 02 năm 2025", 740, 3.3),
        piece("QUYẾT ĐỊNH", 560, 5.0, 240),
        piece("Về việc phê duyệt kế hoạch số hóa tài liệu lưu trữ của xã", 300, 6.0, 800),
        piece("Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024 và các văn bản", 120, 8.0, 1100),
        piece("Nơi nhận:", 120, 11.0),
        piece("TM. ỦY BAN NHÂN DÂN", 780, 11.2),
        piece("- Như trên;", 120, 12.0),
        piece("CHỦ TỊCH", 860, 12.3),
        piece("- Lưu: VT.", 120, 13.0),
        piece("Trần Thị Bình", 840, 15.0),
    ]
    rng = np.random.default_rng(1)
    rng.shuffle(pieces)  # type: ignore[arg-type]
    assert lines_of(pieces) == [
        "ỦY BAN NHÂN DÂN",
        "XÃ AN BÌNH",
        "Số: 12/QĐ-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "An Bình, ngày 05 tháng 02 năm 2025",
        "QUYẾT ĐỊNH",
        "Về việc phê duyệt kế hoạch số hóa tài liệu lưu trữ của xã",
        "Căn cứ Luật Lưu trữ ngày 21 tháng 6 năm 2024 và các văn bản",
        "Nơi nhận:",
        "- Như trên;",
        "- Lưu: VT.",
        "TM. ỦY BAN NHÂN DÂN",
        "CHỦ TỊCH",
        "Trần Thị Bình",
    ]


def test_addressees_below_the_header_begin_the_body() -> None:
    pieces = [
        piece("SỞ TƯ PHÁP", 150, 1.0),
        piece("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 700, 1.0),
        piece("Số: 9/STP", 150, 2.0),
        piece("Độc lập - Tự do - Hạnh phúc", 760, 2.0),
        piece("V/v báo cáo", 150, 3.0),
        piece("Kính gửi:", 200, 5.0),
    ]
    assert lines_of(pieces)[-1] == "Kính gửi:"
    assert lines_of(pieces)[2] == "V/v báo cáo"


def test_a_form_is_read_row_by_row() -> None:
    pieces = [
        piece("Họ và tên: LÊ VĂN CƯỜNG", 100, 1.0),
        piece("Giới tính: Nam", 800, 1.0),
        piece("Ngày sinh: 02/03/1980", 100, 2.0),
        piece("Dân tộc: Kinh", 800, 2.0),
    ]
    assert lines_of(pieces) == [
        "Họ và tên: LÊ VĂN CƯỜNG Giới tính: Nam",
        "Ngày sinh: 02/03/1980 Dân tộc: Kinh",
    ]


def test_a_page_number_above_two_columns_comes_first() -> None:
    pieces = [
        piece("2", 620, 0.0),
        piece("Nơi nhận:", 100, 2.0),
        piece("GIÁM ĐỐC", 800, 2.0),
        piece("- Như trên;", 100, 3.0),
    ]
    assert lines_of(pieces)[0] == "2"


def test_a_ruled_table_is_read_cell_by_cell() -> None:
    def cell(text: str, column: int, row: int, line: float) -> Piece:
        place = TableCell(1, 100 + column * 300, 100 + row * 200, 390 + column * 300, 290 + row * 200)
        return Piece(
            text, place.left + 10, place.top + line * 40, place.right - 10, place.top + line * 40 + 20, place
        )

    pieces = [
        cell("Ban Quản lý dự án", 1, 0, 0.5),
        cell("1", 0, 0, 0.7),
        cell("đầu tư xây dựng", 1, 0, 1.5),
        cell("x", 2, 0, 0.6),
        cell("2", 0, 1, 0.5),
        cell("Sở Y tế", 1, 1, 0.5),
    ]
    assert lines_of(pieces) == ["1", "Ban Quản lý dự án", "đầu tư xây dựng", "x", "2", "Sở Y tế"]


def test_no_pieces_no_blocks() -> None:
    assert reading_order([], LETTER) == ()


def word(text: str, confidence: float = 0.95) -> Word:
    return Word(text, Box(0, 0, 10, 10), confidence)


def test_stains_read_as_letters_are_not_believed() -> None:
    assert not believable([word("ị", 0.9)])
    assert not believable([word("+ŸÊ#", 0.3), word("„^L", 0.2)])
    assert believable([word("7")])
    assert all(believable([word(numeral)]) for numeral in ("1.", "I.", "b)", "Đ."))
    assert not any(believable([word(stain)]) for stain in ("b.", "r)", "1,"))
    assert believable([word("Như"), word("trên;")])
    assert believable([word("TTHC(Thu).", 0.8)])


def test_debris_is_dropped_and_figures_stay() -> None:
    kept = without_debris([word("."), word("tỉnh"), word("Ê#„", 0.2), word("125/QĐ-UBND", 0.3), word("^")])
    assert [w.text for w in kept] == ["tỉnh", "125/QĐ-UBND"]


def test_a_bullet_is_no_debris() -> None:
    assert [w.text for w in without_debris([word("-"), word("Như"), word("trên;")])] == ["-", "Như", "trên;"]


def test_a_text_layer_is_believed_when_the_pixels_say_the_same() -> None:
    read = [word(t) for t in ["Ủy", "ban", "nhân", "dân", "xã", "An", "Bình", "quyêt", "định"]]
    own = [word(t) for t in ["Ủy", "ban", "nhân", "dân", "xã", "An", "Bình", "quyết", "định"]]
    foreign = [word(t) for t in ["ACQUITTED", "of", "all", "charges", "by", "the", "court", "today"]]
    assert agreement(own, read) == 1.0
    assert confirmed(own, read)
    assert not confirmed(foreign, read)
    assert not confirmed([], read)


def test_a_wide_gap_in_the_bodys_last_line_does_not_draw_it_into_the_foot() -> None:
    pieces = [
        piece("Điều 2. Chấp hành viên tổ chức thi hành Quyết định này.", 150, 1.0, 1200),
        piece("Điều 3.", 190, 2.0),
        piece("Quyết định này có hiệu lực kể từ ngày ký./.", 560, 2.0, 760),
        piece("CHI CỤC TRƯỞNG", 900, 4.0),
        piece("Nơi nhận:", 150, 4.4),
        piece("- Như Điều 3;", 150, 5.2),
        piece("Trần Thùy Yến", 900, 8.0),
    ]
    assert lines_of(pieces) == [
        "Điều 2. Chấp hành viên tổ chức thi hành Quyết định này.",
        "Điều 3. Quyết định này có hiệu lực kể từ ngày ký./.",
        "Nơi nhận:",
        "- Như Điều 3;",
        "CHI CỤC TRƯỞNG",
        "Trần Thùy Yến",
    ]


def test_two_persons_side_by_side_are_read_one_after_the_other() -> None:
    asked = ("Dân tộc", "Quốc tịch", "Nơi cư trú")
    pieces = [
        piece(f"{label}: {side}", left, row)
        for side, left in (("một", 100), ("hai", 800))
        for row, label in enumerate(asked, 1)
    ]
    assert lines_of(sorted(pieces, key=lambda p: (p.top, p.left))) == [
        f"{label}: {side}" for side in ("một", "hai") for label in asked
    ]


def test_items_that_differ_are_read_row_by_row() -> None:
    pieces = [
        piece("Giới tính: Nữ", 100, 1),
        piece("Dân tộc: Kinh", 800, 1),
        piece("Năm sinh: 1999", 100, 2),
        piece("Quốc tịch: Việt Nam", 800, 2),
        piece("Số: 12", 100, 3),
        piece("Quyển số: 1", 800, 3),
    ]
    assert lines_of(pieces)[0] == "Giới tính: Nữ Dân tộc: Kinh"


@pytest.mark.parametrize(("letter", "factor"), [(40.0, 0.5), (21.0, 1.0), (12.0, 1.0)])
def test_large_print_is_reduced_to_the_reading_size_and_small_print_kept(
    letter: float, factor: float
) -> None:
    column = set_in_column(found(drawn.page(lines=4)))
    pixels, by = at_reading_size(column, letter)
    assert by == pytest.approx(factor)
    assert pixels.shape == tuple(round(side * factor) for side in column.pixels.shape)
    assert (pixels is column.pixels) == (factor == 1)


def test_a_page_of_words_nobody_is_sure_of_is_not_believed() -> None:
    box = Box(0, 0, 10, 10)
    grain = [Word(text, box, sure) for text, sure in (("tải", 0.49), ("ho", 0.3), ("8", 0.93), ("hạn,", 0.4))]
    assert not believable_page(grain)
    assert believable_page([*grain, *(Word("quyết", box, 0.75) for _ in range(6))])
    assert not believable_page([])
