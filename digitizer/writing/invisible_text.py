"""Where the invisible words go: from boxes in pixels to the operators of a PDF content stream."""

from __future__ import annotations

import statistics
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from digitizer.model import Line, TextLayer, Word
from digitizer.writing.glyphless import GLYPH_WIDTH, Codes

__all__ = ["text_operators"]

# Shares of the font size that Latin letters take, good enough to set a baseline and a selection box.
_X_HEIGHT: Final = 0.46
_CAP_HEIGHT: Final = 0.68
_MARK: Final = 0.22
_DESCENT: Final = 0.21
_DESCENDERS: Final = frozenset("gjpqyQJ,;()[]{}/|@")
_LOW_LETTERS: Final = frozenset("acegmnopqrsuvwxyz")
_DOT_BELOW: Final = "\u0323"
# Whole percents put the end of a word of this many pixels off by half a pixel at most.
_LONG: Final = 100
_NEVER_SHOWN: Final = frozenset("\ufeff\ufffe\uffff")


def _visible(text: str) -> str:
    """`text` in NFC without controls, which no reader would give back."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return "".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs"} and c not in _NEVER_SHOWN)


@lru_cache(maxsize=4096)
def _extent(text: str) -> tuple[float, float]:
    """How far the letters of `text` reach above and below the baseline, as shares of the font size."""
    parts = unicodedata.normalize("NFD", text)
    above = _X_HEIGHT if _LOW_LETTERS.issuperset(c for c in parts if c.isalnum()) else _CAP_HEIGHT
    if any(unicodedata.combining(c) == 230 for c in parts):
        above += _MARK
    return above, _DESCENT if _DOT_BELOW in parts or not _DESCENDERS.isdisjoint(parts) else 0.0


def _font_size(words: Sequence[Word], extents: Sequence[tuple[float, float]]) -> int:
    """The line's font size in pixels: the median of what each word's height says, no word's height exceeded.

    The bound matters for engines that give every word the height of its line.
    """
    sizes = [w.box.height / sum(e) for w, e in zip(words, extents, strict=True)]
    return max(1, round(min(statistics.median(sizes), max(w.box.height for w in words))))


def _baselines(words: Sequence[Word], extents: Sequence[tuple[float, float]], size: int) -> list[int]:
    """The baseline's `y` (pixels, downwards) under each word: a straight line through the words' feet."""
    xs = [(w.box.left + w.box.right) / 2 for w in words]
    ys = [w.box.bottom - e[1] * size for w, e in zip(words, extents, strict=True)]
    slope, offset = 0.0, statistics.fmean(ys)
    if len(words) > 2 and max(xs) - min(xs) > 4 * size:
        slope, offset = statistics.linear_regression(xs, ys)
    return [round(slope * x + offset) for x in xs]


def _line_operators(words: Sequence[Word], texts: Sequence[str], height: int, codes: Codes) -> bytes:
    """One text object (ISO 32000-1, 9.4): each word at its box's left edge, stretched to its width."""
    extents = [_extent(text) for text in texts]
    size = _font_size(words, extents)
    baselines = _baselines(words, extents, size)
    ops = [b"BT/F %d Tf" % size]
    x = y = 0
    last_stretch = ""
    for word, text, baseline in zip(words, texts, baselines, strict=True):
        natural = len(text) * size * GLYPH_WIDTH / 1000
        stretch = f"{max(word.box.width, 1) * 100 / natural:.{int(natural > _LONG)}f}".removesuffix(".0")
        if stretch != last_stretch:
            ops.append(f"{stretch} Tz".encode("ascii"))
        ops.append(b"%d %d Td(%s)Tj" % (word.box.left - x, height - baseline - y, codes.encode(text + " ")))
        x, y, last_stretch = word.box.left, height - baseline, stretch
    ops.append(b"ET")
    return b"\n".join(ops)


def _shown(line: Line) -> list[tuple[Word, str]]:
    return [(word, text) for word in line.words if (text := _visible(word.text))]


def text_operators(layer: TextLayer, height: int, codes: Codes) -> bytes:
    """The layer's words as invisible text (rendering mode 3), a text object a line, in the layer's order.

    The caller has set the matrix so that one unit is one pixel of the upright page, origin bottom left,
    and calls the glyphless font `/F`. Each word ends in a space, so that readers give the words apart
    however close their boxes are.

    Args:
        layer: Words in pixels of the upright page, origin top left.
        height: The page's height in pixels.
        codes: The document's character codes; those used here are added.
    """
    lines = [tuple(zip(*shown, strict=True)) for line in layer.lines if (shown := _shown(line))]
    ops = [_line_operators(words, texts, height, codes) for words, texts in lines]
    return b"\n".join([b"3 Tr", *ops]) if ops else b""
