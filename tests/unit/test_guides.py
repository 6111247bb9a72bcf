"""Dotted guides of forms: dots go, letters, full stops, colons and marks stay."""

from __future__ import annotations

import numpy as np
import pytest

from digitizer.imaging.components import binarize, components
from digitizer.imaging.guides import find_guides
from digitizer.imaging.lines import LineFinder
from tests.unit import drawn

Places = list[tuple[int, int, str]]
ITEMS: Places = [
    (100, 100, "Nơi sinh: Trạm y tế xã Phước Lộc, tỉnh Đồng Tháp."),
    (100, 200, "Họ, chữ đệm, tên: Đặng Thị Hạnh"),
]


def dotted(grey: np.ndarray, row: int, left: int, right: int) -> np.ndarray:
    """The page with dots of 4 pixels every 11 pixels along `row`."""
    out = grey.copy()
    for x in range(left, right, 11):
        out[row : row + 4, x : x + 4] = 0
    return out


def ink(grey: np.ndarray) -> int:
    return int((grey < 128).sum())


@pytest.mark.parametrize("row", [139, 141, 144])
def test_a_guide_below_typed_words_goes_and_the_words_stay(row: int) -> None:
    bare = drawn.words_at(ITEMS, (340, 1500))
    page = LineFinder()(dotted(dotted(bare, row, 310, 1400), row + 100, 480, 1400))
    assert page is not None
    assert len(page.lines) == 2
    dots = ink(dotted(dotted(bare, row, 310, 1400), row + 100, 480, 1400)) - ink(bare)
    assert ink(page.grey) - ink(bare) < 0.3 * dots  # what is left is part of the letters' feet
    lost = (bare < 100) & (page.grey > 200)
    assert int(lost.sum()) < 0.01 * ink(bare)


def test_dots_that_touch_no_letter_go_whole() -> None:
    bare = drawn.words_at([(100, 100, "Ông"), (420, 100, "ký"), (640, 100, "Bà")], (240, 1100))
    page = LineFinder()(dotted(bare, 138, 200, 1000))
    assert page is not None
    for left, right in ((200, 410), (480, 630), (720, 1000)):
        assert (page.grey[120:160, left:right] > 200).all()


@pytest.mark.parametrize(
    "text",
    ["Đặng Thị Hạnh, việc thực hiện tại cục.", "Điều 1. Mục 2. Khoản 3. Điểm 4. Số 5.", "v.v... và còn nữa…"],
)
def test_marks_stops_and_ellipses_are_no_guide(text: str) -> None:
    mask = binarize(drawn.words_at([(100, 100, text)], (240, 1500)))
    assert find_guides(components(mask), 20.0) is None


def test_a_page_without_guides_keeps_its_pixels() -> None:
    grey = drawn.page(lines=12)
    page = LineFinder()(grey)
    assert page is not None
    assert page.grey is grey
