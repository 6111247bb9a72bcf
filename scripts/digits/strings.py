"""Slots as papers hold them: digits written, stamped or printed between printed labels, then worn.

The label of a drawn slot is what the reader is to say: its digits, `/` for the stroke before the notation,
`x` for each run of letters; stops, colons and leader dots say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.digits.sources import HAND_FACES, PRINT_CUTS, STAMP_FACES, Cover, Faces, Handwritten, printed

__all__ = ["ALPHABET", "BASELINE", "HEIGHT", "X_HEIGHT", "Drawn", "Hand", "SlotPress"]

HEIGHT = 40  # rows of what the reader sees
X_HEIGHT = 10.0  # rows of a small printed letter in it
BASELINE = 28  # the row printed letters stand on
ALPHABET = "0123456789/x"
SIZE = 1.8  # strings are drawn larger, worn, then brought to size

ORGANS = ("UBND", "SGDĐT", "BTP", "STP", "CTHADS", "VKS", "HĐND", "ĐHĐL", "BTC", "SNV", "CP", "TTg", "CAT")
TYPES = ("QĐ", "CT", "TB", "BC", "TTr", "KH", "NQ", "NĐ", "CV", "HD", "BB", "GM", "PC", "TT")
UNITS = ("VP", "KTTH", "NC", "TTHC", "CTrTT", "KGVX", "NL", "TCCB", "KHTC", "HC")
WORDS = ("Quảng", "Hà Nội,", "CỘNG HÒA", "Về việc", "V/v giao", "TỈNH", "nhân dân", "Kính gửi:", "Căn cứ")


class Hand(StrEnum):
    """Whose digits a slot holds."""

    WRITTEN = "written"
    STAMPED = "stamped"
    PRINTED = "printed"
    NONE = "none"


@dataclass(frozen=True)
class Drawn:
    """One drawn slot: `pixels` uint8 (HEIGHT, W), dark on light; what it says; whose digits it holds."""

    pixels: NDArray[np.uint8]
    label: str
    hand: Hand


@dataclass(frozen=True)
class _Part:
    """Ink to be set: its cover, how far its foot stands below the baseline, the gap before it."""

    cover: Cover
    below: float
    gap: float


def label_of(text: str) -> str:
    """What the reader is to say of printed text.

    >>> label_of("Số: 08a/2010/TT-BTP")
    'x08x/2010/x'
    """
    kept = re.sub(r"[\s.,:;\-…()“”]+", " ", text)
    signs = re.sub(r"[^\d/\s]", "x", kept)
    return re.sub(r"x[x ]*", "x", signs).replace(" ", "")


class SlotPress:
    """Draws slots; everything follows from `rng`. `hands` names the faces that imitate handwriting."""

    def __init__(
        self,
        people: Handwritten,
        faces: Faces,
        rng: np.random.Generator,
        hands: tuple[str, ...] = HAND_FACES,
    ) -> None:
        self.people, self.faces, self.rng, self.hands = people, faces, rng, hands

    def draw(self) -> Drawn:
        """One slot."""
        rng = self.rng
        x = float(rng.uniform(0.9, 1.12)) * X_HEIGHT * SIZE
        cut = PRINT_CUTS[int(rng.integers(len(PRINT_CUTS)))]
        before, digits, after = self._texts()
        hand = Hand.NONE if not digits else self._hand(after)
        parts: list[_Part] = []
        if before:
            parts.append(self._print(before, cut, x, 0.3))
        if digits:
            parts += self._digits(digits, hand, cut, x)
        if after:
            gap = rng.uniform(0, 1.4) if hand is not Hand.PRINTED or rng.random() < 0.2 else 0.02
            parts.append(self._print(after, cut, x, float(gap)))
        if not digits and rng.random() < 0.4:
            parts.insert(min(1, len(parts)), self._scribble(x))
            before += "x"
        canvas = self._compose(parts, x, bool(digits) and hand is not Hand.PRINTED)
        pixels = self._worn(self._neighbours(canvas, cut, x))
        label = label_of(f"{before} {digits}{after}")
        return Drawn(pixels, label, hand)

    def _texts(self) -> tuple[str, str, str]:
        """Printed text before, the digits, printed text after; each may be cut or missing."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.12:  # no digits at all
            words = [WORDS[int(k)] for k in rng.integers(len(WORDS), size=2)]
            return words[0], "", words[1] if rng.random() < 0.5 else "/" + self._notation()
        if kind < 0.60:
            return self._label(("Số:", "Số:", "Số", "SỐ:", "số", "Số :", ":")), self._number(), self._after()
        if kind < 0.86:
            day = int(rng.integers(1, 32))
            text = f"{day:02d}" if rng.random() < 0.75 else str(day)
            return self._label(("ngày", "ngày", "Ngày")), text, self._cut_end(("tháng", "tháng", "/", ""))
        month = int(rng.integers(1, 13))
        text = f"{month:02d}" if rng.random() < 0.5 else str(month)
        return self._label(("tháng", "tháng", "Tháng")), text, self._cut_end(("năm", "năm", "/2019", ""))

    def _label(self, choices: tuple[str, ...]) -> str:
        text = choices[int(self.rng.integers(len(choices)))]
        return text[int(self.rng.integers(len(text) + 1)) :]

    def _cut_end(self, choices: tuple[str, ...]) -> str:
        text = choices[int(self.rng.integers(len(choices)))]
        return text[: int(self.rng.integers(len(text) + 1))]

    def _number(self) -> str:
        rng = self.rng
        size = int(rng.choice([1, 2, 3, 4, 5], p=[0.08, 0.32, 0.3, 0.25, 0.05]))
        text = str(int(rng.integers(10 ** (size - 1), 10**size)))
        return f"{int(rng.integers(10)):02d}" if size == 2 and rng.random() < 0.3 else text

    def _notation(self) -> str:
        rng = self.rng
        organ = ORGANS[int(rng.integers(len(ORGANS)))]
        if rng.random() < 0.6:
            return f"{TYPES[int(rng.integers(len(TYPES)))]}-{organ}"
        return f"{organ}-{UNITS[int(rng.integers(len(UNITS)))]}"

    def _after(self) -> str:
        rng = self.rng
        text = self._notation()
        if rng.random() < 0.12:
            text = f"{int(rng.integers(1990, 2027))}/{text}"
        stroke = "/" if rng.random() < 0.94 else "-"
        text = stroke + (" " if rng.random() < 0.15 else "") + text
        return text[: max(0, int(rng.integers(-1, min(len(text), 7) + 1)))]

    def _hand(self, after: str) -> Hand:
        if re.match(r"/(19|20)\d", after) and self.rng.random() < 0.8:
            return Hand.PRINTED
        return Hand(self.rng.choice(["written", "stamped", "printed"], p=[0.7, 0.1, 0.2]))

    def _print(self, text: str, cut: tuple[object, object], x: float, gap: float) -> _Part:
        cover, up = printed(cut, text, x)  # type: ignore[arg-type]
        return _Part(cover, float(cover.shape[0] - up), gap * x)

    def _digits(self, text: str, hand: Hand, cut: tuple[object, object], x: float) -> list[_Part]:
        gap = float(self.rng.uniform(0, 0.9))
        if hand is Hand.PRINTED:
            return [self._print(text, cut, x, gap)]
        if hand is Hand.STAMPED:
            return [self._stamped(text, x, gap)]
        return self._written(text, x, gap)

    def _stamped(self, text: str, x: float, gap: float) -> _Part:
        rng = self.rng
        tall = x * float(rng.uniform(0.9, 1.5))
        name = STAMP_FACES[int(rng.integers(len(STAMP_FACES)))]
        cover = self.faces.line(name, (" " * int(rng.integers(2))).join(text), tall)
        cover = _turned(cover, float(rng.normal(0, 1.5)))
        patches = cv2.resize(rng.random((4, 12), dtype=np.float32), cover.shape[::-1])
        cover = np.asarray(cover * np.clip(0.5 + patches, 0.3, 1), np.float32)
        return _Part(cover, float(rng.normal(0, 0.2)) * x, gap * x)

    def _written(self, text: str, x: float, gap: float) -> list[_Part]:
        """Digits of one writer: one height, slant, stroke and spacing, each digit a little off."""
        rng = self.rng
        tall = x * float(rng.uniform(1.2, 2.6))
        slant = float(rng.normal(0.12, 0.22))
        weight = float(rng.uniform(0.25, 0.62))
        space = float(rng.normal(0.06, 0.12))
        below = float(rng.normal(0.12, 0.3)) * x
        face = self.hands[int(rng.integers(len(self.hands)))] if rng.random() < 0.3 else None
        bars = rng.random() < 0.55
        parts = []
        for k, sign in enumerate(text):
            cover = self.faces.line(face, sign, tall / 1.45) if face else self.people.draw(int(sign), rng)
            high = tall * float(rng.uniform(0.85, 1.12))
            cover = _scaled(cover, high, float(rng.uniform(0.85, 1.2)))
            if sign == "7" and bars:
                cover = self._barred(cover)
            if sign == "1" and face is None and rng.random() < 0.35:
                cover = self._flagged(cover)
            cover = _slanted(cover, slant + float(rng.normal(0, 0.05)))
            cover = np.clip((cv2.GaussianBlur(cover, (0, 0), 0.6) - weight) * 4 + 0.5, 0, 1)
            step = gap * x if k == 0 else space * tall
            parts.append(
                _Part(_trim(np.asarray(cover, np.float32)), below + rng.normal(0, 0.05) * tall, step)
            )
        return parts

    def _barred(self, cover: Cover) -> Cover:
        """A 7 with a stroke through its stem, as it is written here."""
        rng = self.rng
        high, wide = cover.shape
        pad = max(1, round(0.25 * wide))
        wider = cv2.copyMakeBorder(cover, 0, 0, pad, pad, cv2.BORDER_CONSTANT, value=0.0)
        at = high * float(rng.uniform(0.4, 0.62))
        row = np.flatnonzero(wider[int(at)] > 0.3)
        middle = float(row.mean()) if len(row) else wider.shape[1] / 2
        half = wide * float(rng.uniform(0.25, 0.5))
        rise = float(rng.uniform(-0.1, 0.25)) * half
        ends = ((round(middle - half), round(at + rise)), (round(middle + half), round(at - rise)))
        return np.asarray(cv2.line(wider, *ends, 1.0, max(1, round(high * 0.1)), cv2.LINE_AA), np.float32)

    def _flagged(self, cover: Cover) -> Cover:
        """A 1 with the long upstroke it is given here."""
        rng = self.rng
        high, wide = cover.shape
        reach = round(high * float(rng.uniform(0.2, 0.45)))
        wider = cv2.copyMakeBorder(cover, 0, 0, reach, 0, cv2.BORDER_CONSTANT, value=0.0)
        top = np.flatnonzero(wider[1 : max(3, high // 8)].max(0) > 0.3)
        tip = float(top.mean()) if len(top) else reach + wide / 2
        foot = (round(tip - reach), round(high * float(rng.uniform(0.25, 0.5))))
        thick = max(1, round(high * 0.09))
        return np.asarray(cv2.line(wider, foot, (round(tip), 1), 1.0, thick, cv2.LINE_AA), np.float32)

    def _scribble(self, x: float) -> _Part:
        """Pen strokes that are no digits."""
        rng = self.rng
        high, wide = round(x * rng.uniform(1.2, 2.6)), round(x * rng.uniform(2, 5))
        cover = np.zeros((high, wide), np.float32)
        points = rng.random((int(rng.integers(5, 12)), 2)) * (wide - 1, high - 1)
        dense = np.stack(
            [np.interp(np.linspace(0, 1, 80), np.linspace(0, 1, len(points)), c) for c in points.T]
        )
        smooth = np.stack([np.convolve(c, np.ones(9) / 9, "valid") for c in dense], 1)
        line = smooth.round().astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(cover, [line], False, 1.0, max(1, round(x * 0.14)), cv2.LINE_AA)
        return _Part(cover, 0.2 * x, 0.5 * x)

    def _compose(self, parts: list[_Part], x: float, leaders: bool) -> Cover:
        """Parts on one baseline, with leader dots or a rule where a clerk would have filled in."""
        rng = self.rng
        high, base = round(HEIGHT * SIZE), round(BASELINE * SIZE)
        left = x * float(rng.uniform(0.1, 1.2))
        width = (
            left + sum(max(0.0, p.gap) + p.cover.shape[1] for p in parts) + x * float(rng.uniform(0.1, 1.5))
        )
        canvas = np.zeros((high, max(24, round(width))), np.float32)
        at, dark = left, float(rng.uniform(0.7, 1))
        spans = []
        for part in parts:
            at += part.gap
            _laid(canvas, part.cover * dark, round(at), round(base + part.below - part.cover.shape[0]))
            spans.append((at, at + part.cover.shape[1]))
            at += part.cover.shape[1]
        if (leaders and rng.random() < 0.3) or (not leaders and rng.random() < 0.1):
            self._leaders(canvas, spans, base, x)
        return canvas

    def _leaders(self, canvas: Cover, spans: list[tuple[float, float]], base: int, x: float) -> None:
        rng = self.rng
        first, last = (spans[0][0], spans[-1][1]) if spans else (0.0, float(canvas.shape[1]))
        row, thick = base + round(rng.normal(0, 0.1) * x), max(1, round(x * 0.11))
        if rng.random() < 0.75:
            for column in np.arange(first, last, x * float(rng.uniform(0.3, 0.6))):
                cv2.circle(
                    canvas, (round(column), row - thick // 2), max(1, thick * 2 // 3), 0.9, -1, cv2.LINE_AA
                )
        else:
            cv2.line(canvas, (round(first), row), (round(last), row), 0.9, thick)

    def _neighbours(self, canvas: Cover, cut: tuple[object, object], x: float) -> Cover:
        """The lines above and below, whose feet and heads reach into the slot's box."""
        rng = self.rng
        base = round(BASELINE * SIZE)
        for side in (-1, 1):
            if rng.random() < 0.5:
                word = WORDS[int(rng.integers(len(WORDS)))]
                cover, up = printed(cut, word, x)  # type: ignore[arg-type]
                row = base + side * round(x * rng.uniform(2.6, 3.6)) - up
                _laid(canvas, cover, int(rng.integers(-20, max(1, canvas.shape[1] - 10))), row)
        if rng.random() < 0.12:
            row = base - round(x * rng.uniform(2.0, 3.0))
            cv2.line(canvas, (0, row), (canvas.shape[1], row), 0.9, max(1, round(x * 0.1)))
        return canvas

    def _worn(self, cover: Cover) -> NDArray[np.uint8]:
        """Bent, scanned, thresholded or not, brought to the reader's size, out of true a little."""
        rng = self.rng
        cover = _bent(cover, rng)
        light: Cover = np.asarray(1 - cover * float(rng.uniform(0.75, 1)), np.float32)
        if rng.random() < 0.12:  # what is left of a seal
            middle = (int(rng.integers(-40, light.shape[1] + 40)), int(rng.integers(-40, 110)))
            cv2.circle(
                light, middle, int(rng.integers(40, 160)), float(rng.uniform(0.45, 0.8)), 3, cv2.LINE_AA
            )
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), float(rng.uniform(0.3, 1.3))), np.float32)
        light = light + rng.standard_normal(light.shape, dtype=np.float32) * float(rng.uniform(0, 0.06))
        if rng.random() < 0.35:
            light = (light > rng.uniform(0.5, 0.8)).astype(np.float32)
        elif rng.random() < 0.5:
            light = np.clip((light - 0.1) * float(rng.uniform(1, 1.5)), 0, 1)
        size = (max(16, round(light.shape[1] / SIZE)), HEIGHT)
        small = cv2.resize(light.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        step = np.array([[1, 0, 0], [rng.normal(0, 0.008), 1, rng.normal(0, 1.0)]])
        moved = cv2.warpAffine(small, step, size, flags=cv2.INTER_LINEAR, borderValue=1.0)
        return np.asarray(np.clip(moved * 255, 0, 255), np.uint8)


def _laid(canvas: Cover, cover: Cover, left: int, top: int) -> None:
    """Lay ink on the canvas in place; what lies outside is cut off."""
    first, above = max(0, -left), max(0, -top)
    right, bottom = min(canvas.shape[1], left + cover.shape[1]), min(canvas.shape[0], top + cover.shape[0])
    if right <= max(0, left) or bottom <= max(0, top):
        return
    view = canvas[max(0, top) : bottom, max(0, left) : right]
    np.maximum(view, cover[above : above + view.shape[0], first : first + view.shape[1]], out=view)


def _scaled(cover: Cover, high: float, stretch: float) -> Cover:
    factor = high / cover.shape[0]
    size = (max(2, round(cover.shape[1] * factor * stretch)), max(4, round(high)))
    return np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_CUBIC), np.float32)


def _slanted(cover: Cover, slant: float) -> Cover:
    high, wide = cover.shape
    shift = abs(slant) * high
    step = np.array([[1, -slant, max(0.0, slant) * high + 1], [0, 1, 1]])
    return np.asarray(cv2.warpAffine(cover, step, (round(wide + shift) + 2, high + 2)), np.float32)


def _turned(cover: Cover, degrees: float) -> Cover:
    high, wide = cover.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(cover, turn, (wide, high)), np.float32)


def _trim(cover: Cover) -> Cover:
    columns = np.flatnonzero(cover.max(0) > 0.2)
    rows = np.flatnonzero(cover.max(1) > 0.2)
    return cover[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(columns) else cover


def _bent(cover: Cover, rng: np.random.Generator) -> Cover:
    """A smooth random displacement (Simard's elastic distortion, on a coarse grid)."""
    high, wide = cover.shape
    cells = (3, max(3, wide // 24))
    reach = float(rng.uniform(0, 1.6))
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    for axis in (x, y):
        field = rng.standard_normal(cells, dtype=np.float32)
        np.add(axis, reach * cv2.resize(field, (wide, high), interpolation=cv2.INTER_CUBIC), out=axis)
    return np.asarray(cv2.remap(cover, x, y, cv2.INTER_LINEAR), np.float32)
