"""The four levels of wear, and how a printed page becomes a scan at each of them."""

from dataclasses import dataclass
from enum import IntEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.samples import wear
from scripts.samples.marks import Spot, seal, signature
from scripts.samples.model import Grey, Page

ON_GLASS = 0.96
"""Share of the glass a heavily worn sheet covers, so that a lean of five degrees cuts off no print."""
WIDEST_BORDER = 0.02


class Wear(IntEnum):
    """How much a page has suffered."""

    CLEAN = 0
    LIGHT = 1
    MIDDLE = 2
    HEAVY = 3


@dataclass(frozen=True)
class Scan:
    """One scanned page as it will be stored; `turned` is the clockwise turn of the image in degrees."""

    pixels: NDArray[np.uint8]
    dpi: int
    quality: int
    turned: int = 0

    @property
    def bilevel(self) -> bool:
        """Whether the page has only black and white."""
        return self.pixels.ndim == 2 and not np.any((self.pixels > 0) & (self.pixels < 255))


def scan(page: Page, back: Page | None, level: Wear, rng: wear.Rng) -> Scan:
    """The page as scanned; `back` is what is printed on the other side, if it shows."""
    makers = {Wear.CLEAN: _clean, Wear.LIGHT: _light, Wear.MIDDLE: _middle, Wear.HEAVY: _heavy}
    return makers[level](page, back, rng)


def _clean(page: Page, _back: Page | None, _rng: wear.Rng) -> Scan:
    return Scan(page.ink, page.dpi, 92)


def _signed(page: Page, rng: wear.Rng, over: float, strength: float) -> list[wear.Layer]:
    """Signature and seal; `over` moves the seal from the left of the name (0) onto it (1)."""
    if page.signed is None:
        return []
    x, y = page.signed
    pen = Spot(x + int(rng.integers(-20, 20)), y, page.dpi)
    stamp = Spot(x - pen.mm(26 * (1 - over) + 6), y + pen.mm(3 + 9 * over), page.dpi)
    return [signature(page.ink.shape, pen, rng), seal(page.ink.shape, stamp, rng, strength)]


def _show_through(page: Page, back: Page | None, strength: float, rng: wear.Rng) -> list[wear.Layer]:
    """The other side's print, and its seal when it has one."""
    if back is None or back.ink.shape != page.ink.shape:
        return []
    layers = [wear.bleed(back.ink, strength, 2.2)]
    if back.signed is not None:
        pressed = seal(page.ink.shape, Spot(*back.signed, back.dpi), rng, min(0.8, strength * 2.2))
        layers.append(np.asarray(cv2.GaussianBlur(pressed[:, ::-1], (0, 0), 1.6), np.float32))
    return layers


def _light(page: Page, _back: Page | None, rng: wear.Rng) -> Scan:
    shape = page.ink.shape
    sheet = wear.paper(shape, rng, (0.95, 0.95, 0.94), 0.006)
    seen = wear.combine(sheet, wear.ink(page.ink, 0.94), *_signed(page, rng, 0.25, 0.8))
    seen = wear.blur(wear.lean(seen, float(rng.uniform(-0.7, 0.7)), None), 0.7)
    return Scan(wear.to_pixels(wear.noise(seen, rng, 0.012)), page.dpi, 85)


def _middle(page: Page, back: Page | None, rng: wear.Rng) -> Scan:
    shape = page.ink.shape
    sheet = wear.paper(shape, rng, (0.93, 0.91, 0.86), 0.015)
    density = wear.clouds(shape, rng, 10, 0.55, 0.85)
    layers = [wear.ink(page.ink, density), wear.lamp(shape, rng, 0.8)]
    layers += _show_through(page, back, 0.12, rng) + _signed(page, rng, 0.75, 0.85)
    seen = wear.lean(wear.combine(sheet, *layers), float(rng.uniform(-2, 2)), None)
    seen = wear.noise(wear.blur(seen, 0.9), rng, 0.025)
    return Scan(wear.to_pixels(seen), page.dpi, 70)


def _heavy(page: Page, back: Page | None, rng: wear.Rng) -> Scan:
    shape = page.ink.shape
    sheet = wear.paper(shape, rng, (0.9, 0.82, 0.66), 0.02)
    density = wear.clouds(shape, rng, 9, 0.36, 0.58)
    layers = [wear.ink(page.ink, density, (0.15, 0.13, 0.12)), wear.lamp(shape, rng, 0.3)]
    layers += [wear.stains(shape, rng, 3, 0.16), wear.folds(shape, rng, 0.1)]
    layers += _show_through(page, back, 0.13, rng) + _signed(page, rng, 1.0, 0.8)
    lean = float(rng.uniform(1.5, 5) * rng.choice([-1, 1]))
    seen = wear.border(
        wear.lean(wear.combine(sheet, *layers), lean, 0.06, ON_GLASS), rng, WIDEST_BORDER, 0.05
    )
    seen = wear.noise(wear.blur(seen, 0.9 * page.dpi / 300), rng, 0.022)
    seen = wear.speckle(seen, rng, 0.0006, 0.25)
    return _delivered(wear.to_pixels(seen), page.dpi, rng)


def _delivered(pixels: NDArray[np.uint8], dpi: int, rng: wear.Rng) -> Scan:
    """The careless end of the line: sometimes text mode, sometimes fed in the wrong way round."""
    out: NDArray[np.uint8] | Grey = wear.bilevel(pixels) if rng.random() < 0.2 else pixels
    turns = int(rng.integers(1, 4)) if rng.random() < 0.3 else 0
    return Scan(np.ascontiguousarray(np.rot90(out, -turns)), dpi, 50, turns * 90)
