"""Pages from a scanner (PNM) as one TIFF of many pages, every pixel kept: deflated, one strip a page."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from digitizer.errors import Code, PageError

__all__ = ["write_tiff"]

_HEAD: Final = re.compile(
    rb"(P[456])(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)(?:(?:\s|#[^\n]*\n)+(\d+))?\s"
)
_MOST_SIDE: Final = 100_000
_SHORT, _LONG, _RATIONAL = 3, 4, 5


@dataclass(frozen=True, slots=True)
class _Page:
    width: int
    height: int
    samples: int
    bits: int
    pixels: bytes


def write_tiff(pages: Iterable[Path], out: BinaryIO, dpi: int) -> int:
    """Write the PNM files (black and white, 8-bit grey or colour) as pages of one TIFF; how many.

    Holds one page in memory at a time.

    Raises:
        PageError: a page is cut off or not of these kinds.
    """
    out.write(b"II*\0\0\0\0\0")
    pointer, count = 4, 0
    for path in pages:
        pointer = _append(out, _read(path), dpi, pointer)
        count += 1
    return count


def _read(path: Path) -> _Page:
    data = path.read_bytes()
    head = _HEAD.match(data) if not data.startswith(b"P4") else _HEAD_OF_BITS.match(data)
    if head is None:
        raise PageError(Code.MALFORMED, f"{path.name} from the scanner is no page")
    kind, width, height = head.group(1), int(head.group(2)), int(head.group(3))
    if kind != b"P4" and head.group(4) != b"255":
        raise PageError(Code.MALFORMED, "the scanner sent more than 8 bits a sample: set its depth to 8")
    samples, bits = (3 if kind == b"P6" else 1), (1 if kind == b"P4" else 8)
    row = (width + 7) // 8 if bits == 1 else width * samples
    pixels = data[head.end() : head.end() + row * height]
    if not 0 < width <= _MOST_SIDE or not 0 < height <= _MOST_SIDE or len(pixels) < row * height:
        raise PageError(Code.TRUNC, f"{path.name} from the scanner is cut off")
    return _Page(width, height, samples, bits, pixels)


_HEAD_OF_BITS: Final = re.compile(rb"(P4)(?:\s|#[^\n]*\n)+(\d+)(?:\s|#[^\n]*\n)+(\d+)\s")


def _append(out: BinaryIO, page: _Page, dpi: int, pointer: int) -> int:
    """Add a page and let the directory before point at it; where this one's own pointer is."""
    packed = zlib.compress(page.pixels, 6)
    strip = out.seek(0, 2)
    out.write(packed + b"\0" * (len(packed) % 2))
    extra = out.tell()
    out.write(struct.pack("<2L", dpi, 1) + struct.pack("<3H", page.bits, page.bits, page.bits) + b"\0\0")
    photometric = 2 if page.samples == 3 else 1 if page.bits == 8 else 0  # a PBM's 1 is black
    entries = [
        (256, _LONG, 1, page.width),
        (257, _LONG, 1, page.height),
        (258, _SHORT, page.samples, extra + 8 if page.samples == 3 else page.bits),
        (259, _SHORT, 1, 8),
        (262, _SHORT, 1, photometric),
        (273, _LONG, 1, strip),
        (277, _SHORT, 1, page.samples),
        (278, _LONG, 1, page.height),
        (279, _LONG, 1, len(packed)),
        (282, _RATIONAL, 1, extra),
        (283, _RATIONAL, 1, extra),
        (296, _SHORT, 1, 2),
    ]
    at = out.tell()
    out.write(struct.pack("<H", len(entries)))
    for entry in entries:
        out.write(struct.pack("<2H2L", *entry))
    out.write(bytes(4))
    end = out.tell()
    out.seek(pointer)
    out.write(struct.pack("<L", at))
    out.seek(end)
    return end - 4
