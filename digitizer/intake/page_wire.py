"""A page's way out of the sandbox: written by the child, checked number by number by the parent."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from digitizer.errors import Code
from digitizer.intake.scans import Limits, PageFailure, PageScan
from digitizer.intake.wire import Header, ProtocolError, Stream, integer, text
from digitizer.model import Box, EncodedImage, PageCode, Word

__all__ = ["code_of", "flags_of", "receive_page", "send_failure", "send_scan"]

_FILTERS = {"DCTDecode", "CCITTFaxDecode", "FlateDecode", "JPXDecode", "JBIG2Decode"}
_SPACES = {"DeviceGray", "DeviceRGB", "Indexed"}
_PARMS = {"K", "Columns", "Rows", "BlackIs1", "EncodedByteAlign", "EndOfLine", "EndOfBlock"} | {
    "Predictor",
    "Colors",
    "BitsPerComponent",
    "EarlyChange",
    "ColorTransform",
}
_ORIGINS = {"decoded", "extracted", "rendered"}
_MAX_SIDE = 1_000_000
_MAX_WORDS = 100_000
_MAX_FLAGS = 32
_MAX_CODES = 20
_MAX_CODE_LETTERS = 2000


def send_failure(replies: Stream, failure: PageFailure) -> None:
    """Send a page that could not be decoded."""
    header = {"kind": "failure", "number": failure.number}
    replies.send(header | {"code": failure.code, "message": failure.message})


def send_scan(replies: Stream, scan: PageScan) -> None:
    """Send a decoded page: header, pixels, then the compressed image and its palette where there are any."""
    pixels = np.ascontiguousarray(scan.pixels)
    header: Header = {
        "kind": "page",
        "number": scan.number,
        "height": pixels.shape[0],
        "width": pixels.shape[1],
        "channels": 1 if pixels.ndim == 2 else pixels.shape[2],
        "dpi": [round(value, 4) for value in scan.dpi],
        "origin": scan.origin,
        "born_digital": scan.born_digital,
        "flags": list(scan.flags),
        "codes": [[c.text, *c.box.as_list(), c.kind] for c in scan.codes[:_MAX_CODES]],
        "words": [[w.text, *w.box.as_list()] for w in scan.text_words[:_MAX_WORDS]],
    }
    payloads = [pixels.data.cast("B")] if pixels.size else []
    parts: list[bytes | memoryview] = [*payloads]
    if scan.image is not None:
        header["image"] = _image_header(scan.image)
        parts += [scan.image.data, scan.image.palette or b""]
    replies.send(header, parts)


def _image_header(image: EncodedImage) -> Header:
    return {
        "bytes": len(image.data),
        "palette": len(image.palette or b""),
        "filter": image.filter,
        "width": image.width,
        "height": image.height,
        "bits": image.bits,
        "colorspace": image.colorspace,
        "parms": dict(image.decode_parms),
        "decode": list(image.decode) if image.decode is not None else None,
        "orientation": image.orientation,
    }


def receive_page(stream: Stream, header: Header, number: int, limits: Limits) -> PageScan | PageFailure:
    """Take one page off the stream, believing nothing: every number is checked before memory is taken.

    Raises:
        ProtocolError: anything is out of bounds or not the page that was asked for.
        EOFError: the child died on the way.
        TimeoutError: the deadline passed.
    """
    integer(header, "number", number, number)
    if header.get("kind") == "failure":
        return PageFailure(number, code_of(header), text(header, "message"))
    if header.get("kind") != "page":
        raise ProtocolError("not a page")
    width = integer(header, "width", 1, _MAX_SIDE)
    height = integer(header, "height", 1, _MAX_SIDE)
    channels = integer(header, "channels", 1, 3)
    if channels == 2 or width * height > limits.max_pixels:
        raise ProtocolError("more pixels than allowed")
    pixels = np.empty((height, width) if channels == 1 else (height, width, 3), np.uint8)
    stream.fill(pixels.data.cast("B"))
    return PageScan(
        number=number,
        pixels=pixels,
        dpi=_dpi(header.get("dpi")),
        origin=_choice(header, "origin", _ORIGINS),
        image=_image(stream, header["image"], limits) if "image" in header else None,
        born_digital=header.get("born_digital") is True,
        text_words=_words(header.get("words"), width, height),
        flags=flags_of(header),
        codes=_codes(header.get("codes", []), width, height),
    )


def code_of(header: Header) -> Code:
    """The stable code in `header`; only ones we know are taken."""
    try:
        return Code(str(header.get("code")))
    except ValueError as error:
        raise ProtocolError("unknown code") from error


def flags_of(header: Header) -> tuple[str, ...]:
    """The flags in `header`: short lower-case words with hyphens."""
    flags = header.get("flags")
    if not isinstance(flags, list) or len(flags) > _MAX_FLAGS:
        raise ProtocolError("flags are out of bounds")
    for flag in flags:
        if not (
            isinstance(flag, str) and len(flag) <= 40 and flag.replace("-", "").isalnum() and flag.isascii()
        ):
            raise ProtocolError("not a flag")
    return tuple(flags)


def _choice(header: Header, key: str, choices: set[str]) -> str:
    value = header.get(key)
    if not isinstance(value, str) or value not in choices:
        raise ProtocolError(f"{key} is unknown")
    return value


def _dpi(value: Any) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise ProtocolError("dpi is no pair")
    x, y = value
    if not all(isinstance(v, (int, float)) and 1 <= v <= 20_000 for v in (x, y)):
        raise ProtocolError("dpi is out of bounds")
    return float(x), float(y)


def _image(stream: Stream, header: Any, limits: Limits) -> EncodedImage:
    if not isinstance(header, dict):
        raise ProtocolError("image is no object")
    size = integer(header, "bytes", 1, min(limits.max_bytes, limits.max_decoded_bytes))
    palette = integer(header, "palette", 0, 768)
    width = integer(header, "width", 1, _MAX_SIDE)
    height = integer(header, "height", 1, _MAX_SIDE)
    if width * height > limits.max_pixels:
        raise ProtocolError("more pixels than allowed")
    return EncodedImage(
        data=stream.payload(size),
        filter=_choice(header, "filter", _FILTERS),
        width=width,
        height=height,
        bits=integer(header, "bits", 1, 8),
        colorspace=_choice(header, "colorspace", _SPACES),
        decode_parms=_parms(header.get("parms")),
        decode=_decode(header.get("decode")),
        palette=stream.payload(palette) or None,
        orientation=integer(header, "orientation", 1, 8),
    )


def _parms(value: Any) -> tuple[tuple[str, int | bool], ...]:
    if not isinstance(value, dict) or not value.keys() <= _PARMS:
        raise ProtocolError("unknown decode parameters")
    if not all(isinstance(v, int) and abs(v) <= _MAX_SIDE for v in value.values()):
        raise ProtocolError("decode parameters are out of bounds")
    return tuple(value.items())


def _decode(value: Any) -> tuple[float, ...] | None:
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > 8:
        raise ProtocolError("decode is out of bounds")
    if not all(isinstance(v, (int, float)) and 0 <= v <= 255 for v in value):
        raise ProtocolError("decode is out of bounds")
    return tuple(float(v) for v in value)


def _words(value: Any, width: int, height: int) -> tuple[Word, ...]:
    if not isinstance(value, list) or len(value) > _MAX_WORDS:
        raise ProtocolError("words are out of bounds")
    return tuple(_word(item, width, height) for item in value)


def _codes(value: Any, width: int, height: int) -> tuple[PageCode, ...]:
    if not isinstance(value, list) or len(value) > _MAX_CODES:
        raise ProtocolError("codes are out of bounds")
    return tuple(_code(item, width, height) for item in value)


def _code(item: Any, width: int, height: int) -> PageCode:
    if not isinstance(item, list) or len(item) != 6 or not all(isinstance(item[k], str) for k in (0, 5)):
        raise ProtocolError("not a code")
    printable = "".join(c if c.isprintable() else " " for c in item[0][:_MAX_CODE_LETTERS])
    kind = "".join(c for c in item[5][:40] if c.isalnum())
    return PageCode(kind, printable, _box(item[1:5], width, height))


def _word(item: Any, width: int, height: int) -> Word:
    if not isinstance(item, list) or len(item) != 5 or not isinstance(item[0], str):
        raise ProtocolError("not a word")
    box = _box(item[1:], width, height)
    printable = "".join(c for c in item[0][:500] if c.isprintable() and not c.isspace())
    return Word(unicodedata.normalize("NFC", printable), box, 1.0)


def _box(edges: list[Any], width: int, height: int) -> Box:
    if not all(isinstance(v, int) and not isinstance(v, bool) for v in edges):
        raise ProtocolError("not a box")
    left, top, right, bottom = edges
    if not (0 <= left <= right <= width and 0 <= top <= bottom <= height):
        raise ProtocolError("box is outside the page")
    return Box(left, top, right, bottom)
