"""Inside the sandbox: reads image files with Pillow, a page at a time, and finds their bytes for the PDF."""

from __future__ import annotations

import io
import os
import struct
from typing import Any

import numpy as np
from PIL import Image, ImageFile

from digitizer.errors import Code, PageError, Refusal
from digitizer.intake import passthrough, raster, tiff
from digitizer.intake.scans import Limits, PageScan
from digitizer.model import EncodedImage, MediaType

__all__ = ["ImageReader"]

_FORMATS = {
    MediaType.JPEG: ("JPEG", "MPO"),
    MediaType.PNG: ("PNG",),
    MediaType.TIFF: ("TIFF",),
    MediaType.BMP: ("BMP",),
    MediaType.WEBP: ("WEBP",),
    MediaType.JP2: ("JPEG2000",),
}
_ORIENTATION = 0x0112
_MOST_MISSING = 0.5


class _TiffAt(io.FileIO):
    """A TIFF file that seems to begin at a later directory, so that a broken one before is no matter."""

    def __init__(self, file: int, offset: int) -> None:
        super().__init__(file, "rb", closefd=False)
        super().seek(0)
        head = super().read(16) or b""
        order = "<" if head[:2] == b"II" else ">"
        big = struct.unpack(order + "H", head[2:4])[0] == 43
        pointer = struct.pack(order + ("Q" if big else "I"), offset)
        self._head = (head[:8] + pointer if big else head[:4] + pointer + head[8:])[: len(head)]
        super().seek(0)

    def read(self, size: int | None = -1, /) -> bytes:
        """Read as a file does, with the header's pointer replaced."""
        at = self.tell()
        data = super().read(-1 if size is None else size) or b""
        patched = self._head[at : at + len(data)]
        return patched + data[len(patched) :]


class ImageReader:
    """One open image file."""

    def __init__(self, file: int, media_type: MediaType, limits: Limits) -> None:
        Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before each decode
        self._file = file
        self._type = media_type
        self._limits = limits
        self._directories: list[tiff.Directory] = []
        if media_type is MediaType.TIFF:
            self._directories = tiff.walk(self._stream(), limits.max_pages)

    def probe(self) -> tuple[int, list[str]]:
        """Count pages and look at the first one's header.

        Raises:
            Refusal: not one page can be used.
        """
        if self._directories:
            return self._probe_tiff()
        with self._open(0) as image:
            self._refuse_pixels(image.width, image.height)
            frames = getattr(image, "n_frames", 1)
        flags = ["multi-frame"] if frames > 1 and self._type is not MediaType.JPEG else []
        return 1, flags

    def _probe_tiff(self) -> tuple[int, list[str]]:
        sound = [d for d in self._directories if not d.problem]
        for directory in sound:
            if directory.width <= 0 or directory.height <= 0:
                raise Refusal(Code.MALFORMED, "a page of the TIFF has no size")
            if directory.samples > 32:
                raise Refusal(
                    Code.MALFORMED, f"a page of the TIFF claims {directory.samples} samples a pixel"
                )
        if all(d.width * d.height > self._limits.max_pixels for d in sound):
            self._refuse_pixels(sound[0].width, sound[0].height)
        return len(self._directories), ["truncated"] if len(sound) < len(self._directories) else []

    def _refuse_pixels(self, width: int, height: int) -> None:
        try:
            raster.check_size(width, height, self._limits.max_pixels)
        except PageError as error:
            raise Refusal(error.code, error.message) from error

    def _stream(self) -> io.FileIO:
        stream = io.FileIO(self._file, "rb", closefd=False)
        stream.seek(0)
        return stream

    def _open(self, index: int) -> ImageFile.ImageFile:
        formats = _FORMATS[self._type]
        if self._directories:
            return _narrow(Image.open(_TiffAt(self._file, self._directories[index].offset), formats=formats))
        return _narrow(Image.open(self._stream(), formats=formats))

    def page(self, number: int) -> PageScan:
        """Decode page `number` (1-based).

        Raises:
            PageError: it cannot be decoded.
        """
        index = number - 1
        if self._directories:
            self._check_directory(index)
        elif index:
            raise PageError(Code.TRUNC, "the file has no such page")
        flags: list[str] = []
        with self._open(index) as image:
            raster.check_size(image.width, image.height, self._limits.max_pixels)
            orientation = self._orientation(index, image)
            dpi = _dpi(image.info.get("dpi"), orientation)
            bilevel = image.mode == "1"
            encoded = self._encoded(index, image, orientation)
            loaded, cut = self._loaded(index, image)
            pixels = raster.to_pixels(loaded)
        if not self._directories:
            pixels = raster.orient(pixels, orientation)
        if cut:
            flags.append("truncated")
            encoded = None
        return self._finish(number, pixels, (dpi, encoded, bilevel, flags))

    def _finish(
        self,
        number: int,
        pixels: raster.Pixels,
        found: tuple[tuple[float, float] | None, EncodedImage | None, bool, list[str]],
    ) -> PageScan:
        dpi, encoded, bilevel, flags = found
        height, width = pixels.shape[:2]
        resolution, guessed = raster.guess_dpi(dpi, width, height)
        pixels, resolution, resampled = raster.square(pixels, resolution, self._limits.max_pixels)
        flags += ["dpi-missing"] * guessed + ["resampled-square"] * resampled + ["bilevel"] * bilevel
        if self._type is MediaType.JPEG:
            flags.append("lossy-source")
        return PageScan(number, pixels, resolution, "decoded", encoded, flags=tuple(flags))

    def _check_directory(self, index: int) -> None:
        if index >= len(self._directories):
            raise PageError(Code.TRUNC, "the file has no such page")
        directory = self._directories[index]
        if directory.problem:
            raise PageError(Code.TRUNC, directory.problem)
        raster.check_size(directory.width, directory.height, self._limits.max_pixels)

    def _orientation(self, index: int, image: Image.Image) -> int:
        if self._directories:
            return self._directories[index].orientation
        value: Any = Image.Image.getexif(image).get(_ORIENTATION, 1)  # PNG's own would decode the pixels
        return int(value) if isinstance(value, int) and 1 <= value <= 8 else 1

    def _loaded(self, index: int, image: ImageFile.ImageFile) -> tuple[Image.Image, bool]:
        """Decode; a file that ends early gets a second try that keeps what is there, and says so."""
        try:
            image.load()
        except (OSError, SyntaxError, EOFError, ValueError, struct.error) as error:
            if self._type in {MediaType.TIFF, MediaType.JP2}:
                raise PageError(_blame(error), f"cannot be decoded ({type(error).__name__})") from error
            again = self._open(index)
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                again.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            _refuse_mostly_missing(again)
            return again, True
        return image, False

    def _encoded(self, index: int, image: ImageFile.ImageFile, orientation: int) -> EncodedImage | None:
        if self._type is MediaType.JPEG:
            return passthrough.of_jpeg(self._bytes(_jpeg_length(image)), orientation)
        if self._type is MediaType.PNG:
            return passthrough.of_png(self._bytes(None), orientation)
        if self._type is MediaType.JP2 and image.mode in {"L", "RGB"}:
            return passthrough.of_jp2(self._bytes(None), image.mode, image.size)
        if self._directories:
            directory = self._directories[index]
            if {directory.width, directory.height} != set(image.size):
                return None  # two readers, two sizes: believe neither for the copy
            return passthrough.of_fax(self._file, directory, self._limits.max_decoded_bytes)
        return None

    def _bytes(self, length: int | None) -> bytes:
        size = os.fstat(self._file).st_size if length is None else length
        return os.pread(self._file, min(size, self._limits.max_decoded_bytes), 0)


def _narrow(image: Image.Image) -> ImageFile.ImageFile:
    if not isinstance(image, ImageFile.ImageFile):
        raise TypeError("not an image of a file")
    return image


def _jpeg_length(image: Image.Image) -> int | None:
    """Where the first of several pictures in one JPEG file ends (a phone's MPO), None for a plain JPEG."""
    index = getattr(image, "mpinfo", None)
    if not index:
        return None
    entries = index.get(0xB002)
    return int(entries[0]["Size"]) if entries else None


def _dpi(value: Any, orientation: int) -> tuple[float, float] | None:
    """The file's own resolution as shown (x and y change places with the page), None where absent."""
    try:
        x, y = (float(v) for v in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if not (np.isfinite(x) and np.isfinite(y)):
        return None
    return (y, x) if orientation >= 5 else (x, y)


def _blame(error: Exception) -> Code:
    words = str(error).lower()
    return Code.TRUNC if "truncated" in words or isinstance(error, EOFError) else Code.MALFORMED


def _refuse_mostly_missing(image: Image.Image) -> None:
    """A decoder fills what is missing with one colour: count the rows at the bottom that hold only that."""
    pixels = raster.to_pixels(image)
    rows = pixels.reshape(pixels.shape[0], -1)
    filled = (rows == rows[-1, -1:]).all(axis=1)
    missing = int(np.argmin(filled[::-1])) if not filled.all() else len(filled)
    if missing > _MOST_MISSING * len(filled):
        raise PageError(
            Code.TRUNC, f"the file ends early: {100 * missing // len(filled)} % of the page is missing"
        )
