"""What time and the scanner do to a page: pure effects on arrays, one function each.

Light is modelled as a product: every layer (ink, seal, the print of the back, a stain, the lamp) is a
transmittance between 0 and 1, row first, with a last axis of 3 for colour; paper times layers is what the
scanner sees.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.samples.model import Grey

Layer = NDArray[np.float32]
"""Transmittance of a layer, 0 (black) to 1 (clear); two axes when it has no colour, three when it has."""
Rng = np.random.Generator
Shape = tuple[int, int]
RGB = tuple[float, float, float]


def clouds(shape: Shape, rng: Rng, cells: int, low: float, high: float) -> Layer:
    """Smooth random values between low and high that change over about one cell of the page."""
    seed = rng.random((cells, max(2, cells * shape[1] // shape[0])), dtype=np.float32)
    field = cv2.resize(seed, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(low + (high - low) * np.clip(field, 0, 1), np.float32)


def ink(page: Grey, density: Layer | float, colour: RGB = (0.08, 0.08, 0.1)) -> Layer:
    """The print as a layer; density 1 is fresh ink, 0.2 is nearly gone."""
    cover = (np.float32(1) - page.astype(np.float32) / 255) * density
    return np.stack([1 - cover * np.float32(1 - part) for part in colour], axis=-1)


def paper(shape: Shape, rng: Rng, colour: RGB, grain: float) -> Layer:
    """Bare paper: its colour, fibres of a few pixels, slow patches."""
    fibre = rng.standard_normal((shape[0] // 3, shape[1] // 3), dtype=np.float32)
    fibre = np.asarray(cv2.resize(fibre, (shape[1], shape[0])), np.float32) * grain
    tone = clouds(shape, rng, 6, 1 - grain * 1.5, 1) + fibre
    return tone[..., None] * np.array(colour, np.float32)


def lamp(shape: Shape, rng: Rng, darkest: float) -> Layer:
    """Uneven light: a slope in a random direction and a shadow along one edge, as of a book's gutter."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.ogrid[: shape[0], : shape[1]]
    y, x = (y / shape[0] - 0.5).astype(np.float32), (x / shape[1] - 0.5).astype(np.float32)
    slope = np.float32(np.cos(angle)) * x + np.float32(np.sin(angle)) * y
    light = 1 - (1 - darkest) * np.clip(slope + 0.5, 0, 1)
    edge = x if rng.random() < 0.5 else -x
    return np.asarray(light * (1 - 0.35 * (1 - darkest) * np.exp(-(edge + 0.5) * 12)), np.float32)


def bleed(back: Grey, strength: float, sigma: float) -> Layer:
    """The print of the other side, mirrored, soft and weak."""
    soft = cv2.GaussianBlur(back[:, ::-1], (0, 0), sigma)
    return np.asarray(1 - strength * (1 - soft.astype(np.float32) / 255), np.float32)


def stains(shape: Shape, rng: Rng, count: int, strength: float) -> Layer:
    """Water and tea: blots with a darker rim."""
    small = (shape[0] // 8, shape[1] // 8)
    y, x = np.ogrid[: small[0], : small[1]]
    layer = np.ones(small, np.float32)
    for _ in range(count):
        middle, radius = rng.uniform(0, 1, 2) * small, rng.uniform(0.05, 0.16) * small[0]
        wobble = clouds(small, rng, 8, 0.75, 1.25)
        far = np.hypot(y - middle[0], x - middle[1]) / radius * wobble
        blot = 0.5 * (far < 1) + np.exp(-(((far - 1) / 0.06) ** 2))
        layer *= (1 - strength * np.clip(blot, 0, 1)).astype(np.float32)
    return np.asarray(cv2.resize(cv2.GaussianBlur(layer, (0, 0), 2), (shape[1], shape[0])), np.float32)


def folds(shape: Shape, rng: Rng, strength: float) -> Layer:
    """A cross fold: a thin dark line with a pale shoulder, across and down."""
    layer = np.ones(shape, np.float32)
    for axis in (0, 1):
        at = shape[axis] * rng.uniform(0.46, 0.54)
        far = np.arange(shape[axis], dtype=np.float32) - np.float32(at)
        line = 1 - strength * np.exp(-((far / 4) ** 2)) - 0.25 * strength * np.exp(-((far / 40) ** 2))
        layer *= line[:, None] if axis == 0 else line[None, :]
    return layer


def combine(base: Layer, *layers: Layer) -> Layer:
    """Paper seen through all its layers."""
    seen = base.copy()
    for layer in layers:
        seen *= layer if layer.ndim == 3 else layer[..., None]
    return seen


def lean(page: Layer, degrees: float, around: float | None, scale: float = 1.0) -> Layer:
    """Turn clockwise about the middle; what comes in from outside is `around`, or more of the page's edge.

    A scale below 1 is a sheet on a larger glass: no print leaves the picture.
    """
    height, width = page.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, scale)
    mode = cv2.BORDER_REPLICATE if around is None else cv2.BORDER_CONSTANT
    fill = (around or 0.0,) * 3
    return np.asarray(
        cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=mode, borderValue=fill),
        np.float32,
    )


def border(page: Layer, rng: Rng, widest: float, dark: float) -> Layer:
    """Black strips where the lid of the scanner shows beside the sheet; the widest is a share of the page."""
    framed = page.copy()
    for side in range(4):
        view = np.rot90(framed, side)
        depth = int(rng.uniform(0, widest) * view.shape[0])
        view[:depth] = dark
    return framed


def blur(page: Layer, sigma: float) -> Layer:
    """A lens a little out of focus; sigma in pixels."""
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.float32) if sigma > 0 else page


def noise(page: Layer, rng: Rng, sigma: float) -> Layer:
    """Grain of the sensor, the same in all colours; sigma is a share of full light."""
    grain = rng.standard_normal(page.shape[:2], dtype=np.float32) * np.float32(sigma)
    return page + grain[..., None]


def speckle(page: Layer, rng: Rng, amount: float, dark: float) -> Layer:
    """Dust: dots of one to three pixels on a share of the page, dark ones and pale ones."""
    dotted = page.copy()
    for value in (dark, 0.95):
        seeds = (rng.random(page.shape[:2], dtype=np.float32) < amount / 6).astype(np.uint8)
        kernel = np.ones((int(rng.integers(2, 4)),) * 2, np.uint8)
        dotted[cv2.dilate(seeds, kernel) > 0] = value
    return dotted


def to_pixels(page: Layer) -> NDArray[np.uint8]:
    """Light to bytes, red green blue."""
    return np.asarray(np.clip(page * 255 + 0.5, 0, 255), np.uint8)


def bilevel(pixels: NDArray[np.uint8]) -> Grey:
    """What a scanner's text mode keeps: black where a pixel is darker than its neighbourhood."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) if pixels.ndim == 3 else pixels
    block = max(31, grey.shape[0] // 60 | 1)
    return np.asarray(
        cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, 24), np.uint8
    )
