"""Pages without print yield no words; the same page yields the same words, alone and after others."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from digitizer.imaging.recipe import DEFAULT
from digitizer.intake.scans import PageScan
from digitizer.model import PageRecord
from digitizer.services.read_page import read_page
from digitizer.understanding.tone_model import ToneModel
from digitizer.writing.record import page_to_json
from ocr_models.language import WeighedEngine, syllable_model
from ocr_models.tesseract import TesseractEngine
from scripts.samples import sets
from scripts.samples.levels import Scan, Wear, scan
from scripts.samples.model import Look, Page
from scripts.samples.papers import decision
from scripts.samples.press import blank_page

pytestmark = pytest.mark.tools
DPI = 150
SEEDS = (11, 12, 13)


@functools.cache
def engine() -> WeighedEngine:
    return WeighedEngine(TesseractEngine("vie"), ToneModel(syllable_model()))


def read(scanned: Scan) -> PageRecord:
    page = PageScan(1, scanned.pixels, (float(scanned.dpi),) * 2, "decoded")
    return read_page(page, engine(), DEFAULT).record


def printed(seed: int) -> Page:
    return sets.make_leaf(decision, Look(dpi=DPI), 1, np.random.default_rng(seed)).pages[0]


def words(record: PageRecord) -> list[str]:
    return record.text.split()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level", list(Wear))
def test_an_empty_sheet_yields_no_words_however_worn(level: Wear, seed: int) -> None:
    record = read(scan(blank_page(DPI), None, level, np.random.default_rng(seed)))
    assert (words(record), record.status.value) == ([], "blank")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("level", [Wear.MIDDLE, Wear.HEAVY])
def test_print_of_the_other_side_yields_no_words(level: Wear, seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert words(read(scan(blank_page(DPI), printed(seed), level, rng))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_grain_alone_yields_no_words(seed: int) -> None:
    grain = np.random.default_rng(seed).integers(0, 256, (1200, 900), dtype=np.uint8)
    assert words(read(Scan(grain, DPI, 90))) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_feet_of_a_line_cut_through_yield_no_words(seed: int) -> None:
    pixels = printed(seed).ink.copy()
    rows = np.flatnonzero((pixels < 128).any(axis=1))
    first = int(rows[0])
    end = next(row for row in range(first, pixels.shape[0]) if row not in rows)
    cut = np.full_like(pixels, 255)
    low = first + round(0.75 * (end - first))
    cut[: end - low] = pixels[low:end]
    assert words(read(Scan(cut, DPI, 90))) == []


def test_the_same_page_gives_the_same_bytes_alone_and_after_others() -> None:
    scans = [scan(printed(seed), None, Wear.MIDDLE, np.random.default_rng(seed)) for seed in SEEDS[:2]]
    alone = [page_to_json(read(each)) for each in scans[:1]]
    batch = [page_to_json(read(each)) for each in (scans[1], *scans)]
    engine.cache_clear()
    assert alone[0] == batch[1] == page_to_json(read(scans[0]))
    assert batch[0] == batch[2]
    assert words(read(scans[0]))
