"""Write-once objects on any S3 server: created only, checked when written and whenever read whole."""

from __future__ import annotations

import base64
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, suppress
from typing import Any, BinaryIO, Final
from xml.etree import ElementTree

from minio.error import MinioException

from digitizer.errors import DigitizerError, MissingDependencyError, NotFoundError, UsageError
from digitizer.model import Fixity
from storage.checked import measure, require_key, require_same
from storage.s3_client import S3Address, S3Client, checksums, parse_store_url, status_of

__all__ = ["S3Address", "S3Store", "parse_store_url"]

_PART: Final = 16 << 20
_MOST_PARTS: Final = 10_000
_CREATE_ONLY: Final = {"If-None-Match": "*"}
_DIGEST: Final = "x-amz-meta-sha256"
_EXISTS: Final = 412
_BUSY: Final = 409
_BUSY_TRIES: Final = 5
_PAST_THE_END: Final = 416
_LINK_SECONDS: Final = 60
# Keys begin with a letter or a figure, so these folders can never be one.
_PROBES: Final = ".probe"
_CLAIMS: Final = ".claim"
_PROBE: Final = b"digitizer: may an object be replaced?"


class S3Store:
    """A `BlobStore` in one bucket, which must exist; many processes may use it at once.

    Before its first object it proves the server: one that replaces objects despite `If-None-Match` is
    refused, and from one that does not check digests every object is read back before it is acknowledged.
    """

    def __init__(
        self, at: S3Address, bucket: str, access_key: str, secret_key: str, *, links: bool = False
    ) -> None:
        self._client = S3Client(at, bucket, access_key, secret_key)
        self._prefix = f"{at.prefix.strip('/')}/" if at.prefix.strip("/") else ""
        self._links = links
        self._checks: bool | None = None

    def put(self, key: str, data: BinaryIO, fixity: Fixity) -> bool:
        """Store `data` under `key`, create-only; see `BlobStore.put`."""
        require_key(key)
        self.prove()
        if fixity.bytes <= _PART:
            body = data.read(fixity.bytes + 1)
            require_same(_fixity(body), fixity, "the bytes given")
            new = self._create(key, lambda: self._put_whole(key, body, fixity))
        elif self._head(key) is not None:
            require_same(measure(data), fixity, "the bytes given")
            new = False
        else:
            new = self._put_parts(key, data, fixity)
        self._require_stored(key, fixity, read=new and (fixity.bytes > _PART or not self._checks))
        return new

    def open(self, key: str) -> AbstractContextManager[BinaryIO]:
        """Open an object for reading; see `BlobStore.open`. At most a block of it is in memory."""
        require_key(key)
        head = self._require_head(key)
        return io.BufferedReader(_Remote(self, key, int(head["content-length"])), 1 << 20)

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """A part of an object; see `BlobStore.read_range`."""
        require_key(key)
        with self.open(key) as file:
            file.seek(start)
            return file.read(length)

    def verify(self, key: str, fixity: Fixity) -> None:
        """Read the whole object and compare; see `BlobStore.verify`."""
        with self.open(key) as file:
            require_same(measure(file), fixity, f"object {key}")

    def keys(self, prefix: str = "") -> Iterator[str]:
        """All keys that begin with `prefix`, sorted; see `BlobStore.keys`.

        Asked for folder by folder: not every server lists `a-b` before `a/b` across folders.
        """
        folder = prefix.rpartition("/")[0]
        for key in self._walk(f"{folder}/" if folder else ""):
            if key.startswith(prefix):
                yield key

    def set_aside(self, key: str, aside: str) -> None:
        """Keep a damaged object under another key; see `BlobStore.set_aside`.

        S3 knows no move: the bytes are copied and checked first, then the damaged object is removed.
        Credentials that may only create cannot do this, and should not.
        """
        with self.open(key) as file:
            found = measure(file)
            file.seek(0)
            self.put(aside, file, found)
        self.verify(aside, found)
        self._ask("DELETE", key)

    def lock(self) -> str:
        """How the server keeps objects from being taken away, in words; empty where it does not.

        Raises:
            MissingDependencyError: It is down.
        """
        with self._client.telling("the object lock"):
            return self._client.lock()

    def link(self, key: str, seconds: int = _LINK_SECONDS) -> str:
        """An address that lets whoever has it read one object, for a minute at most, if settings allow it.

        Raises:
            UsageError: Links are not allowed, or not for so long.
            NotFoundError: No such key.
        """
        if not self._links or not 0 < seconds <= _LINK_SECONDS:
            raise UsageError(
                f"links to objects need the setting store_links and last {_LINK_SECONDS} s at most"
            )
        self._require_head(key)
        return self._client.link(self._prefix + key, seconds)

    def prove(self) -> None:
        """Find out, once, whether the server keeps objects as they are and checks what it is sent.

        Raises:
            DigitizerError: It replaces objects although it was asked not to.
            MissingDependencyError: It is down, refuses our keys, or has no such bucket.
        """
        if self._checks is not None:
            return
        same, honest = f"{_PROBES}/create-only", _checks_of(_PROBE)
        self._create(same, lambda: self._ask("PUT", same, _PROBE, honest))
        if self._create(same, lambda: self._ask("PUT", same, _PROBE, honest)):
            raise DigitizerError("this object store replaces objects (it ignores If-None-Match): use another")
        name = f"{_PROBES}/wrong-digest"
        wrong = {**_checks_of(_PROBE), "x-amz-checksum-sha256": _base64(hashlib.sha256(b"other").digest())}
        try:
            self._create(name, lambda: self._ask("PUT", name, _PROBE, wrong))
            self._checks = False  # taken now or before
        except MissingDependencyError:
            raise
        except DigitizerError:
            self._checks = True  # refused, whatever a server calls it

    # One request each, in our errors.

    def _ask(self, method: str, key: str, *args: Any, **options: Any) -> Any:
        try:
            with self._client.telling(key):
                return self._client.ask(method, self._prefix + key, *args, **options)
        except DigitizerError as error:
            status = status_of(error.__cause__) if isinstance(error.__cause__, MinioException) else 0
            if status in {_EXISTS, _BUSY, _PAST_THE_END}:
                raise _AnswerError(status) from error
            raise

    def _create(self, key: str, send: Callable[[], object]) -> bool:
        """Send a create-only request; False when there is such an object already."""
        for attempt in range(_BUSY_TRIES):
            try:
                send()
            except _AnswerError as answer:
                if answer.status == _EXISTS:
                    return False
                time.sleep(0.1 * 2**attempt)  # somebody else creates it at this moment
            else:
                return True
        raise DigitizerError(f"the object store was busy with {key} too long: run it again")

    def _head(self, key: str) -> Any | None:
        try:
            return self._ask("HEAD", key).headers
        except NotFoundError:
            return None

    def _require_head(self, key: str) -> Any:
        head = self._head(key)
        if head is None:
            raise NotFoundError(f"no object {key}")
        return head

    def _require_stored(self, key: str, fixity: Fixity, *, read: bool) -> None:
        """The object is there with the right size and digest, by its own words or read whole."""
        head = self._require_head(key)
        told = head.get(_DIGEST)
        require_same(Fixity(told or fixity.sha256, int(head["content-length"])), fixity, f"object {key}")
        if read or told is None:
            self.verify(key, fixity)

    def _put_whole(self, key: str, body: bytes, fixity: Fixity) -> None:
        self._ask("PUT", key, body, {**_checks_of(body), _DIGEST: fixity.sha256})

    def _put_parts(self, key: str, data: BinaryIO, fixity: Fixity) -> bool:
        """Nothing is visible before the last request; what fails earlier is taken back."""
        created = self._ask("POST", key, None, {_DIGEST: fixity.sha256}, {"uploads": ""})
        upload = _text(created.data, "UploadId")
        try:
            etags = self._send_parts(key, data, fixity, upload)
            self._claim(key, fixity)
            return self._create(key, lambda: self._finish(key, upload, etags))
        finally:
            # Finished, there is nothing to take back; else what cannot be said is left to the lifecycle rule.
            with suppress(DigitizerError):
                self._ask("DELETE", key, None, None, {"uploadId": upload})

    def _send_parts(self, key: str, data: BinaryIO, fixity: Fixity, upload: str) -> list[str]:
        size = max(_PART, -(-fixity.bytes // _MOST_PARTS))
        etags: list[str] = []
        digest, sent = hashlib.sha256(), 0
        while body := _filled(data, size):
            digest.update(body)
            sent += len(body)
            if sent > fixity.bytes:
                break
            query = {"partNumber": str(len(etags) + 1), "uploadId": upload}
            etags.append(self._ask("PUT", key, body, checksums(body), query).headers["etag"].strip('"'))
        require_same(Fixity(digest.hexdigest(), sent), fixity, "the bytes given")
        return etags

    def _claim(self, key: str, fixity: Fixity) -> None:
        """Bind `key` to these bytes before they appear under it, by an object that only one can create.

        SeaweedFS looks for an object and then completes an upload, not both at once: of two that complete
        at the same moment the later replaces the earlier. After this, those are the same bytes.
        """
        name, body = f"{_CLAIMS}/{key}", f"{fixity.sha256} {fixity.bytes}".encode()
        if not self._create(name, lambda: self._ask("PUT", name, body, _checks_of(body))):
            sha256, size = self._ask("GET", name).data.decode().split()
            require_same(Fixity(sha256, int(size)), fixity, f"object {key}")

    def _finish(self, key: str, upload: str, etags: list[str]) -> None:
        parts = "".join(
            f"<Part><PartNumber>{number}</PartNumber><ETag>&quot;{etag}&quot;</ETag></Part>"
            for number, etag in enumerate(etags, start=1)
        )
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        headers = {"Content-Type": "application/xml", **checksums(body), **_CREATE_ONLY}
        answer = self._ask("POST", key, body, headers, {"uploadId": upload})
        if b"<Error" in answer.data:  # S3 may begin with 200 and fail afterwards
            raise DigitizerError(f"the object store could not put {key} together: run it again")

    def _walk(self, folder: str) -> Iterator[str]:
        with self._client.telling(folder):
            names = sorted(self._client.names(self._prefix + folder))
        for name, is_folder in names:
            key = name[len(self._prefix) :]
            if is_folder and key != folder:  # SeaweedFS names a folder inside itself when it is empty
                yield from self._walk(key)
            elif is_folder:
                continue
            elif not key.startswith((f"{_PROBES}/", f"{_CLAIMS}/")):
                yield key

    def stream(self, key: str, start: int) -> Any:
        """The response that brings an object's bytes from `start` on; for `_Remote`."""
        return self._ask("GET", key, None, {"Range": f"bytes={start}-"}, stream=True)

    def received(self, response: Any, size: int) -> bytes:
        """Up to `size` bytes of a response; for `_Remote`."""
        with self._client.telling("an object"):
            block: bytes = response.read(size)
            return block


class _AnswerError(DigitizerError):
    """The server said that it has the object already, or that another request is creating it."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the object store answered {status}: run it again")
        self.status = status


class _Remote(io.RawIOBase):
    """An object read as it streams in; a seek elsewhere begins another request at the next read."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size = store, key, size
        self._at = 0
        self._response: Any = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; nothing is asked of the server yet."""
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at != self._at:
            self._drop()
            self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as bytes have come; an object that ends too early is an error, not its end."""
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        if self._response is None:
            self._response = self._store.stream(self._key, self._at)
        block = self._store.received(self._response, wanted)
        if not block:
            raise MissingDependencyError(
                f"the object store stopped in the middle of {self._key}: run it again"
            )
        buffer[: len(block)] = block
        self._at += len(block)
        return len(block)

    def close(self) -> None:
        """Let the connection go."""
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._response is not None:
            self._response.close()
            self._response.release_conn()
            self._response = None


def _fixity(body: bytes) -> Fixity:
    return Fixity(hashlib.sha256(body).hexdigest(), len(body))


def _checks_of(body: bytes) -> dict[str, str]:
    """Create-only, with both digests a server may check."""
    digest = _base64(hashlib.sha256(body).digest())
    return {**_CREATE_ONLY, **checksums(body), "x-amz-checksum-sha256": digest}


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def _filled(data: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, fewer only at the end; a raw file may give less at a time."""
    blocks, missing = [], size
    while missing and (block := data.read(missing)):
        blocks.append(block)
        missing -= len(block)
    return b"".join(blocks)


def _text(answer: bytes, name: str) -> str:
    for each in ElementTree.fromstring(answer).iter():  # noqa: S314 - see the import
        if each.tag.rpartition("}")[2] == name:
            return each.text or ""
    raise DigitizerError(f"the object store's answer has no {name}: is this an S3 server?")
