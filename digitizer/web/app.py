"""The web application: its routes, and what becomes of their errors."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from digitizer import __version__
from digitizer.errors import (
    Code,
    ConflictError,
    DigitizerError,
    MissingDependencyError,
    NotFoundError,
    PageError,
    Refusal,
    UsageError,
)
from digitizer.logs import log
from digitizer.web import (
    amend,
    assets,
    entry,
    find,
    follow,
    iiif,
    inventory,
    lots,
    openid,
    people,
    prove,
    read,
    review,
    searches,
    targets,
    upload,
)
from digitizer.web.gate import ForbiddenError, LogInNeededError, gate, visit_by
from digitizer.web.guards import BodyLimit, SafeHeaders
from digitizer.web.render import page, see_other
from digitizer.web.site import Site, site_of

__all__ = ["make_app"]

_STATUS: tuple[tuple[type[DigitizerError], int], ...] = (
    (ForbiddenError, 403),
    (NotFoundError, 404),
    (ConflictError, 409),
    (Refusal, 422),
    (PageError, 422),
    (UsageError, 422),
    (MissingDependencyError, 503),
)
_RETRY_SECONDS = "10"  # what is down or busy is asked again then


def make_app(site: Site) -> FastAPI:
    """The application over the parts of `site`; nothing is opened here."""
    app = FastAPI(
        title="Digitizer",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        dependencies=[Depends(gate)],
        redirect_slashes=False,
    )
    app.state.site = site
    for module in (
        amend,
        entry,
        openid,
        assets,
        find,
        searches,
        read,
        iiif,
        prove,
        upload,
        review,
        follow,
        targets,
        inventory,
        lots,
        people,
    ):
        app.include_router(module.router)
    app.add_api_route("/openapi.json", _schema, include_in_schema=False)
    app.add_exception_handler(DigitizerError, _on_error)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Exception, _on_bug)
    app.add_middleware(BodyLimit)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(site.hosts))
    app.add_middleware(SafeHeaders)
    return app


def _schema(request: Request) -> JSONResponse:
    """What machines may ask for, as OpenAPI."""
    return JSONResponse(request.app.openapi())


def _on_error(request: Request, error: Exception) -> Response:
    if isinstance(error, LogInNeededError):
        return _to_log_in(request, error)
    if isinstance(error, Refusal) and error.code is Code.QUOTA:
        return _told(request, 429, str(error))
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 500)
    answer = _told(request, status, str(error))
    if status == 503:
        answer.headers["Retry-After"] = _RETRY_SECONDS
    return answer


def _to_log_in(request: Request, error: LogInNeededError) -> Response:
    if error.first:
        return see_other("/password")
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": "/login"})
    if request.method != "GET" or _wants_json(request):
        return _told(request, 401, str(error))
    query = f"?{request.url.query}" if request.url.query else ""
    return see_other("/login" if request.url.path == "/" else f"/login?to={request.url.path}{query}")


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if not hasattr(request.state, "visit"):  # no route, so no gate: the menu is there all the same
        request.state.visit = visit_by(request, site_of(request))
    answer = _told(
        request, error.status_code, "no such page" if error.status_code == 404 else str(error.detail)
    )
    answer.headers.update(error.headers or {})
    return answer


def _on_invalid(request: Request, error: Exception) -> Response:
    """Name the field that does not fit, never its value."""
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    return _told(request, 422, f"{name}: {first['msg']}")


def _on_bug(request: Request, error: Exception) -> Response:
    """A number that leads to the line in the log; nothing of the inside (ASVS 16.5.1)."""
    incident = secrets.token_hex(4)
    log(code=incident).error("web.internal_error", error=type(error).__name__)
    return _told(request, 500, f"internal error, number {incident}: tell the administrator")


def _told(request: Request, status: int, line: str) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": line}, status)
    return page(request, "error.html", status, code=status, line=line)


def _wants_json(request: Request) -> bool:
    wanted: Any = request.headers.get("accept", "")
    return request.url.path.startswith(("/api/", "/uploads")) or "application/json" in wanted
