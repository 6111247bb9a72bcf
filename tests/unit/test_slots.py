"""Slots that clerks fill in: found from labels, looked at, read, put into their lines."""

from __future__ import annotations

import hashlib
import pickle
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

import ocr_models.digits
from digitizer.imaging.slot_views import FOOT, HEIGHT, slot_views, tightened
from digitizer.imaging.working import Array, Working, identity
from digitizer.model import (
    Box,
    EngineId,
    Line,
    PageRecord,
    PageStatus,
    SlotKind,
    SlotReading,
    TextLayer,
    Word,
)
from digitizer.ports import ReadRequest
from digitizer.services.read_slots import SlotTools, read_slots
from digitizer.slot_reader import SignString, SlotSight
from digitizer.understanding.slot_grammar import Candidate, candidates, filled, print_reading
from digitizer.understanding.slots import Slot, find_slots
from digitizer.understanding.understand import understand
from digitizer.writing.record import page_from_json, page_to_json
from ocr_models.digits import ALPHABET, DigitEngine, beam_search
from scripts.samples.fonts import Family, Style, face

LETTER = 28.0
PAGE = 3500


def line(text: str, left: int = 500, top: int = 420, sure: float = 0.95) -> Line:
    """Words set 16 pixels a sign, a space between them."""
    words, at = [], left
    for word in text.split(" "):
        words.append(Word(word, Box(at, top, at + 16 * len(word), top + 54), sure))
        at += 16 * (len(word) + 2)
    return Line(tuple(words))


def slots(*lines: Line) -> list[Slot]:
    return list(find_slots(lines, LETTER, PAGE))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Số: 99. /UBND-TTHC", ["number"]),
        ("Số:.Ä2Ÿ/TB-ĐHĐL", ["number"]),
        ("Số: /QĐ-UBND", ["number"]),
        ("Số: 14-CV/VPTW", ["number"]),
        ("5'†B/UBND-KTTH", ["number"]),
        ("Quảng Ngãi, ngày0Đ tháng 02 năm 2025", ["day", "month"]),
        ("Hà Nội, nuày 22 tháng 2 năm 1999", ["day", "month"]),
        ("Đà Nẵng, ngày 26tháng 7 năm 2020", ["day", "month"]),
        ("Hà Nội, tháng lO. năm 2025", ["day", "month"]),
        ("Số lượng học bổng: 02 suất", []),
        ("SỞ GIÁO DỤC VÀ ĐÀO TẠO", []),
        ("theo Nghị định số 123/2020/NĐ-CP của", []),
        ("hằng ngày và hằng tháng", []),
    ],
)
def test_slots_are_found_from_their_labels(text: str, kinds: list[str]) -> None:
    assert [slot.kind.value for slot in slots(line(text))] == kinds


def test_dates_of_running_text_are_looked_at_only_where_they_are_no_plain_figures() -> None:
    plain = line("ngày 19 tháng 6 năm 2015 của Chính phủ", top=2000)
    lost = line("ngày 22 tháng năm 2019 của Chính phủ", top=2100)
    assert [(slot.kind, slot.line) for slot in slots(plain, lost)] == [(SlotKind.MONTH, 1)]


def test_a_stroke_read_in_another_line_ends_the_slot() -> None:
    (slot,) = slots(line("Số:", left=500), line("/QĐ-UBND", left=760))
    assert (slot.line, slot.beyond) == (0, True)
    assert slot.box.right <= 760 + 5 * LETTER


def test_a_number_is_what_stands_before_the_stroke() -> None:
    strings = [
        ("x1595/x", 0.6, (1, 20, 30, 40, 50, 60, 70)),
        ("1595/x", 0.2, ()),
        ("x1595x9", 0.1, ()),
        ("xx", 0.1, ()),
    ]
    first, *others = candidates(SlotKind.NUMBER, strings)
    assert (first.digits, round(first.probability, 6), first.first, first.last) == ("1595", 0.8, 20, 50)
    assert first.labelled
    assert first.stroked
    assert not others


def test_days_and_months_that_are_none_are_not_believed() -> None:
    strings = [("x32x", 0.7, ()), ("x02x", 0.1, ()), ("2x", 0.1, ()), ("x00x", 0.1, ())]
    found = candidates(SlotKind.DAY, strings)
    assert [(c.digits, round(c.probability, 6)) for c in found] == [("02", 0.2)]
    assert candidates(SlotKind.MONTH, [("x13x", 1.0, ())]) == []


@pytest.mark.parametrize(
    ("text", "digits", "expected"),
    [
        ("Số: 99. /UBND-TTHC", "299", "Số: 299 /UBND-TTHC"),
        ("Số:.Ä2Ÿ/TB-ĐHĐL", "2027", "Số: 2027 /TB-ĐHĐL"),
        ("Quảng Ngãi, ngày0Đ tháng 02 năm 2025", "05", "Quảng Ngãi, ngày 05 tháng 02 năm 2025"),
        ("Đà Nẵng, ngày 2btháng 7 năm 2020", "26", "Đà Nẵng, ngày 26 tháng 7 năm 2020"),
    ],
)
def test_digits_take_the_place_of_what_was_read_between_the_labels(
    text: str, digits: str, expected: str
) -> None:
    read = line(text)
    slot = slots(read)[0]
    word = Word(digits, Box(slot.box.left + 60, 420, slot.box.left + 100, 470), 0.97)
    assert filled(read, slot, word).text == expected


def test_what_print_reading_made_of_a_slot() -> None:
    read = line("Số: 1906 /SGDĐT", sure=0.9)
    assert print_reading(read, slots(read)[0]) == ("1906", 0.9)
    doubtful = line("Số: 19o6 /SGDĐT")
    assert print_reading(doubtful, slots(doubtful)[0]) == ("", 0.0)


def test_views_stand_the_print_on_one_row_whatever_its_size() -> None:
    for letter in (14.0, 28.0, 45.0):
        grey = np.full((600, 900), 255, np.uint8)
        foot = 300
        grey[foot - round(letter) : foot, 400:430] = 0
        view, pitch = next(slot_views(grey, Box(380, 250, 450, 310), letter, float(foot)))
        rows = np.flatnonzero((view < 128).any(axis=1))
        assert view.shape[0] == HEIGHT
        assert abs(rows[-1] + 1 - FOOT) <= 1
        assert abs(len(rows) - 10) <= 1
        assert pitch == pytest.approx(letter / 10)


def test_a_view_beyond_the_page_is_white() -> None:
    grey = np.zeros((100, 100), np.uint8)
    view, _ = next(slot_views(grey, Box(90, 0, 400, 40), 20.0, 30.0))
    assert view[:, -20:].min() == 255
    assert tightened(np.full((50, 50), 255, np.uint8), Box(10, 10, 20, 20)) == Box(10, 10, 20, 20)


def test_the_beam_finds_strings_whose_paths_add_up() -> None:
    blank = len(ALPHABET)
    signs = np.full((4, blank + 1), 1e-9)
    for step, sign in enumerate("1 12"):
        signs[step, blank if sign == " " else int(sign)] = 1.0
    text, probability, steps = beam_search(signs)[0]
    assert (text, steps) == ("112", (0, 2, 3))
    assert probability == pytest.approx(1.0, abs=1e-6)


def printed_slot(text: str) -> Array:
    """A page part with `text` as print, small letters 28 pixels high, standing on row 200."""
    image = Image.new("L", (900, 300), 255)
    font = face(Family.TINOS, Style.REGULAR, 61)
    ImageDraw.Draw(image).text((60, 200), text, fill=0, font=font, anchor="ls")
    return np.asarray(image, np.uint8)


def numbers(sight: SlotSight) -> list[Candidate]:
    return candidates(SlotKind.NUMBER, ((s.text, s.probability, s.columns) for s in sight.strings))


def test_the_model_reads_print_and_knows_that_it_is_print() -> None:
    engine = DigitEngine()
    for number in ("07", "286", "1595"):
        grey = printed_slot(f"Số: {number}/QĐ-UBND")
        views = [view for view, _ in slot_views(grey, Box(55, 140, 480, 215), 28.0, 200.0)]
        sight = engine.read(views)
        assert (
            candidates(SlotKind.NUMBER, ((s.text, s.probability, s.columns) for s in sight.strings))[0].digits
            == number
        )
        assert sight.filled_in < 0.5
        assert engine.read(views) == sight
    assert pickle.loads(pickle.dumps(engine)).read(views) == sight


def test_the_model_makes_no_number_of_letters_and_white() -> None:
    engine = DigitEngine()
    for text in ("Kính gửi: Sở Tài", "", "Số:      /QĐ-UBND"):
        views = [view for view, _ in slot_views(printed_slot(text), Box(55, 140, 480, 215), 28.0, 200.0)]
        found = candidates(
            SlotKind.NUMBER, ((s.text, s.probability, s.columns) for s in engine.read(views).strings)
        )
        assert not found or engine.certainty(found[0].probability) < 0.5


def test_the_model_is_that_of_the_manifest() -> None:
    folder = Path(ocr_models.digits.__file__).parent
    entry = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))["digits-1"]
    data = (folder / entry["file"]).read_bytes()
    assert hashlib.sha256(data).hexdigest() == entry["sha256"] == DigitEngine().identity.model_sha256
    assert len(data) < 2_000_000


class Says:
    """A reader of digits that says one thing; a reader of print that reads nothing."""

    identity = EngineId("says", "1", "says", "0" * 64)

    def __init__(self, text: str, probability: float, filled_in: float) -> None:
        columns = tuple(range(10, 10 + 12 * len(text), 12))
        self.sight = SlotSight((SignString(text, probability, columns),), filled_in)

    def certainty(self, probability: float) -> float:
        return probability

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        return 0, 0.0

    def read(self, request: object) -> SlotSight:
        return self.sight


class ReadsNothing(Says):
    def read(self, request: object) -> tuple[Line, ...]:  # type: ignore[override]
        return ()


def said(text: str, says: Says) -> tuple[str, tuple[SlotReading, ...]]:
    work = Working(np.full((PAGE, 2400), 255, np.uint8), None, 300.0, identity(), text_height=LETTER)
    seen = read_slots(work, [line(text)], (), SlotTools(says, ReadsNothing("", 0.0, 0.0)))
    return seen.lines[0].text, seen.readings


def test_a_number_in_a_slot_is_put_into_its_line() -> None:
    text, (reading,) = said("Số: ## /CT-UBND", Says("x07/x", 0.97, 0.9))
    assert text == "Số: 07 /CT-UBND"
    assert (reading.kind, reading.text, reading.source) == (SlotKind.NUMBER, "07", "handwritten")
    assert reading.confidence == pytest.approx(0.97)


def test_print_that_the_reader_of_print_is_sure_of_stays() -> None:
    assert said("Số: 125 /CT-UBND", Says("x126/x", 0.97, 0.1)) == ("Số: 125 /CT-UBND", ())


def test_two_readers_that_differ_are_not_believed_and_two_that_agree_are() -> None:
    _, (against,) = said("Số: 125 /CT-UBND", Says("x126/x", 0.97, 0.99))
    _, (agreed,) = said("Số: 125 /CT-UBND", Says("x125/x", 0.8, 0.1))
    assert against.confidence < 0.5
    assert agreed.confidence == pytest.approx(0.95)


def test_nothing_is_said_of_a_slot_that_says_nothing_likely() -> None:
    assert said("Số: ## /CT-UBND", Says("x07/x", 0.2, 0.9)) == ("Số: ## /CT-UBND", ())


def test_what_slots_said_survives_the_work_file_and_stands_in_the_record() -> None:
    reading = SlotReading(SlotKind.DAY, "05", Box(10, 20, 50, 60), 0.9712, "handwritten")
    page = PageRecord(1, 2480, 3508, 300, PageStatus.TEXT, slots=(reading,))
    assert page_from_json(page_to_json(page)).slots == (reading,)


def test_fields_take_what_the_reader_of_digits_said() -> None:
    lines = (
        line("ỦY BAN NHÂN DÂN", left=460, top=260),
        line("TỈNH QUẢNG NGÃI", left=460, top=330),
        line("Số: 87 /QĐ-UBND", left=460, top=480),
        line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", left=1130, top=260),
        line("Quảng Ngãi, ngày 05 tháng 02 năm 2025", left=1250, top=480),
        line("QUYẾT ĐỊNH", left=1100, top=620),
    )
    layer = TextLayer(EngineId("fake", "1", "vie", "0" * 64), "r", lines)
    slots = (
        SlotReading(SlotKind.NUMBER, "87", Box(560, 485, 620, 530), 0.93, "handwritten"),
        SlotReading(SlotKind.DAY, "05", Box(1700, 485, 1750, 530), 0.91, "handwritten"),
    )
    page = PageRecord(1, 2480, 3508, 300, PageStatus.TEXT, layer=layer, slots=slots)
    (document,) = understand([page])
    fields = {f.name: f for f in document.fields}
    assert (fields["number"].value, fields["number"].confidence) == ("87", 0.93)
    assert fields["number"].source == fields["date"].source == "handwritten"
    assert fields["date"].value == "05/02/2025"
