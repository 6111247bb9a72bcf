"""The line reader: an own convolutional network behind the `OcrEngine` port, run by ONNX Runtime, one thread.

It takes the clean column of strips that reading sets pages in (or one line), parts it into lines by their
ink, shows each at the size it was trained on, and takes the likeliest path of its CTC output, a line at a
time, so that no batch changes what it says. No model is shipped: `docs/decisions/0040` says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from digitizer.model import Box, EngineId, Line, Word
from digitizer.ports import OcrEngine, ReadRequest
from ocr_models.networks import identity_of, opened

__all__ = ["HEIGHT", "Glimpse", "LineEngine", "glimpses", "path_of"]

HEIGHT = 40  # rows of a line as the network sees it
BASE = 28  # the row its letters stand on
SMALL, LARGE = 12.4, 18.0  # rows of a small letter and of a capital, as it was trained
MARGIN = 10  # columns of paper at both ends
STEP = 4  # columns that one step of the network is wide
INK = 160  # grey below which a pixel is ink
APART = 0.6  # small letters of white between two lines; marks stand closer to their letters
ALIKE = 0.15  # share by which the letters of a line may differ from the page's and still be small ones
ENOUGH = 0.985  # mean probability of a line's signs from which no other size is tried
EVIDENCE = 0.55  # of a line that yields words
# A column is print where lines read so surely, of so many signs, are such a share of it.
SURE, PRINT, READABLE = 0.85, 3, 0.3
LEAST = 3  # rows of letters that are worth a look

Grey = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A line at the size the network takes: `pixels` (HEIGHT, W), where it came from, how it was scaled."""

    pixels: Grey
    left: int
    top: int
    bottom: int
    scale: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a view says: each sign, its probability, the step where it begins."""

    view: Glimpse
    path: tuple[tuple[str, float, int], ...]

    @property
    def signs(self) -> list[float]:
        """Probabilities of the signs that are no spaces."""
        return [probability for sign, probability, _ in self.path if sign != " "]

    @property
    def sure(self) -> float:
        """Their mean."""
        return float(np.mean(self.signs)) if self.signs else 0.0

    @property
    def evidence(self) -> float:
        """The mean, less where there are few: one sign alone may be a speck."""
        return self.sure * (1 - 0.4 ** len(self.signs))


class LineEngine:
    """The model is opened on the first read, so that the engine itself can be sent to a worker.

    It reads what stands upright, and asks `compass`, where there is one, which way is up.
    """

    def __init__(self, file: Path, compass: OcrEngine | None = None) -> None:
        self._file = file
        self._compass = compass
        self._session: Any = None
        self._signs = ""

    @property
    def identity(self) -> EngineId:
        """Name, version and digest of the model file.

        Raises:
            MissingDependencyError: the file is not there.
        """
        return identity_of("lines", self._file)

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        """Read a column of lines, or one line; see `OcrEngine.read`."""
        seen = [self._best(views) for views in glimpses(request.pixels, single_line=request.single_line)]
        if not request.single_line and not _believable(seen):
            return ()
        read = (tuple(_words(each, request.pixels)) for each in seen if each.evidence >= EVIDENCE)
        return tuple(Line(words) for words in read if words)

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        """What the compass says, else no idea; see `OcrEngine.orientation`."""
        return (0, 0.0) if self._compass is None else self._compass.orientation(request)

    def _best(self, views: Sequence[Glimpse]) -> Seen:
        """The first view that is read for sure, else the surest."""
        seen: list[Seen] = []
        for view in views:
            seen.append(Seen(view, tuple(self.path(view.pixels))))
            if seen[-1].sure >= ENOUGH:
                break
        return max(seen, key=lambda each: each.sure)

    def path(self, pixels: Grey) -> list[tuple[str, float, int]]:
        """What a line of HEIGHT rows says: each sign, its probability, the step where it begins."""
        session = self._opened()
        wide = np.pad(pixels, ((0, 0), (0, -pixels.shape[1] % STEP)), constant_values=255)
        ink = 1 - wide.astype(np.float32) / np.float32(255)
        return path_of(session.run(None, {"ink": ink[None, None]})[0][0], self._signs)

    def _opened(self) -> Any:
        if self._session is None:
            self._session = opened(self._file)
            self._signs = self._session.get_modelmeta().custom_metadata_map["signs"]
        return self._session

    def __getstate__(self) -> dict[str, Any]:
        """All but the open session."""
        return {**self.__dict__, "_session": None, "_signs": ""}


def glimpses(pixels: Grey, *, single_line: bool = False) -> Iterator[tuple[Glimpse, ...]]:
    """Each line of a column as the network takes it: in the likeliest size first, then in others."""
    rows = [row for row in _rows(pixels, single_line=single_line) if row[3] - row[2] >= LEAST]
    if not rows:
        return
    letter = float(np.median([low - high for _, _, high, low in rows]))
    for top, bottom, high, low in rows:
        tall = low - high
        alike = abs(tall / letter - 1) <= ALIKE
        scales = (SMALL / letter, LARGE / tall, SMALL / tall)
        scales = scales if alike else (scales[1], scales[0], scales[2])
        views = (_glimpse(pixels, (top, bottom, low), scale) for scale in scales)
        yield tuple(view for view in views if view is not None)


def _rows(pixels: Grey, *, single_line: bool) -> Iterator[tuple[int, int, int, int]]:
    """Lines from top to bottom: first and last row of their ink, top and foot of their letters."""
    ink = pixels < INK
    weight = ink.sum(axis=1)
    inked = np.flatnonzero(weight)
    if not len(inked):
        return
    runs = [inked] if single_line else np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    tall = float(np.percentile([len(run) for run in runs], 75)) / 2  # about a small letter
    joined = [[int(runs[0][0]), int(runs[0][-1]) + 1]]
    for run in runs[1:]:
        if run[0] - joined[-1][1] < APART * tall / 2:
            joined[-1][1] = int(run[-1]) + 1
        else:
            joined.append([int(run[0]), int(run[-1]) + 1])
    for top, bottom in joined:
        dense = weight[top:bottom]
        full = np.flatnonzero(dense >= 0.5 * np.percentile(dense, 85))
        parts = np.split(full, np.flatnonzero(np.diff(full) > max(1, len(dense) // 12)) + 1)
        widest = max(parts, key=lambda part: float(dense[part].sum()))
        yield top, bottom, top + int(widest[0]), top + int(widest[-1]) + 1


def _glimpse(pixels: Grey, rows: tuple[int, int, int], scale: float) -> Glimpse | None:
    """The line at its scale, its foot on BASE, with paper around it."""
    top, bottom, foot = rows
    columns = np.flatnonzero((pixels[top:bottom] < INK).any(axis=0))
    left, right = int(columns[0]), int(columns[-1]) + 1
    high, wide = foot - BASE / scale, right - left
    source = np.full((round(HEIGHT / scale), wide + round(2 * MARGIN / scale)), 255, np.uint8)
    down, aside = round(top - high), round(MARGIN / scale)
    first, last = max(0, -down), min(bottom - top, source.shape[0] - down)
    if last <= first:
        return None
    part = pixels[top + first : top + last, left:right]
    source[down + first : down + last, aside : aside + wide] = part
    width = max(16, round(source.shape[1] * scale))
    image = Image.fromarray(source).resize((width, HEIGHT), Image.Resampling.BILINEAR)
    return Glimpse(np.asarray(image, np.uint8), left - aside, top, bottom, width / source.shape[1])


def path_of(signs: NDArray[np.float32], alphabet: str) -> list[tuple[str, float, int]]:
    """The likeliest path of a CTC output (T, signs + blank): each sign, its probability, its first step."""
    best = signs.argmax(axis=1)
    found: list[tuple[str, float, int]] = []
    for step, k in enumerate(best):
        if k == len(alphabet):
            continue
        probability = float(np.exp(signs[step, k]))
        if step and k == best[step - 1]:
            sign, before, at = found[-1]
            found[-1] = (sign, max(before, probability), at)
        else:
            found.append((alphabet[k], probability, step))
    return found


def _believable(seen: Sequence[Seen]) -> bool:
    """Whether enough of a column is read for sure to be print: of noise a sign here and there looks sure."""
    wide = [each.view.pixels.shape[1] / each.view.scale for each in seen]
    sure = (w for w, each in zip(wide, seen, strict=True) if each.sure >= SURE and len(each.signs) >= PRINT)
    return bool(sum(sure) >= READABLE * sum(wide))


def _words(seen: Seen, pixels: Grey) -> Iterator[Word]:
    """The words of a line, each with the box of the ink between the spaces beside it."""
    path, view = seen.path, seen.view
    spaces = [at for sign, _, at in path if sign == " "]
    ends = [*spaces, view.pixels.shape[1] // STEP + 2]  # a last stop may be said in the padding
    begin = 0
    for end in ends:
        signs = [(sign, probability) for sign, probability, at in path if begin <= at < end and sign != " "]
        if signs:
            left, right = (round(view.left + STEP * (at + 0.5) / view.scale) for at in (begin, end))
            box = _inked(pixels, (max(0, left), view.top, right, view.bottom))
            yield Word("".join(sign for sign, _ in signs), box, min(probability for _, probability in signs))
        begin = end


def _inked(pixels: Grey, box: tuple[int, int, int, int]) -> Box:
    """The smallest box around the ink inside a box."""
    left, top, right, bottom = box
    ink = pixels[top:bottom, left:right] < INK
    across, down = np.flatnonzero(ink.any(axis=0)), np.flatnonzero(ink.any(axis=1))
    if not len(across):
        return Box(left, top, max(left, right), max(top, bottom))
    return Box(left + int(across[0]), top + int(down[0]), left + int(across[-1]) + 1, top + int(down[-1]) + 1)
