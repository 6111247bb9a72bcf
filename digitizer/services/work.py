"""Work the queue: claim, digitize, store what was made, complete. The catalogue decides who may commit."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from digitizer.errors import (
    Code,
    ConflictError,
    DigitizerError,
    FixityError,
    MissingDependencyError,
    NotFoundError,
    PageError,
    Refusal,
)
from digitizer.model import Derivative, Fixity, Record
from digitizer.ports import StoredDocument, object_key
from digitizer.services.archive import ArchiveApp, Digitized
from digitizer.services.find import index_pending
from digitizer.services.lease import Lease
from digitizer.writing.atomic import fixity_of
from digitizer.writing.record import dump_json, page_to_json, record_to_json

__all__ = ["Indexing", "Worked", "work", "work_one"]

_BLOCK = 1 << 20
_SUFFIXES = {"alto": "alto.xml"}
_IDLE_SECONDS = 1.0
# A commit of the index costs as much as a page; words are found this long after a document is done.
_INDEX_EVERY_SECONDS = 5.0
_FIRST_WAIT, _LONGEST_WAIT = 2.0, 300.0


@dataclass(frozen=True, slots=True)
class Worked:
    """How one claim ended: a `RecordState`, `failed` (it waits again or is quarantined) or `lost`."""

    document_id: str
    path: str
    state: str
    pages: int
    seconds: float
    reason: str = ""


def work(
    app: ArchiveApp, worker: str, *, burst: bool = True, ended: Callable[[], bool] = lambda: False
) -> Iterator[Worked]:
    """Work documents until none waits (`burst`) or `ended` says so; one process runs one of these.

    Stopped in the middle (`KeyboardInterrupt`, `SystemExit`), it gives the document back unharmed.

    Raises:
        MissingDependencyError: A tool or server is missing: the document is given back, the line stops.
    """
    indexing = Indexing(app)
    while not ended():
        worked = work_one(app, worker)
        if worked is not None:
            yield worked
        indexing.go_on(soon=worked is None)
        if worked is None:
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
    """Keeps the index up while documents are worked, where this machine keeps the index."""

    def __init__(self, app: ArchiveApp) -> None:
        self._app = app
        self._done_at = time.monotonic()

    def go_on(self, *, soon: bool) -> None:
        """Index what is finished: now, or if that was a while ago."""
        if not self._app.keeps_index or (
            not soon and time.monotonic() - self._done_at < _INDEX_EVERY_SECONDS
        ):
            return
        with suppress(MissingDependencyError):  # the outbox keeps what another indexer is at
            index_pending(self._app)
        self._done_at = time.monotonic()


def _work_on(app: ArchiveApp, held: StoredDocument) -> Worked:
    start = time.monotonic()
    try:
        with Lease(app.catalogue, held, app.lease_seconds):
            record = _digitized(app, held)
            app.catalogue.complete(held.id, held.attempt, record, app.agent)
    except ConflictError:
        return Worked(held.id, held.path, "lost", 0, time.monotonic() - start)
    except MissingDependencyError:
        _give_back(app, held)
        raise
    except Exception as error:  # noqa: BLE001 - one document must never stop the others
        reason = _reason(error)
        with suppress(ConflictError):
            app.catalogue.fail(held.id, held.attempt, reason, app.agent, _again_in(error, held.attempt))
        return Worked(held.id, held.path, "failed", 0, time.monotonic() - start, reason)
    except BaseException:
        _give_back(app, held)
        raise
    return Worked(held.id, held.path, record.state.value, len(record.pages), time.monotonic() - start)


def _give_back(app: ArchiveApp, held: StoredDocument) -> None:
    with suppress(DigitizerError):  # the lease ends by itself where this cannot be said
        app.catalogue.release(held.id, held.attempt, app.agent)


def _again_in(error: Exception, attempt: int) -> float | None:
    """Seconds until it is worth another try; None: never, a person must look.

    Bytes that differ from their digest differ the next time too. What may mend itself gets time for that,
    with a jitter, so that a hundred documents do not all come back at once.
    """
    if isinstance(error, FixityError | NotFoundError | Refusal):
        return None
    if isinstance(error, DigitizerError):
        return min(_LONGEST_WAIT, _FIRST_WAIT * 2.0**attempt) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return 0.0


def _reason(error: Exception) -> str:
    """A code and a line of our own; another's words may hold what was read from the page."""
    if isinstance(error, Refusal | PageError):
        return f"{error.code.value}: {error.message}"
    if isinstance(error, FixityError | NotFoundError):
        return f"{Code.FIXITY.value}: {error}"
    if isinstance(error, DigitizerError):
        return f"{Code.STORAGE.value}: {error}"
    return f"{Code.TOOL.value}: {type(error).__name__}"


def _digitized(app: ArchiveApp, held: StoredDocument) -> Record:
    with tempfile.TemporaryDirectory(prefix="digitizer-", dir=app.scratch) as folder:
        source = _materialised(app, held, Path(folder) / "in")
        out = Path(folder) / "out"
        out.mkdir()
        digitized = app.digitize(source, out)
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


def _materialised(app: ArchiveApp, held: StoredDocument, folder: Path) -> Path:
    """The master as a file of its own name, checked against its digest."""
    folder.mkdir()
    target = folder / _safe_name(held.name)
    with app.masters.open(object_key(held.fixity.sha256)) as data, target.open("xb") as copy:
        while block := data.read(_BLOCK):
            copy.write(block)
    if fixity_of(target) != held.fixity:
        raise FixityError(f"the master of {held.id} differs from its digest")
    return target


def _safe_name(name: str) -> str:
    plain = name.replace("\0", "").replace("/", "")
    usable = plain not in {"", ".", ".."} and len(plain.encode()) <= 200
    return plain if usable else f"master{PurePosixPath(plain).suffix[:10]}"


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
