"""What a worker does with pages: take each from the intake, read it, encode it, put it into its work file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.errors import Code, PageError
from digitizer.intake.scans import PageFailure, PageScan
from digitizer.model import Box, EncodedImage, EngineId, PageRecord, PageStatus, Reason
from digitizer.ports import OcrEngine
from digitizer.services.digitize_plan import Opener, Tools
from digitizer.services.digitize_work import AMENDED, PageFile, gap, load_reading, save_page
from digitizer.services.pool import alarm, settle
from digitizer.services.read_places import upright_codes
from digitizer.understanding.separators import flags_for
from digitizer.understanding.text_layer import confirmed
from digitizer.writing.encode import encode_page

__all__ = ["Bench", "Effort", "PageUnit", "at_bench", "bench", "read_pages", "rendition", "thumbnail_of"]

_THUMBNAIL = 120
_SMALLEST = 600  # pixels across; below this a page of print is no picture of it any more


class Effort(StrEnum):
    """How much is tried on a page: all; all on half the pixels; only its picture for the PDF."""

    FULL = "full"
    DEGRADED = "degraded"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class PageUnit:
    """Pages of one input for one worker; `reason` says why less than full effort is made.

    `readings`: the folder of what is known to stand on the pages, where nothing is to be read.
    """

    path: Path
    folder: Path
    numbers: tuple[int, ...]
    page_budget: int
    effort: Effort = Effort.FULL
    reason: Reason | None = None
    readings: Path | None = None


class Bench:
    """A worker's tools, each taken out when it is first needed."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self._intake: Opener | None = None
        self._engine: OcrEngine | None = None

    @property
    def intake(self) -> Opener:
        """The way to untrusted files."""
        if self._intake is None:
            self._intake = self.tools.intake()
        return self._intake

    @property
    def engine(self) -> OcrEngine:
        """The reader."""
        if self._engine is None:
            self._engine = self.tools.engine()
        return self._engine

    @property
    def engines(self) -> tuple[EngineId, ...]:
        """Every reader at work: what a record says it was read with."""
        return (self.engine.identity, *self.tools.beside)


_benches: list[Bench] = []  # one a process: a worker lives for many units and loads its model once


def at_bench(tools: Tools) -> None:
    """Set this worker up."""
    settle(tools.memory_bytes)
    _benches[:] = [Bench(tools)]


def bench() -> Bench:
    """This worker's tools."""
    return _benches[0]


def read_pages(unit: PageUnit) -> tuple[int, ...]:
    """Work on the unit's pages in order; each one's file is there when the next is begun.

    Raises:
        Refusal: the input is no longer what was admitted.
        MissingDependencyError: the engine, its model or the sandbox is missing, or the disk is full.
    """
    tools = bench()
    for number, found, seconds in _taken(tools.intake, unit):
        if isinstance(found, PageFailure):
            page = gap(number, Reason(found.code, found.message, number))
        else:
            page = _worked(tools, unit, found)
        save_page(unit.folder, replace(page, seconds=(("intake", seconds), *page.seconds)))
    return unit.numbers


def _taken(intake: Opener, unit: PageUnit) -> Iterator[tuple[int, PageScan | PageFailure, float]]:
    """What the intake hands on for each number asked for, held to that number."""
    results = intake.pages(unit.path, unit.numbers)
    for number in unit.numbers:
        begun = time.perf_counter()
        found = next(results, None)
        if found is None or found.number != number:
            found = PageFailure(number, Code.TOOL, "the intake did not hand this page on")
        yield number, found, time.perf_counter() - begun


def _worked(tools: Bench, unit: PageUnit, scan: PageScan) -> PageFile:
    """One page under the alarm clocks: read, then encoded for the PDF."""
    alarm(tools.tools.page_seconds, tools.tools.page_wall_seconds)
    try:
        record, seconds = _read(tools, unit, scan)
        begun = time.perf_counter()
        own = _is_own(scan, record)
        image = None if own else scan.image or encode_within(scan.pixels, unit.page_budget)
        thumbnail = thumbnail_of(scan.pixels, record.rotation) if scan.number == 1 else b""
    finally:
        alarm(0)
    return PageFile(
        record=record,
        image=image,
        dpi=scan.dpi,
        own=own,
        seconds=(*seconds, ("write", time.perf_counter() - begun)),
        thumbnail=thumbnail,
    )


def _read(tools: Bench, unit: PageUnit, scan: PageScan) -> tuple[PageRecord, tuple[tuple[str, float], ...]]:
    """Read with the effort asked for; a page the engine fails on is tried once more with half the pixels."""
    if unit.effort is Effort.PICTURE and unit.reason:
        return _unread(scan, unit.reason), ()
    if unit.readings is not None:
        return load_reading(unit.readings, scan.number), ()
    try:
        if unit.effort is Effort.FULL:
            reading = tools.tools.read(scan, tools.engine, tools.tools.recipe)
            return reading.record, reading.seconds
    except PageError:
        pass
    try:
        reading = tools.tools.read(_halved(scan), tools.engine, tools.tools.recipe)
    except PageError as error:
        return _unread(scan, Reason(error.code, error.message, scan.number)), ()
    return _doubled(reading.record, scan), reading.seconds


def _is_own(scan: PageScan, record: PageRecord) -> bool:
    """Whether the page can go into the PDF as it is: its own words, or the want of any, are those read."""
    changed = record.rotation or AMENDED in record.flags
    if not scan.born_digital or changed or record.status is PageStatus.FAILED:
        return False
    read = record.layer.words if record.layer else ()
    return confirmed(scan.text_words, read) if scan.text_words or read else True


def _unread(scan: PageScan, reason: Reason) -> PageRecord:
    height, width = scan.pixels.shape[:2]
    reason = replace(reason, page=scan.number)
    return PageRecord(
        scan.number,
        width,
        height,
        round(max(scan.dpi)),
        PageStatus.FAILED,
        reason,
        flags=(*scan.flags, *flags_for(scan.codes)),
        codes=scan.codes,
    )


def _halved(scan: PageScan) -> PageScan:
    height, width = scan.pixels.shape[:2]
    size = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
    pixels = np.asarray(cv2.resize(scan.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return replace(scan, pixels=pixels, dpi=(scan.dpi[0] / 2, scan.dpi[1] / 2), image=None, text_words=())


def _doubled(record: PageRecord, scan: PageScan) -> PageRecord:
    """A record made on half the pixels, in pixels of the scan."""
    height, width = scan.pixels.shape[:2]
    if record.rotation in (90, 270):
        width, height = height, width
    layer = record.layer
    if layer is not None:
        lines = tuple(
            replace(line, words=tuple(replace(w, box=_twice(w.box, width, height)) for w in line.words))
            for line in layer.lines
        )
        layer = replace(layer, lines=lines)
    flags = (*record.flags, "degraded")
    codes = upright_codes(scan, record.rotation)
    slots = tuple(replace(slot, box=_twice(slot.box, width, height)) for slot in record.slots)
    dpi = round(max(scan.dpi))
    record = replace(record, width=width, height=height, dpi=dpi, flags=flags, layer=layer)
    return replace(record, codes=codes, slots=slots)


def _twice(box: Box, width: int, height: int) -> Box:
    return Box(
        min(box.left * 2, width),
        min(box.top * 2, height),
        min(box.right * 2, width),
        min(box.bottom * 2, height),
    )


def encode_within(pixels: NDArray[np.uint8], budget: int) -> EncodedImage:
    """The page for the PDF, in black and white or with fewer pixels where nothing else keeps the budget."""
    image = encode_page(pixels, budget)
    while len(image.data) > budget:
        if pixels.shape[1] // 2 < _SMALLEST:
            break
        size = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        smaller = encode_page(pixels, budget)
        image = min(image, smaller, key=lambda i: len(i.data))
    return image


def thumbnail_of(pixels: NDArray[np.uint8], rotation: int) -> bytes:
    """A small JPEG of the upright page for people to know it by."""
    height, width = pixels.shape[:2]
    scale = _THUMBNAIL / (height if rotation in (90, 270) else width)
    size = (max(1, round(width * scale)), max(1, min(400, round(height * scale))))
    small = np.rot90(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), -rotation // 90)
    ordered = small if small.ndim == 2 else small[:, :, ::-1]
    return cv2.imencode(".jpg", np.ascontiguousarray(ordered), [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()


def rendition(path: Path, number: int, budget: int) -> EncodedImage | None:
    """The page taken from the input again and encoded within `budget`; None if it cannot be taken."""
    for found in bench().intake.pages(path, (number,)):
        if isinstance(found, PageScan):
            return encode_within(found.pixels, budget)
    return None
