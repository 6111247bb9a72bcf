"""Pixels to the bytes of a PDF image, for pages whose own compressed bytes cannot be passed through."""

from __future__ import annotations

import io
import struct
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitizer.model import EncodedImage

__all__ = ["encode_page"]

Pixels = NDArray[np.uint8]

# From 45 down letters begin to blur; under 30 marks on vowels melt together, so nothing goes below.
_QUALITIES: Final = (90, 85, 75, 60, 45, 30)
# Blocks of 4 x 4 pixels whose channels differ by more than this are seen as colour; scanner noise is not.
_CHROMA: Final = 24
_BANDS: Final = 16
_BAND_ROWS: Final = 16
# How far over its bound a sample must be before the whole page is not tried.
_FAR: Final = 1.25

_TIFF_PHOTOMETRIC, _TIFF_OFFSETS, _TIFF_COUNTS = 262, 273, 279
_PNG_SIGNATURE: Final = 8


def encode_page(pixels: Pixels, budget_bytes: int | None, bilevel: bool = False) -> EncodedImage:
    """The page as CCITT G4, Flate or JPEG: lossless where that is smaller, else as good as the budget lets.

    Pixels that are all 0 or 255 become G4. Others become JPEG (4:2:0, grey where the page has no
    colour) at the first quality of 90, 85, 75, 60, 45, 30 that keeps the budget; at 30 the budget
    gives way. Flate replaces it where it is no larger. The same pixels give the same bytes.

    Args:
        pixels: uint8, (H, W) grey or (H, W, 3) RGB, origin top left.
        budget_bytes: How many bytes the image should have at most; None for no bound.
        bilevel: Turn grey into black and white first (the threshold is 128).

    Raises:
        ValueError: The array has another type or shape, or no pixels.
    """
    if pixels.dtype != np.uint8 or pixels.size == 0 or not _is_page(pixels.shape):
        raise ValueError(f"not a page of pixels: {pixels.dtype} {pixels.shape}")
    grey = _as_grey(pixels)
    if grey is not None and (bilevel or _is_bilevel(grey)):
        return _g4(grey)
    plain = np.ascontiguousarray(pixels if grey is None else grey)
    jpeg = _jpeg(plain, budget_bytes)
    flate = _flate(plain, len(jpeg.data))
    return flate if flate and len(flate.data) <= len(jpeg.data) else jpeg


def _is_page(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 or (len(shape) == 3 and shape[2] == 3)


def _as_grey(pixels: Pixels) -> Pixels | None:
    """The page in grey, or None where it has colour."""
    if pixels.ndim == 2:
        return pixels
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (max(1, width // 4), max(1, height // 4)), interpolation=cv2.INTER_AREA)
    if int(np.ptp(small, axis=2).max()) > _CHROMA:
        return None
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _is_bilevel(grey: Pixels) -> bool:
    return cv2.countNonZero(cv2.inRange(np.ascontiguousarray(grey), 1, 254)) == 0


def _g4(grey: Pixels) -> EncodedImage:
    """One strip of CCITT group 4 (ITU-T T.6), taken out of a TIFF that Pillow makes in memory."""
    height, width = grey.shape
    tiff = io.BytesIO()
    ink = Image.fromarray(grey >= 128)
    ink.save(tiff, "TIFF", compression="group4", strip_size=(width + 7) // 8 * height)
    with Image.open(tiff) as made:
        tags = dict(made.tag_v2)  # type: ignore[attr-defined]
    (start,), (length,) = tags[_TIFF_OFFSETS], tags[_TIFF_COUNTS]
    # Photometric 1 means that the coder called white runs black: `BlackIs1` turns them back.
    parms = (("K", -1), ("Columns", width), ("Rows", height), ("BlackIs1", tags[_TIFF_PHOTOMETRIC] == 1))
    data = tiff.getvalue()[start : start + length]
    return EncodedImage(data, "CCITTFaxDecode", width, height, 1, "DeviceGray", parms)


def _colourspace(pixels: Pixels) -> str:
    return "DeviceGray" if pixels.ndim == 2 else "DeviceRGB"


def _coded(extension: str, pixels: Pixels, options: list[int]) -> bytes:
    """The file OpenCV makes of `pixels`; it wants colour as BGR."""
    ok, data = cv2.imencode(extension, pixels if pixels.ndim == 2 else pixels[:, :, ::-1], options)
    if not ok:
        raise ValueError(f"page cannot be coded as {extension}: {pixels.shape}")
    return data.tobytes()


def _sample(pixels: Pixels) -> tuple[Pixels, float]:
    """Some bands of rows from all over the page, and how many times the page is larger."""
    height = len(pixels)
    if height <= _BANDS * _BAND_ROWS:
        return pixels, 1.0
    tops = [int(top) for top in np.linspace(0, height - _BAND_ROWS, _BANDS)]
    bands = np.concatenate([pixels[top : top + _BAND_ROWS] for top in tops])
    return bands, height / len(bands)


def _jpeg_file(pixels: Pixels, quality: int) -> bytes:
    options = {
        cv2.IMWRITE_JPEG_QUALITY: quality,
        cv2.IMWRITE_JPEG_OPTIMIZE: 1,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR: cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420,
    }
    return _coded(".jpg", pixels, [number for pair in options.items() for number in pair])


def _jpeg(pixels: Pixels, budget: int | None) -> EncodedImage:
    """The page at the first quality that keeps the budget; those far from it by a sample are not tried."""
    height, width = pixels.shape[:2]
    sample, times = _sample(pixels)
    data = b""
    for quality in _QUALITIES:
        hopeless = budget is not None and len(_jpeg_file(sample, quality)) * times > budget * _FAR
        if hopeless and quality != _QUALITIES[-1]:
            continue
        data = _jpeg_file(pixels, quality)
        if budget is None or len(data) <= budget:
            break
    return EncodedImage(data, "DCTDecode", width, height, 8, _colourspace(pixels))


def _flate(pixels: Pixels, limit: int) -> EncodedImage | None:
    """The page without loss, as PNG's own Flate stream, unless a sample says it is far above `limit`.

    A noisy 300 dpi page takes seconds to code as PNG, so that is not tried to the end.
    """
    sample, times = _sample(pixels)
    if len(_png_stream(sample)) * times > limit * _FAR:
        return None
    height, width = pixels.shape[:2]
    colours = 1 if pixels.ndim == 2 else 3
    parms = (("Predictor", 15), ("Colors", colours), ("BitsPerComponent", 8), ("Columns", width))
    return EncodedImage(_png_stream(pixels), "FlateDecode", width, height, 8, _colourspace(pixels), parms)


def _png_stream(pixels: Pixels) -> bytes:
    """The joined IDAT chunks of a PNG: what PDF calls Flate with predictor 15 (ISO 32000-1, 7.4.4.4)."""
    png = _coded(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    stream, at = bytearray(), _PNG_SIGNATURE
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind == b"IDAT":
            stream += png[at + 8 : at + 8 + length]
        at += length + 12
    return bytes(stream)
