"""One input into a folder of its own, with all its words: what the archive's `work` calls."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from digitizer.model import Record, RecordState
from digitizer.services.archive import Digitized
from digitizer.services.digitize import digitize_planned
from digitizer.services.digitize_plan import Order, plan_outputs
from digitizer.services.digitize_work import WORK_FOLDER, page_heads
from digitizer.services.pool import Crew
from digitizer.services.report import Entry
from digitizer.writing.record import record_from_json

__all__ = ["Unwatched", "digitize_one"]


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


def digitize_one(crew: Crew, formats: tuple[str, ...], path: Path, out: Path) -> Digitized:
    """Digitize the file `path` into the empty folder `out`.

    Raises:
        MissingDependencyError: a tool, model or the disk fails.
    """
    order = Order((path,), out, formats, resume=False, thumbnails=0, keep_pages=True)
    (entry,) = digitize_planned(order, plan_outputs(order), crew, Unwatched())
    files = {_kind(name): out / name for name in entry.outputs}
    record = record_from_json(json.loads(files["json"].read_bytes()))
    return Digitized(_with_words(record, out), files)


def _kind(name: str) -> str:
    return name.rsplit(".", 1)[1] if not name.endswith(".alto.xml") else "alto"


def _with_words(record: Record, out: Path) -> Record:
    if record.state is RecordState.REFUSED:
        return record
    (folder,) = [each for each in (out / WORK_FOLDER).iterdir() if each.is_dir()]
    return replace(record, pages=tuple(head.record for head in page_heads(folder, len(record.pages))))
