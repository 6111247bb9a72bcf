"""Inside the sandbox: turns decoded images of any mode into 8-bit grey or RGB pixels, upright and square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitizer.errors import Code, PageError

__all__ = [
    "A4_LONG_INCHES",
    "Pixels",
    "check_size",
    "grey_if_grey",
    "guess_dpi",
    "orient",
    "square",
    "to_pixels",
]

Pixels = NDArray[np.uint8]
A4_LONG_INCHES = 11.69
_PLAUSIBLE_DPI = (30.0, 4800.0)
_CAMERA_DEFAULT_DPI = 100.0
_LARGEST_DEFAULT_INCHES = 24.0
_FALLBACK_DPI = 300.0


def check_size(width: int, height: int, limit: int) -> None:
    """Refuse a page before its pixels are decoded.

    Raises:
        PageError: no pixels (`E-MALFORMED`) or more than `limit` (`E-PIXELS`).
    """
    if width <= 0 or height <= 0:
        raise PageError(Code.MALFORMED, "the image has no pixels")
    if width * height > limit:
        raise PageError(Code.PIXELS, f"{width} x {height} pixels are more than the {limit} allowed")


def to_pixels(image: Image.Image) -> Pixels:
    """8-bit grey (H, W) or RGB (H, W, 3); transparency lies on white, 16 bits are scaled down."""
    if image.mode == "1":
        return np.asarray(image, dtype=np.uint8) * np.uint8(255)
    if image.mode == "L":
        return _flattened(image.convert("LA")) if "transparency" in image.info else np.array(image)
    if image.mode.startswith("I;16"):
        return (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
    if image.mode in {"I", "F"}:
        return _scaled(np.asarray(image))
    if image.has_transparency_data:
        return _flattened(image.convert("RGBA"))
    rgb = image if image.mode == "RGB" else image.convert("RGB")
    pixels: Pixels = np.array(rgb)
    return grey_if_grey(pixels)


def _scaled(values: NDArray[np.generic]) -> Pixels:
    wide = values.astype(np.float64)
    top = float(wide.max(initial=0.0))
    scale = 1.0 if top <= 255 else 255.0 / 65535.0 if top <= 65535 else 255.0 / top
    return np.clip(wide * scale, 0, 255).astype(np.uint8)


def _flattened(image: Image.Image) -> Pixels:
    paper = Image.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return grey_if_grey(np.array(paper.convert("RGB")))


def grey_if_grey(pixels: Pixels) -> Pixels:
    """(H, W) where the three channels are the same everywhere; a thin sample decides most pages."""
    for part in (pixels[::31, ::17], pixels):
        if not (np.array_equal(part[..., 0], part[..., 1]) and np.array_equal(part[..., 1], part[..., 2])):
            return pixels
    return np.ascontiguousarray(pixels[..., 0])


def orient(pixels: Pixels, orientation: int) -> Pixels:
    """Apply an EXIF orientation (1-8): stored pixels to shown ones."""
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in {2, 3, 6, 7}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 7, 8}:
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def guess_dpi(dpi: tuple[float, float] | None, width: int, height: int) -> tuple[tuple[float, float], bool]:
    """The resolution to use and whether it had to be guessed (from A4, where the shape is near A4's)."""
    long, short = max(width, height), max(1, min(width, height))
    if dpi is not None and all(_PLAUSIBLE_DPI[0] <= v <= _PLAUSIBLE_DPI[1] for v in dpi):
        left_at_default = min(dpi) <= _CAMERA_DEFAULT_DPI and long / min(dpi) > _LARGEST_DEFAULT_INCHES
        if not left_at_default:
            return dpi, False
    if 1.28 <= long / short <= 1.55 and long > 500:
        guess = round(long / A4_LONG_INCHES, 1)
        return (guess, guess), True
    return (_FALLBACK_DPI, _FALLBACK_DPI), True


def square(pixels: Pixels, dpi: tuple[float, float], limit: int) -> tuple[Pixels, tuple[float, float], bool]:
    """Resample to square pixels at the higher resolution where x and y differ (a fax: 204 x 98)."""
    x, y = dpi
    if abs(x - y) <= 0.02 * max(x, y):
        return pixels, dpi, False
    top = max(x, y)
    width, height = round(pixels.shape[1] * top / x), round(pixels.shape[0] * top / y)
    check_size(width, height, limit)
    resized = Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC)
    return np.array(resized), (top, top), True
