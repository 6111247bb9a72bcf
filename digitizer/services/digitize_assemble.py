"""From the page files of an input to its outputs: staged aside, published together, the record last."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from digitizer.errors import Code, MissingDependencyError, PageError
from digitizer.intake.scans import SourceProbe
from digitizer.model import (
    Derivative,
    EncodedImage,
    PageRecord,
    PageStatus,
    Record,
    RecordState,
    Source,
)
from digitizer.services.digitize_page import bench, rendition
from digitizer.services.digitize_plan import FORMATS, Planned
from digitizer.services.digitize_work import PageFile, load_page, page_heads, slim
from digitizer.services.report import Entry, entry_of
from digitizer.writing.alto import write_alto
from digitizer.writing.atomic import fixity_of, write_atomically
from digitizer.writing.hocr import write_hocr
from digitizer.writing.pdfa import PdfMetadata, PdfPage, combined_turn, write_pdfa
from digitizer.writing.record import dump_json, record_to_json
from digitizer.writing.text import write_text

__all__ = ["AssembleUnit", "assemble", "page_budget", "pdf_limit", "publish_bytes", "publish_record"]

_FIXED_BYTES = 9_000  # what a PDF/A weighs without its pages: font, colour profile, metadata
_LAYER_BYTES = 6_000  # the text layer and objects of a dense page
_BLANK = (1654, 2339, 200.0)  # a page of A4 in place of one without pixels


@dataclass(frozen=True, slots=True)
class AssembleUnit:
    """All pages of an input are in `folder`; make its outputs below `out`."""

    planned: Planned
    probe: SourceProbe
    folder: Path
    out: Path
    formats: tuple[str, ...]
    seconds: float = 0.0
    keep_folder: bool = False


def pdf_limit(source_bytes: int, pages: int) -> int:
    """No PDF may be larger than this: the input, 5 % and 20 kB a page."""
    return source_bytes * 105 // 100 + 20_000 * pages


def page_budget(probe: SourceProbe) -> int:
    """A page's share of the limit, for its image."""
    room = pdf_limit(probe.fixity.bytes, probe.page_count) - _FIXED_BYTES
    return max(1000, room // probe.page_count - _LAYER_BYTES)


def assemble(unit: AssembleUnit) -> Entry:
    """Write the outputs of a finished input; run again after a stop it writes the same bytes.

    Raises:
        MissingDependencyError: the disk is full.
        PageError: the outputs do not hold the pages of the input.
    """
    try:
        return _assembled(unit)
    except OSError as error:
        raise MissingDependencyError(
            f"cannot write {unit.planned.stem} ({error.strerror}): make room, then run the same command again"
        ) from error


def _assembled(unit: AssembleUnit) -> Entry:
    heads = [replace(h, record=slim(h.record)) for h in page_heads(unit.folder, unit.probe.page_count)]
    staged = [_stage(unit, kind, heads) for kind in unit.formats if kind != "json"]
    derivatives = tuple(_publish(unit, kind, file) for kind, file in staged)
    record = _record(unit, heads, derivatives)
    outputs = [made.path for made in derivatives]
    outputs.append(publish_record(unit.out, unit.planned, record, unit.folder))
    if not unit.keep_folder:
        shutil.rmtree(unit.folder, ignore_errors=True)
    return entry_of(record, tuple(outputs), heads[0].thumbnail)


def _stage(unit: AssembleUnit, kind: str, heads: list[PageFile]) -> tuple[str, Path]:
    """Write one output beside the page files and check that it holds every page."""
    path = unit.folder / f"staged{FORMATS[kind]}"
    count = write_atomically(path, _filler(unit, kind, heads))
    if count != unit.probe.page_count:
        raise PageError(Code.TOOL, f"the {kind} holds {count} of {unit.probe.page_count} pages")
    return kind, path


def _filler(unit: AssembleUnit, kind: str, heads: list[PageFile]) -> Callable[[BinaryIO], int]:
    name = PurePosixPath(unit.planned.relative).name
    if kind == "pdf":
        return lambda out: write_pdfa(out, _pdf_pages(unit, heads), _metadata(unit))
    if kind == "txt":
        return lambda out: write_text(out, (head.record for head in heads))
    write = write_alto if kind == "alto" else write_hocr
    return lambda out: write(out, name, _page_records(unit))


def _page_records(unit: AssembleUnit) -> Iterator[PageRecord]:
    return (head.record for head in page_heads(unit.folder, unit.probe.page_count))


def _metadata(unit: AssembleUnit) -> PdfMetadata:
    tools = bench().tools
    title = PurePosixPath(unit.planned.relative).stem
    return PdfMetadata(title, tools.producer, tools.language, unit.probe.fixity.sha256)


def _pdf_pages(unit: AssembleUnit, heads: list[PageFile]) -> Iterator[PdfPage]:
    """The pages with their images, one in memory at a time; those too large for the file made smaller."""
    cap = _cap([head.image_bytes for head in heads], unit.probe)
    for head in heads:
        page = load_page(unit.folder, head.record.number) or head
        image = page.image
        if image is not None and len(image.data) > cap:
            image = rendition(unit.planned.path, page.record.number, cap) or image
        yield _pdf_page(page, image)


def _cap(sizes: list[int], probe: SourceProbe) -> int:
    """The size above which images must shrink, so that all together keep the limit of the file."""
    room = pdf_limit(probe.fixity.bytes, probe.page_count) - _FIXED_BYTES - _LAYER_BYTES * len(sizes)
    rest = room
    for left, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size * left > rest:
            return max(1, rest // left)
        rest -= size
    return max(sizes, default=0)


def _pdf_page(page: PageFile, image: EncodedImage | None) -> PdfPage:
    record = page.record
    if image is None:
        width, height, dots = _BLANK
        return PdfPage(width, height, (dots, dots), _white(), 1, None)
    dpi = page.dpi[::-1] if record.rotation in (90, 270) else page.dpi
    turn = combined_turn(image.orientation, record.rotation)
    return PdfPage(record.width, record.height, (dpi[0], dpi[1]), image, turn, record.layer)


def _white() -> EncodedImage:
    import zlib

    return EncodedImage(zlib.compress(b"\xff"), "FlateDecode", 1, 1, 8, "DeviceGray")


def _publish(unit: AssembleUnit, kind: str, staged: Path) -> Derivative:
    path = f"{unit.planned.stem}{FORMATS[kind]}"
    fixity = fixity_of(staged)
    _move(staged, unit.out / path)
    return Derivative(kind, path, fixity, "2b" if kind == "pdf" else None)


def _move(staged: Path, target: Path) -> None:
    """Give a complete file its name, durably."""
    target.parent.mkdir(parents=True, exist_ok=True)
    staged.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def publish_record(out: Path, planned: Planned, record: Record, folder: Path) -> str:
    """Write `<stem>.json`, staged in `folder`; its path relative to `out`."""
    path = f"{planned.stem}.json"
    publish_bytes(folder, out / path, dump_json(record_to_json(record)))
    return path


def publish_bytes(folder: Path, target: Path, content: bytes) -> None:
    """Write a file, staged in `folder` so that nothing half-made is ever left where people look."""
    staged = folder / "staged"
    write_atomically(staged, lambda file: file.write(content))
    _move(staged, target)


def _record(unit: AssembleUnit, heads: list[PageFile], derivatives: tuple[Derivative, ...]) -> Record:
    pages = tuple(head.record for head in heads)
    tools = bench()
    return Record(
        source=source_of(unit.planned, unit.probe),
        recipe=tools.tools.recipe.id,
        engines=(tools.engine.identity,),
        state=_state(pages),
        reasons=tuple(page.reason for page in pages if page.reason),
        pages=pages,
        documents=tools.tools.understand(_page_records(unit)),
        derivatives=derivatives,
        seconds=_seconds(unit.seconds, heads),
    )


def source_of(planned: Planned, probe: SourceProbe) -> Source:
    """The input as the record names it."""
    name = PurePosixPath(planned.relative).name
    return Source(name, planned.relative, probe.fixity, probe.media_type.value, probe.signed)


def _state(pages: tuple[PageRecord, ...]) -> RecordState:
    """The page census decides: every page has text or is blank, or there are gaps."""
    whole = all(page.status is not PageStatus.FAILED for page in pages)
    return RecordState.DONE if whole else RecordState.DONE_WITH_GAPS


def _seconds(probing: float, heads: Iterable[PageFile]) -> tuple[tuple[str, float], ...]:
    sums = {"intake": probing, "image": 0.0, "read": 0.0, "understand": 0.0, "write": 0.0}
    for head in heads:
        for name, value in head.seconds:
            sums[name] = sums.get(name, 0.0) + value
    return tuple(sums.items())
