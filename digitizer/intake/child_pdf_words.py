"""Inside the sandbox: the visible words of a born-digital PDF page, with their boxes in its pixels."""

from __future__ import annotations

import ctypes
import unicodedata

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from digitizer.model import Box, Word

__all__ = ["words_of"]

_MAX_CHARACTERS = 200_000
_INVISIBLE = pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE
_SOFT_HYPHEN = "\u00ad"  # the ư of TCVN3 fonts
_Bounds = tuple[float, float, float, float]


def words_of(page: pdfium.PdfPage, width: int, height: int) -> tuple[Word, ...]:
    """Words in the order of the page's own text; those drawn invisibly or outside the page are left out."""
    text = page.get_textpage()
    try:
        found = _split(text)
    finally:
        text.close()
    words = (_word(letters, bounds, page, (width, height)) for letters, bounds in found)
    return tuple(word for word in words if word is not None)


def _split(text: pdfium.PdfTextPage) -> list[tuple[str, _Bounds]]:
    words: list[tuple[str, _Bounds]] = []
    letters: list[str] = []
    bounds: _Bounds | None = None
    modes: dict[int, int] = {}
    for index in range(min(text.count_chars(), _MAX_CHARACTERS)):
        letter = _letter(text, index, modes)
        if not letter:
            if letters and bounds is not None:
                words.append(("".join(letters), bounds))
            letters, bounds = [], None
            continue
        letters.append(letter)
        bounds = _joined(bounds, text.get_charbox(index))
    if letters and bounds is not None:
        words.append(("".join(letters), bounds))
    return words


def _letter(text: pdfium.PdfTextPage, index: int, modes: dict[int, int]) -> str:
    """The visible character at `index`, empty where it is white space, invisible or nothing."""
    code = pdfium_c.FPDFText_GetUnicode(text, index)
    letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    if not letter or letter.isspace() or not (letter.isprintable() or letter == _SOFT_HYPHEN):
        return ""
    owner = pdfium_c.FPDFText_GetTextObject(text, index)
    key = ctypes.cast(owner, ctypes.c_void_p).value or 0
    if key and key not in modes:
        modes[key] = pdfium_c.FPDFTextObj_GetTextRenderMode(owner)
    return "" if modes.get(key) == _INVISIBLE else letter


def _joined(bounds: _Bounds | None, box: _Bounds) -> _Bounds:
    if bounds is None:
        return box
    return min(bounds[0], box[0]), min(bounds[1], box[1]), max(bounds[2], box[2]), max(bounds[3], box[3])


def _word(letters: str, bounds: _Bounds, page: pdfium.PdfPage, size: tuple[int, int]) -> Word | None:
    ends = [_device(page, bounds[0], bounds[3], size), _device(page, bounds[2], bounds[1], size)]
    xs, ys = sorted(p[0] for p in ends), sorted(p[1] for p in ends)
    left, right = max(0, xs[0]), min(size[0], xs[1] + 1)
    top, bottom = max(0, ys[0]), min(size[1], ys[1] + 1)
    if right <= left or bottom <= top:
        return None
    return Word(unicodedata.normalize("NFC", letters), Box(left, top, right, bottom), 1.0)


def _device(page: pdfium.PdfPage, x: float, y: float, size: tuple[int, int]) -> tuple[int, int]:
    """A point of the page in pixels of a `size` image of it, its own rotation applied."""
    column, row = ctypes.c_int(), ctypes.c_int()
    pdfium_c.FPDF_PageToDevice(page, 0, 0, size[0], size[1], 0, x, y, column, row)
    return column.value, row.value
