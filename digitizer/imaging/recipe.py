"""Recipes: named, versioned tuples of frozen steps; one value is run, compared, printed and recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.background import Denoise, NormalizeBackground, StretchContrast
from digitizer.imaging.bends import Straighten
from digitizer.imaging.borders import ClearBorders
from digitizer.imaging.faded import RestoreFaded
from digitizer.imaging.geometry import Deskew, ScaleText
from digitizer.imaging.inks import SeparateInks
from digitizer.imaging.quality import MeasureSharpness
from digitizer.imaging.working import Array, Working, identity

__all__ = ["DEFAULT", "RECIPES", "Recipe", "Step", "start", "untouched"]

Step = Callable[[Working], Working]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a page before it is read: the paper cleaned, the ink brought out, the page levelled.

    Whether a page is blank is told after `clean`; which way is up, after `enhance`.

    `id` names the recipe and a digest of its steps and their settings, so that equal ids mean equal work.
    `revision` counts changes of the code behind the steps, which their settings cannot show.
    """

    name: str
    revision: int
    clean: tuple[Step, ...]
    enhance: tuple[Step, ...]
    level: tuple[Step, ...]

    @property
    def id(self) -> str:
        """`name.revision-digest`."""
        text = repr((self.name, self.revision, self.clean, self.enhance, self.level))
        return f"{self.name}.{self.revision}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def start(pixels: Array, dpi: float) -> Working:
    """Begin work on a scan: uint8 pixels (H, W) grey or (H, W, 3) RGB."""
    if pixels.ndim == 2:
        return Working(np.ascontiguousarray(pixels), None, dpi, identity())
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    return Working(grey, pixels, dpi, identity())


def untouched(work: Working) -> Working:
    """A step that changes nothing: the place holder of ablations."""
    return replace(work)


DEFAULT = Recipe(
    name="papers",
    revision=11,
    clean=(SeparateInks(), ClearBorders(), NormalizeBackground()),
    enhance=(MeasureSharpness(), RestoreFaded(), StretchContrast(), Denoise()),
    level=(Deskew(), ScaleText(), Straighten()),
)

RECIPES = {DEFAULT.name: DEFAULT}
