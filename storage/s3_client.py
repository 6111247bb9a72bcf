"""Our words to an S3 server: one signed, time-limited request a call, and its errors told as ours."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from digitizer.errors import DigitizerError, FixityError, MissingDependencyError, NotFoundError, UsageError

__all__ = ["S3Address", "S3Client", "parse_store_url", "status_of"]

_CONNECT_SECONDS: Final = 3.0
_READ_SECONDS: Final = 30.0
_SCHEMES: Final = {"s3+http": False, "s3+https": True}
_ABSENT: Final = frozenset({"NoSuchKey", "NoSuchObject", "NoSuchUpload"})
_DENIED: Final = frozenset(
    {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AllAccessDisabled"}
)
_DIFFERENT: Final = frozenset(
    {"BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch"}
)
_FULL: Final = frozenset(
    {"InsufficientStorage", "QuotaExceeded", "XMinioStorageFull", "InsufficientCapacity"}
)


@dataclass(frozen=True, slots=True)
class S3Address:
    """Where an S3 server is, and under which names this archive keeps its objects there."""

    endpoint: str
    secure: bool = True
    name: str = "digitizer"
    prefix: str = ""
    region: str = "us-east-1"

    def bucket(self, kind: str) -> str:
        """The bucket of `masters` or `derivatives`."""
        return f"{self.name}-{kind}"


def parse_store_url(url: str) -> S3Address:
    """`s3+http://host:port/name/prefix?region=x`: buckets `name-masters` and `name-derivatives`.

    Objects lie under `prefix`. The keys are settings of their own: an address ends up in logs.

    Raises:
        UsageError: It is no such address.

    >>> parse_store_url("s3+http://127.0.0.1:8333/kho").bucket("masters")
    'kho-masters'
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise UsageError("store_url: give s3+https://HOST[:PORT]/NAME or s3+http://HOST[:PORT]/NAME")
    if "@" in parts.netloc:
        raise UsageError(
            "store_url: give the keys as store_access_key and store_secret_key, not in the address"
        )
    name, _, prefix = parts.path.strip("/").partition("/")
    region = parse_qs(parts.query).get("region", ["us-east-1"])[0]
    return S3Address(parts.netloc, _SCHEMES[parts.scheme], name or "digitizer", prefix, region)


def status_of(error: MinioException) -> int:
    """The HTTP status behind an error of the client, 0 where it tells none."""
    if isinstance(error, S3Error):
        return int(error.response.status)
    if isinstance(error, ServerError):
        return int(error.status_code)
    return int(getattr(error, "_code", 0))


class S3Client:
    """Signed requests to one bucket; nothing connects before the first one. Threads may share it."""

    def __init__(self, at: S3Address, bucket: str, access_key: str, secret_key: str) -> None:
        self.bucket = bucket
        self._at = at
        # Five tries over about six seconds; 412, 404 and the like are answers, not failures.
        retries = urllib3.Retry(
            total=5,
            connect=2,
            read=2,
            backoff_factor=0.2,
            backoff_jitter=0.2,
            status_forcelist=(500, 502, 503, 504),
            allowed_methods=None,
        )
        pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            maxsize=16,
            retries=retries,
        )
        self._minio = Minio(
            at.endpoint, access_key, secret_key, secure=at.secure, region=at.region, http_client=pool
        )

    def ask(
        self,
        method: str,
        key: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        *,
        stream: bool = False,
    ) -> Any:
        """One request; its response, whose body is read unless `stream`.

        The client's own `put_object` cannot send `If-None-Match`, so this is the path below it.

        Raises:
            MinioException: The server answered with an error.
            HTTPError: It did not answer (urllib3).
        """
        return self._minio._execute(
            method,
            self.bucket,
            key,
            body=body,
            headers=dict(headers or {}),
            query_params=dict(query or {}),
            preload_content=not stream,
            no_body_trace=True,
        )

    def names(self, prefix: str) -> Iterator[tuple[str, bool]]:
        """What is right under `prefix`: (name, whether it is a folder)."""
        for each in self._minio.list_objects(self.bucket, prefix=prefix or None, recursive=False):
            yield each.object_name, each.is_dir

    def link(self, key: str, seconds: int) -> str:
        """An address that lets anybody read one object for so long."""
        from datetime import timedelta

        return str(self._minio.presigned_get_object(self.bucket, key, expires=timedelta(seconds=seconds)))

    def lock(self) -> str:
        """The bucket's object lock (`COMPLIANCE 3650 days`), empty where it has none."""
        try:
            lock = self._minio.get_object_lock_config(self.bucket)
        except MinioException as error:
            denied = isinstance(error, S3Error) and error.code == "AccessDenied"
            return "not known: this key may not ask for it" if denied else ""
        if not lock.mode:
            return "without a time of its own"
        return f"{lock.mode} {lock.duration} {(lock.duration_unit or '').lower()}"

    @contextmanager
    def telling(self, key: str) -> Iterator[None]:
        """Turn whatever the client raises into one of our errors, with what to do."""
        try:
            yield
        except S3Error as error:
            raise self._told(error, key) from error
        except (InvalidResponseError, ServerError) as error:
            status = status_of(error)
            if status == 404:
                raise NotFoundError(f"no object {key}") from error
            raise self._down(f"it answers {status or 'nonsense'}") from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._down(type(error).__name__) from error

    def _told(self, error: S3Error, key: str) -> DigitizerError:
        code = error.code or str(error.response.status)
        if code == "NoSuchBucket":
            return MissingDependencyError(f"there is no bucket {self.bucket}: make it, or correct store_url")
        if code in _ABSENT or error.response.status == 404:
            return NotFoundError(f"no object {key}")
        if code in _DENIED:
            return MissingDependencyError(
                f"the object store {self._at.endpoint} refuses us ({code}): "
                "check the store's keys, its rights and the clock"
            )
        if code in _DIFFERENT:
            return FixityError(f"{key}: the object store received other bytes than were sent ({code})")
        if code in _FULL:
            return DigitizerError(f"the object store {self._at.endpoint} is full: free space, run it again")
        return DigitizerError(f"the object store {self._at.endpoint} refused {key}: {code}")

    def _down(self, why: str) -> MissingDependencyError:
        return MissingDependencyError(
            f"the object store {self._at.endpoint} cannot be used now ({why}): see that it runs, run it again"
        )


def checksums(body: bytes) -> dict[str, str]:
    """Headers that let the server refuse bytes that changed on the way."""
    return {"Content-MD5": base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()}
