"""Tesseract 5 behind the `OcrEngine` port: in this process through tesserocr, or its command line."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from digitizer.errors import Code, MissingDependencyError, PageError
from digitizer.model import Box, EngineId, Line, Word
from digitizer.ports import ReadRequest

__all__ = ["CommandLineTesseract", "TesseractEngine", "find_tessdata"]

TESSDATA_PLACES = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
COLUMN = 6  # page segmentation mode: one uniform block of text
SINGLE_LINE = 7
OSD_ONLY = 0


def find_tessdata(language: str, chosen: Path | None = None) -> Path:
    """The folder that holds `language`.traineddata.

    Raises:
        MissingDependencyError: no such model in `chosen` or in the usual places.
    """
    places = (
        [chosen]
        if chosen
        else [Path(p) for p in (os.environ.get("TESSDATA_PREFIX", ""), *TESSDATA_PLACES) if p]
    )
    for place in places:
        if all((place / f"{part}.traineddata").is_file() for part in language.split("+")):
            return place
    package = f"tesseract-ocr-{language.split('+', maxsplit=1)[0]}"
    raise MissingDependencyError(
        f"no Tesseract model {language!r}: install it (Debian: apt-get install {package})"
    )


@lru_cache(maxsize=8)
def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _identity(name: str, version: str, language: str, tessdata: Path) -> EngineId:
    digests = "".join(_digest(tessdata / f"{part}.traineddata") for part in language.split("+"))
    sha256 = digests if "+" not in language else hashlib.sha256(digests.encode()).hexdigest()
    return EngineId(name, version, language, sha256)


class TesseractEngine:
    """Tesseract in this process: the model is loaded once, pixels are handed over in memory."""

    def __init__(self, language: str = "vie", tessdata: Path | None = None) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        try:
            import tesserocr
        except ImportError as error:
            raise MissingDependencyError(
                "the package tesserocr is not installed: run `make setup`"
            ) from error
        self._library = tesserocr
        self._tessdata = find_tessdata(language, tessdata)
        self._language = language
        self._reader: Any = None
        self._compass: Any = None

    @property
    def identity(self) -> EngineId:
        """Name, library version, model and the model file's digest."""
        version = self._library.tesseract_version().splitlines()[0].removeprefix("tesseract").strip()
        return _identity("tesseract", version, self._language, self._tessdata)

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        """Read a column of lines, or one line; see `OcrEngine.read`."""
        if self._reader is None:
            self._reader = self._open(self._language)
            self._reader.SetVariable("tessedit_do_invert", "0")
        self._reader.SetPageSegMode(SINGLE_LINE if request.single_line else COLUMN)
        try:
            self._show(self._reader, request)
            self._reader.Recognize()
            return tuple(self._lines())
        except RuntimeError as error:
            raise PageError(Code.TOOL, f"Tesseract failed on this page: {error}") from error
        finally:
            self._reader.Clear()

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        """Ask Tesseract's orientation detector; see `OcrEngine.orientation`."""
        if self._compass is None:
            find_tessdata("osd", self._tessdata)
            self._compass = self._open("osd", OSD_ONLY)
        try:
            self._show(self._compass, request)
            found = self._compass.DetectOrientationScript()
        except RuntimeError as error:
            raise PageError(Code.TOOL, f"Tesseract could not tell the orientation: {error}") from error
        finally:
            self._compass.Clear()
        if not found:
            return 0, 0.0
        turned = int(found["orient_deg"])
        return (360 - turned) % 360, min(1.0, float(found["orient_conf"]) / 10)

    def _open(self, language: str, mode: int = COLUMN) -> Any:
        try:
            return self._library.PyTessBaseAPI(path=f"{self._tessdata}/", lang=language, psm=mode)
        except RuntimeError as error:
            raise MissingDependencyError(
                f"Tesseract cannot load its model {language!r}: reinstall it"
            ) from error

    @staticmethod
    def _show(api: Any, request: ReadRequest) -> None:
        pixels = np.ascontiguousarray(request.pixels)
        height, width = pixels.shape
        api.SetImageBytes(pixels.tobytes(), width, height, 1, width)
        api.SetSourceResolution(min(2400, max(70, request.dpi)))

    def _lines(self) -> Iterator[Line]:
        level = self._library.RIL
        iterator = self._reader.GetIterator()
        if iterator is None:
            return
        words: list[Word] = []
        for item in self._library.iterate_level(iterator, level.WORD):
            if item.IsAtBeginningOf(level.TEXTLINE) and words:
                yield Line(tuple(words))
                words = []
            word = _word(item, level.WORD)
            if word is not None:
                words.append(word)
        if words:
            yield Line(tuple(words))


def _word(item: Any, level: Any) -> Word | None:
    try:
        text = item.GetUTF8Text(level)
    except RuntimeError:  # Tesseract's way to say that there is no text here
        return None
    box = item.BoundingBox(level)
    if not text or not text.strip() or box is None:
        return None
    left, top, right, bottom = box
    confidence = min(1.0, max(0.0, item.Confidence(level) / 100))
    return Word(text.strip(), Box(left, top, max(left, right), max(top, bottom)), confidence)


class CommandLineTesseract:
    """Tesseract's own program through pytesseract: slower; for hosts without tesserocr, as a cross-check."""

    def __init__(self, language: str = "vie", tessdata: Path | None = None) -> None:
        import pytesseract

        self._library = pytesseract
        self._language = language
        self._tessdata = find_tessdata(language, tessdata)
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        try:
            self._version = str(pytesseract.get_tesseract_version())
        except pytesseract.TesseractNotFoundError as error:
            raise MissingDependencyError(
                "the program tesseract is not installed: apt-get install tesseract-ocr"
            ) from error

    @property
    def identity(self) -> EngineId:
        """Name, program version, model and the model file's digest."""
        return _identity("tesseract-cli", self._version, self._language, self._tessdata)

    def read(self, request: ReadRequest) -> tuple[Line, ...]:
        """Read a column of lines, or one line; see `OcrEngine.read`."""
        mode = SINGLE_LINE if request.single_line else COLUMN
        found = self._ask(request, self._language, mode)
        lines: dict[tuple[int, int, int], list[Word]] = {}
        for k, text in enumerate(found["text"]):
            if found["level"][k] != 5 or not text.strip():
                continue
            left, top = found["left"][k], found["top"][k]
            box = Box(left, top, left + found["width"][k], top + found["height"][k])
            word = Word(text.strip(), box, min(1.0, max(0.0, float(found["conf"][k]) / 100)))
            lines.setdefault((found["block_num"][k], found["par_num"][k], found["line_num"][k]), []).append(
                word
            )
        return tuple(Line(tuple(words)) for words in lines.values())

    def orientation(self, request: ReadRequest) -> tuple[int, float]:
        """Ask Tesseract's orientation detector; see `OcrEngine.orientation`."""
        from PIL import Image

        try:
            found = self._library.image_to_osd(
                Image.fromarray(request.pixels),
                config=f"--dpi {request.dpi}",
                output_type=self._library.Output.DICT,
            )
        except self._library.TesseractError:  # "Too few characters": no idea, not a failure
            return 0, 0.0
        return int(found["rotate"]) % 360, min(1.0, float(found["orientation_conf"]) / 10)

    def _ask(self, request: ReadRequest, language: str, mode: int) -> dict[str, list[Any]]:
        from PIL import Image

        config = f"--psm {mode} --dpi {request.dpi} --tessdata-dir {self._tessdata}"
        try:
            found: dict[str, list[Any]] = self._library.image_to_data(
                Image.fromarray(request.pixels),
                lang=language,
                config=config,
                output_type=self._library.Output.DICT,
            )
        except self._library.TesseractError as error:
            raise PageError(Code.TOOL, f"Tesseract failed on this page (status {error.status})") from error
        return found
