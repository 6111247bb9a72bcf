"""Files on their way in from browsers, piece by piece: what has arrived stays, whatever breaks.

An upload is two files in one folder: `ID.part` holds the bytes so far, `ID.json` what they will be. When all
have come they go through the same ingest as any file; the answer takes the place of the bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from digitizer.accession import Accessions
from digitizer.accounts import Account
from digitizer.errors import Code, ConflictError, MissingDependencyError, NotFoundError, Refusal, UsageError
from digitizer.intake.find import FoundInput
from digitizer.intake.unpack import Unpacker, is_zip
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import Ingested, Place, receive, take_one
from digitizer.services.rights import rights

__all__ = ["Upload", "Uploads"]

_ID: Final = re.compile(r"[0-9a-f]{32}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_OPEN: Final = 2_000  # uploads of one account that are not complete
_KEPT_SECONDS: Final = 7 * 86_400.0
_RESERVE_BYTES: Final = 64 << 20  # refused before a body is sent that would fill the disk
_NAME_BYTES: Final = 1_000
_MOST_TOLD: Final = 100  # members of a ZIP that were refused


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of `length` bytes that somebody sends; `sha256` is checked where it was declared."""

    id: str
    account: str
    path: str
    length: int
    place: Place
    sha256: str = ""
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Uploads:
    """The folder of uploads. Each verb is for the account that began the upload; others see none of it.

    With `unpacker` a ZIP is taken apart, under the same guards as any ZIP.
    """

    folder: Path
    most_bytes: int
    accessions: Accessions | None = None
    unpacker: Callable[[], AbstractContextManager[Unpacker]] | None = None

    def begin(self, upload: Upload) -> str:
        """Keep room for a file; the new upload's id.

        Raises:
            Refusal: it is too large (`E-SIZE`), or this account has too many open (`E-QUOTA`).
            UsageError: the name or the declared digest is none.
        """
        if not 0 <= upload.length <= self.most_bytes:
            raise Refusal(Code.SIZE, f"the file is larger than the {self.most_bytes} bytes allowed")
        usable = 0 < len(upload.path.encode("utf-8", "backslashreplace")) <= _NAME_BYTES
        if not usable or ".." in upload.path.split("/") or "\0" in upload.path:
            raise UsageError("the file's name cannot be used")
        if upload.sha256 and not _DIGEST.fullmatch(upload.sha256):
            raise UsageError("the declared digest is no SHA-256")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._sweep(upload.account)
        if shutil.disk_usage(self.folder).free < upload.length + _RESERVE_BYTES:
            raise MissingDependencyError("the disk is nearly full: the administrator must make room first")
        named = replace(upload, id=secrets.token_hex(16))
        self._part(named.id).touch(mode=0o600)
        self._write(named)
        return named.id

    def find(self, upload_id: str, account: Account) -> tuple[Upload, int]:
        """An upload and how many of its bytes have come.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        known = self._read(upload_id)
        if known is None or known.account != account.name:
            raise NotFoundError("the upload does not exist")
        part = self._part(upload_id)
        return known, part.stat().st_size if part.exists() else known.length

    @contextmanager
    def adding(self, upload_id: str, account: Account, offset: int) -> Iterator[_Piece]:
        """Open an upload for more bytes from `offset` on; what was written is on disk when this ends.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
            ConflictError: another offset is due, or another request is writing to it.
        """
        known, here = self.find(upload_id, account)
        if offset != here:
            raise ConflictError(f"the next piece begins at byte {here}")
        lock = self._part(upload_id).with_suffix(".lock")
        file = os.open(self._part(upload_id), os.O_WRONLY | os.O_APPEND)
        try:
            if not _locked(lock):
                raise ConflictError("another request is sending this file")
            try:
                yield _Piece(file, known.length - here)
                os.fsync(file)
            finally:
                lock.unlink(missing_ok=True)
        finally:
            os.close(file)

    def complete(self, app: ArchiveApp, upload_id: str, account: Account) -> dict[str, Any]:
        """Take a file that has come whole into the archive; what became of it. Asked again, the same answer.

        Raises:
            ConflictError: bytes are missing, or another request is taking it in.
        """
        known, here = self.find(upload_id, account)
        if known.answer:
            return known.answer
        part = self._part(upload_id)
        named = part.with_name(
            f"{upload_id}{Path(known.path).suffix[:10]}"
        )  # the gate looks at the ending too
        if named.exists():  # a server that was killed left it
            here = named.stat().st_size
        if here != known.length:
            raise ConflictError(f"the next piece begins at byte {here}")
        lock = part.with_suffix(".lock")
        if not _locked(lock):
            raise ConflictError("another request is taking this file in: ask again")
        try:
            return self._taken(app, upload_id, account, named)
        finally:
            lock.unlink(missing_ok=True)

    def _taken(self, app: ArchiveApp, upload_id: str, account: Account, named: Path) -> dict[str, Any]:
        known, _ = self.find(upload_id, account)
        if known.answer:  # the request before this one took it in
            return known.answer
        part = self._part(upload_id)
        if part.exists():
            part.rename(named)
        if known.sha256 and _digest(named) != known.sha256:
            answer: dict[str, Any] = {"state": "refused", "code": Code.CHECKSUM.value}
        else:
            try:
                answer = self._into_archive(app, known, account, named)
            except BaseException:
                named.rename(part)
                raise
        self._write(replace(known, answer=answer))
        named.unlink()
        return answer

    def _into_archive(self, app: ArchiveApp, known: Upload, account: Account, named: Path) -> dict[str, Any]:
        if self.unpacker is None or not is_zip(named):
            taken = take_one(app, named, known.path, known.place, account.agent, self.accessions)
            return _answer(app, account, taken)
        with self.unpacker() as unpacker:
            inside = unpacker.expanded([FoundInput(named, known.path)])
            every = receive(app, inside, known.place.into(account.agent, self.accessions))
            return _unpacked([(each.path, _answer(app, account, each)) for each in every])

    def drop(self, upload_id: str, account: Account) -> None:
        """Forget an upload that is not complete.

        Raises:
            NotFoundError: there is none, or it is somebody else's.
        """
        self.find(upload_id, account)
        self._part(upload_id).unlink(missing_ok=True)
        self._facts(upload_id).unlink(missing_ok=True)

    def _sweep(self, account: str) -> None:
        """Remove what nobody has touched for a week; refuse one account too many at once."""
        still_open = 0
        for facts in self.folder.glob("*.json"):
            upload_id = facts.stem
            part = self._part(upload_id)
            newest = max(each.stat().st_mtime for each in (facts, part) if each.exists())
            if time.time() - newest > _KEPT_SECONDS:
                for left in self.folder.glob(f"{upload_id}.*"):
                    left.unlink(missing_ok=True)
            elif part.exists():
                known = self._read(upload_id)
                still_open += known is not None and known.account == account
        if still_open >= _MOST_OPEN:
            raise Refusal(Code.QUOTA, "too many uploads are open: let some of them end first")

    def _part(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.part"

    def _facts(self, upload_id: str) -> Path:
        return self.folder / f"{upload_id}.json"

    def _read(self, upload_id: str) -> Upload | None:
        if not _ID.fullmatch(upload_id):
            return None
        try:
            values = json.loads(self._facts(upload_id).read_text("utf-8"))
        except FileNotFoundError:
            return None
        return Upload(**{**values, "place": Place(**values["place"])})

    def _write(self, upload: Upload) -> None:
        facts = self._facts(upload.id)
        fresh = facts.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(upload)), "utf-8")
        fresh.replace(facts)


class _Piece:
    """Takes bytes up to what is still missing."""

    def __init__(self, file: int, missing: int) -> None:
        self._file = file
        self._missing = missing

    def write(self, data: bytes) -> None:
        """Add bytes.

        Raises:
            Refusal: more than the declared length.
        """
        if len(data) > self._missing:
            raise Refusal(Code.SIZE, "more bytes came than were declared")
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        self._missing -= len(data)


def _locked(lock: Path) -> bool:
    """Whether the lock is ours now; one that a killed server left is taken over.

    It comes into its place with its owner's process id in it: an empty one has no owner.
    """
    mine = lock.with_suffix(f".{secrets.token_hex(8)}")
    mine.write_text(str(os.getpid()))
    try:
        for _ in range(2):
            try:
                os.link(mine, lock)
            except FileExistsError:
                if _held(lock):
                    return False
                lock.unlink(missing_ok=True)
                continue
            return True
        return False
    finally:
        mine.unlink()


def _held(lock: Path) -> bool:
    """Whether the process that made the lock lives."""
    try:
        os.kill(int(lock.read_text()), 0)
    except (ProcessLookupError, FileNotFoundError, ValueError):
        return False
    except OSError:  # somebody else's process
        return True
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()


def _answer(app: ArchiveApp, account: Account, taken: Ingested) -> dict[str, Any]:
    """What the sender is told: of a copy they may not see, no more than of a new file."""
    if taken.reason is not None:
        return {"state": "refused", "code": taken.reason.code.value, "message": taken.reason.message}
    if taken.state in {"duplicate", "known"} and taken.document_id is not None:
        first = app.catalogue.document(taken.document_id)
        if rights().sees(account, first.fonds, first.secrecy):
            told = {"document": first.id, "first_path": taken.first_path, "first_batch": taken.first_batch}
            return {"state": taken.state, "sha256": taken.fixity.sha256, **told}
        return {"state": "new", "sha256": taken.fixity.sha256}
    return {"state": taken.state, "sha256": taken.fixity.sha256, "document": taken.document_id}


def _unpacked(members: Sequence[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """What became of the files in a ZIP: how many of each, and those that were not taken, by name."""
    counts = Counter(str(told["state"]) for _, told in members)
    refused = [{"path": path, **told} for path, told in members if told["state"] == "refused"]
    return {"state": "unpacked", "counts": dict(counts), "refused": refused[:_MOST_TOLD]}
