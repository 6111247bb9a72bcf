"""Red seals and blue ink: taken out of the reading layer, kept as masks, said in flags.

Black toner stays dark in every colour channel, a red seal is light in the red one. So under a seal the
red channel shows the text without the seal (the colour-plane method of document analysis).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from digitizer.imaging.background import paper
from digitizer.imaging.working import Array, Working

__all__ = ["InkMasks", "SeparateInks", "find_inks"]

RED_STRENGTH = 25  # how far red stands above the other two, of 255, beyond the paper's own tint
BLUE_STRENGTH = 30
SEAL_SHARE = 0.0004  # of the page's pixels: below this red is noise of the scanner
FAINT_SHARE = 0.00002  # a seal that bled through: too little for a flag, enough to know its place
BLUE_SHARE = 0.0003


@dataclass(frozen=True, slots=True)
class InkMasks:
    """Where coloured ink is: uint8 masks (H, W), 255 where red or blue, and their shares of the page."""

    red: Array
    blue: Array
    red_share: float
    blue_share: float


def find_inks(rgb: Array) -> InkMasks:
    """Find red and blue ink on an RGB page (H, W, 3), whatever tint the paper has."""
    red, green, blue = cv2.split(rgb)
    redness = cv2.subtract(red, cv2.max(green, blue))
    blueness = cv2.subtract(blue, red)
    tint_red = float(np.median(redness[::16, ::16]))
    tint_blue = float(np.median(blueness[::16, ::16]))
    red_mask = cv2.threshold(redness, RED_STRENGTH + tint_red, 255, cv2.THRESH_BINARY)[1]
    blue_mask = cv2.threshold(blueness, BLUE_STRENGTH + tint_blue, 255, cv2.THRESH_BINARY)[1]
    speck = np.ones((3, 3), np.uint8)
    red_mask = cv2.morphologyEx(red_mask, cv2.MORPH_OPEN, speck).astype(np.uint8)
    blue_mask = cv2.morphologyEx(blue_mask, cv2.MORPH_OPEN, speck).astype(np.uint8)
    size = float(red_mask.size)
    shares = (cv2.countNonZero(red_mask) / size, cv2.countNonZero(blue_mask) / size)
    return InkMasks(red_mask.astype(np.uint8), blue_mask.astype(np.uint8), *shares)


@dataclass(frozen=True, slots=True)
class SeparateInks:
    """Take red seals out of the grey reading layer; flag `stamp` and `blue-ink`.

    Levels are shares of the paper's brightness in the red channel: what is darker than `black` is text
    under the seal, what is lighter than the seal's own ink less `margin` becomes paper.
    """

    black: float = 0.25
    margin: float = 0.08
    palest: float = 0.5

    def __call__(self, work: Working) -> Working:
        """Return the page with `grey` freed of red ink and `rgb` dropped."""
        if work.rgb is None:
            return work
        inks = find_inks(work.rgb)
        flags = work.flags
        grey = work.grey
        if inks.red_share > SEAL_SHARE:
            flags = (*flags, "stamp")
            grey = self._without_seal(work.rgb, grey, inks.red)
        if inks.blue_share > BLUE_SHARE:
            flags = (*flags, "blue-ink")
        red = inks.red if inks.red_share > FAINT_SHARE else None
        blue = inks.blue if "blue-ink" in flags else None
        measures = (*work.measures, ("red_share", inks.red_share), ("blue_share", inks.blue_share))
        return replace(work, grey=grey, rgb=None, red=red, blue=blue, flags=flags, measures=measures)

    def _without_seal(self, rgb: Array, grey: Array, red: Array) -> Array:
        plane = np.ascontiguousarray(rgb[:, :, 0])
        even = cv2.divide(plane, paper(plane), scale=255).astype(np.uint8)
        own = float(np.median(even[red > 0])) / 255
        white = max(self.palest, own - self.margin)
        levels = np.arange(256, dtype=np.float32) / 255
        stretch = np.clip((levels - self.black) * 255 / (white - self.black), 0, 255).astype(np.uint8)
        seen_through = cv2.multiply(cv2.LUT(even, stretch), paper(grey), scale=1 / 255)
        near = cv2.dilate(red, np.ones((5, 5), np.uint8))
        return np.where(near > 0, cv2.max(seen_through, grey), grey).astype(np.uint8)
