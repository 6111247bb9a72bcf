"""Work the queue: claim, digitize, store what was made, complete. The catalogue decides who may commit."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from digitizer.errors import Code, MissingDependencyError, Refusal
from digitizer.holdings import why_in
from digitizer.model import Derivative, Fixity, Record
from digitizer.ports import StoredDocument, object_key
from digitizer.services.amend import amend_pending
from digitizer.services.archive import ArchiveApp, Digitized
from digitizer.services.attempt import Held, Worked, attempted
from digitizer.services.digitize_plan import TooManyPagesError
from digitizer.services.find import index_pending
from digitizer.services.work_pages import PageReader, clear_shelf, fetched, read_through, split
from digitizer.writing.atomic import fixity_of
from digitizer.writing.record import dump_json, page_to_json, record_to_json

__all__ = ["Indexing", "Worked", "work", "work_one"]

_SUFFIXES = {"alto": "alto.xml"}
_IDLE_SECONDS = 1.0
# A commit of the index costs as much as a page; words are found this long after a document is done.
_INDEX_EVERY_SECONDS = 5.0


def work(
    app: ArchiveApp, worker: str, *, burst: bool = True, ended: Callable[[], bool] = lambda: False
) -> Iterator[Worked]:
    """Work documents, and pages of long ones in turn, until none waits (`burst`) or `ended` says so.

    Stopped in the middle (`KeyboardInterrupt`, `SystemExit`), it gives the document back unharmed.

    Raises:
        MissingDependencyError: A tool or server is missing: the document is given back, the line stops.
    """
    indexing = Indexing(app)
    with closing(PageReader(app, worker)) as pages:
        while not ended():
            done = 0
            for of_pages in (True, False):  # in turn: a long one stops no short one
                worked = pages.work_one() if of_pages else work_one(app, worker)
                if worked is not None:
                    done += 1
                    yield worked
                    if ended():
                        return
            indexing.go_on(soon=not done)
            if not done:
                if burst:
                    return
                time.sleep(_IDLE_SECONDS)


def work_one(app: ArchiveApp, worker: str, document_id: str | None = None) -> Worked | None:
    """Work the oldest waiting document, or this one; None if there is none, or another worker has it.

    Raises:
        MissingDependencyError: A tool or server is missing: the document is given back, the line stops.
    """
    held = app.catalogue.claim(worker, app.lease_seconds, document_id)
    return None if held is None else _work_on(app, held)


class Indexing:
    """Keeps files up with what people say, and the index where this machine keeps it, while work goes on."""

    def __init__(self, app: ArchiveApp) -> None:
        self._app = app
        self._done_at = time.monotonic()

    def go_on(self, *, soon: bool) -> None:
        """Amend and index what waits for it: now, or if that was a while ago."""
        if not soon and time.monotonic() - self._done_at < _INDEX_EVERY_SECONDS:
            return
        with suppress(MissingDependencyError):  # the outbox keeps what another indexer is at
            amend_pending(self._app)
            if self._app.keeps_index:
                index_pending(self._app)
        self._done_at = time.monotonic()


def _work_on(app: ArchiveApp, document: StoredDocument) -> Worked:
    held = Held(app.catalogue, document.id, document.attempt, document.id, document.path)
    worked = attempted(held, lambda: _worked(app, document), app.lease_seconds, app.agent)
    if document.attempt > 1 and worked.state != "lost":
        clear_shelf(app)
    return worked


def _worked(app: ArchiveApp, held: StoredDocument) -> tuple[str, int, str]:
    """Digitize and commit, or make page jobs of it: how it ended, its pages, why it needs a person."""
    try:
        record = _digitized(app, held)
    except TooManyPagesError as long:
        split(app, held, long.pages)
        return "split", long.pages, ""
    app.catalogue.complete(held.id, held.attempt, record, app.agent)
    return record.state.value, len(record.pages), why_in(record)


def _digitized(app: ArchiveApp, held: StoredDocument) -> Record:
    with tempfile.TemporaryDirectory(prefix="digitizer-", dir=app.scratch) as folder:
        source = fetched(app, held, Path(folder) / "in")
        out = Path(folder) / "out"
        out.mkdir()
        digitized = read_through(app, held, source, out)
        if app.secrecy_stop:
            _stop_at_secrecy(digitized.record)
        return _stored(app, held, digitized)


def _stop_at_secrecy(record: Record) -> None:
    """Store and index nothing of a paper with a secrecy mark; what was read goes with the folder.

    Raises:
        Refusal: a page carries such a mark.
    """
    for reason in record.reasons:
        if reason.code is Code.CLASSIFIED:
            raise Refusal(Code.CLASSIFIED, f"page {reason.page} {reason.message}")


def _stored(app: ArchiveApp, held: StoredDocument, digitized: Digitized) -> Record:
    """Put what was made into the store; the record that names it all goes in last."""
    stem = PurePosixPath(held.path).with_suffix("")
    pdfa = {made.kind: made.pdfa for made in digitized.record.derivatives}
    made = []
    for kind, file in sorted(digitized.files.items()):
        if kind == "json":
            continue  # written below, when all the others are known
        path = f"{stem}.{_SUFFIXES.get(kind, kind)}"
        with file.open("rb") as data:
            made.append(Derivative(kind, path, _put(app, data, fixity_of(file)), pdfa.get(kind)))
    layers = gzip.compress(
        json.dumps([page_to_json(page) for page in digitized.record.pages]).encode(), mtime=0
    )
    made.append(Derivative("layers", f"{stem}.layers.json.gz", _put_bytes(app, layers)))
    source = replace(digitized.record.source, name=held.name, path=held.path)
    record = replace(digitized.record, source=source, derivatives=tuple(made))
    whole = _put_bytes(app, dump_json(record_to_json(record)))
    return replace(record, derivatives=(*made, Derivative("json", f"{stem}.json", whole)))


def _put_bytes(app: ArchiveApp, content: bytes) -> Fixity:
    return _put(app, io.BytesIO(content), Fixity(hashlib.sha256(content).hexdigest(), len(content)))


def _put(app: ArchiveApp, data: BinaryIO, fixity: Fixity) -> Fixity:
    app.derivatives.put(object_key(fixity.sha256), data, fixity)
    return fixity
