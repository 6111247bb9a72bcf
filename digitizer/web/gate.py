"""The gate before every route: who asks, may they, is it there for them, is it our own form."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData

from digitizer.errors import DigitizerError, NotFoundError
from digitizer.model import Agent
from digitizer.services.log_in import who
from digitizer.services.rights import PUBLIC, RouteRule, rights
from digitizer.web.objects import require_visible
from digitizer.web.site import COOKIE, Site, Visit, site_of

__all__ = ["ForbiddenError", "LogInNeededError", "gate", "visit_by"]

LANGUAGE_COOKIE = "lang"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NOBODY = Agent("person:unknown")
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_ALWAYS = frozenset({"/password", "/logout"})


class LogInNeededError(DigitizerError):
    """This page needs a log-in; `first` where only the one-time password stands between."""

    def __init__(self, *, first: bool = False) -> None:
        super().__init__("log in first")
        self.first = first


class ForbiddenError(DigitizerError):
    """This person may not do that, or the request did not come from our own page."""


async def own_token(request: Request) -> str:
    """The token that only our own pages know, from a header or the form."""
    token = request.headers.get("x-csrf-token", "")
    if not token and request.headers.get("content-type", "").startswith(_FORMS):
        form: FormData = await request.form()
        value = form.get("csrf", "")
        token = value if isinstance(value, str) else ""
    return token


def gate(request: Request, token: Annotated[str, Depends(own_token)]) -> None:
    """Let a request through to its route, or not; the only place where that is decided.

    Raises:
        LogInNeededError: nobody is logged in.
        ForbiddenError: this person may not do that, or the request is not from our own page.
        NotFoundError: what the path names does not exist for this person.
    """
    site = site_of(request)
    visit = visit_by(request, site)
    request.state.visit = visit
    rule = rights().rule(request.method, request.scope["route"].path)
    _require_own_page(request, visit, token, rule)
    if rule is None:
        raise NotFoundError("no such page")
    _require_right(request, site, visit, rule)
    if rule.object:
        try:
            require_visible(request, rule.object, site, visit.person)
        except NotFoundError:
            _note_denied(request, site, visit)
            raise


def visit_by(request: Request, site: Site) -> Visit:
    """Who asks, whatever is asked for."""
    known = who(site.door, request.cookies[COOKIE]) if COOKIE in request.cookies else None
    account, session = known or (None, None)
    language = "en" if request.cookies.get(LANGUAGE_COOKIE) == "en" else "vi"
    return Visit(account, session, language, request.client.host if request.client else "")


def _require_own_page(request: Request, visit: Visit, token: str, rule: RouteRule | None) -> None:
    """No change by a request that another site made the browser send."""
    if request.method in _SAFE:
        return
    origin = request.headers.get("origin", "")
    foreign = origin not in {"", "null"} and urlsplit(origin).netloc != request.headers.get("host", "")
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    if foreign or origin == "null" or fetched not in {"same-origin", "none"}:
        raise ForbiddenError("this request came from another site")
    public = rule is not None and rule.needs == PUBLIC
    if visit.session is not None and not public and token != visit.session.csrf:
        raise ForbiddenError("this form is too old: reload the page and send it again")


def _require_right(request: Request, site: Site, visit: Visit, rule: RouteRule) -> None:
    if rights().may(visit.account, rule.needs):
        changes_first = visit.account is not None and visit.account.one_time and rule.needs != PUBLIC
        if changes_first and rule.path not in _ALWAYS:
            raise LogInNeededError(first=True)
        return
    if visit.account is None:
        raise LogInNeededError
    _note_denied(request, site, visit)
    raise ForbiddenError("your account may not do this: ask the administrator")


def _note_denied(request: Request, site: Site, visit: Visit) -> None:
    by = visit.account.agent if visit.account else _NOBODY
    route = f"{request.method} {request.scope['route'].path}"
    site.door.note("denied", "archive", by, "failure", route=route, address=visit.address)
