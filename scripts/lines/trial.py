"""Readers on the same worn lines: `python -m scripts.lines.trial --text FOLDER [--model FILE] [--count N]`.

Prints, for each reader and degree of wear, the character error rate, the part of it that goes without marks,
and the CPU milliseconds a line takes.
The lines are every tenth of the texts, which `scripts.lines.train` leaves out. trueocr is the mark to beat.
"""

from __future__ import annotations

import argparse
import importlib.resources
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from digitizer.ports import ReadRequest
from ocr_models.tesseract import TesseractEngine
from scripts.lines.drawn import DrawnLine, LinePress, legal_lines
from scripts.lines.reader import LineEngine
from scripts.samples.levels import Wear
from scripts.score import clean, unmarked

__all__ = ["Figures", "Reads", "main", "tesseract", "trial"]

Reads = Callable[[Sequence[NDArray[np.uint8]]], list[str]]
SEED = 31
DPI = 230  # of a drawn line: a small letter of 13 rows is 13 point print


class Figures(NamedTuple):
    """Character error rate, the part of it that is in tone and vowel marks, CPU milliseconds a line."""

    cer: float
    tones: float
    milliseconds: float


def trial(reads: Reads, lines: Sequence[DrawnLine]) -> Figures:
    """How well a reader reads `lines`, and at what cost."""
    begun = time.process_time()
    texts = reads([line.pixels for line in lines])
    spent = time.process_time() - begun
    signs = sum(len(line.text) for line in lines)
    pairs = [(clean(text), line.text) for text, line in zip(texts, lines, strict=True)]
    edits = sum(Levenshtein.distance(read, true) for read, true in pairs)
    bare = sum(Levenshtein.distance(unmarked(read), unmarked(true)) for read, true in pairs)
    return Figures(edits / signs, max(0, edits - bare) / signs, 1000 * spent / len(lines))


def tesseract() -> Reads:
    """Tesseract with its fast Vietnamese model, a line at a time."""
    engine = TesseractEngine("vie")

    def reads(images: Sequence[NDArray[np.uint8]]) -> list[str]:
        texts = []
        for image in images:
            padded = np.pad(image, 10, constant_values=255)
            found = engine.read(ReadRequest(padded, DPI, single_line=True))
            texts.append(" ".join(line.text for line in found))
        return texts

    return reads


def trueocr() -> Reads:
    """The line recogniser of trueocr, one thread."""
    import trueocr as package

    recognizer = package.Recognizer(Path(str(importlib.resources.files("trueocr"))) / "models", threads=1)

    def reads(images: Sequence[NDArray[np.uint8]]) -> list[str]:
        shown = [np.repeat(image[:, :, None], 3, axis=2) for image in images]
        return [found.text for found in recognizer.predict(shown)]

    return reads


def own(model: Path) -> Reads:
    """A trained network as ONNX, a line at a time, so that no batch changes what it says."""
    engine = LineEngine(model)

    def reads(images: Sequence[NDArray[np.uint8]]) -> list[str]:
        return ["".join(sign for sign, _, _ in engine.path(image)) for image in images]

    return reads


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="ONNX file of scripts.lines.train")
    parser.add_argument("--count", type=int, default=100, help="lines for each degree of wear")
    asked = parser.parse_args()
    texts = [line for k, line in enumerate(legal_lines(asked.text)) if not k % 10]
    readers = {"tesseract": tesseract(), "trueocr": trueocr()}
    print(
        "| wear | reader | CER | tones only | CPU, ms a line |", "| --- | --- | --- | --- | --- |", sep="\n"
    )
    if asked.model:
        readers["own"] = own(asked.model)
    for level in Wear:
        press = LinePress(texts, np.random.default_rng([SEED, level]), level)
        lines = [press.draw() for _ in range(asked.count)]
        for name, reads in readers.items():
            found = trial(reads, lines)
            cells = f"{found.cer:.4f} | {found.tones:.4f} | {found.milliseconds:.1f}"
            print(f"| {int(level)} | {name} | {cells} |", flush=True)


if __name__ == "__main__":
    main()
