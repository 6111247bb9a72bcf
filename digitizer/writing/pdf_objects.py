"""Low-level sequential PDF output: plain values in, numbered objects out; only offsets are kept.

Clauses are of ISO 32000-1:2008 (PDF 1.7) unless another standard is named.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import BinaryIO, NamedTuple, TypeAlias

__all__ = ["Name", "ObjectWriter", "Ref", "Value", "number", "serialize"]

# ISO 19005-2, 6.1.2: a comment of at least four bytes above 127 follows the header line.
_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_NOT_REGULAR = re.compile(rb"[^!-~]|[#()<>\[\]{}/%]")


class Name(str):
    """A PDF name (7.3.5), without its slash."""

    __slots__ = ()


class Ref(NamedTuple):
    """An indirect reference (7.3.10) to the object `number`, generation 0."""

    number: int


Value: TypeAlias = "bool | int | float | str | bytes | Ref | Sequence[Value] | Mapping[str, Value] | None"


def number(value: float) -> bytes:
    """A PDF number (7.3.3) in as few digits as keep six decimals; never in exponent form."""
    digits = f"{value:.6f}".rstrip("0").rstrip(".")
    return b"0" if digits == "-0" else digits.encode("ascii")


def _name(text: str) -> bytes:
    return b"/" + _NOT_REGULAR.sub(lambda m: b"#%02X" % m[0][0], text.encode("utf-8"))


def _text_string(text: str) -> bytes:
    """A text string (7.9.2.2): ASCII as it is, anything else as UTF-16BE with its byte order mark."""
    if text.isascii() and text.isprintable():
        return b"(" + re.sub(rb"[()\\]", rb"\\\g<0>", text.encode("ascii")) + b")"
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode("ascii") + b">"


def _joined(parts: Sequence[bytes]) -> bytes:
    """Join tokens with a space only where both neighbours are regular characters (7.2.2)."""
    out = bytearray()
    for part in parts:
        if out and out[-1:] not in b"<>[]()" and part[:1] not in b"/<[(":
            out += b" "
        out += part
    return bytes(out)


def serialize(value: Value) -> bytes:
    """The value as PDF tokens: `str` is a text string, `bytes` a hexadecimal one, `Name` a name."""
    match value:
        case None:
            token = b"null"
        case bool():
            token = b"true" if value else b"false"
        case int() | float():
            token = number(value)
        case Name():
            token = _name(value)
        case str():
            token = _text_string(value)
        case bytes():
            token = b"<" + value.hex().upper().encode("ascii") + b">"
        case Ref():
            token = b"%d 0 R" % value.number
        case Mapping():
            token = b"<<" + _joined([t for k, v in value.items() for t in (_name(k), serialize(v))]) + b">>"
        case _:
            token = b"[" + _joined([serialize(item) for item in value]) + b"]"
    return token


class ObjectWriter:
    """Writes indirect objects one after the other and the cross-reference table at the end.

    Nothing is sought or read back, so `out` may be a pipe; what stays in memory is one offset an
    object. A number may be reserved long before its object is written.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._offsets: list[int] = [0]
        self._position = 0
        self._digest = hashlib.sha256()
        self._put(_HEADER)

    def reserve(self) -> Ref:
        """A new object number, to be written later."""
        self._offsets.append(0)
        return Ref(len(self._offsets) - 1)

    def write(self, value: Value, ref: Ref | None = None) -> Ref:
        """Write `value` as the object `ref` (default: a new one) and return its reference."""
        return self._object(ref, serialize(value))

    def write_stream(self, entries: Mapping[str, Value], data: bytes) -> Ref:
        """Write a stream whose bytes are already coded as the `Filter` in `entries` says."""
        head = serialize({**entries, "Length": len(data)})
        return self._object(None, head, b"\nstream\n", data, b"\nendstream")

    def write_flate(self, entries: Mapping[str, Value], data: bytes) -> Ref:
        """Write a stream, compressed with Flate as far as it goes."""
        return self.write_stream({**entries, "Filter": Name("FlateDecode")}, zlib.compress(data, 9))

    def finish(self, root: Ref, info: Ref, permanent_id: bytes) -> None:
        """Write the cross-reference table and the trailer (7.5.4, 7.5.5).

        The identifier's first half is `permanent_id`; the second is made of every byte written, as
        14.4 asks: the same source gives the same first half, the same file the same second half.

        Raises:
            ValueError: A reserved object was never written.
        """
        if missing := [n for n, offset in enumerate(self._offsets) if n and not offset]:
            raise ValueError(f"objects reserved but never written: {missing}")
        changing_id = self._digest.digest()[: len(permanent_id)]
        start = self._position
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % len(self._offsets))
        for offset in self._offsets[1:]:
            self._put(b"%010d 00000 n \n" % offset)
        trailer: dict[str, Value] = {
            "Size": len(self._offsets),
            "Root": root,
            "Info": info,
            "ID": [permanent_id, changing_id],
        }
        self._put(b"trailer\n" + serialize(trailer) + b"\nstartxref\n%d\n%%%%EOF\n" % start)

    def _object(self, ref: Ref | None, *parts: bytes) -> Ref:
        ref = ref or self.reserve()
        self._offsets[ref.number] = self._position
        self._put(b"%d 0 obj\n" % ref.number)
        for part in parts:
            self._put(part)
        self._put(b"\nendobj\n")
        return ref

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._position += len(data)
