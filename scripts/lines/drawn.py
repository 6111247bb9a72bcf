"""Lines of text as worn papers show them: many faces and sizes, four degrees of wear, neighbours' ink."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.samples.fonts import Family, Style, face
from scripts.samples.levels import Wear

__all__ = ["HEIGHT", "SIGNS", "DrawnLine", "LinePress", "legal_lines"]

HEIGHT = 40
"""Rows of a drawn line: 13 for a small letter, room for stacked marks above and tails below."""
_VOWELS = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
_MARKED = sorted({unicodedata.normalize("NFC", v + tone) for v in _VOWELS for tone in _TONES} | {"đ"})
_PLAIN = [chr(code) for code in range(0x20, 0x7F)]
SIGNS = "".join(dict.fromkeys([*_PLAIN, *_MARKED, *(m.upper() for m in _MARKED), *"“”‘’–…§°"]))
"""Every sign a line may hold; a reader's classes are these and the blank."""
_CUTS = (
    *((Family.TINOS, style) for style in (*Style, Style.REGULAR, Style.REGULAR, Style.ITALIC)),
    *((family, style) for family in (Family.FREE_SERIF, Family.ARIMO) for style in Style),
    (Family.DEJAVU_SERIF, Style.REGULAR),
    (Family.COUSINE, Style.REGULAR),
)
PRESSED = 2
"""Times a line that was set is pressed, each with its own wear: setting it costs twice as much as that."""
_FEET, _HEADS = 10, 8  # rows, at twice the size, that a line beside this one reaches into it
_WEARS = {Wear.CLEAN: (0.3, 0.0), Wear.LIGHT: (0.7, 0.02), Wear.MIDDLE: (1.1, 0.05), Wear.HEAVY: (1.5, 0.09)}


@dataclass(frozen=True)
class DrawnLine:
    """One line: `pixels` uint8 (HEIGHT, W), dark on light, and its text."""

    pixels: NDArray[np.uint8]
    text: str


def legal_lines(folder: Path, shortest: int = 8, longest: int = 70) -> Iterator[str]:
    """Lines of the texts below `folder`, cut between words to the length of printed lines, NFC."""
    for file in sorted(folder.rglob("*.txt")):
        for paragraph in unicodedata.normalize("NFC", file.read_text("utf-8")).splitlines():
            words, line = paragraph.split(), ""
            for word in words:
                if line and len(line) + 1 + len(word) > longest:
                    yield line
                    line = ""
                line = f"{line} {word}".strip()
            if len(line) >= shortest:
                yield line


class LinePress:
    """Draws lines of `texts`, but for those with other signs than `SIGNS`; everything follows from `rng`."""

    def __init__(self, texts: Sequence[str], rng: np.random.Generator, level: Wear | None = None) -> None:
        self.texts = [text for text in texts if set(text) <= set(SIGNS)]
        self.rng, self.level = rng, level
        self._left: list[tuple[str, NDArray[np.float32]]] = []
        self._before: NDArray[np.float32] | None = None

    def draw(self) -> DrawnLine:
        """One line, a tenth of them in capitals."""
        rng = self.rng
        if not self._left:
            text = self.texts[int(rng.integers(len(self.texts)))]
            if rng.random() < 0.1:
                text = unicodedata.normalize("NFC", text.upper())
            cover = self._set(text)
            self._left = [(text, self._amid(cover)) for _ in range(PRESSED)]
            self._before = cover
        text, cover = self._left.pop()
        level = Wear(int(rng.integers(4))) if self.level is None else self.level
        return DrawnLine(self._worn(cover, level), text)

    def _set(self, text: str) -> NDArray[np.float32]:
        """Twice the size it will have, dark 1 on light 0."""
        rng = self.rng
        family, style = _CUTS[int(rng.integers(len(_CUTS)))]
        font = face(family, style, int(rng.integers(50, 60)))
        width = round(font.getlength(text)) + 40
        image = Image.new("L", (width, 2 * HEIGHT), 0)
        draw = ImageDraw.Draw(image)
        draw.text((20, 56), text, fill=255, font=font, anchor="ls")
        return np.asarray(np.asarray(image, np.float32) / 255, np.float32)

    def _amid(self, cover: NDArray[np.float32]) -> NDArray[np.float32]:
        """With feet of the line above and heads of the one below: those of the line set before."""
        if self._before is None:
            return cover
        amid, wide = cover.copy(), min(cover.shape[1], self._before.shape[1])
        if self.rng.random() < 0.4:
            np.maximum(amid[:_FEET, :wide], self._before[-_FEET:, :wide], out=amid[:_FEET, :wide])
        if self.rng.random() < 0.4:
            np.maximum(amid[-_HEADS:, :wide], self._before[:_HEADS, :wide], out=amid[-_HEADS:, :wide])
        return amid

    def _worn(self, cover: NDArray[np.float32], level: Wear) -> NDArray[np.uint8]:
        rng = self.rng
        sigma, grain = _WEARS[level]
        cells = (3, max(3, cover.shape[1] // 60))
        fading = 1 - 0.18 * level * cv2.resize(rng.random(cells, dtype=np.float32), cover.shape[::-1])
        light = 1 - cover * fading
        if level >= Wear.MIDDLE and rng.random() < 0.3:
            back = np.roll(cover[:, ::-1], int(rng.integers(-20, 20)), axis=0)
            light = light * (1 - 0.2 * cv2.GaussianBlur(back, (0, 0), 2.0))
        light = cv2.GaussianBlur(light, (0, 0), sigma * float(rng.uniform(0.7, 1.3)))
        light = light + grain * rng.standard_normal(light.shape, dtype=np.float32)
        if rng.random() < 0.2:
            light = (light > rng.uniform(0.5, 0.75)).astype(np.float32)
        size = (max(16, round(light.shape[1] / 2 * float(rng.uniform(0.9, 1.1)))), HEIGHT)
        small = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        lean = np.array([[1, 0, 0], [rng.normal(0, 0.002), 1, rng.normal(0, 0.8)]])
        moved = cv2.warpAffine(small, lean, size, borderValue=1.0)
        return np.asarray(np.clip(moved * 255, 0, 255), np.uint8)
