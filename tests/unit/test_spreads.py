"""Two pages in one picture: found by the fold between them, read left page first."""

from __future__ import annotations

import numpy as np

from digitizer.imaging.lines import LineFinder
from digitizer.imaging.spreads import gutter
from tests.unit import drawn


def fold_of(grey: np.ndarray) -> float | None:
    page = LineFinder()(grey)
    assert page is not None
    return gutter(page)


def spread() -> np.ndarray:
    left = drawn.page(lines=14)
    return np.hstack([left, drawn.page(lines=14)])


def test_the_fold_of_a_spread_is_found_in_its_middle() -> None:
    grey = spread()
    fold = fold_of(grey)
    assert fold is not None
    assert abs(fold - grey.shape[1] / 2) < 0.05 * grey.shape[1]


def test_one_page_has_no_fold() -> None:
    assert fold_of(drawn.page(lines=24)) is None
    wide = drawn.words_at(
        [(100, 100 + 80 * k, "Danh mục hồ sơ, tài liệu nộp lưu " * 3) for k in range(9)], (900, 2600)
    )
    assert fold_of(wide) is None


def test_a_ruled_table_across_the_middle_is_no_spread() -> None:
    grey = spread().copy()
    grey[100:104, 100:-100] = 0
    grey[-104:-100, 100:-100] = 0
    assert fold_of(grey) is None


def test_narrow_columns_of_a_wide_list_are_no_spread() -> None:
    places = [
        (x, 100 + 80 * k, text) for k in range(9) for x, text in ((150, "Nguyễn Văn An"), (1700, "125/2024"))
    ]
    assert fold_of(drawn.words_at(places, (900, 2600))) is None
