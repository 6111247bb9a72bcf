"""From the page files of an input to its outputs: staged aside, published together, the record last."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from digitizer.errors import Code, MissingDependencyError, PageError, what_to_do
from digitizer.intake.scans import SourceProbe
from digitizer.model import (
    Derivative,
    DocumentPart,
    PageRecord,
    PageStatus,
    Reason,
    Record,
    RecordState,
    Source,
)
from digitizer.services.digitize_page import bench
from digitizer.services.digitize_pdf import PdfUnit, write_pdf
from digitizer.services.digitize_plan import FORMATS, Planned
from digitizer.services.digitize_work import PageFile, page_heads, slim
from digitizer.services.report import Entry, entry_of
from digitizer.writing.alto import write_alto
from digitizer.writing.atomic import fixity_of, write_atomically
from digitizer.writing.hocr import write_hocr
from digitizer.writing.record import dump_json, record_to_json
from digitizer.writing.text import write_text

__all__ = ["AssembleUnit", "assemble", "publish_bytes", "publish_record"]


@dataclass(frozen=True, slots=True)
class AssembleUnit:
    """All pages of an input are in `folder`; make its outputs below `out`."""

    planned: Planned
    probe: SourceProbe
    folder: Path
    out: Path
    formats: tuple[str, ...]
    seconds: float = 0.0


def assemble(unit: AssembleUnit) -> Entry:
    """Write the outputs of a finished input; run again after a stop it writes the same bytes.

    The page files stay: whoever hears the answer removes them, for a worker may be killed before it answers.

    Raises:
        MissingDependencyError: the output folder is full, gone, or cannot be written.
        PageError: the outputs do not hold the pages of the input.
    """
    try:
        return _assembled(unit)
    except OSError as error:
        raise MissingDependencyError(
            f"cannot write {unit.planned.stem}: {what_to_do(error)}, then run the same command again"
        ) from error


def _assembled(unit: AssembleUnit) -> Entry:
    heads = [replace(h, record=slim(h.record)) for h in page_heads(unit.folder, unit.probe.page_count)]
    staged = [_stage(unit, kind, heads) for kind in unit.formats if kind != "json"]
    derivatives = tuple(_publish(unit, kind, file) for kind, file in staged)
    record = _record(unit, heads, derivatives)
    outputs = [made.path for made in derivatives]
    outputs.append(publish_record(unit.out, unit.planned, record, unit.folder))
    return entry_of(record, tuple(outputs), heads[0].thumbnail)


def _stage(unit: AssembleUnit, kind: str, heads: list[PageFile]) -> tuple[str, Path]:
    """Write one output beside the page files and check that it holds every page."""
    path = unit.folder / f"staged{FORMATS[kind]}"
    if kind == "pdf":
        count = write_pdf(PdfUnit(unit.planned, unit.probe, unit.folder, heads), path)
    else:
        count = write_atomically(path, _filler(unit, kind, heads))
    if count != unit.probe.page_count:
        raise PageError(Code.TOOL, f"the {kind} holds {count} of {unit.probe.page_count} pages")
    return kind, path


def _filler(unit: AssembleUnit, kind: str, heads: list[PageFile]) -> Callable[[BinaryIO], int]:
    name = PurePosixPath(unit.planned.relative).name
    if kind == "txt":
        return lambda out: write_text(out, (head.record for head in heads))
    write = write_alto if kind == "alto" else write_hocr
    return lambda out: write(out, name, _page_records(unit))


def _page_records(unit: AssembleUnit) -> Iterator[PageRecord]:
    return (head.record for head in page_heads(unit.folder, unit.probe.page_count))


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
    begun = time.perf_counter()
    documents = tools.tools.understand(_page_records(unit))
    understood = ("understand", time.perf_counter() - begun)
    doubts = (*_secret(documents), *_to_confirm(unit.probe, pages))
    return Record(
        source=source_of(unit.planned, unit.probe),
        recipe=tools.tools.recipe.id,
        engines=tools.engines,
        state=RecordState.DONE_WITH_GAPS if doubts else _state(pages),
        reasons=(*doubts, *(page.reason for page in pages if page.reason)),
        pages=pages,
        documents=documents,
        derivatives=derivatives,
        seconds=_seconds(unit.seconds, heads, understood),
    )


def source_of(planned: Planned, probe: SourceProbe) -> Source:
    """The input as the record names it."""
    name = PurePosixPath(planned.relative).name
    return Source(name, planned.relative, probe.fixity, probe.media_type.value, probe.signed)


def _secret(documents: Iterable[DocumentPart]) -> Iterator[Reason]:
    """Pages with a secrecy mark: they must not go on into a system on a network."""
    for document in documents:
        for mark in document.fields:
            if mark.name == "secrecy":
                said = f"carries the secrecy mark {mark.value}: hand it to the records officer"
                yield Reason(Code.CLASSIFIED, said, mark.page)


def _to_confirm(probe: SourceProbe, pages: tuple[PageRecord, ...]) -> Iterator[Reason]:
    """What a person has to look at although every page ended: damage is never passed over as done."""
    if "repaired" in probe.flags:
        found = "1 page" if probe.page_count == 1 else f"{probe.page_count} pages"
        yield Reason(
            Code.MALFORMED, f"the file was damaged and repaired, {found} found: confirm that this is all"
        )
    for page in pages:
        if "truncated" in page.flags:
            yield Reason(
                Code.TRUNC, "the image ends early: compare it with the paper, or scan it again", page.number
            )


def _state(pages: tuple[PageRecord, ...]) -> RecordState:
    """The page census decides: every page has text or is blank, or there are gaps."""
    whole = all(page.status is not PageStatus.FAILED for page in pages)
    return RecordState.DONE if whole else RecordState.DONE_WITH_GAPS


def _seconds(
    probing: float, heads: Iterable[PageFile], understood: tuple[str, float]
) -> tuple[tuple[str, float], ...]:
    sums = {"intake": probing, "image": 0.0, "read": 0.0, "understand": 0.0, "write": 0.0}
    for head in heads:
        for name, value in head.seconds:
            sums[name] = sums.get(name, 0.0) + value
    sums[understood[0]] += understood[1]
    return tuple(sums.items())
