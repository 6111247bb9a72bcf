"""Coming in and going out: log-in, log-out, one's own password, the language of the pages."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import PlainTextResponse, Response

from digitizer.errors import UsageError
from digitizer.services.log_in import LogInError, change_password, log_in, log_out
from digitizer.web.gate import LANGUAGE_COOKIE
from digitizer.web.openid import leaving_address
from digitizer.web.render import local_path, page, see_other
from digitizer.web.site import COOKIE, site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_Text = Annotated[str, Form(max_length=300)]


@router.get("/health")
def health() -> PlainTextResponse:
    """Whether the server answers; tells nothing else."""
    return PlainTextResponse("ok\n")


@router.get("/login", include_in_schema=False)
def show_log_in(request: Request, to: str = "/", left: str = "") -> Response:
    """The form to log in with."""
    if visit_of(request).account is not None:
        return see_other(local_path(to))
    leaving = leaving_address(request) if left == "provider" else ""
    return page(request, "login.html", to=local_path(to), wrong="", name="", left=leaving)


@router.post("/login")
def do_log_in(request: Request, name: _Text = "", password: _Text = "", to: _Text = "/") -> Response:
    """Open a session, or say no more than that it did not work."""
    site = site_of(request)
    try:
        token = log_in(site.door, name, password, visit_of(request).address)
    except LogInError as error:
        wrong, status = ("throttled", 429) if error.throttled else ("wrong", 401)
        return page(request, "login.html", status, to=local_path(to), wrong=wrong, name=name, left="")
    answer = see_other(local_path(to))
    answer.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@router.post("/logout")
def do_log_out(request: Request) -> Response:
    """End the session on the server, and let the browser forget what it saw."""
    visit = visit_of(request)
    assert visit.session is not None
    site = site_of(request)
    log_out(site.door, visit.person, visit.session)
    outside = site.gateway is not None and site.gateway.identities.is_linked(visit.person.name)
    answer = see_other("/login?left=provider" if outside else "/login")
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


@router.get("/password", include_in_schema=False)
def show_password(request: Request) -> Response:
    """The form to choose another password with."""
    return page(request, "password.html", wrong="")


@router.post("/password")
def do_password(request: Request, old: _Text = "", new: _Text = "", again: _Text = "") -> Response:
    """Choose another password; every session of the account ends, a new log-in follows."""
    try:
        if new != again:
            raise UsageError("the two new passwords differ")  # noqa: TRY301 - one way to answer
        change_password(site_of(request).door, visit_of(request).person, old, new)
    except (UsageError, LogInError) as error:
        wrong = "the old password is not right" if isinstance(error, LogInError) else str(error)
        return page(request, "password.html", 422, wrong=wrong)
    return see_other("/login")


@router.get("/help", include_in_schema=False)
def show_help(request: Request) -> Response:
    """The keys of each page."""
    return page(request, "help.html")


@router.post("/language")
def do_language(request: Request, language: _Text = "vi", to: _Text = "/") -> Response:
    """Remember in which language this browser wants its pages."""
    answer = see_other(local_path(to))
    chosen = "en" if language == "en" else "vi"
    answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, path="/", httponly=True, samesite="lax")
    return answer
