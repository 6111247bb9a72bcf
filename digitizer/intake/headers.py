"""Reads how many pixels an image file declares, from its first bytes, without a decoder."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable

from digitizer.errors import Refusal
from digitizer.intake.tiff import walk
from digitizer.model import MediaType

__all__ = ["JpegFrame", "declared_pixels", "jpeg_frame"]

JpegFrame = tuple[int, int, int, int, int]  # marker, bits, height, width, components
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def declared_pixels(media_type: MediaType, head: bytes) -> int | None:
    """Width times height of the (largest) image declared in `head`; None where it does not say."""
    reader = _READERS.get(media_type)
    if reader is None:
        return None
    try:
        return reader(head)
    except (struct.error, IndexError):
        return None  # too short to say: the decoder in the sandbox will


def _png(head: bytes) -> int | None:
    if head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return int(width * height)


def _bmp(head: bytes) -> int:
    if head[14:18] == b"\x0c\0\0\0":
        width, height = struct.unpack("<HH", head[18:22])
    else:
        width, height = struct.unpack("<ii", head[18:26])
    return abs(int(width)) * abs(int(height))


def _webp(head: bytes) -> int | None:
    kind = head[12:16]
    if kind == b"VP8X":
        width, height = int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (v & 0x3FFF for v in struct.unpack("<HH", head[26:30]))
    else:
        return None
    return int(width * height)


def _jp2(head: bytes) -> int | None:
    at = head.find(b"\xff\x4f\xff\x51")
    if at < 0:
        return None
    right, bottom, left, top = struct.unpack(">IIII", head[at + 8 : at + 24])
    return int(max(0, right - left) * max(0, bottom - top))


def _jpeg(head: bytes) -> int | None:
    frame = jpeg_frame(head)
    return frame[2] * frame[3] if frame else None


def jpeg_frame(head: bytes) -> JpegFrame | None:
    """The first frame header of a JPEG: marker, bits, height, width, components; None where not in `head`."""
    at = 2
    while at + 4 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _SOF and at + 10 <= len(head):
            bits, height, width, components = struct.unpack(">BHHB", head[at + 4 : at + 10])
            return marker, bits, height, width, components
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
            continue
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return None


def _tiff(head: bytes) -> int | None:
    """Only directories that lie in `head` are seen; the sandbox walks the rest."""
    try:
        return max((d.width * d.height for d in walk(io.BytesIO(head), 64) if not d.problem), default=None)
    except Refusal:
        return None


_READERS: dict[MediaType, Callable[[bytes], int | None]] = {
    MediaType.PNG: _png,
    MediaType.BMP: _bmp,
    MediaType.WEBP: _webp,
    MediaType.JP2: _jp2,
    MediaType.JPEG: _jpeg,
    MediaType.TIFF: _tiff,
}
