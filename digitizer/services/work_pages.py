"""Long documents among several workers: split, pages read by range, then put together from the shelf."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from digitizer.errors import Code, ConflictError, DigitizerError, FixityError, NotFoundError
from digitizer.model import Reason
from digitizer.page_jobs import PageJob, page_key, ranges
from digitizer.ports import StoredDocument, object_key
from digitizer.services.archive import ArchiveApp, Digitized, LongDocuments, ring_pending
from digitizer.services.attempt import Held, Worked, attempted
from digitizer.services.digitize_work import gap, save_page
from digitizer.services.page_bundle import pack_pages, unpack_pages
from digitizer.writing.atomic import fixity_of

__all__ = ["PageReader", "clear_shelf", "fetched", "read_through", "split"]

_BLOCK = 1 << 20
_AT_ONCE = 100


def split(app: ArchiveApp, held: StoredDocument, pages: int) -> None:
    """Make page jobs of a document that is held; it is put together when the last of them has ended."""
    long = _required(app)
    parts = ranges(pages, long.pages_a_job)
    long.jobs.split(held.id, held.attempt, parts, long.made_by, app.agent)
    ring_pending(app)


def read_through(app: ArchiveApp, held: StoredDocument, source: Path, out: Path) -> Digitized:
    """Digitize a file, in one piece or from pages that were read before.

    Raises:
        TooManyPagesError: it is to be split.
    """
    if app.long is None:
        return app.digitize(source, out)
    long = app.long
    # Only who split a document, or died with it, can have left anything: that was an attempt of its own.
    parts = long.jobs.parts(held.id, long.made_by) if held.attempt > 1 else ()
    if not parts:
        return long.digitize(source, out)
    try:
        return long.join(source, out, lambda folder: _bring(long, parts, folder))
    except (NotFoundError, FixityError):
        # The shelf is no place of record: what it lost is read again.
        return long.digitize(source, _afresh(out))


def _afresh(out: Path) -> Path:
    fresh = out.with_name("afresh")
    fresh.mkdir()
    return fresh


def _bring(long: LongDocuments, parts: Sequence[PageJob], folder: Path) -> None:
    """Put the pages of `parts` into `folder`; a page that nobody could read is a gap with its reason."""
    for part in parts:
        if part.fixity is None:
            code, _, message = part.reason.partition(": ")
            save_page(folder, gap(part.first, Reason(Code(code), message, part.first)))
            continue
        key = page_key(part)
        long.shelf.verify(key, part.fixity)
        with long.shelf.open(key) as data:
            unpack_pages(data, part.numbers, folder)


def clear_shelf(app: ArchiveApp) -> None:
    """Take off the shelf what nobody needs any more; what cannot be taken now is by the next sweep."""
    if app.long is None:
        return
    while spent := app.long.jobs.spent(_AT_ONCE):
        try:
            for job in spent:
                for key in list(app.long.shelf.keys(f"pages/{job.id}-")):  # whichever attempt left it
                    app.long.shelf.remove(key)
        except DigitizerError:
            return
        app.long.jobs.cleared([job.id for job in spent])


class PageReader:
    """One worker's hand on page jobs. It keeps the last master: the next job is most often of the same."""

    def __init__(self, app: ArchiveApp, worker: str) -> None:
        self._app = app
        self._worker = worker
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._kept: tuple[str, Path] | None = None

    def close(self) -> None:
        """Let the master go."""
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = self._kept = None

    def work_one(self, job_id: str | None = None) -> Worked | None:
        """Read the oldest waiting job, or this one; None if there is none, or another worker has it.

        Raises:
            MissingDependencyError: A tool or server is missing: it was given back, the line stops.
        """
        long = self._app.long
        if long is None:
            return None
        job = long.jobs.claim(self._worker, self._app.lease_seconds, job_id)
        if job is None:
            return None
        held = Held(long.jobs, job.id, job.attempt, job.document.id, job.document.path)
        return attempted(held, lambda: self._read(long, job), self._app.lease_seconds, self._app.agent)

    def _read(self, long: LongDocuments, job: PageJob) -> tuple[str, int, str]:
        source = self._master(job.document)
        with tempfile.TemporaryDirectory(prefix="pages-", dir=self._app.scratch) as name:
            out = Path(name) / "out"
            out.mkdir()
            folder = long.read(source, out, job.numbers)
            bundle = Path(name) / "bundle"
            fixity = pack_pages(folder, job.numbers, bundle)
            with bundle.open("rb") as data:
                long.shelf.put(page_key(job), data, fixity)
        try:
            long.jobs.complete(job.id, job.attempt, fixity, self._app.agent)
        except ConflictError:
            long.shelf.remove(page_key(job))
            raise
        ring_pending(self._app)  # the last pages: who puts them together is to hear of it now
        return "pages", len(job.numbers), ""

    def _master(self, document: StoredDocument) -> Path:
        if self._kept is not None and self._kept[0] == document.id:
            return self._kept[1]
        self.close()
        self._folder = tempfile.TemporaryDirectory(prefix="master-", dir=self._app.scratch)
        path = fetched(self._app, document, Path(self._folder.name) / "in")
        self._kept = (document.id, path)
        return path


def fetched(app: ArchiveApp, document: StoredDocument, folder: Path) -> Path:
    """The master as a file of its own name in a new folder, checked against its digest.

    Raises:
        FixityError: it differs from its digest.
    """
    folder.mkdir()
    target = folder / _safe_name(document.name)
    with app.masters.open(object_key(document.fixity.sha256)) as data, target.open("xb") as copy:
        while block := data.read(_BLOCK):
            copy.write(block)
    if fixity_of(target) != document.fixity:
        raise FixityError(f"the master of {document.id} differs from its digest")
    return target


def _safe_name(name: str) -> str:
    plain = name.replace("\0", "").replace("/", "")
    usable = plain not in {"", ".", ".."} and len(plain.encode()) <= 200
    return plain if usable else f"master{PurePosixPath(plain).suffix[:10]}"


def _required(app: ArchiveApp) -> LongDocuments:
    assert app.long is not None  # only its `digitize` tells of too many pages
    return app.long
