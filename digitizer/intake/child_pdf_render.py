"""Inside the sandbox: draws a PDF page that is not one image, with pdfium, else with poppler."""

from __future__ import annotations

import os

import numpy as np
import pdf2image
import pypdfium2 as pdfium
from pdf2image.exceptions import PDFInfoNotInstalledError, PDFPageCountError, PDFSyntaxError

from digitizer.errors import Code, PageError
from digitizer.intake import raster
from digitizer.intake.child_pdf_survey import Placed, Survey, share
from digitizer.intake.child_pdf_words import words_of
from digitizer.intake.scans import Limits, PageScan

__all__ = ["poppler_page", "render", "thumbnail"]

_DRAWING_DPI = 300.0
_IMAGE_DPI = (150.0, 600.0)
_BLANK_DPI = 150.0
_MAX_RENDERED = 100_000_000  # pixels: 300 MB of RGB in the child and again in the parent
_LOWEST_DPI = 5.0
_COUNTS = 0.05  # share of the page from which an image's resolution matters


def render(page: pdfium.PdfPage, seen: Survey, number: int, limits: Limits) -> PageScan:
    """Draw the page: annotations and form fields only where the page is no picture of a paper.

    Raises:
        PageError: the page is too large at any useful resolution.
    """
    dpi, reduced = fitting_dpi(_wanted_dpi(seen), seen, limits)
    digital = seen.born_digital
    bitmap = page.render(
        scale=dpi * seen.user_unit / 72,
        may_draw_forms=False,
        draw_annots=digital,
        rev_byteorder=True,
        prefer_bgrx=False,
        limit_image_cache=True,
    )
    try:
        pixels = _copied(bitmap)
    finally:
        bitmap.close()
    words = words_of(page, pixels.shape[1], pixels.shape[0]) if digital else ()
    flags = [*seen.flags, *["resolution-reduced"] * reduced]
    return PageScan(
        number,
        pixels,
        (dpi, dpi),
        "rendered",
        born_digital=digital,
        text_words=words,
        flags=tuple(flags),
    )


def _copied(bitmap: pdfium.PdfBitmap) -> raster.Pixels:
    pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
    if pixels.ndim == 2:
        return pixels
    return (
        raster.grey_if_grey(np.ascontiguousarray(pixels[..., :3])) if pixels.shape[2] >= 3 else pixels[..., 0]
    )


def _wanted_dpi(seen: Survey) -> float:
    """The images' own resolution where they make the page, 300 for drawings, less for an empty page."""
    if seen.scan or (seen.images and not seen.text and not seen.drawings):
        large = [p for p in seen.images if share(p, seen) >= _COUNTS] or seen.images
        finest = max(max(_dpi(placed)) for placed in large) / seen.user_unit
        return min(max(finest, _IMAGE_DPI[0]), _IMAGE_DPI[1])
    return _DRAWING_DPI if seen.text or seen.drawings or seen.flags else _BLANK_DPI


def _dpi(placed: Placed) -> tuple[float, float]:
    return placed.dpi if min(placed.width, placed.height) > 8 else (0.0, 0.0)  # a stretched dot says nothing


def fitting_dpi(wanted: float, seen: Survey, limits: Limits) -> tuple[float, bool]:
    """`wanted`, or less where the page would have too many pixels.

    Raises:
        PageError: not even at 5 dpi.
    """
    inches = seen.width * seen.height * (seen.user_unit / 72) ** 2
    if not inches > 0:
        raise PageError(Code.MALFORMED, "the page has no area")
    most = (min(_MAX_RENDERED, limits.max_pixels) / inches) ** 0.5 * 0.999
    if most < _LOWEST_DPI:
        raise PageError(Code.PIXELS, "the page is too large to be drawn at 5 dpi")
    return (wanted, False) if wanted <= most else (float(int(most)), True)


def thumbnail(page: pdfium.PdfPage, side: int) -> raster.Pixels:
    """The page as pdfium shows it, grey, its longer side `side` pixels."""
    scale = side / max(*page.get_size(), 1.0)
    bitmap = page.render(scale=scale, may_draw_forms=False, draw_annots=False, grayscale=True)
    try:
        return _copied(bitmap)
    finally:
        bitmap.close()


def poppler_page(file: int, number: int, limits: Limits) -> PageScan:
    """Draw the page with poppler, the second renderer, for what pdfium cannot load.

    Raises:
        PageError: poppler cannot either.
    """
    path = f"/proc/{os.getpid()}/fd/{file}"  # poppler runs as its own process and opens ours
    side = int(min(_MAX_RENDERED, limits.max_pixels) ** 0.5)
    seconds = 5 * limits.page_seconds  # on the clock; of the processor it has what is left to us
    try:
        facts = pdf2image.pdfinfo_from_path(path, timeout=seconds, first_page=number, last_page=number)
        size = _poppler_size(facts, number)
        dpi = min(_DRAWING_DPI, 72 * side / max(*size, 1.0))
        images = pdf2image.convert_from_path(
            path, dpi=round(dpi), first_page=number, last_page=number, timeout=seconds, use_cropbox=True
        )
    except (PDFPageCountError, PDFSyntaxError, PDFInfoNotInstalledError, OSError, ValueError) as error:
        raise PageError(Code.MALFORMED, "neither renderer can draw the page") from error
    if not images:
        raise PageError(Code.MALFORMED, "neither renderer can draw the page")
    pixels = raster.to_pixels(images[0])
    return PageScan(number, pixels, (round(dpi), round(dpi)), "rendered", flags=("second-renderer",))


def _poppler_size(facts: dict[str, object], number: int) -> tuple[float, float]:
    text = str(
        facts.get(f"Page {number} size", facts.get(f"Page    {number} size", facts.get("Page size", "")))
    )
    numbers = [float(t) for t in text.split() if t.replace(".", "", 1).isdigit()]
    return (numbers[0], numbers[1]) if len(numbers) >= 2 else (842.0, 842.0)
