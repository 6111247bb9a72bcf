"""Prove a page: a bundle that a third person checks without this system, with the program that lies in it.

It holds the original with its place, the page's text, words and fields with their boxes, recipe and engines,
the files made, and the document's events with their links in the audit trail. A last
event of the archive names the digest of the bundle's manifest, and its link is the seal.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, BinaryIO, Final

from digitizer.accession import Accessions
from digitizer.accounts import Account
from digitizer.errors import ConflictError, NotFoundError
from digitizer.evidence import Evidence, Link
from digitizer.holdings import StoredDocument
from digitizer.ports import object_key
from digitizer.services.archive import ArchiveApp
from digitizer.services.log_in import Door

__all__ = ["Prover", "prove"]

_SCHEMA: Final = "digitizer.proof/1"
_BLOCK: Final = 1 << 20
#: Who read it and why is no part of what the page is.
_OF_READERS: Final = frozenset({"viewed", "unmasked", "downloaded", "denied", "exported", "proved"})
_README: Final = """Gói chứng cứ của một trang · Proof of one page

Kiểm tra (cần Python 3.8 trở lên, không cần mạng, không cần phần mềm nào khác):
Check (Python 3.8 or newer, no network, nothing else):

    unzip {name} -d bundle && python3 bundle/verify.py

Kho lưu trữ đã ghi sự kiện số {number} về gói này vào chuỗi kiểm toán, mã băm:
The archive noted event {number} about this bundle in its audit trail, with the hash:

    {hash}

Hỏi kho lưu trữ mã băm đó rồi chạy: / Ask the archive for that hash, then run:

    python3 bundle/verify.py --trail {hash}

original/     bản quét gốc, đúng từng byte · the original scan, byte by byte
derivatives/  các tệp tạo ra từ bản quét · the files made from it
record.json   toàn bộ kết quả nhận dạng · everything that was read (digitizer.record/1)
page.json     chữ, từ, trường và vị trí của trang · the page: text, words, fields and their places
events.json   các sự kiện (PREMIS) và liên kết trong chuỗi băm · events (PREMIS) with their links in the chain
manifest.json mã băm của mọi tệp · digests of all files
seal.json     sự kiện niêm phong · the sealing event
"""


@dataclass(frozen=True, slots=True)
class Prover:
    """What a proof is made from."""

    archive: ArchiveApp
    evidence: Evidence
    accessions: Accessions
    door: Door


def prove(prover: Prover, document: StoredDocument, page: int, account: Account, target: Path) -> str:
    """Write the bundle of one page to the new file `target`; the hash of the sealing event.

    Raises:
        NotFoundError: no such page, or nothing has been read yet.
        ConflictError: the document changed meanwhile.
    """
    record = prover.archive.catalogue.record(document.id)
    if not 1 <= page <= len(record["pages"]):
        raise NotFoundError("no such page")
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED, allowZip64=True) as bundle:
        writer = _Writer(bundle)
        original = f"original/{_plain(document.name)}"
        with prover.archive.masters.open(object_key(document.fixity.sha256)) as data:
            writer.copy(original, data)
        for made in prover.archive.catalogue.derivatives(document.id):
            if made.kind != "layers":
                with prover.archive.derivatives.open(object_key(made.fixity.sha256)) as data:
                    writer.copy(f"derivatives/{made.kind}-{_plain(made.path)}", data)
        writer.json("record.json", record)
        writer.json("page.json", _page(prover, document, record, page))
        writer.json("events.json", _events(prover, document))
        manifest = _manifest(prover, document, page, original, writer.files)
        bundle.writestr("manifest.json", manifest)
        seal = _sealed(prover, document, page, account, hashlib.sha256(manifest).hexdigest())
        bundle.writestr("seal.json", _encoded(seal.as_json()))
        bundle.writestr("verify.py", resources.files("digitizer").joinpath("evidence_check.py").read_bytes())
        bundle.writestr("README.txt", _README.format(name=target.name, number=seal.number, hash=seal.hash))
    return seal.hash


class _Writer:
    """Writes files into the bundle and remembers what the manifest says of them."""

    def __init__(self, bundle: zipfile.ZipFile) -> None:
        self._bundle = bundle
        self.files: list[dict[str, Any]] = []

    def copy(self, name: str, data: BinaryIO) -> None:
        found, size = hashlib.sha256(), 0
        with self._bundle.open(name, "w", force_zip64=True) as out:
            while block := data.read(_BLOCK):
                out.write(block)
                found.update(block)
                size += len(block)
        self.files.append({"name": name, "sha256": found.hexdigest(), "bytes": size})

    def json(self, name: str, values: object) -> None:
        data = _encoded(values)
        self._bundle.writestr(name, data)
        self.files.append({"name": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)})


def _page(prover: Prover, document: StoredDocument, record: dict[str, Any], page: int) -> dict[str, Any]:
    known = record["pages"][page - 1]
    words = prover.archive.catalogue.words(document.id, page)
    fields = [
        {"document": number, "class": part["class"], **each}
        for number, part in enumerate(record["documents"], start=1)
        for each in part["fields"]
        if each["page"] == page
    ]
    boxes = [{"text": w.text, "box": w.box.as_list(), "confidence": w.confidence} for w in words]
    return {**known, "recipe": record["recipe"], "origin": "top left", "words": boxes, "fields": fields}


def _events(prover: Prover, document: StoredDocument) -> dict[str, Any]:
    links = [each for each in prover.evidence.links(document.id) if each.row[0] not in _OF_READERS]
    return {"events": [{**link.as_json(), "premis": _premis(link)} for link in links]}


def _premis(link: Link) -> dict[str, Any]:
    kind, object_id, agent, at, outcome, detail = link.row
    return {
        "eventIdentifier": str(link.number),
        "eventType": kind,
        "eventDateTime": at,
        "eventOutcome": outcome,
        "eventDetail": dict(json.loads(detail)),
        "linkingAgentIdentifier": agent,
        "linkingObjectIdentifier": object_id,
    }


def _manifest(
    prover: Prover, document: StoredDocument, page: int, original: str, files: Sequence[dict[str, Any]]
) -> bytes:
    places = prover.accessions.placements(document.id)
    number, last = prover.evidence.head()
    return _encoded(
        {
            "schema": _SCHEMA,
            "made_at": prover.archive.clock.now(),
            "page": page,
            "document": {
                "id": document.id,
                "fonds": document.fonds,
                "batch": document.batch,
                "path": document.path,
                "received_at": document.received_at,
                "sha256": document.fixity.sha256,
                "bytes": document.fixity.bytes,
                "object": object_key(document.fixity.sha256),
                "original": original,
                "places": [{"box": each.box, "dossier": each.dossier} for each in places],
            },
            "trail": {"number": number, "hash": last},
            "files": list(files),
        }
    )


def _sealed(prover: Prover, document: StoredDocument, page: int, account: Account, manifest: str) -> Link:
    prover.door.note("proved", document.id, account.agent, page=str(page), manifest=manifest)
    for link in reversed(prover.evidence.links(document.id)):
        if link.row[0] == "proved" and manifest in link.row[5]:
            return link
    raise ConflictError("the document's events changed meanwhile: try again")


def _plain(name: str) -> str:
    """A name that every ZIP program takes; the whole one is in the manifest."""
    last = name.rpartition("/")[2][-100:]
    return (
        "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in last).lstrip(".") or "file"
    )


def _encoded(values: object) -> bytes:
    return (json.dumps(values, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
