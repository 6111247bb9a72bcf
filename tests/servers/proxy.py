"""A proxy before an S3 server that answers busily, breaks off, flips a byte or loses the answer, as told."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Fault = Callable[[str, str], str]
"""Method and path -> `busy`, `cut`, `flip`, `lose` or nothing."""


class Proxy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.fault: Fault = lambda _method, _path: ""

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fault(self.command, self.path)
        if fault == "busy":
            self._send(503, {"Content-Type": "application/xml"}, b"<Error><Code>SlowDown</Code></Error>")
            return
        behind = http.client.HTTPConnection(self.server.behind, timeout=20)
        behind.request(self.command, self.path, body, dict(self.headers))
        answer = behind.getresponse()
        data, headers = answer.read(), dict(answer.getheaders())
        behind.close()
        if fault == "lose":
            self.close_connection = True
            self.connection.close()
            return
        if fault == "flip" and data:
            data = data[:-1] + bytes([data[-1] ^ 1])
        self._send(answer.status, headers, data, cut=fault == "cut")

    def _send(self, status: int, headers: dict[str, str], data: bytes, *, cut: bool = False) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        length = headers.get("Content-Length", str(len(data))) if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if cut else data)
        if cut:
            self.close_connection = True

    def log_message(self, *_args: object) -> None:
        pass


for verb in ("GET", "PUT", "POST", "HEAD", "DELETE"):
    setattr(_Handler, f"do_{verb}", _Handler.answer)


@contextmanager
def before(endpoint: str) -> Iterator[Proxy]:
    """A proxy before the server at `endpoint`."""
    with Proxy(endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
