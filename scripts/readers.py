"""The readers that `scripts.accuracy` holds side by side, each run over a folder in a process of its own."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import cv2
import numpy as np
from PIL import Image

from digitizer.imaging.recipe import DEFAULT, Recipe, Step
from digitizer.intake.opener import Intake
from digitizer.intake.scans import PageScan
from digitizer.ports import OcrEngine
from digitizer.services.read_page import read_page
from digitizer.understanding.tone_model import ToneModel
from ocr_models.digits import DigitEngine
from ocr_models.language import WeighedEngine, syllable_model
from ocr_models.tesseract import TesseractEngine
from scripts.lines.reader import LineEngine

BEST = "BENCH_BEST_TESSDATA"
OWN = "BENCH_OWN_LINES"  # the file of a trained line reader, which is not shipped
"""Environment variable: a folder with the model tessdata 4.0.0_best_int (npm `@tesseract.js-data/vie`)."""
STEPS = (
    "SeparateInks",
    "ClearBorders",
    "NormalizeBackground",
    "RestoreFaded",
    "StretchContrast",
    "Denoise",
    "Deskew",
    "ScaleText",
    "Straighten",
)
PATCHES: dict[str, tuple[str, Callable[..., Any]]] = {
    "ruled lines and cells": ("digitizer.imaging.lines.find_rules", lambda mask, length: np.zeros_like(mask)),
    "stops and dashes": ("digitizer.imaging.lines._carried_on", lambda chains, ink, letter, cells: chains),
    "guides out": ("digitizer.imaging.lines.find_guides", lambda ink, letter: None),
    "print reduced": (
        "digitizer.services.read_page.at_reading_size",
        lambda column, letter: (column.pixels, 1.0),
    ),
    "look-alikes mended": ("digitizer.services.read_page.mended", lambda words: words),
}
"""Parts that are no step of the recipe: the function that does each, what stands in when it is left out."""
READERS = ("second look", "tone model", "slots reader")
ABLATIONS = ("all", *(f"without {name}" for name in (*STEPS, *PATCHES, *READERS)), "best model")


def scans_of(source: Path) -> Iterator[tuple[str, int, PageScan]]:
    """Every page of every file as the intake hands it on: stem, number, scan."""
    with Intake() as intake:
        for path in sorted(source.iterdir()):
            numbers = range(1, intake.probe(path).page_count + 1)
            for number, found in zip(numbers, intake.pages(path, numbers), strict=True):
                if isinstance(found, PageScan):
                    yield path.stem, number, found


def pictures(source: Path, target: Path) -> None:
    """Write each page as `STEM.NUMBER.png`, for readers that take pictures."""
    target.mkdir(parents=True, exist_ok=True)
    for stem, number, scan in scans_of(source):
        dpi = round(max(scan.dpi))
        Image.fromarray(scan.pixels).save(target / f"{stem}.{number}.png", dpi=(dpi, dpi), compress_level=1)


def _tesseract(picture: Path, model: Path | None) -> str:
    command = ["tesseract", str(picture), "-", "-l", "vie", "--psm", "3"]
    if model is not None:
        command += ["--tessdata-dir", str(model)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout


def _trueocr() -> Callable[[Path], str]:
    from trueocr.ocr import load_model

    model = load_model(threads=1)
    return lambda picture: str(model.predict(str(picture), save=False).text)


def best_model() -> Path | None:
    """Where the best model is, when the developer has it."""
    folder = os.environ.get(BEST)
    return Path(folder) if folder and (Path(folder) / "vie.traineddata").is_file() else None


def read_pictures(name: str, source: Path, out: Path) -> None:
    """Let a reader of pictures read the folder, and write its text as records."""
    model = best_model() if name == "tesseract-best" else None
    reader = _trueocr() if name == "trueocr" else partial(_tesseract, model=model)
    files: dict[str, list[dict[str, Any]]] = {}
    for picture in sorted(source.glob("*.png")):
        stem, _, number = picture.stem.rpartition(".")
        page = {"number": int(number), "status": "text", "text": reader(picture)}
        files.setdefault(stem, []).append(page)
    _write(out, files)


def _without(name: str) -> Recipe:
    def kept(steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(step for step in steps if type(step).__name__ != name)

    return replace(
        DEFAULT, clean=kept(DEFAULT.clean), enhance=kept(DEFAULT.enhance), level=kept(DEFAULT.level)
    )


def read_ablated(name: str, source: Path, out: Path) -> None:
    """Read a folder in this process with one part left out or changed, and write records."""
    cv2.setNumThreads(1)
    plain: OcrEngine = TesseractEngine("vie", best_model() if name == "best model" else None)
    if name == "own lines":
        plain = LineEngine(Path(os.environ[OWN]), compass=plain)
    left_out = name.removeprefix("without ")
    engine = plain if left_out == "tone model" else WeighedEngine(plain, ToneModel(syllable_model()))
    recipe = _without(left_out)
    again = left_out != "second look"
    digits = None if left_out == "slots reader" else DigitEngine()
    stand_in = mock.patch(*PATCHES[left_out]) if left_out in PATCHES else contextlib.nullcontext()
    files: dict[str, list[dict[str, Any]]] = {}
    with stand_in:
        for stem, number, scan in scans_of(source):
            record = read_page(scan, engine, recipe, digits, again=again).record
            page = {"number": number, "status": record.status.value, "text": record.text}
            files.setdefault(stem, []).append(page)
    _write(out, files)


def _write(out: Path, files: dict[str, list[dict[str, Any]]]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for stem, pages in files.items():
        (out / f"{stem}.json").write_text(json.dumps({"pages": pages}, ensure_ascii=False), "utf-8")


def main(argv: list[str]) -> int:
    """`python -m scripts.readers READER IN OUT`: one reader over one folder.

    `own lines` is this project's page with the line reader that `BENCH_OWN_LINES` names in Tesseract's place.
    """
    name, source, out = argv[0], Path(argv[1]), Path(argv[2])
    if name in ABLATIONS or name == "own lines":
        read_ablated(name, source, out)
    else:
        read_pictures(name, source, out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
