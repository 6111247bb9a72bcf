"""Pages drawn for tests: lines of Vietnamese print on white, at known places."""

from __future__ import annotations

import subprocess
from functools import lru_cache
from itertools import cycle, islice

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Array = NDArray[np.uint8]

SENTENCES = (
    "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6",
    "Ủy ban nhân dân xã đã tiếp nhận hồ sơ và giải quyết đúng hạn,",
    "Điều 1. Phê duyệt kế hoạch số hóa tài liệu lưu trữ năm 2025;",
    "bảo đảm tài liệu được đọc, tìm và dùng lại một cách dễ dàng.",
    "Quyết định này có hiệu lực kể từ ngày ký, các đơn vị thi hành",
)


@lru_cache(maxsize=8)
def font(size: int, *, fixed: bool = False) -> ImageFont.FreeTypeFont:
    """A font with all Vietnamese letters, found by name; signs of one width if `fixed`."""
    for name in ("Cousine", "DejaVu Sans Mono") if fixed else ("Tinos", "DejaVu Serif", "FreeSerif"):
        found = subprocess.run(
            ["fc-match", "-f", "%{family}|%{file}", name], capture_output=True, text=True, check=False
        ).stdout
        family, _, path = found.partition("|")
        if path and name.split(maxsplit=1)[0] in family:
            return ImageFont.truetype(path, size)
    pytest.skip("no font with Vietnamese letters (fonts-croscore or fonts-dejavu)")


def page(lines: int = 24, size: int = 54, width: int = 1700, pitch: int = 84) -> Array:
    """A grey page (H, W) of `lines` printed lines, top left at (120, 120)."""
    image = Image.new("L", (width, 240 + lines * pitch), 255)
    draw = ImageDraw.Draw(image)
    for number, text in enumerate(islice(cycle(SENTENCES), lines)):
        draw.text((120, 120 + number * pitch), text, font=font(size), fill=0)
    return np.asarray(image)


def words_at(
    places: list[tuple[int, int, str]], shape: tuple[int, int], size: int = 44, *, fixed: bool = False
) -> Array:
    """A grey page of `shape` (H, W) with texts at (x, y); see `font`."""
    image = Image.new("L", (shape[1], shape[0]), 255)
    draw = ImageDraw.Draw(image)
    for x, y, text in places:
        draw.text((x, y), text, font=font(size, fixed=fixed), fill=0)
    return np.asarray(image)


def leaning(grey: Array, degrees: float) -> Array:
    """The page leaning clockwise by `degrees`, on white."""
    height, width = grey.shape
    step = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(grey, step, (width, height), flags=cv2.INTER_CUBIC, borderValue=255).astype(
        np.uint8
    )


def seal(rgb: Array, centre: tuple[int, int], radius: int) -> Array:
    """The page with a red seal stamped on it: a ring and a star-like disc, see-through as ink is."""
    layer = np.full_like(rgb, 255)
    cv2.circle(layer, centre, radius, (205, 40, 45), 9)
    cv2.circle(layer, centre, radius - 34, (205, 40, 45), 5)
    cv2.circle(layer, centre, radius // 4, (205, 40, 45), -1)
    return (rgb.astype(np.uint16) * layer // 255).astype(np.uint8)


def in_colour(grey: Array) -> Array:
    """The same page as RGB."""
    return np.ascontiguousarray(np.dstack([grey, grey, grey]))
