"""The image steps: each does what its name says, and says where the pixels went."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitizer.imaging.background import Denoise, NormalizeBackground, StretchContrast
from digitizer.imaging.blank import BlankTest
from digitizer.imaging.borders import ClearBorders
from digitizer.imaging.components import binarize, components, text_height
from digitizer.imaging.faded import RestoreFaded
from digitizer.imaging.geometry import Deskew, ScaleText, turned
from digitizer.imaging.inks import SeparateInks
from digitizer.imaging.orientation import estimate_orientation
from digitizer.imaging.quality import MeasureSharpness, quality
from digitizer.imaging.recipe import DEFAULT, Recipe, start
from digitizer.imaging.working import compose, identity, inverse, map_points
from tests.unit import drawn


@pytest.mark.parametrize("degrees", [-15.0, -7.3, -2.0, -0.6, 0.0, 0.45, 1.0, 4.2, 9.8, 14.9])
def test_deskew_finds_the_lean_within_a_tenth_of_a_degree(degrees: float) -> None:
    found = Deskew()(start(drawn.leaning(drawn.page(), degrees), 300)).skew
    assert found == pytest.approx(degrees, abs=0.1)


def test_deskew_levels_the_page_and_says_where_its_points_went() -> None:
    lines = drawn.page(lines=16)
    work = Deskew()(start(drawn.leaning(lines, 5.0), 300))
    height, width = lines.shape
    middle = map_points(work.transform, np.array([[width / 2, height / 2]]))[0]
    new_height, new_width = work.grey.shape
    assert middle == pytest.approx((new_width / 2, new_height / 2), abs=1)
    assert Deskew()(start(work.grey, 300)).skew == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("lean", [-6.0, 0.0, 2.5])
def test_orientation_is_told_from_the_letters_alone(degrees: int, lean: float) -> None:
    page = turned(start(drawn.leaning(drawn.page(), lean), 300), degrees)
    ink = components(binarize(page.grey))
    found = estimate_orientation(ink, text_height(ink))
    assert (found.degrees + degrees) % 360 == 0
    assert found.confidence > 0.3


def test_orientation_has_no_idea_of_an_empty_page() -> None:
    ink = components(binarize(np.full((400, 300), 255, np.uint8)))
    assert estimate_orientation(ink, text_height(ink)).confidence == 0


@given(st.sampled_from([0, 90, 180, 270]), st.integers(0, 39), st.integers(0, 59))
def test_turning_moves_each_pixel_where_the_transform_says(degrees: int, x: int, y: int) -> None:
    grey = np.full((60, 40), 255, np.uint8)
    grey[y, x] = 0
    work = turned(start(grey, 300), degrees)
    # a pixel's centre is half a pixel in from its corner
    there = map_points(work.transform, np.array([[x + 0.5, y + 0.5]]))[0]
    assert work.grey[int(there[1]), int(there[0])] == 0


@settings(max_examples=30)
@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(0.2, 4.0))
def test_a_transform_and_its_inverse_lead_back(x: float, y: float, factor: float) -> None:
    step = compose(identity() * factor, np.array([[0.9, -0.2, 7.0], [0.2, 0.9, -3.0]]))
    point = np.array([[x, y]])
    assert map_points(inverse(step), map_points(step, point)) == pytest.approx(point, abs=1e-6)


def test_a_red_seal_is_lifted_off_and_the_print_under_it_stays() -> None:
    clean = drawn.page(lines=12)
    stamped = drawn.seal(drawn.in_colour(clean), (700, 600), 200)
    work = SeparateInks()(start(stamped, 300))
    assert "stamp" in work.flags
    assert work.rgb is None
    assert work.red is not None
    ring = (slice(380, 820), slice(480, 920))
    print_there = clean[ring] < 100
    assert np.mean(work.grey[ring][print_there] < 140) > 0.9
    assert np.mean(work.grey[ring][clean[ring] > 250] > 200) > 0.95


def test_a_seal_on_dim_yellow_paper_is_lifted_off_too() -> None:
    clean = drawn.page(lines=12)
    dim = (drawn.seal(drawn.in_colour(clean), (700, 600), 200) * np.array([0.55, 0.5, 0.38])).astype(np.uint8)
    work = NormalizeBackground()(SeparateInks()(start(dim, 300)))
    ring = (slice(380, 820), slice(480, 920))
    assert np.mean(work.grey[ring][clean[ring] > 250] > 170) > 0.9


def test_a_grey_page_has_no_coloured_ink() -> None:
    work = SeparateInks()(start(drawn.in_colour(drawn.page(lines=6)), 300))
    assert work.flags == ()
    assert work.red is None


def test_uneven_light_becomes_white_paper() -> None:
    page = drawn.page()
    light = np.linspace(0.35, 1.0, page.shape[1])[None, :]
    work = NormalizeBackground()(start((page * light).astype(np.uint8), 300))
    assert np.percentile(work.grey[page > 250], 5) > 235
    assert np.percentile(work.grey[page < 30], 90) < 60


def test_a_two_level_page_is_left_alone() -> None:
    page = np.where(drawn.page() < 128, 0, 255).astype(np.uint8)
    assert NormalizeBackground()(start(page, 300)).grey is not None
    assert np.array_equal(NormalizeBackground()(start(page, 300)).grey, page)


def test_faded_print_becomes_black_and_fresh_print_is_left_alone() -> None:
    page = drawn.page()
    faded = (255 - (255 - page.astype(np.int16)) * 0.35).astype(np.uint8)
    assert StretchContrast()(start(faded, 300)).grey.min() == 0
    assert np.array_equal(StretchContrast()(start(page, 300)).grey, page)


def test_the_show_through_of_a_sparse_page_is_not_stretched() -> None:
    ghost = 255 - ((255 - drawn.page().astype(np.int16)) * 0.18).astype(np.int16)
    page = ghost.copy()
    page[150:200, 300:500] = 0
    work = StretchContrast()(start(page.astype(np.uint8), 300))
    assert work.grey[ghost < 240].mean() > 190


def test_denoising_follows_the_grain() -> None:
    page = drawn.page(lines=10)
    rng = np.random.default_rng(5)
    grainy = np.clip(page * 0.8 + rng.normal(0, 14, page.shape), 0, 255).astype(np.uint8)
    quiet = Denoise()(start(grainy, 300)).grey
    paper = cv2.erode((page == 255).astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    assert quiet[paper].std() < 0.6 * grainy[paper].std()
    assert np.array_equal(Denoise()(start(page, 300)).grey, page)


def test_a_black_border_goes_and_print_and_frames_stay() -> None:
    page = drawn.page()
    bordered = page.copy()
    bordered[:, :70] = 8
    work = ClearBorders()(start(bordered, 300))
    assert work.flags == ("black-border",)
    assert work.grey[:, :66].min() > 200
    assert np.array_equal(work.grey[:, 120:], page[:, 120:])
    framed = page.copy()
    framed[60:64, 60:-60] = 0
    assert ClearBorders()(start(framed, 300)).flags == ()


@pytest.mark.parametrize("size", [12, 20, 54, 160])
def test_small_print_is_enlarged_and_poster_print_reduced(size: int) -> None:
    page = drawn.page(lines=12, size=size, width=max(700, size * 32), pitch=int(size * 1.6))
    work = ScaleText()(start(page, 100))
    assert 16 <= work.text_height <= 49
    assert work.dpi == pytest.approx(100 * work.grey.shape[1] / page.shape[1], rel=0.01)


def test_leader_dots_do_not_count_as_letters() -> None:
    plain = drawn.words_at([(100, 100 + 90 * k, "Họ và tên người khai sinh") for k in range(8)], (1000, 1600))
    dotted = plain.copy()
    for k in range(8):
        for x in range(700, 1500, 14):
            dotted[128 + 90 * k : 135 + 90 * k, x : x + 7] = 0
    heights = [text_height(components(binarize(page))) for page in (plain, dotted)]
    assert heights[0] == pytest.approx(heights[1], abs=2)


def test_a_page_of_print_is_not_blank_and_an_empty_one_is() -> None:
    assert not BlankTest()(start(drawn.page(lines=1), 300))
    assert BlankTest()(start(np.full((3500, 2480), 250, np.uint8), 300))


def test_a_page_black_all_over_is_flagged_and_not_called_blank() -> None:
    work = ClearBorders()(start(np.zeros((1200, 900), np.uint8), 100))
    assert work.flags == ("dark-page",)
    assert not BlankTest()(work)


def test_a_verso_with_a_seal_and_show_through_is_blank() -> None:
    ghost = drawn.page()[:, ::-1]
    verso = drawn.in_colour((255 - (255 - ghost.astype(np.int16)) * 0.15).astype(np.uint8))
    verso = drawn.seal(verso, (500, 900), 180)
    work = NormalizeBackground()(SeparateInks()(start(verso, 300)))
    assert BlankTest()(work)


def test_a_faded_page_of_print_is_not_blank() -> None:
    faded = (255 - (255 - drawn.page().astype(np.int16)) * 0.4).astype(np.uint8)
    assert not BlankTest()(NormalizeBackground()(start(faded, 300)))


def test_quality_falls_with_blur_and_with_nonsense() -> None:
    page = drawn.page()
    sharp = MeasureSharpness()(start(page, 300))
    soft = MeasureSharpness()(start(cv2.GaussianBlur(page, (0, 0), 4).astype(np.uint8), 300))
    assert quality(sharp, 300, 1.0) > 0.9
    assert quality(soft, 300, 1.0) < 0.5
    assert quality(sharp, 300, 0.4) == 0.4


def test_a_recipe_is_named_by_what_it_does() -> None:
    other = Recipe(
        DEFAULT.name, DEFAULT.revision, DEFAULT.clean, DEFAULT.enhance, (Deskew(max_degrees=10.0),)
    )
    assert DEFAULT.id.startswith("papers.")
    assert other.id != DEFAULT.id
    same = Recipe(DEFAULT.name, DEFAULT.revision, DEFAULT.clean, DEFAULT.enhance, DEFAULT.level)
    assert same.id == DEFAULT.id


def dotted_out(grey: np.ndarray, kept: float) -> np.ndarray:
    """The page in two levels, of its ink only so large a share of scattered dots."""
    chance = np.random.default_rng(7).random(grey.shape)
    return np.where((grey < 128) & (chance < kept), 0, 255).astype(np.uint8)


def test_faded_print_in_two_levels_is_joined_and_sound_print_kept() -> None:
    page = drawn.page(lines=12)
    faded = dotted_out(page, 0.35)
    restored = RestoreFaded()(start(faded, 300)).grey
    wanted = page < 128
    before, after = ((each < 160)[wanted].mean() for each in (faded, restored))
    assert before < 0.4
    assert after > 0.8
    assert (restored < 160)[~wanted].mean() < 0.02
    sound = np.where(page < 128, 0, 255).astype(np.uint8)
    assert ((RestoreFaded()(start(sound, 300)).grey < 160) != (sound < 160)).mean() < 0.001
    assert np.array_equal(RestoreFaded()(start(page, 300)).grey, page), "greys are no business of this step"


def test_dust_in_two_levels_is_not_raised() -> None:
    dust = np.where(np.random.default_rng(3).random((1200, 1600)) < 0.0008, 0, 255).astype(np.uint8)
    assert np.array_equal(RestoreFaded()(start(dust, 300)).grey, dust)
