"""What a worker does with an input before its pages: probe it, find finished work of it, or refuse it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from digitizer.errors import Code, MissingDependencyError, Refusal
from digitizer.intake.scans import PageScan, SourceProbe
from digitizer.model import Fixity, Reason, Record, RecordState, Source
from digitizer.services.digitize_assemble import publish_record
from digitizer.services.digitize_page import Bench, bench, thumbnail_of
from digitizer.services.digitize_plan import FORMATS, Planned
from digitizer.services.digitize_work import WORK_FOLDER, present
from digitizer.services.report import Entry, entry_of
from digitizer.writing.atomic import fixity_of
from digitizer.writing.record import record_from_json

__all__ = ["ExamineUnit", "Fresh", "examine", "refuse"]

_UNKNOWN_TYPE = "application/octet-stream"
_NOTHING = Fixity(hashlib.sha256().hexdigest(), 0)


@dataclass(frozen=True, slots=True)
class ExamineUnit:
    """An input to look at; `thumbnail`: a picture of it is wanted even if it was finished earlier."""

    planned: Planned
    out: Path
    formats: tuple[str, ...]
    resume: bool
    thumbnail: bool


@dataclass(frozen=True, slots=True)
class Fresh:
    """An input to work on: its probe, its work folder, the pages an earlier run left to do."""

    probe: SourceProbe
    folder: Path
    missing: tuple[int, ...]
    seconds: float


def examine(unit: ExamineUnit) -> Fresh | Entry:
    """Probe the input; its entry if it is refused or was finished before, else what there is to do.

    Raises:
        MissingDependencyError: the sandbox does not start, or the disk is full.
    """
    begun = time.perf_counter()
    tools = bench()
    if unit.planned.refusal:
        return refuse(unit, Reason(unit.planned.refusal.code, unit.planned.refusal.message))
    try:
        probe = tools.intake.probe(unit.planned.path)
    except Refusal as refusal:
        return refuse(unit, Reason(refusal.code, refusal.message))
    if unit.resume and (record := _finished(unit, probe, tools)):
        picture = _picture(tools, unit.planned.path) if unit.thumbnail else b""
        return entry_of(record, _outputs(unit, record), picture, skipped=True)
    with _writing(unit.planned):
        return _begin(unit, probe, tools, begun)


def _begin(unit: ExamineUnit, probe: SourceProbe, tools: Bench, begun: float) -> Fresh:
    folder = work_folder(unit, probe.fixity.sha256, tools)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(1, probe.page_count + 1)
    done = present(folder, numbers) if unit.resume else frozenset[int]()
    missing = tuple(number for number in numbers if number not in done)
    return Fresh(probe, folder, missing, time.perf_counter() - begun)


def work_folder(unit: ExamineUnit, sha256: str, tools: Bench) -> Path:
    """Where the pages of these bytes, read by this recipe and these engines, for these outputs are kept."""
    readers = (part for e in tools.engines for part in (e.name, e.version, e.model_sha256))
    made_by = "\0".join((tools.tools.recipe.id, *readers))
    key = hashlib.sha256(f"{made_by}\0{unit.planned.stem}".encode("utf-8", "backslashreplace"))
    return unit.out / WORK_FOLDER / f"{sha256[:32]}-{key.hexdigest()[:16]}"


def _finished(unit: ExamineUnit, probe: SourceProbe, tools: Bench) -> Record | None:
    """The record of an earlier run, if bytes, recipe, engine and formats are the same and all is there."""
    record = _old_record(unit.out / f"{unit.planned.stem}.json")
    if record is None or record.state is RecordState.REFUSED:
        return None
    same = (
        record.source.path == unit.planned.relative
        and record.source.fixity == probe.fixity
        and record.recipe == tools.tools.recipe.id
        and record.engines == tools.engines
        and {made.kind for made in record.derivatives} == set(unit.formats) - {"json"}
    )
    return record if same and _intact(unit.out, record) else None


def _old_record(path: Path) -> Record | None:
    try:
        return record_from_json(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _intact(out: Path, record: Record) -> bool:
    try:
        return all(fixity_of(out / made.path) == made.fixity for made in record.derivatives)
    except OSError:
        return False


def _outputs(unit: ExamineUnit, record: Record) -> tuple[str, ...]:
    return (*(made.path for made in record.derivatives), f"{unit.planned.stem}.json")


def _picture(tools: Bench, path: Path) -> bytes:
    try:
        found = next(iter(tools.intake.pages(path, (1,))), None)
    except Refusal:
        return b""
    return thumbnail_of(found.pixels, 0) if isinstance(found, PageScan) else b""


def refuse(unit: ExamineUnit, reason: Reason) -> Entry:
    """Write the record of an input that cannot be taken, and take away what an earlier run made of it."""
    name = PurePosixPath(unit.planned.relative).name
    fixity = _fixity(unit.planned.path)
    source = Source(name, unit.planned.relative, fixity, _UNKNOWN_TYPE, reason.code is Code.SIGNED)
    record = Record(source, bench().tools.recipe.id, (), RecordState.REFUSED, (reason,), ())
    with _writing(unit.planned):
        _take_away(unit)
        name = hashlib.sha256(unit.planned.stem.encode("utf-8", "backslashreplace")).hexdigest()
        folder = unit.out / WORK_FOLDER / f"refused-{name[:16]}"
        folder.mkdir(parents=True, exist_ok=True)
        output = publish_record(unit.out, unit.planned, record, folder)
        shutil.rmtree(folder, ignore_errors=True)
    return entry_of(record, (output,))


def _take_away(unit: ExamineUnit) -> None:
    """Remove the derivatives an earlier run made of this very input; other files are not ours."""
    old = _old_record(unit.out / f"{unit.planned.stem}.json")
    if old is not None and old.source.path == unit.planned.relative:
        for made in old.derivatives:
            if made.path == f"{unit.planned.stem}{FORMATS.get(made.kind, '')}":
                (unit.out / made.path).unlink(missing_ok=True)


def _fixity(path: Path) -> Fixity:
    """Digest of a regular file, of nothing where it is none or may not be read; no link is followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return _NOTHING
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return _NOTHING
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Fixity(digest, file.tell())


@contextmanager
def _writing(planned: Planned) -> Iterator[None]:
    """Turn a failed write into the error that stops the line."""
    try:
        yield
    except OSError as error:
        raise MissingDependencyError(
            f"cannot write the outputs of {planned.stem} ({error.strerror}): check space and permissions"
        ) from error
