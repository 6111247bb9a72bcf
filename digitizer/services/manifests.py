"""A small manifest beside each master: what the catalogue needs to know a document again without it.

It is written after the row is committed and before anybody is told. So a manifest without a document means
that the catalogue is older than the store (it was restored, or lost), never that something is on its way.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator

from digitizer.errors import FixityError, NotFoundError
from digitizer.filing import WITHDRAWN
from digitizer.model import Agent, Fixity
from digitizer.ports import BlobStore, StoredDocument
from digitizer.services.archive import ArchiveApp

__all__ = ["MANIFESTS", "adopt_lost", "manifest_of", "write_manifest", "write_missing"]

MANIFESTS = "manifests/"
_SCHEMA = "digitizer.document/1"
_KEPT = ("id", "fonds", "batch", "name", "path", "media_type", "received_at", "secrecy")
_USE = "use"
_MOST_BYTES = 1 << 20


def manifest_of(document: StoredDocument, by: Agent, filed_at: str = "") -> bytes:
    """What is known of a document when it comes in or is moved (`filed_at`), as canonical JSON."""
    values = {name: getattr(document, name) for name in _KEPT}
    values |= {"sha256": document.fixity.sha256, "bytes": document.fixity.bytes, "agent": by.name}
    values |= {_USE: WITHDRAWN} if document.state == WITHDRAWN else {}
    values |= {"schema": _SCHEMA, "filed_at": filed_at or document.received_at}
    return json.dumps(values, ensure_ascii=False, sort_keys=True).encode()


def write_manifest(masters: BlobStore, document: StoredDocument, by: Agent, filed_at: str = "") -> None:
    """Put a document's manifest beside its master; an earlier one stays.

    Raises:
        DigitizerError: the store cannot take it.
    """
    content = manifest_of(document, by, filed_at)
    digest = hashlib.sha256(content).hexdigest()
    key = f"{_beside(document.fixity.sha256)}{document.id}.{digest[:24]}.json"
    masters.put(key, io.BytesIO(content), Fixity(digest, len(content)))


def adopt_lost(app: ArchiveApp) -> tuple[list[str], int]:
    """Catalogue again every document that only its manifest knows; (their ids, documents with a manifest).

    Each waits to be read again from its master. The trail names who brought it in, as its manifest does.

    Raises:
        FixityError: a manifest is damaged.
    """
    adopted, count = [], 0
    for document_id, keys in _by_document(app.masters):
        count += 1
        try:
            app.catalogue.document(document_id)
        except NotFoundError:
            newest = max((_read(app.masters, key) for key in keys), key=lambda each: str(each["filed_at"]))
            if newest.get(_USE) == WITHDRAWN:
                continue  # never back into use by itself: its master is told as unknown
            known = app.catalogue.add_document(_document_of(newest), Agent(str(newest["agent"])))
            adopted.append(known.id)
    return adopted, count


def write_missing(app: ArchiveApp) -> int:
    """Write the manifests that a stop between commit and manifest left out; how many."""
    count = 0
    for document in app.catalogue.documents():
        if next(app.masters.keys(f"{_beside(document.fixity.sha256)}{document.id}."), None) is None:
            first = next(iter(app.catalogue.events(document.id)), None)
            write_manifest(app.masters, document, first.agent if first else app.agent)
            count += 1
    return count


def _beside(sha256: str) -> str:
    return f"{MANIFESTS}{sha256[:2]}/{sha256}."


def _by_document(masters: BlobStore) -> Iterator[tuple[str, list[str]]]:
    """Documents with their manifests' keys; those of one document follow each other."""
    last, keys = "", list[str]()
    for key in masters.keys(MANIFESTS):
        document_id = key.rpartition("/")[2].split(".")[1]
        if document_id != last and keys:
            yield last, keys
            keys = []
        last = document_id
        keys.append(key)
    if keys:
        yield last, keys


def _read(masters: BlobStore, key: str) -> dict[str, object]:
    content = masters.read_range(key, 0, _MOST_BYTES)
    values = json.loads(content) if hashlib.sha256(content).hexdigest()[:24] in key else None
    if not isinstance(values, dict) or values.get("schema") != _SCHEMA:
        raise FixityError(f"the manifest {key} is damaged: bring it back from a backup, then run it again")
    return values


def _document_of(values: dict[str, object]) -> StoredDocument:
    plain = {name: str(values[name]) for name in _KEPT if name != "secrecy"}
    fixity = Fixity(str(values["sha256"]), int(str(values["bytes"])))
    secrecy = int(str(values["secrecy"]))
    return StoredDocument(**plain, fixity=fixity, secrecy=secrecy, state="queued", pages=0, attempt=0)
