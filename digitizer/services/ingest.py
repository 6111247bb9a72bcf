"""Take files into the archive: the master first, the catalogue next, the acknowledgement last."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from digitizer.accession import Accessions, Placement
from digitizer.errors import Code, FixityError, Refusal
from digitizer.intake.find import FoundInput
from digitizer.model import Agent, Fixity, Reason
from digitizer.ports import StoredDocument, object_key
from digitizer.services.archive import ArchiveApp, ring_pending
from digitizer.services.manifests import write_manifest
from digitizer.understanding.vietnamese import nfc
from digitizer.versions import Versions, successors

__all__ = ["Ingested", "Into", "Place", "ingest", "receive", "take_one"]

_NOTHING = Fixity(hashlib.sha256().hexdigest(), 0)
_RING_EVERY = 50


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file.

    `state` is `new`, `duplicate` (the same bytes are in the fonds as `document_id`, which came in as
    `first_path` with `first_batch`), `known` (this very arrival was taken before) or `refused` with a reason.
    A new one that came in where `supersedes` (an id) came in before is its next `version`.
    """

    path: str
    state: str
    document_id: str | None
    fixity: Fixity
    reason: Reason | None = None
    first_path: str = ""
    first_batch: str = ""
    version: int = 1
    supersedes: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file belongs, how secret whoever brought it says it is, and the box it comes from."""

    fonds: str
    batch: str
    secrecy: int = 0
    box: str = ""

    def into(self, by: Agent, accessions: Accessions | None = None) -> Into:
        """Arrivals of one batch that all belong here."""
        placement = Placement(self.box)
        return Into(self.fonds, self.batch, by, accessions, lambda _path: placement, self.secrecy)


@dataclass(frozen=True, slots=True)
class Into:
    """Where arrivals go: a batch of a fonds, in whose name, and to which box and dossier by their path.

    With `accessions` an arrival that came in before, the same bytes under the same path with the same batch,
    is told from a duplicate (`known`), and places are kept.
    """

    fonds: str
    batch: str
    by: Agent
    accessions: Accessions | None = None
    place: Callable[[str], Placement] = lambda _path: Placement()
    secrecy: int = 0


def take_one(
    app: ArchiveApp,
    file: Path,
    relative: str,
    place: Place,
    by: Agent,
    accessions: Accessions | None = None,
) -> Ingested:
    """Take one file in; when this returns it is durable and a worker was told.

    Raises:
        DigitizerError: The store or the catalogue cannot take it.
    """
    (taken,) = receive(app, [FoundInput(file, relative)], place.into(by, accessions))
    return taken


def ingest(
    app: ArchiveApp, inputs: Iterable[tuple[Path, str]], fonds: str, batch: str, by: Agent
) -> Iterator[Ingested]:
    """Take each (file, relative name) in; what is yielded is durable, and the next file is not begun yet.

    Run again after a stop, it goes on: files taken before come out as `duplicate` of themselves.

    Raises:
        DigitizerError: The store or the catalogue cannot take it; everything yielded so far is safe.
    """
    found = (FoundInput(file, relative) for file, relative in inputs)
    return receive(app, found, Into(fonds, batch, by))


def receive(app: ArchiveApp, found: Iterable[FoundInput], into: Into) -> Iterator[Ingested]:
    """As `ingest`, for what was met on a walk: an input that must not be opened is refused and noted.

    Raises:
        DigitizerError: The store or the catalogue cannot take it; everything yielded so far is safe.
    """
    for number, each in enumerate(found, start=1):
        received = replace(_received(app, each.relative, into.fonds, into.batch), secrecy=into.secrecy)
        if each.refusal is not None:
            yield _refused(app, received, Reason(each.refusal.code, each.refusal.message), into.by)
        else:
            yield _take(app, each.path, received, into)
        if number % _RING_EVERY == 0:
            ring_pending(app)
    ring_pending(app)


def _received(app: ArchiveApp, relative: str, fonds: str, batch: str) -> StoredDocument:
    # A name from a disk may hold bytes that are no text; they are kept as visible escapes.
    path = nfc(relative.encode("utf-8", "backslashreplace").decode())
    return StoredDocument(
        id=secrets.token_hex(8),
        batch=batch,
        fonds=fonds,
        name=path.rpartition("/")[2],
        path=path,
        media_type="",
        fixity=_NOTHING,
        state="queued",
        pages=0,
        attempt=0,
        received_at=app.clock.now(),
    )


def _take(app: ArchiveApp, file: Path, received: StoredDocument, into: Into) -> Ingested:
    try:
        media_type = app.admit(file)
        fixity = _put_master(app, file)
    except Refusal as refusal:
        return _refused(app, received, Reason(refusal.code, refusal.message), into.by)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or type(error).__name__}"
        return _refused(app, received, Reason(Code.DENIED, message), into.by)
    return _catalogued(app, replace(received, media_type=media_type.value, fixity=fixity), into)


def _put_master(app: ArchiveApp, file: Path) -> Fixity:
    with file.open("rb") as data:
        fixity = Fixity(hashlib.file_digest(data, "sha256").hexdigest(), data.tell())
        data.seek(0)
        try:
            app.masters.put(object_key(fixity.sha256), data, fixity)
        except FixityError as error:
            raise _why_bytes_differ(app, fixity, error) from error
    return fixity


def _why_bytes_differ(app: ArchiveApp, fixity: Fixity, error: FixityError) -> Exception:
    """Somebody still writes the file, which its sender can mend; or the master that is there is damaged."""
    key = object_key(fixity.sha256)
    if key in app.masters.keys(key):
        return error
    return Refusal(Code.CHECKSUM, "the file changed while it was read: send it again when it is complete")


def _refused(app: ArchiveApp, received: StoredDocument, reason: Reason, by: Agent) -> Ingested:
    app.catalogue.refuse(received, reason, by)
    return Ingested(received.path, "refused", None, received.fixity, reason)


def _catalogued(app: ArchiveApp, new: StoredDocument, into: Into) -> Ingested:
    before = into.accessions.taken(new) if into.accessions is not None else None
    known = before or app.catalogue.add_document(new, into.by)
    placement = into.place(new.path)
    if into.accessions is not None and placement:
        into.accessions.place(known, new.path, new.batch, placement, into.by)
    if known.id == new.id:
        write_manifest(app.masters, known, into.by)
        taken = Ingested(new.path, "new", known.id, new.fixity)
        return taken if into.accessions is None else _as_version(taken, into.accessions)
    return Ingested(
        path=new.path,
        state="duplicate" if before is None else "known",
        document_id=known.id,
        fixity=new.fixity,
        first_path=known.path,
        first_batch=known.batch,
    )


def _as_version(taken: Ingested, versions: Versions) -> Ingested:
    assert taken.document_id is not None
    stands = successors(taken.document_id, versions.versions([taken.document_id]).get(taken.document_id, ()))
    if stands is None or stands.before is None:
        return taken
    return replace(taken, version=stands.number, supersedes=stands.before.id)
