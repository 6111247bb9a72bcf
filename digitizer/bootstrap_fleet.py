"""Settings -> the parts of a fleet: the queue's server, workers at its bell, and who keeps them up."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from digitizer.errors import UsageError
from digitizer.ports import JobQueue
from digitizer.settings import Settings

if TYPE_CHECKING:  # neither RQ nor Redis is loaded where no server is named
    from workers.rq_worker import RingWorker
    from workers.supervisor import Supervisor

__all__ = ["queue_of", "queue_probe", "ring_worker_of", "supervisor_of", "worker_name"]

_SECRET_BYTES: Final = 16


def queue_of(settings: Settings) -> JobQueue:
    """The doorbell: in this process, or on the queue's server.

    Raises:
        UsageError: the server is named without the secret that signs what is put on it.
    """
    if not settings.redis_url.get_secret_value():
        from workers.queue import EmbeddedQueue

        return EmbeddedQueue()
    from workers.rq_queue import RqQueue, connected

    return RqQueue(connected(settings.redis_url.get_secret_value()), _secret(settings))


def ring_worker_of(
    settings: Settings, name: str, handlers: Mapping[str, Callable[[str], None]]
) -> RingWorker:
    """What runs `handlers` for each ring on the queue's server."""
    from workers.rq_queue import connected
    from workers.rq_worker import RingWorker

    url = settings.redis_url.get_secret_value()
    return RingWorker(connected(url), _secret(settings), name, handlers)


def supervisor_of(
    argv: Sequence[str],
    count: int,
    tick: Callable[[], None],
    died: Callable[[int, int], None],
    say: Callable[[str], None],
) -> Supervisor:
    """What keeps `count` workers up; see `workers.supervisor`."""
    from workers.supervisor import Supervisor

    return Supervisor(argv, count, tick, died, say)


def worker_name(pid: int) -> str:
    """What a worker is called in the catalogue: its supervisor knows it by this when it has died."""
    return f"{os.uname().nodename}:{pid}"


def queue_probe(settings: Settings) -> str:
    """What `digitizer check` says of the queue."""
    depth = queue_of(settings).depth()
    if not settings.redis_url.get_secret_value():
        return "the catalogue's own, without a server"
    return f"Redis or Valkey with RQ, {depth} rings wait"


def _secret(settings: Settings) -> bytes:
    secret = settings.queue_secret.get_secret_value().encode()
    if len(secret) < _SECRET_BYTES:
        wanted = f"at least {_SECRET_BYTES} characters: openssl rand -hex 32"
        raise UsageError(f"redis_url needs the setting queue_secret, {wanted}")
    return secret
