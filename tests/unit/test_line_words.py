"""What is put right within one read line: look-alike letters, bullets, two halves of a header."""

from __future__ import annotations

from dataclasses import replace

import pytest

from digitizer.model import Box, Word
from digitizer.understanding.headers import halves
from digitizer.understanding.lookalikes import mended, with_bullet, with_end
from digitizer.understanding.plausible import believable, without_debris
from digitizer.understanding.reading_order import Piece, reading_order


def words(text: str, gap: int = 8, start: int = 0) -> tuple[Word, ...]:
    made, left = [], start
    for part in text.split():
        made.append(Word(part, Box(left, 0, left + 12 * len(part), 30), 0.9))
        left += 12 * len(part) + gap
    return tuple(made)


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("số 157/QĐÐ-UB", "số 157/QĐ-UB"),
        ("Bộ GD&ĐÐT", "Bộ GD&ĐT"),
        ("số 647/\u2044QĐ ngày 27\u20442\u20442024", "số 647/QĐ ngày 27/2/2024"),
        ("I3/UB-TP", "13/UB-TP"),
        ("kỷ niệm §0 năm", "kỷ niệm 80 năm"),
        ("Điều 2§", "Điều 28"),
        ("ngày l5 tháng II năm", "ngày 15 tháng 11 năm"),
        ("24 tháng lO.", "24 tháng lO."),  # no figure was read for sure
        ("II. KẾT QUẢ", "II. KẾT QUẢ"),
        ("Luật I và l", "Luật I và l"),
        ("198§6", "198§6"),  # one figure or two: nobody can tell from the letters
        ("lá lành", "lá lành"),
        ("UBND", "UBND"),
    ],
)
def test_only_what_leaves_one_answer_is_mended(read: str, meant: str) -> None:
    assert " ".join(word.text for word in mended(words(read))) == meant


def test_what_was_read_is_kept() -> None:
    assert [w.read_as for w in mended(words("năm 2§"))] == ["", "2§"]


def test_a_stroke_before_an_entry_is_its_dash() -> None:
    assert [w.text for w in with_bullet(words("~ Như trên;"))] == ["-", "Như", "trên;"]
    assert [w.text for w in without_debris(words("~ Như trên;"))] == ["-", "Như", "trên;"]
    assert [w.text for w in with_bullet(words("~ 125"))] == ["~", "125"]


def doubted(text: str, confidence: float) -> tuple[Word, ...]:
    return tuple(replace(word, confidence=confidence) for word in words(text))


def test_the_mark_that_ends_a_text_is_set_to_its_word() -> None:
    (*_, last) = without_debris(doubted("tổ chức thi hành ./.", 0.3))
    assert (last.text, last.read_as) == ("hành./.", "hành ./.")
    assert last.box.right == words("tổ chức thi hành ./.")[-1].box.right
    assert with_end(words("số 12 ./.")) == words("số 12 ./.")


def test_who_filed_a_paper_is_kept_though_hardly_sure() -> None:
    line = (*words("- Lưu: VT,"), *doubted("MĐ.", 0.2))
    assert [w.text for w in without_debris(line)] == ["-", "Lưu:", "VT,", "MĐ."]
    assert [w.text for w in without_debris((*words("giải quyết hồ sơ"), *doubted("MĐ.", 0.2)))] == [
        "giải", "quyết", "hồ", "sơ",
    ]  # fmt: skip


def test_a_speck_behind_a_doubtful_notation_is_no_comma() -> None:
    assert [w.text for w in mended(doubted("575/QĐ-PBPL,", 0.4))] == ["575/QĐ-PBPL"]
    assert [w.text for w in mended(doubted("575/QĐ-PBPL,", 0.96))] == ["575/QĐ-PBPL,"]


def test_a_doubtful_figure_alone_is_believed_in_a_cell_only() -> None:
    assert believable(doubted("55", 0.42), in_cell=True)
    assert not believable(doubted("55", 0.42))
    assert not believable(doubted("qa", 0.42), in_cell=True)


def test_a_header_found_as_one_line_is_two_halves() -> None:
    left = words("UBND TỈNH AN BÌNH")
    right = words("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", start=left[-1].box.right + 40)
    assert halves((*left, *right), 20) == (left, right)


def test_the_title_within_a_sentence_is_no_second_half() -> None:
    line = words("CHỦ TỊCH NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert halves(line, 20) == (line,)
    body = words("Luật của nước Cộng hòa xã hội chủ nghĩa Việt Nam quy định", gap=30)
    assert halves(body, 20) == (body,)


def test_a_mark_above_the_right_half_is_read_before_the_header() -> None:
    pieces = [
        Piece("SỞ TƯ PHÁP", 900, 100, 1150, 120),
        Piece("24.01.2025 20:01:14", 900, 140, 1150, 160),
        Piece("ỦY BAN NHÂN DÂN", 100, 200, 450, 220),
        Piece("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 600, 200, 1200, 220),
        Piece("TỈNH AN BÌNH", 120, 240, 430, 260),
        Piece("Độc lập - Tự do - Hạnh phúc", 650, 240, 1150, 260),
    ]
    order = [i for block in reading_order(pieces, 20) for line in block.lines for i in line]
    assert order == [0, 1, 2, 4, 3, 5]


def test_two_who_sign_side_by_side_are_read_one_after_the_other() -> None:
    pieces = [
        Piece("THƯ KÝ", 200, 100, 320, 120),
        Piece("CHỦ TRÌ", 800, 100, 930, 120),
        Piece("Trần Thị Diệp", 150, 300, 370, 320),
        Piece("Lê Minh Khoa", 760, 300, 980, 320),
    ]
    order = [i for block in reading_order(pieces, 20) for line in block.lines for i in line]
    assert order == [0, 2, 1, 3]
    table = [
        Piece(t, x, y, x + 100, y + 20)
        for t, x, y in (("SỐ", 100, 100), ("TÊN", 500, 100), ("12", 100, 200), ("Lê An", 500, 200))
    ]
    assert [i for block in reading_order(table, 20) for line in block.lines for i in line] == [0, 1, 2, 3]
