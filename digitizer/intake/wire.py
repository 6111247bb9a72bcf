"""The framing between a worker and its sandbox: a bounded JSON header, then raw payloads of declared sizes.

Used on both sides. The side that reads distrusts the side that wrote: the header has a bound, every
payload's size is computed by the reader from checked numbers, and nothing is ever unpickled.
"""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["MAX_HEADER", "Header", "ProtocolError", "Stream", "integer", "text"]

MAX_HEADER = 16 << 20  # a dense born-digital page of 20,000 words takes about 1 MiB
_LENGTH = struct.Struct("!I")

Header = dict[str, Any]


class ProtocolError(Exception):
    """The other side sent something that the protocol does not allow."""


class Stream:
    """A socket that sends and receives frames, with one deadline for each receive."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._deadline: float | None = None

    def allow(self, seconds: float) -> None:
        """Give the next receives this many seconds in all, counted from now."""
        self._deadline = time.monotonic() + seconds

    def send(self, header: Mapping[str, Any], payloads: Sequence[bytes | memoryview] = ()) -> None:
        """Send one frame.

        Raises:
            OSError: the other side is gone.
            ProtocolError: the header is over its bound.
        """
        body = json.dumps(header, separators=(",", ":")).encode("ascii")
        if len(body) > MAX_HEADER:
            raise ProtocolError("the answer's header is too long")
        self._sock.sendall(_LENGTH.pack(len(body)) + body)
        for payload in payloads:
            self._sock.sendall(payload)

    def header(self) -> Header | None:
        """Receive the next frame's header; None where the other side closed between two frames.

        Raises:
            TimeoutError: the deadline passed.
            ProtocolError: not a frame.
            EOFError: the other side closed within a frame.
        """
        start = bytearray(_LENGTH.size)
        if self._receive(memoryview(start)) == 0:
            return None
        (size,) = _LENGTH.unpack(start)
        if size > MAX_HEADER:
            raise ProtocolError("header over its bound")
        body = self.payload(size)
        try:
            header = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ProtocolError("header is no JSON") from error
        if not isinstance(header, dict):
            raise ProtocolError("header is no object")
        return header

    def payload(self, size: int) -> bytes:
        """Receive exactly `size` bytes; the caller has checked `size`."""
        buffer = bytearray(size)
        self.fill(memoryview(buffer))
        return bytes(buffer)

    def fill(self, buffer: memoryview) -> None:
        """Receive exactly as many bytes as `buffer` holds, straight into it."""
        if buffer.nbytes and self._receive(buffer) == 0:
            raise EOFError("closed within a frame")

    def _receive(self, buffer: memoryview) -> int:
        got = 0
        while got < buffer.nbytes:
            self._sock.settimeout(self._remaining())
            count = self._sock.recv_into(buffer[got:])
            if count == 0 and got == 0:
                return 0
            if count == 0:
                raise EOFError("closed within a frame")
            got += count
        return got

    def _remaining(self) -> float | None:
        if self._deadline is None:
            return None
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline passed")
        return left

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()


def integer(header: Mapping[str, Any], key: str, low: int, high: int) -> int:
    """The whole number under `key`, between `low` and `high` inclusive.

    Raises:
        ProtocolError: absent, of another type, or out of bounds.
    """
    value = header.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ProtocolError(f"{key} is out of bounds")
    return value


def text(header: Mapping[str, Any], key: str, limit: int = 300) -> str:
    """The string under `key`, cut to `limit` characters, control characters and surrogates replaced.

    Raises:
        ProtocolError: absent or of another type.
    """
    value = header.get(key)
    if not isinstance(value, str):
        raise ProtocolError(f"{key} is no text")
    return "".join(c if c.isprintable() else "\ufffd" for c in value[:limit])
