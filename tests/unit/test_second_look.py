"""The second look at doubtful lines: what it adds, what it replaces, and what it never touches."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from digitizer.imaging.lines import LineFinder
from digitizer.imaging.strips import Column, Strip, set_in_column, strip_alone, unread_ink
from digitizer.model import Box, EngineId, Line, Word
from digitizer.ports import ReadRequest
from digitizer.services.read_again import read_again
from digitizer.understanding.second_look import Span, doubtful, merged
from tests.unit import drawn

LETTER = 20.0


def word(text: str, left: int, confidence: float = 0.95, right: int = 0) -> Word:
    return Word(text, Box(left, 0, right or left + 20 * len(text), 30), confidence)


def texts(words: tuple[Word, ...]) -> str:
    return " ".join(each.text for each in words)


@pytest.mark.parametrize(
    ("text", "confidence", "expected"),
    [
        ("Dần", 0.9, False),
        ("Dần", 0.4, True),
        ("quyêst", 0.8, True),
        ("TAND", 0.8, False),
        ("25/3/2003;", 0.09, False),
        ("1679/QĐ-SXD", 0.3, False),
        ("./.", 0.2, False),
        ("II.", 0.54, False),
    ],
)
def test_only_words_of_letters_are_doubted(text: str, confidence: float, expected: bool) -> None:
    assert doubtful(word(text, 0, confidence)) is expected


def test_a_word_is_added_where_ink_was_left_unread_and_nowhere_else() -> None:
    first = [word("Nhâm", 0), word("2022", 300)]
    second = [word("Nhâm", 0), word("Dần-năm", 120), word("2022", 300), word("ma", 600)]
    assert texts(merged(first, second, [Span(118, 262)])) == "Nhâm Dần-năm 2022"
    assert texts(merged(first, second, [])) == "Nhâm 2022"


def test_what_is_added_must_be_sure_and_say_something() -> None:
    first = [word("Nhâm", 0)]
    second = [word("Dần", 120, 0.3), word("—", 200, 0.9)]
    assert texts(merged(first, second, [Span(100, 300)])) == "Nhâm"


def test_a_doubtful_word_gives_way_to_a_clearly_likelier_one_and_is_kept_beside_it() -> None:
    (found,) = merged([word("quyêst", 0, 0.5)], [word("quyết", 0, 0.9, 118)], [])
    assert (found.text, found.read_as) == ("quyết", "quyêst")
    (kept,) = merged([word("lý", 0, 0.59)], [word("lệ", 0, 0.77)], [])
    assert (kept.text, kept.read_as) == ("lý", "")
    (found,) = merged([word("dữ", 0, 0.32)], [word("giữ", 0, 0.97, 42)], [])
    assert (found.text, found.read_as) == ("giữ", "dữ")


def test_stops_and_brackets_stay_as_they_were_read_first() -> None:
    assert texts(merged([word("(NÉÊU", 0, 0.2)], [word("NÊU,", 0, 0.8, 100)], [])) == "(NÊU"


def test_a_part_of_the_word_or_a_guess_does_not_take_its_place() -> None:
    first = [word("Vềviệc", 0, 0.5)]
    assert texts(merged(first, [word("việc", 30, 0.96, 120)], [])) == "Vềviệc"
    assert texts(merged([word("cậc", 0, 0.16)], [word("các", 0, 0.45)], [])) == "cậc"


def test_figures_codes_and_neighbours_stay_as_they_were_read_first() -> None:
    first = [word("25/3/2003;", 0, 0.1), word("hành", 300, 0.4), word("./.", 384, 0.9)]
    second = [word("25/3/2063;", 0, 0.9), word("hành./.", 300, 0.95)]
    assert texts(merged(first, second, [])) == "25/3/2003; hành ./."


@pytest.fixture(scope="module")
def column() -> tuple[Column, float]:
    page = LineFinder()(drawn.page(lines=3))
    assert page is not None
    return set_in_column(page), page.letter


def extent(column: Column, strip: Strip) -> tuple[int, int]:
    dark = np.flatnonzero((column.pixels[strip.top : strip.bottom] < 100).any(axis=0))
    return int(dark[0]), int(dark[-1]) + 1


def test_unread_ink_is_found_between_words_and_not_where_words_are(column: tuple[Column, float]) -> None:
    cut, letter = column
    strip = cut.strips[0]
    left, right = extent(cut, strip)
    assert unread_ink(cut, strip, [(left, right)], letter) == ()
    third = (right - left) // 3
    unread = unread_ink(cut, strip, [(left, left + third), (right - third, right)], letter)
    assert unread
    assert all(left + third < a < b <= right - third for a, b in unread)


class Second:
    """A reader that gives set words and keeps what it was asked."""

    identity = EngineId("set", "1", "vie", "")

    def __init__(self, words: tuple[Word, ...]) -> None:
        self.words = words
        self.asked: list[ReadRequest] = []

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        self.asked.append(request)
        return (Line(self.words),)

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        return 0, 0.0


def test_only_doubtful_strips_are_read_again_alone_and_words_come_back_to_the_column(
    column: tuple[Column, float],
) -> None:
    cut, letter = column
    words: dict[int, list[Word]] = {}
    for k, strip in enumerate(cut.strips):
        left, right = extent(cut, strip)
        words[k] = [Word("Điều", Box(left, strip.top, right, strip.bottom), 0.95)]
    left, right = extent(cut, cut.strips[1])
    half = (left + right) // 2
    words[1] = [Word("bảo", Box(left, cut.strips[1].top, half, cut.strips[1].bottom), 0.95)]
    pixels, above = strip_alone(cut, cut.strips[1])
    reader = Second((Word("đảm", Box(half + 20, above, right, above + 30), 0.9),))
    found = read_again(cut, words, letter, reader, 300)
    assert len(reader.asked) == 1
    assert reader.asked[0].single_line
    assert reader.asked[0].pixels.shape == pixels.shape
    assert [w.text for w in found[1]] == ["bảo", "đảm"]
    assert found[1][1].box.top == cut.strips[1].top
    assert {k: found[k] for k in (0, 2)} == {k: words[k] for k in (0, 2)}
    assert replace(found[1][0]) == words[1][0]
