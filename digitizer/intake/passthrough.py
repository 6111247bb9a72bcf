"""Finds an image file's compressed bytes in the form a PDF holds them; None where they must be made anew."""

from __future__ import annotations

import os
import struct

from digitizer.intake.headers import jpeg_frame
from digitizer.intake.tiff import Directory
from digitizer.model import EncodedImage

__all__ = ["of_fax", "of_jp2", "of_jpeg", "of_png"]

_HUFFMAN_SOF = {0xC0, 0xC1, 0xC2}
_REVERSED = bytes(int(f"{n:08b}"[::-1], 2) for n in range(256))
_PNG_COLOURS = {0: ("DeviceGray", 1), 2: ("DeviceRGB", 3), 3: ("Indexed", 1)}


def of_jpeg(data: bytes, orientation: int) -> EncodedImage | None:
    """The file itself, where it is 8-bit grey or three-channel and Huffman-coded (PDF takes no other)."""
    frame = jpeg_frame(data)
    if frame is None:
        return None
    marker, bits, height, width, components = frame
    if marker not in _HUFFMAN_SOF or bits != 8 or components not in {1, 3} or not width or not height:
        return None
    space = "DeviceGray" if components == 1 else "DeviceRGB"
    return EncodedImage(data, "DCTDecode", width, height, 8, space, orientation=orientation)


def of_jp2(data: bytes, mode: str, size: tuple[int, int]) -> EncodedImage | None:
    """The file itself, where every component has 8 bits."""
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0 or len(data) < at + 42:
        return None
    components = int.from_bytes(data[at + 40 : at + 42], "big")
    depths = data[at + 42 : at + 42 + 3 * components : 3]
    if components != {"L": 1, "RGB": 3}[mode] or set(depths) != {7}:
        return None
    space = "DeviceGray" if components == 1 else "DeviceRGB"
    return EncodedImage(data, "JPXDecode", size[0], size[1], 8, space)


def of_fax(file: int, directory: Directory, limit: int) -> EncodedImage | None:
    """The one G4 strip of a TIFF page."""
    strip = directory.fax_strip()
    if strip is None:
        return None
    offset, count, black_is_1, reverse = strip
    if not 0 < count <= limit:
        return None
    data = os.pread(file, count, offset)
    if len(data) < count:
        return None
    if reverse:
        data = data.translate(_REVERSED)
    width, height = directory.width, directory.height
    # In a BlackIsZero TIFF (1) the coder's black runs mean white; PDF shows them black unless told.
    parms = (("K", -1), ("Columns", width), ("Rows", height), ("BlackIs1", black_is_1))
    orientation = directory.orientation
    return EncodedImage(
        data, "CCITTFaxDecode", width, height, 1, "DeviceGray", parms, orientation=orientation
    )


def of_png(data: bytes, orientation: int) -> EncodedImage | None:
    """The joined IDAT chunks, where there is no interlace, no transparency and at most 8 bits a channel."""
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    if colour not in _PNG_COLOURS or interlace or bits > 8:
        return None
    chunks = _png_chunks(data)
    if chunks is None or b"tRNS" in chunks:
        return None
    space, channels = _PNG_COLOURS[colour]
    palette = chunks.get(b"PLTE") if colour == 3 else None
    if colour == 3 and not palette:
        return None
    parms = (("Predictor", 15), ("Colors", channels), ("BitsPerComponent", bits), ("Columns", width))
    return EncodedImage(
        chunks[b"IDAT"],
        "FlateDecode",
        width,
        height,
        bits,
        space,
        parms,
        palette=palette,
        orientation=orientation,
    )


def _png_chunks(data: bytes) -> dict[bytes, bytes] | None:
    """All chunks by name, the data ones joined; None where the file breaks off or holds no data."""
    found: dict[bytes, list[bytes]] = {}
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if at + 12 + length > len(data):
            return None
        found.setdefault(kind, []).append(data[at + 8 : at + 8 + length])
        if kind == b"IEND":
            break
        at += 12 + length
    if b"IDAT" not in found or b"IEND" not in found:
        return None
    return {kind: b"".join(parts) for kind, parts in found.items()}
