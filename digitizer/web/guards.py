"""Outermost layers of the web application: headers on every answer, bounds on every request."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["POLICY", "BodyLimit", "SafeHeaders"]

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
}
_MOST_BYTES: Final = 1 << 20
_MOST_HEADER_BYTES: Final = 32 << 10
_LINE: Final = "the request is too large"
_PAGE: Final = (
    '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width">'
    '<title>Quá lớn · Digitizer</title><link rel="stylesheet" href="/static/app.css"></head><body>'
    '<main class="narrow"><section class="card entry"><h1>Nội dung gửi lên quá lớn</h1>'
    "<p>Chưa có gì được lưu. Quay lại, gửi ít hơn, hoặc dùng trang Tải lên cho các tệp.</p>"
    f'<p lang="en">Nothing was kept: {_LINE}. Send less, or use the page Upload for files.</p>'
    '<p><a class="button" href="/">Về trang đầu</a></p></section></main></body></html>'
)
_UPLOADS: Final = ("/uploads/", "/inventory/list")


class SafeHeaders:
    """Puts the security headers on every answer; a route's own values stay."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
                if scope.get("scheme") == "https":
                    headers.setdefault("strict-transport-security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)


class BodyLimit:
    """Refuses a body that is too long as soon as that is known; pieces of uploads have their own bound."""

    def __init__(
        self, app: ASGIApp, uploads: tuple[str, ...] = _UPLOADS, upload_bytes: int = 64 << 20
    ) -> None:
        self._app = app
        self._uploads = uploads
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._upload_bytes if scope["path"].startswith(self._uploads) else _MOST_BYTES
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        head = sum(len(name) + len(value) for name, value in scope["headers"])
        if head > _MOST_HEADER_BYTES or not declared.isdigit() or int(declared[:20]) > most:
            await _refuse(
                send,
                431 if head > _MOST_HEADER_BYTES else 413,
                shown=b"text/html" in headers.get(b"accept", b""),
            )
            return
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            return {"type": "http.disconnect"} if read > most else message

        await self._app(scope, receiving, send)


async def _refuse(send: Send, status: int, *, shown: bool) -> None:
    kind = b"text/html" if shown else b"text/plain"
    headers = [(b"content-type", kind + b"; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": (_PAGE if shown else _LINE).encode()})
