"""Seal and signature: what people add to a printed paper. Neither is in the truth."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from scripts.samples.fonts import Family, Style, face
from scripts.samples.wear import RGB, Layer, Rng, Shape, clouds

RED: RGB = (0.83, 0.1, 0.16)
BLUE: RGB = (0.12, 0.18, 0.62)
SEAL_MM = 36
LEGENDS = ("ỦY BAN NHÂN DÂN • VIỆT NAM •", "SỞ TƯ PHÁP • VIỆT NAM •", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM •")


@dataclass(frozen=True)
class Spot:
    """Where a mark stands, in pixels, and how large a millimetre is there."""

    x: int
    y: int
    dpi: int

    def mm(self, length: float) -> int:
        """Millimetres to pixels."""
        return round(length / 25.4 * self.dpi)


def _coloured(cover: Layer, colour: RGB) -> Layer:
    return np.stack([1 - cover * np.float32(1 - part) for part in colour], axis=-1)


def _cover(sheet: Image.Image) -> Layer:
    return np.asarray(np.asarray(sheet, np.float32) / 255, np.float32)


def _star(middle: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for step in range(10):
        reach = radius if step % 2 == 0 else radius * 0.4
        angle = np.pi / 5 * step - np.pi / 2
        points.append((middle + reach * float(np.cos(angle)), middle + reach * float(np.sin(angle))))
    return points


def seal_stamp(size: int, legend: str) -> Image.Image:
    """A round seal, white on black: two rings, a legend around, a star."""
    stamp = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(stamp)
    for inset, width in ((0.01, 0.018), (0.05, 0.008), (0.24, 0.01)):
        edge = size * inset
        draw.ellipse((edge, edge, size - edge, size - edge), outline=255, width=max(1, round(size * width)))
    draw.polygon(_star(size / 2, size * 0.16), fill=255)
    font = face(Family.TINOS, Style.BOLD, max(6, round(size * 0.085)))
    for index, letter in enumerate(legend):
        tile = Image.new("L", (size, size), 0)
        ImageDraw.Draw(tile).text((size / 2, size * 0.15), letter, fill=255, font=font, anchor="mm")
        turned = tile.rotate(-360 * index / len(legend) + 120, Image.Resampling.BILINEAR)
        stamp.paste(255, mask=turned)
    return stamp


def seal(shape: Shape, spot: Spot, rng: Rng, strength: float) -> Layer:
    """A red seal pressed unevenly and a little askew, as a layer of the whole page."""
    legend = LEGENDS[int(rng.integers(len(LEGENDS)))]
    stamp = seal_stamp(spot.mm(SEAL_MM), legend).rotate(
        float(rng.uniform(-18, 18)), Image.Resampling.BILINEAR
    )
    sheet = Image.new("L", (shape[1], shape[0]), 0)
    sheet.paste(stamp, (spot.x - stamp.width // 2, spot.y - stamp.height // 2))
    pressed = clouds(shape, rng, 60, 0.45, 1.0) * np.float32(strength)
    return _coloured(_cover(sheet) * pressed, RED)


def signature(shape: Shape, spot: Spot, rng: Rng) -> Layer:
    """A scribble of a pen in blue ink above the name."""
    steps = np.linspace(0, 1, 160)
    wide, high = spot.mm(34), spot.mm(11)
    phases = rng.uniform(0, 6.3, 4)
    x = spot.x + wide * (steps - 0.5 + 0.12 * np.sin(6.3 * 2 * steps + phases[0]))
    y = spot.y - high * (
        0.35 * np.sin(6.3 * 2.5 * steps + phases[1]) + 0.4 * np.sin(6.3 * 1.2 * steps + phases[2])
    )
    sheet = Image.new("L", (shape[1], shape[0]), 0)
    points = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
    ImageDraw.Draw(sheet).line(points, fill=230, width=max(2, spot.mm(0.55)), joint="curve")
    return _coloured(_cover(sheet), BLUE)
