"""What a person says of a place, over lines that a reading cut in any way."""

import pytest

from digitizer.model import Box
from digitizer.understanding.amended import amended_lines, line_with_value, said_words
from tests.contracts.samples import lines

READ = lines("Số: 125/QĐ-UBND\nHa Nôi, ngay 5")


def texts(found):
    return [line.text for line in found]


def test_a_line_takes_the_words_said_in_the_places_of_those_read():
    (line,) = amended_lines(READ, [(READ[1].box, "Hà Nội, ngày 5")])[1:]
    assert line.text == "Hà Nội, ngày 5"
    assert [w.box for w in line.words] == [w.box for w in READ[1].words]
    assert [w.read_as for w in line.words] == ["Ha", "Nôi,", "ngay", ""]
    assert {w.confidence for w in line.words} == {1.0}


@pytest.mark.parametrize("said", ["Hà Nội, ngày 15 5", "Hà Nội", "tại Hà Nội, ngày 5 tháng 6", "Hànội,ngày5"])
def test_more_or_fewer_words_stay_inside_the_line_and_in_order(said):
    (line,) = amended_lines(READ, [(READ[1].box, said)])[1:]
    assert line.text == said
    assert line.box.left >= READ[1].box.left
    assert line.box.right <= READ[1].box.right
    assert [w.box.left for w in line.words] == sorted(w.box.left for w in line.words)


def test_what_was_said_holds_where_the_next_reading_cut_its_lines_otherwise():
    said = [(READ[1].box, "Hà Nội, ngày 5")]
    left, right = lines("x\nHa Nôi,")[1], lines("x\nAA AAAA ngay 5")[1]
    cut = (READ[0], left, type(right)(right.words[2:]))
    assert texts(amended_lines(cut, said)) == ["Số: 125/QĐ-UBND", "Hà Nội, ngày 5"]
    assert texts(amended_lines(READ[:1], said)) == ["Số: 125/QĐ-UBND", "Hà Nội, ngày 5"]
    assert texts(amended_lines((), said)) == ["Hà Nội, ngày 5"]


def test_what_is_said_later_counts_and_nothing_takes_a_line_away():
    box = READ[1].box
    once = amended_lines(READ, [(box, "Hà Nội")])
    assert texts(amended_lines(READ, [(box, "Hà Nội"), (once[1].box, "Huế")])) == ["Số: 125/QĐ-UBND", "Huế"]
    assert texts(amended_lines(READ, [(box, "")])) == ["Số: 125/QĐ-UBND"]
    assert texts(amended_lines(READ, [(box, ""), (box, "Huế")])) == ["Số: 125/QĐ-UBND", "Huế"]


def test_a_value_is_put_into_its_printed_line_only_where_it_stands_there():
    first = READ[0]
    assert line_with_value(READ, first.box, "125", "126") == (first, "Số: 126/QĐ-UBND")
    assert line_with_value(READ, READ[1].box, "Ha Nôi,", "Hà Nội,") == (READ[1], "Hà Nội, ngay 5")
    assert line_with_value(READ, first.box, "12", "13") is None
    assert line_with_value(READ, READ[1].box, "05/06/2025", "06/06/2025") is None
    assert line_with_value(READ, Box(0, 0, 5, 5), "125", "126") is None


def test_a_value_whose_place_is_a_part_of_a_word_is_put_into_that_word():
    line = READ[0]
    word = line.words[1].box
    third = Box(word.left, word.top, word.left + word.width // 4, word.bottom)  # 125 of 125/QĐ-UBND
    assert line_with_value(READ, third, "125", "126") == (line, "Số: 126/QĐ-UBND")
    assert line_with_value(READ, third, "Số:", "So:") is None


def test_no_words_are_said_of_no_words():
    assert said_words((), (), Box(0, 0, 9, 9)) == ()
