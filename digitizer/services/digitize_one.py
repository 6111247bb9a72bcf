"""One input into a folder of its own, with all its words, whole or by parts: for the archive's `work`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from digitizer.errors import Refusal
from digitizer.model import PageRecord, Record, RecordState
from digitizer.services.archive import Digitized
from digitizer.services.digitize import digitize_planned
from digitizer.services.digitize_plan import Order, plan_outputs
from digitizer.services.digitize_work import WORK_FOLDER, page_heads, save_reading
from digitizer.services.pool import Crew
from digitizer.services.report import Entry
from digitizer.writing.record import record_from_json

__all__ = ["Unwatched", "digitize_one", "digitize_read", "files_again", "read_some"]


class Unwatched:
    """A `Watch` that tells nobody."""

    def planned(self, inputs: int) -> None:
        """See `Watch`."""

    def probed(self, pages: int, left: int) -> None:
        """See `Watch`."""

    def read(self, pages: int) -> None:
        """See `Watch`."""

    def finished(self, entry: Entry) -> None:
        """See `Watch`."""


def digitize_one(
    crew: Crew, formats: tuple[str, ...], path: Path, out: Path, most_pages: int = 0
) -> Digitized:
    """Digitize the file `path` into the empty folder `out`.

    Raises:
        TooManyPagesError: it has more than `most_pages` (0: any number is good); no page was begun.
        MissingDependencyError: a tool, model or the disk fails.
    """
    order = Order((path,), out, formats, resume=False, thumbnails=0, keep_pages=True, most_pages=most_pages)
    return _digitized(crew, order)


def read_some(crew: Crew, path: Path, out: Path, numbers: Sequence[int]) -> Path:
    """Read only these pages of `path`, under the empty folder `out`; the folder their files are in.

    Raises:
        Refusal: the file is no longer what was admitted.
        MissingDependencyError: a tool, model or the disk fails.
    """
    order = Order((path,), out, (), resume=True, thumbnails=0, keep_pages=True, only=tuple(numbers))
    (entry,) = digitize_planned(order, plan_outputs(order), crew, Unwatched())
    if entry.state is RecordState.REFUSED:
        (reason,) = entry.reasons
        raise Refusal(reason.code, reason.message)
    return _work_folder(out)


def digitize_read(
    crew: Crew, formats: tuple[str, ...], path: Path, out: Path, bring: Callable[[Path], None]
) -> Digitized:
    """Digitize `path` into the empty folder `out` with page files that `bring` puts into a folder.

    Pages it does not bring are read here; the outputs are those of `digitize_one`.

    Raises:
        MissingDependencyError: a tool, model or the disk fails.
    """
    order = Order((path,), out, formats, resume=True, thumbnails=0, keep_pages=True)
    examined = replace(order, only=())
    digitize_planned(examined, plan_outputs(examined), crew, Unwatched())
    bring(_work_folder(out))
    return _digitized(crew, order)


def files_again(
    crew: Crew, formats: tuple[str, ...], path: Path, out: Path, pages: Sequence[PageRecord]
) -> Digitized:
    """The files of `path` into the empty folder `out` with what stands on its `pages`; nothing is read.

    Raises:
        MissingDependencyError: a tool or the disk fails.
    """
    readings = out / "readings"
    readings.mkdir()
    for page in pages:
        save_reading(readings, page)
    order = Order(
        (path,), out / "files", formats, resume=False, thumbnails=0, keep_pages=True, readings=readings
    )
    (out / "files").mkdir()
    return _digitized(crew, order)


def _digitized(crew: Crew, order: Order) -> Digitized:
    (entry,) = digitize_planned(order, plan_outputs(order), crew, Unwatched())
    files = {_kind(name): order.out / name for name in entry.outputs}
    record = record_from_json(json.loads(files["json"].read_bytes()))
    return Digitized(_with_words(record, order.out), files)


def _kind(name: str) -> str:
    return name.rsplit(".", 1)[1] if not name.endswith(".alto.xml") else "alto"


def _with_words(record: Record, out: Path) -> Record:
    if record.state is RecordState.REFUSED:
        return record
    folder = _work_folder(out)
    return replace(record, pages=tuple(head.record for head in page_heads(folder, len(record.pages))))


def _work_folder(out: Path) -> Path:
    (folder,) = [each for each in (out / WORK_FOLDER).iterdir() if each.is_dir()]
    return folder
