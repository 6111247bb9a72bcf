"""The doorbell on Redis or Valkey, through RQ: wakes workers on any number of machines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue

from digitizer.errors import MissingDependencyError, UsageError
from digitizer.ports import Job
from workers.bell import QUEUE_NAME, bell_class, job_key, signature
from workers.queue import WINDOW

__all__ = ["RqQueue", "connected", "our_errors"]

_PATIENCE_SECONDS: Final = 5.0
_FAILED_SECONDS: Final = 300


class RqQueue:
    """A `JobQueue` that may be emptied at any moment: the catalogue knows the work and rings again."""

    def __init__(self, connection: Redis, secret: bytes, window: int = WINDOW) -> None:
        self._connection = connection
        self._secret = secret
        self._window = window
        self._queue = Queue(
            QUEUE_NAME, connection=connection, serializer="json", job_class=bell_class(secret, {})
        )

    def ring(self, job: Job, *, first: bool = False) -> bool:
        """Say that there is work; see `JobQueue.ring`. What waits already is not kept twice."""
        key = job_key(job)
        with our_errors():
            if self._waits(key):
                if not first:
                    return True
                self._connection.lrem(self._queue.key, 0, key)
            if self.depth() >= self._window:
                return False
            self._queue.enqueue_call(
                func=job.name,
                args=(job.object_id, signature(self._secret, job)),
                timeout=-1,
                result_ttl=0,
                failure_ttl=_FAILED_SECONDS,
                description=key,
                job_id=key,
                at_front=first,
            )
        return True

    def depth(self) -> int:
        """How many rings wait; see `JobQueue.depth`."""
        with our_errors():
            return int(self._connection.llen(self._queue.key))

    def _waits(self, key: str) -> bool:
        """Looked for in the list itself: a worker that died leaves a message behind that rings nobody."""
        if not self._connection.exists(f"rq:job:{key}"):
            return False
        return self._connection.lpos(self._queue.key, key) is not None


def connected(url: str) -> Redis:
    """A connection to the server at `url`, made when it is first used.

    Raises:
        UsageError: the URL cannot be read; it is not repeated, for it may hold a password.
    """
    options: dict[str, Any] = {"socket_timeout": _PATIENCE_SECONDS}
    if not url.startswith("unix:"):
        options |= {"socket_connect_timeout": _PATIENCE_SECONDS, "socket_keepalive": True}
    try:
        return Redis.from_url(url, **options)
    except ValueError as error:
        raise UsageError("redis_url cannot be read: use redis://, rediss:// or unix://") from error


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn the server's errors into ours.

    Raises:
        MissingDependencyError: the server is down or refuses.
    """
    try:
        yield
    except RedisError as error:
        raise MissingDependencyError(f"the queue's server cannot be used now: {_shown(error)}") from error


def _shown(error: RedisError) -> str:
    return str(error).partition("\n")[0][:200] or type(error).__name__
