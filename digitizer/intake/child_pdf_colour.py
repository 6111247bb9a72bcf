"""Inside the sandbox: which of the few plain colour spaces a PDF image uses, and its samples as shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pikepdf

from digitizer.intake import raster

__all__ = ["Colour", "UnsuitableError", "colour_of"]

_GREY = {"/DeviceGray", "/CalGray", "/G"}
_RGB = {"/DeviceRGB", "/CalRGB", "/RGB"}


class UnsuitableError(Exception):
    """The image cannot be taken out as it is; the page is drawn instead."""


@dataclass(frozen=True, slots=True)
class Colour:
    """How samples mean colours: space (`DeviceGray`, `DeviceRGB`, `Indexed`), bits a sample, palette.

    `plain_decode` is false where a /Decode array inverts 1-bit grey.
    """

    space: str
    bits: int
    plain_decode: bool
    palette: bytes | None = None

    @property
    def channels(self) -> int:
        """Samples a pixel."""
        return 3 if self.space == "DeviceRGB" else 1

    def shown(self, values: raster.Pixels) -> raster.Pixels:
        """Samples (H, W, channels) as grey (H, W) or RGB (H, W, 3)."""
        if self.palette is not None:
            table = np.frombuffer(self.palette.ljust(768, b"\0"), np.uint8).reshape(256, 3)
            return raster.grey_if_grey(table[values[..., 0]])
        top = (1 << self.bits) - 1
        full = values if top == 255 else (values.astype(np.uint16) * 255 // top).astype(np.uint8)
        if not self.plain_decode:
            full = 255 - full
        return raster.grey_if_grey(full) if self.channels == 3 else np.ascontiguousarray(full[..., 0])


def colour_of(stream: pikepdf.Stream) -> Colour:
    """Read the image's colour.

    Raises:
        UnsuitableError: a space, depth or /Decode array other than the plain ones.
    """
    mask = bool(stream.get("/ImageMask", False))
    bits_value: Any = stream.get("/BitsPerComponent", 1 if mask else 8)
    bits = 1 if mask else int(bits_value)
    if bits not in {1, 2, 4, 8}:
        raise UnsuitableError("16 bits a sample")
    space, palette = ("DeviceGray", None) if mask else _space(stream.get("/ColorSpace"))
    return Colour(space, bits, _plain(stream.get("/Decode"), space, bits), palette)


def _plain(decode: Any, space: str, bits: int) -> bool:
    if decode is None:
        return True
    values = [float(v) for v in decode]
    if space == "Indexed":
        if values == [0.0, float((1 << bits) - 1)]:
            return True
    elif values == [0.0, 1.0] * (len(values) // 2):
        return True
    elif space == "DeviceGray" and values == [1.0, 0.0]:
        return False
    raise UnsuitableError("an unusual Decode array")


def _space(value: Any) -> tuple[str, bytes | None]:
    if isinstance(value, pikepdf.Name):
        if str(value) in _GREY:
            return "DeviceGray", None
        if str(value) in _RGB:
            return "DeviceRGB", None
    if isinstance(value, pikepdf.Array) and len(value):
        kind = str(value[0])
        if kind in _GREY | _RGB:
            return ("DeviceGray" if kind in _GREY else "DeviceRGB"), None
        if kind == "/ICCBased":
            return _icc(value[1])
        if kind in {"/Indexed", "/I"}:
            return "Indexed", _palette(value)
    raise UnsuitableError("another colour space")


def _icc(profile: Any) -> tuple[str, None]:
    channels = int(profile.get("/N", 0))
    if channels not in {1, 3}:
        raise UnsuitableError("an ICC profile of another kind")
    return ("DeviceGray" if channels == 1 else "DeviceRGB"), None


def _palette(value: Any) -> bytes:
    """The colour table as RGB triples."""
    base, _ = _space(value[1])
    table = value[3]
    raw = bytes(table.read_bytes()) if isinstance(table, pikepdf.Stream) else bytes(table)
    size = min(int(value[2]) + 1, 256)
    if base == "DeviceGray":
        raw = bytes(b for b in raw[:size] for _ in range(3))
    elif base != "DeviceRGB":
        raise UnsuitableError("a palette of palettes")
    if not 0 < size <= 256 or len(raw) < 3 * size:
        raise UnsuitableError("a short palette")
    return raw[: 3 * size]
