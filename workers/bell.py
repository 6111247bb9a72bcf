"""The message on the queue: a name from a closed list, an id, and a signature. Data, never code."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any, Final

from rq.job import Job as RqJob

from digitizer.errors import UsageError
from digitizer.ports import Job

__all__ = ["QUEUE_NAME", "RefusedRingError", "bell_class", "job_key", "signature"]

QUEUE_NAME: Final = "digitizer"
_FAILED_SECONDS: Final = 300

Handlers = Mapping[str, Callable[[str], None]]


class RefusedRingError(Exception):
    """A message that this system did not write: nothing of it was executed."""


def job_key(job: Job) -> str:
    """The id of the message; the same job has one id, so it cannot wait twice.

    Raises:
        UsageError: the name or the id holds what such an id may not.
    """
    key = f"{job.name}-{job.object_id}"
    if not key.isascii() or not all(letter.isalnum() or letter in "-_" for letter in key):
        raise UsageError(f"not a job: {key!a}")
    return key


def signature(secret: bytes, job: Job) -> str:
    """HMAC-SHA256 over name and id: who can write to the queue's server still cannot write a job."""
    return hmac.new(secret, f"{job.name}\0{job.object_id}".encode(), hashlib.sha256).hexdigest()


def bell_class(secret: bytes, handlers: Handlers) -> type[RqJob]:
    """The job class of a worker: it runs what is on the list and signed, whatever else the server holds.

    RQ by itself resolves any dotted name in a message, and in its callbacks; here no name is ever imported.
    """

    class Bell(RqJob):
        """One message, distrusted."""

        @property
        def func(self) -> Callable[[str], None]:
            try:
                return handlers[str(self.func_name)]
            except KeyError:
                raise RefusedRingError("a job that is not on the list") from None

        @property
        def success_callback(self) -> None:
            return None

        @property
        def failure_callback(self) -> None:
            return None

        @property
        def stopped_callback(self) -> None:
            return None

        def restore(self, raw_data: Any) -> None:
            """Take the message alone; whatever else would make RQ act is dropped."""
            super().restore(raw_data)
            self.webhooks: list[Any] = []
            self._dependency_ids: list[str] = []
            self.retries_left = self.repeats_left = self.number_of_retries = None
            self.rate_limit_key = self.rate_limit_concurrency = None
            self.timeout, self.result_ttl, self.failure_ttl = -1, 0, _FAILED_SECONDS

        def _execute(self) -> None:
            self.func(_object_id(self, secret))

    return Bell


def _object_id(message: RqJob, secret: bytes) -> str:
    """What the message names.

    Raises:
        RefusedRingError: it is not signed by us, or it is not what was signed.
    """
    args = list(message.args)
    if message.instance is not None or message.kwargs or [type(each) for each in args] != [str, str]:
        raise RefusedRingError("a message of another form")
    job = Job(str(message.func_name), args[0])
    if not hmac.compare_digest(signature(secret, job).encode(), args[1].encode("utf-8", "replace")):
        raise RefusedRingError("a message with a wrong signature")
    if message.id != job_key(job):
        raise RefusedRingError("a message under another id")
    return job.object_id
