"""Single defects on otherwise light wear, and the sets that hold one each: what costs a reader how much."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.samples import sets, wear
from scripts.samples.files import write_pdf
from scripts.samples.fonts import Family
from scripts.samples.forms import birth_certificate, dotted_form, listing, slanted, two_columns
from scripts.samples.levels import Scan, Wear, scan
from scripts.samples.marks import Spot, seal
from scripts.samples.model import Look, Page
from scripts.samples.papers import Writer, decision, official_letter, report

Pixels = NDArray[np.uint8]
Rng = wear.Rng
Spoil = Callable[[Page, Rng], Scan]


def light(page: Page, rng: Rng) -> Scan:
    """Light wear and nothing else."""
    return scan(page, None, Wear.LIGHT, rng)


def sealed(page: Page, rng: Rng) -> Scan:
    """Two red seals across the text."""
    height, width = page.ink.shape
    layers = [
        seal(page.ink.shape, Spot(round(width * x), round(height * y), page.dpi), rng, 0.85)
        for x, y in ((0.35, 0.3), (0.6, 0.5))
    ]
    sheet = wear.paper(page.ink.shape, rng, (0.95, 0.95, 0.94), 0.006)
    seen = wear.blur(wear.combine(sheet, wear.ink(page.ink, 0.94), *layers), 0.7)
    return Scan(wear.to_pixels(wear.noise(seen, rng, 0.012)), page.dpi, 85)


def bled(page: Page, rng: Rng) -> Scan:
    """The print of the other side shows through strongly, and a seal with it."""
    height, width = page.ink.shape
    back = np.ascontiguousarray(np.roll(page.ink, height // 90, axis=0))
    pressed = seal(page.ink.shape, Spot(round(width * 0.4), round(height * 0.4), page.dpi), rng, 0.35)
    shown = np.asarray(cv2.GaussianBlur(pressed[:, ::-1], (0, 0), 1.6), np.float32)
    sheet = wear.paper(page.ink.shape, rng, (0.94, 0.93, 0.9), 0.01)
    seen = wear.combine(sheet, wear.ink(page.ink, 0.9), wear.bleed(back, 0.22, 2.0), shown)
    return Scan(wear.to_pixels(wear.noise(wear.blur(seen, 0.7), rng, 0.015)), page.dpi, 80)


def leaning(page: Page, rng: Rng) -> Scan:
    """Fed in askew by three to eight degrees."""
    flat = light(page, rng)
    lean = float(rng.uniform(3, 8) * rng.choice([-1, 1]))
    turned = wear.lean(np.asarray(flat.pixels / 255, np.float32), lean, 0.93, 0.93)
    return Scan(wear.to_pixels(turned), page.dpi, 85)


def photographed(page: Page, rng: Rng) -> Scan:
    """A telephone's picture: perspective, a bulging sheet, a shadow, a soft lens, a table around it."""
    height, width = page.ink.shape
    sheet = wear.paper(page.ink.shape, rng, (0.93, 0.92, 0.9), 0.01)
    seen = wear.blur(wear.combine(sheet, wear.ink(page.ink, 0.9)), 1.0)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    sag = np.float32(rng.uniform(0.006, 0.014) * height) * np.sin(np.pi * columns / width)
    up = np.asarray(rows - sag, np.float32)
    bent = cv2.remap(seen, columns, up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inset = rng.uniform(0.01, 0.05, (4, 2)) * (width, height)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    view = cv2.getPerspectiveTransform(corners, (corners + inset * inward).astype(np.float32))
    shot = cv2.warpPerspective(
        bent, view, (width, height), flags=cv2.INTER_LINEAR, borderValue=(0.35, 0.3, 0.27)
    )
    across = columns[..., None] / width * np.float32(0.35) + rows[..., None] / height * np.float32(0.15)
    seen = np.asarray(shot * (1 - across), np.float32)
    return Scan(wear.to_pixels(wear.noise(seen, rng, 0.02)), page.dpi, 75)


def two_tones(page: Page, rng: Rng) -> Scan:
    """The scanner's text mode (CCITT G4)."""
    return sets.text_mode(light(page, rng))


def opened(page: Page, rng: Rng) -> Scan:
    """Two leaves under one glass: the fold between them lies in shadow."""
    flat = light(page, rng)
    width = flat.pixels.shape[1]
    off = (np.arange(width, dtype=np.float32) - width / 2) / (0.02 * width)
    shade = 1 - np.float32(0.45) * np.exp(-(off**2))
    shade = shade if flat.pixels.ndim == 2 else shade[:, None]
    return Scan(wear.to_pixels(np.asarray(flat.pixels / 255 * shade, np.float32)), page.dpi, 80)


def facing(left: Page, right: Page) -> Page:
    """Both pages side by side; the left one is read first."""
    return replace(left, ink=np.hstack([left.ink, right.ink]), lines=(*left.lines, *right.lines))


PLAIN = Look()


@dataclass(frozen=True)
class Kind:
    """One set: what is printed how, and what happens to it."""

    look: Look = PLAIN
    spoil: Spoil = light
    writers: tuple[Writer, ...] = (decision, official_letter)


KINDS: dict[str, Kind] = {
    "font-tinos": Kind(),
    "font-arimo": Kind(Look(Family.ARIMO, 12.5)),
    "font-freeserif": Kind(Look(Family.FREE_SERIF)),
    "font-dejavu": Kind(Look(Family.DEJAVU_SERIF, 11.5)),
    "font-typewriter": Kind(Look(Family.COUSINE, 12)),
    "font-italic": Kind(writers=(slanted,)),
    "dpi-150": Kind(Look(dpi=150)),
    "dpi-200": Kind(Look(dpi=200)),
    "g4": Kind(spoil=two_tones),
    "seal": Kind(spoil=sealed),
    "bleed": Kind(spoil=bled, writers=(report, official_letter)),
    "skew": Kind(spoil=leaning),
    "photo": Kind(spoil=photographed),
    "form": Kind(writers=(birth_certificate,)),
    "dotted": Kind(writers=(dotted_form,)),
    "table": Kind(writers=(listing,)),
    "columns": Kind(writers=(two_columns,)),
    "spread": Kind(spoil=opened, writers=(report, official_letter)),
}


def produce(root: Path, name: str, seed: int, pages: int) -> int:
    """Write the set `name` under root, `in` and `truth`; how many pages it has."""
    kind, done, index = KINDS[name], 0, 0
    (root / "in").mkdir(parents=True, exist_ok=True)
    (root / "truth").mkdir(exist_ok=True)
    while done < pages:
        rng = sets.rng_for(seed, 40, crc32(name.encode()), index)
        leaf = sets.make_leaf(kind.writers[index % len(kind.writers)], kind.look, 2, rng)
        if kind.spoil is opened:
            other = sets.make_leaf(kind.writers[(index + 1) % len(kind.writers)], kind.look, 2, rng)
            pairs = zip(leaf.pages, other.pages, strict=False)
            leaf = sets.Leaf(leaf.paper, tuple(facing(*pair) for pair in pairs))
        leaf = sets.Leaf(leaf.paper, leaf.pages[: pages - done])
        stem = f"{name}-{index:02d}"
        write_pdf(root / "in" / f"{stem}.pdf", [kind.spoil(page, rng) for page in leaf.pages])
        sets.write_truth(root, stem, (leaf,))
        done, index = done + len(leaf.pages), index + 1
    return done
