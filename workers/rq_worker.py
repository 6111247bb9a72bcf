"""A worker that waits at the doorbell; the catalogue decides what it may work on."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, Final

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DequeueTimeout, StopRequested
from rq.job import Job as RqJob
from rq.timeouts import BaseDeathPenalty
from rq.worker import SimpleWorker

from digitizer.logs import log
from workers.bell import QUEUE_NAME, Handlers, RefusedRingError, bell_class

__all__ = ["RingWorker"]

_WAIT_SECONDS: Final = 2
_WORKER_TTL: Final = 60


class _NoPenalty(BaseDeathPenalty):
    """Jobs are bounded page by page where they run; an alarm here would hit the wrong process."""

    def setup_death_penalty(self) -> None:
        pass

    def cancel_death_penalty(self) -> None:
        pass


class _Waiting(SimpleWorker):
    """RQ's loop without its second thread, its remote commands and its own ideas about signals.

    What reads untrusted pages is a child of this process with limits of its own (`services.pool`), so a job
    needs no fork and no timeout here.
    """

    death_penalty_class = _NoPenalty
    log_result_lifespan = False

    def __init__(
        self, *args: Any, idle: Callable[[], None], ended: Callable[[], bool], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._idle = idle
        self._ended = ended
        self.lost = False

    def bootstrap(self, *_args: Any, **_options: Any) -> None:
        logging.getLogger("rq.worker").addHandler(logging.NullHandler())
        self.register_birth()  # type: ignore[no-untyped-call]
        self.set_state("started")

    def subscribe(self) -> None:
        """Take no commands: who can write to the server must not stop workers."""

    def _install_signal_handlers(self) -> None:
        """Signals are the door's to handle."""

    def procline(self, message: str) -> None:
        """Leave the process's name alone."""

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[RqJob, Queue] | None:
        """The next message; None ends the loop."""
        self.set_state("idle")
        while True:
            if self._ended():
                return None
            self.heartbeat()
            if self.should_run_maintenance_tasks:
                self.run_maintenance_tasks()  # type: ignore[no-untyped-call]
            try:
                found = self.queue_class.dequeue_any(
                    self._ordered_queues,
                    None if timeout is None else _WAIT_SECONDS,
                    connection=self.connection,
                    job_class=self.job_class,
                    serializer=self.serializer,
                    death_penalty_class=self.death_penalty_class,
                )
            except DequeueTimeout:
                self._idle()
            except RedisError as error:
                self.lost = True
                raise StopRequested from error
            else:
                return found

    def handle_exception(self, job: RqJob, *exc_info: Any) -> None:
        """A refused message is an alarm; anything else was told where it was raised."""
        error = exc_info[1]
        if isinstance(error, RefusedRingError):
            log().error("queue.refused", kind=str(error))


class RingWorker:
    """Runs `handlers` for what is rung; `idle` is called when nothing rang for a while."""

    def __init__(self, connection: Redis, secret: bytes, name: str, handlers: Handlers) -> None:
        self._connection = connection
        self._secret = secret
        self._name = name
        self._handlers = handlers

    def run(self, burst: bool, idle: Callable[[], None], ended: Callable[[], bool]) -> bool:
        """Work until the queue is empty (`burst`) or `ended` says yes; False: the queue's server is down.

        Raises:
            BaseException: what a job raised, for it is to end this process.
        """
        caught: list[BaseException] = []
        try:
            worker = self._waiting(caught, idle, lambda: bool(caught) or ended())
            worker.work(burst=burst)
            lost = worker.lost
        except RedisError:
            lost = True
        if caught:
            raise caught[0]
        return not lost

    def _waiting(
        self, caught: list[BaseException], idle: Callable[[], None], ended: Callable[[], bool]
    ) -> _Waiting:
        # A name of its own for each loop: after a lost connection the server still knows the old one.
        return _Waiting(
            [QUEUE_NAME],
            name=f"{self._name.replace(':', '-')}-{secrets.token_hex(3)}",
            connection=self._connection,
            job_class=bell_class(self._secret, _guarded(self._handlers, caught)),
            serializer="json",
            worker_ttl=_WORKER_TTL,
            maintenance_interval=_WORKER_TTL,
            log_job_description=False,
            idle=idle,
            ended=ended,
        )


def _guarded(handlers: Handlers, caught: list[BaseException]) -> Handlers:
    """RQ swallows whatever a job raises; what ends the process is kept and raised after its loop."""

    def guard(handler: Callable[[str], None]) -> Callable[[str], None]:
        def call(object_id: str) -> None:
            try:
                handler(object_id)
            except BaseException as error:
                caught.append(error)
                raise

        return call

    return {name: guard(handler) for name, handler in handlers.items()}
