"""Readers on the same worn lines: `python -m scripts.lines.trial --text FOLDER [--model FILE] [--count N]`.

Prints, for each reader and degree of wear, the character error rate and the CPU milliseconds a line takes.
The lines are every tenth of the texts, which `scripts.lines.train` leaves out. trueocr is the mark to beat.
"""

from __future__ import annotations

import argparse
import importlib.resources
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from digitizer.ports import ReadRequest
from ocr_models.tesseract import TesseractEngine
from scripts.lines.drawn import SIGNS, DrawnLine, LinePress, legal_lines
from scripts.samples.levels import Wear

__all__ = ["Reads", "greedy", "main", "tesseract", "trial"]

Reads = Callable[[Sequence[NDArray[np.uint8]]], list[str]]
SEED = 31
DPI = 230  # of a drawn line: a small letter of 13 rows is 13 point print


def trial(reads: Reads, lines: Sequence[DrawnLine]) -> tuple[float, float]:
    """Character error rate over `lines`, and CPU milliseconds a line."""
    begun = time.process_time()
    texts = reads([line.pixels for line in lines])
    spent = time.process_time() - begun
    edits = sum(Levenshtein.distance(t, line.text) for t, line in zip(texts, lines, strict=True))
    return edits / sum(len(line.text) for line in lines), 1000 * spent / len(lines)


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
    """A trained network as ONNX (input `ink`), a line at a time, so that no batch changes what it says."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def reads(images: Sequence[NDArray[np.uint8]]) -> list[str]:
        texts = []
        for image in images:
            wide = np.pad(image, ((0, 0), (0, -image.shape[1] % 4)), constant_values=255)
            ink = 1 - wide.astype(np.float32) / np.float32(255)
            texts.append(greedy(session.run(None, {"ink": ink[None, None]})[0][0]))
        return texts

    return reads


def greedy(signs: NDArray[np.float32]) -> str:
    """The likeliest path of a CTC output (T, signs + blank) as text."""
    best = signs.argmax(axis=1)
    kept = [k for at, k in enumerate(best) if k < len(SIGNS) and (at == 0 or k != best[at - 1])]
    return "".join(SIGNS[k] for k in kept).strip()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--text", type=Path, required=True)
    parser.add_argument("--model", type=Path, help="ONNX file of scripts.lines.train")
    parser.add_argument("--count", type=int, default=100, help="lines for each degree of wear")
    asked = parser.parse_args()
    texts = [line for k, line in enumerate(legal_lines(asked.text)) if not k % 10]
    readers = {"tesseract": tesseract(), "trueocr": trueocr()}
    if asked.model:
        readers["own"] = own(asked.model)
    for level in Wear:
        press = LinePress(texts, np.random.default_rng([SEED, level]), level)
        lines = [press.draw() for _ in range(asked.count)]
        for name, reads in readers.items():
            errors, milliseconds = trial(reads, lines)
            print(f"{level.name.lower()} {name}: CER {errors:.4f}, {milliseconds:.1f} ms a line")


if __name__ == "__main__":
    main()
