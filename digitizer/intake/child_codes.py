"""Inside the sandbox: finds QR codes and bar codes on a decoded page."""

from __future__ import annotations

from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image

from digitizer.model import Box, PageCode

__all__ = ["find_codes"]

_FORMATS = zxingcpp.barcode_formats_from_str("QRCode,Code128,Code39")
_FINE_DPI = 400  # above this a page is halved: no printed code has bars that narrow
_SHORTEST = 5  # letters in a Code 39, which has no checksum: fewer are found in ruled lines
_MOST = 20


def find_codes(pixels: NDArray[np.uint8], dpi: float) -> tuple[PageCode, ...]:
    """The codes on a page, boxes in its pixels, from the top down.

    QR, Code 128 and Code 39, upright or turned, dark on light. About 4 ms a million pixels.
    """
    scale = 2 if dpi > _FINE_DPI else 1
    if scale > 1:
        pixels = np.asarray(Image.fromarray(pixels).convert("L").reduce(scale))
    height, width = pixels.shape[:2]
    found = zxingcpp.read_barcodes(pixels, formats=_FORMATS, try_downscale=False, try_invert=False)
    codes = [_code(each, scale, (width * scale, height * scale)) for each in found[:_MOST] if _is_sure(each)]
    return tuple(sorted(codes, key=lambda code: (code.box.top, code.box.left)))


def _is_sure(found: Any) -> bool:
    return found.format != zxingcpp.BarcodeFormat.Code39 or len(found.text) >= _SHORTEST


def _code(found: Any, scale: int, size: tuple[int, int]) -> PageCode:
    at = found.position
    corners = (at.top_left, at.top_right, at.bottom_right, at.bottom_left)
    xs = [min(max(corner.x * scale, 0), size[0]) for corner in corners]
    ys = [min(max(corner.y * scale, 0), size[1]) for corner in corners]
    return PageCode(str(found.format), found.text, Box(min(xs), min(ys), max(xs), max(ys)))
