"""The second look: lines with unread ink or doubtful words are read once more, alone and at full size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from digitizer.imaging.strips import Column, strip_alone, unread_ink
from digitizer.model import Box, Word
from digitizer.ports import OcrEngine, ReadRequest
from digitizer.understanding.second_look import Span, doubtful, merged

__all__ = ["read_again"]


def read_again(
    column: Column, words: Mapping[int, list[Word]], letter: float, engine: OcrEngine, dpi: int
) -> dict[int, list[Word]]:
    """The words of each strip of `column` (boxes in its pixels, whole) after a second look at some strips.

    `letter` is the height of a small letter in pixels of the column. Strips nobody read a word of are
    left alone: seals and signatures are found as lines too.

    Raises:
        PageError: the engine failed on this page.
    """
    found: dict[int, list[Word]] = {}
    for k, first in words.items():
        strip = column.strips[k]
        covered = [(word.box.left, word.box.right) for word in first]
        unread = [Span(*span) for span in unread_ink(column, strip, covered, letter)]
        if not unread and not any(doubtful(word) for word in first):
            found[k] = list(first)
            continue
        pixels, above = strip_alone(column, strip)
        lines = engine.read(ReadRequest(pixels, dpi, single_line=True))
        second = [_down(word, strip.top - above) for line in lines for word in line.words]
        found[k] = list(merged(first, second, unread))
    return found


def _down(word: Word, by: int) -> Word:
    box = word.box
    return replace(word, box=Box(box.left, max(0, box.top + by), box.right, max(0, box.bottom + by)))
