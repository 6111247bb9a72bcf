"""Straightening: bent lines become straight, straight ones are left alone, and points find their way back."""

from __future__ import annotations

import cv2
import numpy as np

from digitizer.imaging.bends import Straighten, runs_of_letters
from digitizer.imaging.components import binarize, components
from digitizer.imaging.geometry import Deskew, ScaleText
from digitizer.imaging.recipe import start
from digitizer.imaging.working import Array, Working, unbent
from tests.unit import drawn


def sagging(grey: Array, depth: float) -> Array:
    """The page as a sheet that sags in its middle: a pixel there came from `depth` pixels higher."""
    height, width = grey.shape
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    sag = depth * np.sin(np.pi * columns / width)
    return cv2.remap(grey, columns, rows - sag, cv2.INTER_LINEAR, borderValue=255).astype(np.uint8)


def sized(grey: Array) -> Working:
    """The page levelled and measured, as it is before straightening."""
    return ScaleText()(Deskew()(start(grey, 300)))


def unevenness(grey: Array, letter: float) -> float:
    """Spread of the slopes of the lines' runs."""
    slopes = runs_of_letters(components(binarize(grey)), letter)[:, 2]
    return float(np.subtract(*np.percentile(slopes, [90, 10])))


def test_sagging_lines_become_straight() -> None:
    bent = sized(sagging(drawn.page(), 60))
    straight = Straighten()(bent)
    assert "bent-page" in straight.flags
    assert unevenness(straight.grey, bent.text_height) < 0.25 * unevenness(bent.grey, bent.text_height)


def test_straight_and_leaning_pages_are_left_alone() -> None:
    for degrees in (0.0, 2.0):
        work = sized(drawn.leaning(drawn.page(), degrees))
        assert Straighten()(work) is work


def test_points_of_a_straightened_page_find_their_way_back() -> None:
    bent = sized(sagging(drawn.page(), 60))
    straight = Straighten()(bent)
    points = np.array([[400.0, 500.0], [850.0, 900.0], [1300.0, 1500.0]])
    for (x, y), (bent_x, bent_y) in zip(points, unbent(points, straight.bend), strict=True):
        assert bent_x == x
        near = slice(round(x) - 30, round(x) + 30)
        here = straight.grey[round(y) - 40 : round(y) + 40, near]
        there = bent.grey[round(bent_y) - 40 : round(bent_y) + 40, near]
        assert np.corrcoef(here.ravel(), there.ravel())[0, 1] > 0.5


def test_a_page_that_was_not_bent_keeps_its_points() -> None:
    points = np.array([[1.5, 2.5]])
    assert unbent(points, None) is points
