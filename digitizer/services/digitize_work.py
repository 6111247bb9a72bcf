"""Work files: one finished page a file, so that a killed run goes on at the page and memory stays flat."""

from __future__ import annotations

import base64
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitizer.errors import Code, MissingDependencyError, PageError, what_to_do
from digitizer.model import (
    Box,
    EncodedImage,
    Line,
    PageRecord,
    PageStatus,
    Reason,
    TextLayer,
    Word,
)
from digitizer.writing.record import dump_json, page_from_json, page_to_json

__all__ = [
    "AMENDED",
    "WORK_FOLDER",
    "PageFile",
    "gap",
    "load_page",
    "load_reading",
    "page_heads",
    "page_path",
    "present",
    "save_page",
    "save_reading",
    "slim",
]

WORK_FOLDER = ".digitizer"
AMENDED = "amended"  # flag of a page whose text a person put right


@dataclass(frozen=True, slots=True)
class PageFile:
    """A finished page: its record, its image for the PDF (None: no pixels, or `own`).

    `own`: the page was born digital, its own text is what its pixels say, and it can be kept as it is.

    `image_bytes` is the image's size, also where only the head was loaded and `image` is None.
    `thumbnail` is a small JPEG of the upright page, of first pages only.
    """

    record: PageRecord
    image: EncodedImage | None
    dpi: tuple[float, float]
    own: bool
    seconds: tuple[tuple[str, float], ...]
    image_bytes: int = 0
    thumbnail: bytes = b""


def page_path(folder: Path, number: int) -> Path:
    """Where the file of a page is."""
    return folder / f"p{number:06d}.page"


def save_page(folder: Path, page: PageFile) -> None:
    """Write a page's file whole or not at all: one line of JSON, then the image's bytes.

    It is not synced to the disk: after a power cut a damaged one is seen as missing and made again.

    Raises:
        MissingDependencyError: the disk is full or may not be written.
    """
    data = page.image.data if page.image else b""
    head = {
        "page": page_to_json(page.record),
        "image": None if page.image is None else _image_to_json(page.image),
        "bytes": len(data),
        "crc": zlib.crc32(data),
        "dpi": page.dpi,
        "own": page.own,
        "seconds": dict(page.seconds),
        "thumbnail": base64.b64encode(page.thumbnail).decode(),
    }
    path = page_path(folder, page.record.number)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(dump_json(head, compact=True))
            file.write(data)
        temporary.replace(path)
    except OSError as error:
        raise MissingDependencyError(
            f"cannot write work files: {what_to_do(error)}, then run the same command again"
        ) from error


def load_page(folder: Path, number: int, *, head: bool = False) -> PageFile | None:
    """A page's file, or None where it is missing or damaged; only its head (no image) if `head`."""
    try:
        with page_path(folder, number).open("rb") as file:
            value = json.loads(file.readline())
            size = os.fstat(file.fileno()).st_size - file.tell()
            data = b"" if head else file.read()
        if size != value["bytes"] or not (head or zlib.crc32(data) == value["crc"]):
            return None
        return _page_file(value, data, head)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _page_file(value: dict[str, Any], data: bytes, head: bool) -> PageFile:
    image = None if head or value["image"] is None else _image_from_json(value["image"], data)
    return PageFile(
        record=page_from_json(value["page"]),
        image=image,
        dpi=(value["dpi"][0], value["dpi"][1]),
        own=value["own"],
        seconds=tuple(value["seconds"].items()),
        image_bytes=value["bytes"],
        thumbnail=base64.b64decode(value["thumbnail"]),
    )


def _image_to_json(image: EncodedImage) -> dict[str, Any]:
    return {
        "filter": image.filter,
        "width": image.width,
        "height": image.height,
        "bits": image.bits,
        "colorspace": image.colorspace,
        "decode_parms": image.decode_parms,
        "decode": image.decode,
        "palette": None if image.palette is None else base64.b64encode(image.palette).decode(),
        "orientation": image.orientation,
    }


def _image_from_json(value: dict[str, Any], data: bytes) -> EncodedImage:
    fields = dict(value)
    fields["decode_parms"] = tuple((name, number) for name, number in value["decode_parms"])
    fields["decode"] = None if value["decode"] is None else tuple(value["decode"])
    fields["palette"] = None if value["palette"] is None else base64.b64decode(value["palette"])
    return EncodedImage(data, **fields)


def save_reading(folder: Path, page: PageRecord) -> None:
    """Write what stands on a page, for a run that makes its files again without reading it."""
    (folder / f"r{page.number:06d}.json").write_bytes(dump_json(page_to_json(page), compact=True))


def load_reading(folder: Path, number: int) -> PageRecord:
    """What `save_reading` wrote.

    Raises:
        PageError: there is no good reading of this page (`E-TOOL`).
    """
    try:
        return page_from_json(json.loads((folder / f"r{number:06d}.json").read_bytes()))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PageError(Code.TOOL, "nothing is known of this page") from error


def present(folder: Path, numbers: Iterable[int]) -> frozenset[int]:
    """Which of the pages have a good file."""
    return frozenset(number for number in numbers if load_page(folder, number) is not None)


def page_heads(folder: Path, count: int) -> Iterator[PageFile]:
    """The heads of pages 1 to `count`, one at a time; a missing one is a gap."""
    lost = Reason(Code.TOOL, "the page was not worked on", None)
    for number in range(1, count + 1):
        yield load_page(folder, number, head=True) or gap(number, lost)


def gap(number: int, reason: Reason) -> PageFile:
    """A page without pixels and without text: its place is kept, and why."""
    record = PageRecord(number, 0, 0, 0, PageStatus.FAILED, replace(reason, page=number))
    return PageFile(record, None, (200.0, 200.0), False, ())


def slim(page: PageRecord) -> PageRecord:
    """The page with its text in one piece instead of words: a tenth of the memory, the same `text`."""
    layer = page.layer
    if layer is None or not layer.lines:
        return page
    whole = Line((Word(layer.text, Box(0, 0, 0, 0), round(layer.confidence, 6)),))
    return replace(page, layer=TextLayer(layer.engine, layer.recipe, (whole,)))
