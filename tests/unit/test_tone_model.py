"""Doubtful tone marks are weighed; letters, figures, codes and names are not."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

import ocr_models.language
from digitizer.model import Box, Line, Word
from digitizer.understanding.tone_model import ToneModel
from ocr_models.language import FILE, syllable_model


def revised(text: str, confidence: float = 0.97) -> str:
    words = [Word(t, Box(0, 0, 1, 1), confidence) for t in text.split(" ")]
    return Line(ToneModel(syllable_model()).revise(words)).text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("triên khai thực hiện", "triển khai thực hiện"),
        ("cơ quan, tô chức, cá nhân", "cơ quan, tổ chức, cá nhân"),
        ("QUYÉT ĐỊNH:", "QUYẾT ĐỊNH:"),
        ("KT. GIÁM ĐÓC", "KT. GIÁM ĐỐC"),
        ("sửa đôi, bô sung một số điều", "sửa đổi, bổ sung một số điều"),
        ("quy định chỉ tiết thi hành", "quy định chi tiết thi hành"),
        ("Luật Tô chức chính quyền", "Luật Tổ chức chính quyền"),
        ("Độc lập - Tự đo - Hạnh phúc", "Độc lập - Tự do - Hạnh phúc"),
        ("học sinh trong địp nghỉ hè", "học sinh trong dịp nghỉ hè"),
        ("ỦY BAN NHÂN ĐÂN", "ỦY BAN NHÂN DÂN"),
    ],
)
def test_marks_that_readers_lose_are_put_back(read: str, meant: str) -> None:
    assert revised(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "triển khai thực hiện",
        "Nguyễn Thị Hoa và Trần Văn Tô",
        "ông Tô Văn Đề, bà Lê Thị Thuê",
        "số 125/QĐ-UBND ngày 05/02/2025",
        "hai mươi hai, hai nghìn không trăm mười hai",
        "phòng, chống đuối nước cho trẻ em",
        "có quyền và nghĩa vụ",
        "tôi tên là Bảo",
        "Họ, chữ đệm, tên: ĐINH NGỌC KHẢI",
        "Họ, chữ đệm, tên người mẹ: HỒ PHƯƠNG OANH",
        "— ./.",
        "đo đạc bản đồ địa chính, đường dân sinh, đã đọc",
        "ông Lê Đình Đung ở thôn Đa Đinh",
        "văn bản bị mối mọt, chữ mờ",
    ],
)
def test_what_is_right_or_a_name_or_a_number_stays(text: str) -> None:
    assert revised(text) == text


def test_a_doubtful_word_is_changed_for_less() -> None:
    assert revised("đề nghị bố trợ tư pháp") == "đề nghị bố trợ tư pháp"
    assert revised("đề nghị bố trợ tư pháp", 0.8) == "đề nghị bổ trợ tư pháp"


def test_a_changed_word_says_what_was_read() -> None:
    (first, second) = ToneModel(syllable_model()).revise(
        [Word("QUYÉT", Box(0, 0, 9, 9), 0.97), Word("ĐỊNH:", Box(9, 0, 19, 9), 0.97)]
    )
    assert (first.text, first.read_as) == ("QUYẾT", "QUYÉT")
    assert (second.text, second.read_as) == ("ĐỊNH:", "")
    assert Word.from_list(first.as_list()) == first
    assert Word.from_list(second.as_list()) == second


def test_the_counts_are_those_of_the_manifest() -> None:
    manifest = tomllib.loads((Path(ocr_models.language.__file__).parent / "manifest.toml").read_text("utf-8"))
    entry = manifest["vie-syllables-1"]
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == entry["sha256"]
