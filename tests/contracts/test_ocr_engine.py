"""The contract of `OcrEngine`, run on every body: Tesseract in process, Tesseract's program, and the fake."""

from __future__ import annotations

import numpy as np
import pytest

from digitizer.errors import MissingDependencyError
from digitizer.imaging.orientation import Orientation
from digitizer.imaging.recipe import DEFAULT
from digitizer.intake.scans import PageScan
from digitizer.model import PageStatus
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.services.read_page import read_page
from digitizer.understanding.vietnamese import fold
from ocr_models.tesseract import CommandLineTesseract, TesseractEngine
from tests.unit import drawn

pytestmark = pytest.mark.tools


@pytest.fixture(scope="module", params=[TesseractEngine, CommandLineTesseract], ids=["in-process", "program"])
def engine(request: pytest.FixtureRequest) -> OcrEngine:
    made: OcrEngine = request.param("vie")
    return made


def test_it_says_who_it_is(engine: OcrEngine) -> None:
    assert engine.identity.name.startswith("tesseract")
    assert engine.identity.version.startswith("5")
    assert len(engine.identity.model_sha256) == 64


def test_it_reads_vietnamese_lines_with_boxes_and_confidence(engine: OcrEngine) -> None:
    page = drawn.page(lines=4)
    lines = engine.read(ReadRequest(page, 300))
    assert [line.text for line in lines] == list(drawn.SENTENCES[:4])
    for line in lines:
        for word in line.words:
            inside = page[word.box.top : word.box.bottom, word.box.left : word.box.right]
            assert (inside < 128).any()
            assert word.confidence > 0.5


def test_it_reads_one_line(engine: OcrEngine) -> None:
    strip = drawn.page(lines=1)[100:210]
    (line,) = engine.read(ReadRequest(strip, 300, single_line=True))
    assert line.text == drawn.SENTENCES[0]


def test_it_reads_nothing_where_nothing_is(engine: OcrEngine) -> None:
    assert engine.read(ReadRequest(np.full((400, 600), 255, np.uint8), 300)) == ()


def test_the_same_pixels_give_the_same_words(engine: OcrEngine) -> None:
    other = engine.read(ReadRequest(drawn.page(lines=7), 300))
    assert other
    first = engine.read(ReadRequest(drawn.page(lines=3), 300))
    assert first == engine.read(ReadRequest(drawn.page(lines=3), 300))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_it_tells_which_way_is_up(engine: OcrEngine, turned: int) -> None:
    page = np.ascontiguousarray(np.rot90(drawn.page(lines=20), -turned // 90))
    degrees, confidence = engine.orientation(ReadRequest(page, 300))
    assert (degrees + turned) % 360 == 0
    assert confidence > 0.3


@pytest.mark.parametrize("guessed", [0, 180])
def test_a_page_of_a_few_words_is_read_the_right_way_round(
    guessed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few letters to tell which way is up: what makes more sense is kept."""
    foot = drawn.words_at(
        [
            (150, 200, "- Như Điều 3;"),
            (150, 280, "- Lưu: VT."),
            (1000, 200, "CHỦ TỊCH"),
            (1000, 500, "Lê An"),
        ],
        (1400, 1700),
    )
    page = foot if guessed else np.ascontiguousarray(np.rot90(foot, 2))
    monkeypatch.setattr(
        "digitizer.services.read_page.estimate_orientation", lambda ink, letter: Orientation(guessed, 0.18)
    )
    monkeypatch.setattr(TesseractEngine, "orientation", lambda self, request: (0, 0.17))
    record = read_page(PageScan(1, page, (300.0, 300.0), "decoded"), TesseractEngine("vie"), DEFAULT).record
    assert record.rotation == (0 if guessed else 180)
    assert "CHỦ TỊCH" in record.text
    assert "Lê An" in record.text


def test_a_missing_model_says_what_to_install() -> None:
    with pytest.raises(MissingDependencyError, match="apt-get install tesseract-ocr-xyz"):
        TesseractEngine("xyz").identity  # noqa: B018 - the question is the act


def test_a_worn_page_is_read_with_words_in_pixels_of_the_scan() -> None:
    page = drawn.seal(drawn.in_colour(drawn.leaning(drawn.page(lines=18), 3.0)), (900, 900), 180)
    upside_down = np.ascontiguousarray(np.rot90(page, 2))
    reading = read_page(PageScan(1, upside_down, (300.0, 300.0), "decoded"), TesseractEngine("vie"), DEFAULT)
    record = reading.record
    assert record.status is PageStatus.TEXT
    assert record.rotation == 180
    assert reading.turn == 3
    assert record.skew_degrees == pytest.approx(3.0, abs=0.1)
    assert "stamp" in record.flags
    wanted = [fold(drawn.SENTENCES[k % 5]) for k in range(18)]
    right = sum(fold(line) == want for line, want in zip(record.text.split("\n"), wanted, strict=False))
    assert right >= 15
    assert record.layer is not None
    for word in record.layer.words:
        assert 0 <= word.box.left < word.box.right <= record.width
        assert (page[word.box.top : word.box.bottom, word.box.left : word.box.right] < 140).any()
    blank = read_page(
        PageScan(2, np.full_like(page, 244), (300.0, 300.0), "decoded"), TesseractEngine("vie"), DEFAULT
    )
    assert blank.record.status is PageStatus.BLANK
    assert blank.record.text == ""
