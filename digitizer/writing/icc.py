"""A minimal sRGB profile, made from the numbers of IEC 61966-2-1; the same bytes every time."""

from __future__ import annotations

import struct
from functools import cache

__all__ = ["srgb_profile"]

# sRGB's primaries and white, adapted to D50 with Bradford's matrix, as ICC.1 asks of a display profile.
_D50 = (0.9642, 1.0, 0.8249)
_RED = (0.43607, 0.22249, 0.01392)
_GREEN = (0.38515, 0.71687, 0.09708)
_BLUE = (0.14307, 0.06061, 0.71410)
_ADAPTATION = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
# Y = (aX + b)^g above d, cX below: g, a, b, c, d (ICC.1, parametricCurveType, function type 3).
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(v * 65536) for v in values))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(*values)


def _text(text: str) -> bytes:
    """A multiLocalizedUnicodeType with one English record."""
    coded = text.encode("utf-16-be")
    return b"mluc\0\0\0\0" + struct.pack(">II4sII", 1, 12, b"enUS", len(coded), 28) + coded


def _header(size: int) -> bytes:
    """The 128 bytes of ICC.1:2004, 7.2; the date is fixed so that the bytes are the same every time."""
    return struct.pack(
        ">I4sI4s4s4s6H4s4sI4sIQI12s48x",
        *(size, b"\0\0\0\0", 0x04200000, b"mntr", b"RGB ", b"XYZ "),
        *(2000, 1, 1, 0, 0, 0),
        *(b"acsp", b"\0\0\0\0", 0, b"\0\0\0\0", 0, 0, 0),
        _fixed(*_D50),
    )


@cache
def srgb_profile() -> bytes:
    """The profile (ICC version 4.2, which PDF 1.7 and ISO 19005-2, 6.2.3 take), about 500 bytes."""
    curve = b"para\0\0\0\0\0\3\0\0" + _fixed(*_CURVE)
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("No copyright"),
        b"wtpt": _xyz(_D50),
        b"chad": b"sf32\0\0\0\0" + _fixed(*_ADAPTATION),
        b"rXYZ": _xyz(_RED),
        b"gXYZ": _xyz(_GREEN),
        b"bXYZ": _xyz(_BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    table, data = struct.pack(">I", len(tags)), b""
    place: dict[bytes, int] = {}
    start = 128 + 4 + 12 * len(tags)
    for tag, body in tags.items():
        if body not in place:
            place[body] = start + len(data)
            data += body + b"\0" * (-len(body) % 4)
        table += struct.pack(">4sII", tag, place[body], len(body))
    return _header(start + len(data)) + table + data
