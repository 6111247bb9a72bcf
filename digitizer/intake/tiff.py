"""Walks a TIFF's directories with a bound on everything, decoding no pixel. Standard library only."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from digitizer.errors import Code, Refusal

__all__ = ["Directory", "walk"]

_MAX_ENTRIES = 4096
_MAX_VALUES = 100_000
_KINDS = {1: "B", 3: "H", 4: "I", 16: "Q"}
_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER = 256, 257, 258, 259, 262, 266
_STRIP_OFFSETS, _ORIENTATION, _SAMPLES, _STRIP_BYTES, _T6_OPTIONS = 273, 274, 277, 279, 293
_SUBFILE = 254
_LISTS = {_BITS, _STRIP_OFFSETS, _STRIP_BYTES}
_WANTED = _LISTS | {_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION, _PHOTOMETRIC, _FILL_ORDER}
_WANTED |= {_ORIENTATION, _SAMPLES, _T6_OPTIONS}


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory: where it lies, what it declares; `problem` says why it is unreadable."""

    offset: int
    tags: dict[int, tuple[int, ...]] = field(default_factory=dict)
    problem: str = ""

    def first(self, tag: int, default: int = 0) -> int:
        """The first value of `tag`, or `default`."""
        values = self.tags.get(tag, ())
        return values[0] if values else default

    @property
    def width(self) -> int:
        """Declared width in pixels, 0 where absent."""
        return self.first(_WIDTH)

    @property
    def height(self) -> int:
        """Declared height in pixels, 0 where absent."""
        return self.first(_HEIGHT)

    @property
    def orientation(self) -> int:
        """The orientation tag, 1 where absent or nonsense."""
        value = self.first(_ORIENTATION, 1)
        return value if 1 <= value <= 8 else 1

    @property
    def thumbnail(self) -> bool:
        """Whether this is a reduced copy of another page (NewSubfileType bit 0)."""
        return bool(self.first(_SUBFILE) & 1)

    @property
    def samples(self) -> int:
        """Samples a pixel, 1 where absent."""
        return self.first(_SAMPLES, 1)

    def fax_strip(self) -> tuple[int, int, bool, bool] | None:
        """`(offset, bytes, black is 1, bits reversed)` of a page that is one plain G4 strip, else None."""
        offsets, counts = self.tags.get(_STRIP_OFFSETS, ()), self.tags.get(_STRIP_BYTES, ())
        plain = self.first(_COMPRESSION) == 4 and self.first(_BITS, 1) == 1 and self.samples == 1
        photometric = self.first(_PHOTOMETRIC, -1)
        if not plain or len(offsets) != 1 or len(counts) != 1 or photometric not in (0, 1):
            return None
        if self.first(_T6_OPTIONS):
            return None
        return offsets[0], counts[0], photometric == 1, self.first(_FILL_ORDER, 1) == 2


class _Layout:
    """Byte order and field widths: classic TIFF or BigTIFF."""

    def __init__(self, head: bytes) -> None:
        self.order = "<" if head[:2] == b"II" else ">"
        magic = struct.unpack(self.order + "H", head[2:4])[0]
        self.big = magic == 43
        self.word = "Q" if self.big else "I"
        self.entry = struct.Struct(self.order + "HH" + self.word + ("8s" if self.big else "4s"))
        self.count = struct.Struct(self.order + ("Q" if self.big else "H"))
        self.pointer = struct.Struct(self.order + self.word)


def walk(file: BinaryIO, max_pages: int) -> list[Directory]:
    """List the directories in order; a chain that breaks off ends in one with a `problem`.

    Raises:
        Refusal: no directory at all (`E-TRUNC`, `E-MALFORMED`), a loop (`E-MALFORMED`), too many (`E-PAGES`).
    """
    file.seek(0)
    head = file.read(16)
    if len(head) < 8:
        raise Refusal(Code.TRUNC, "the TIFF ends within its header")
    layout = _Layout(head)
    start = 8 if layout.big else 4
    (offset,) = layout.pointer.unpack(
        head[start : start + layout.pointer.size].ljust(layout.pointer.size, b"\0")
    )
    found: list[Directory] = []
    seen: set[int] = set()
    while offset:
        if offset in seen:
            raise Refusal(Code.MALFORMED, "the TIFF's pages form a loop")
        if len(found) >= max_pages:
            raise Refusal(Code.PAGES, f"has more than {max_pages} pages")
        seen.add(offset)
        directory, offset = _read(file, layout, offset)
        found.append(directory)
    return _pages(found)


def _pages(found: list[Directory]) -> list[Directory]:
    if not found:
        raise Refusal(Code.MALFORMED, "the TIFF has no page")
    if found[0].problem:
        raise Refusal(Code.TRUNC, "the TIFF ends before its first page")
    full = [d for d in found if not d.thumbnail]
    return full or found


def _read(file: BinaryIO, layout: _Layout, offset: int) -> tuple[Directory, int]:
    file.seek(offset)
    raw = file.read(layout.count.size)
    if len(raw) < layout.count.size:
        return Directory(offset, problem="the file ends before this page"), 0
    (entries,) = layout.count.unpack(raw)
    if not 0 < entries <= _MAX_ENTRIES:
        return Directory(offset, problem="the page's directory is damaged"), 0
    table = file.read(entries * layout.entry.size)
    if len(table) < entries * layout.entry.size:
        return Directory(offset, problem="the file ends within this page's directory"), 0
    link = file.read(layout.pointer.size)
    following = layout.pointer.unpack(link)[0] if len(link) == layout.pointer.size else 0
    tags = {}
    for tag, kind, count, value in layout.entry.iter_unpack(table):
        if tag in _WANTED and kind in _KINDS:
            tags[tag] = _values(file, layout, (kind, count if tag in _LISTS else min(count, 1)), value)
    return Directory(offset, tags), following


def _values(file: BinaryIO, layout: _Layout, shape: tuple[int, int], inline: bytes) -> tuple[int, ...]:
    kind, count = shape
    count = min(count, _MAX_VALUES)
    form = struct.Struct(f"{layout.order}{count}{_KINDS[kind]}")
    raw = inline
    if form.size > len(inline):
        file.seek(layout.pointer.unpack(inline)[0])
        raw = file.read(form.size)
        if len(raw) < form.size:
            return ()
    return form.unpack(raw[: form.size])
