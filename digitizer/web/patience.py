"""How long and how often a connection is borne: one address holds no more lines than a few browsers would.

Uvicorn bounds what rests between requests; it waits for ever for a head that comes a letter at a time.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["MOST_LINES", "Patience"]

MOST_LINES: Final = 1_000
"""Connections at once: fifty people at browsers that open six each, three times over."""


class Patience(H11Protocol):
    """HTTP/1.1 for who comes straight from the network; behind a proxy all come from one address.

    A head must have come within `head_seconds`, a body must go on within `body_seconds`; an address has at
    most `lines` connections, and what is over them is closed without an answer.
    """

    head_seconds: ClassVar[float] = 10.0
    body_seconds: ClassVar[float] = 60.0
    lines: ClassVar[int] = 100
    _by_address: ClassVar[Counter[str]] = Counter()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._hurry: asyncio.TimerHandle | None = None
        self._address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A line was opened."""
        super().connection_made(transport)
        self._address = self.client[0] if self.client else ""
        self._by_address[self._address] += 1
        if self._by_address[self._address] > self.lines:
            transport.abort()
            return
        self._wait(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """A line was closed."""
        self._calm()
        self._by_address[self._address] -= 1
        if self._by_address[self._address] <= 0:
            del self._by_address[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came: a body must go on, a head that began must end in time."""
        super().data_received(data)
        state = self.conn.their_state
        if state is h11.SEND_BODY:
            self._calm()
            self._wait(self.body_seconds)
        elif state is not h11.IDLE:
            self._calm()
        elif self.conn.trailing_data[0] and self._hurry is None:
            self._wait(self.head_seconds)

    def _wait(self, seconds: float) -> None:
        self._hurry = self.loop.call_later(seconds, self.transport.abort)

    def _calm(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
