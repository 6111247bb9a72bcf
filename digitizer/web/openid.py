"""Log-in through an identity provider: off to it, and back with an answer this browser asked for."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from digitizer.errors import MissingDependencyError, NotFoundError
from digitizer.identity import Challenge, IdentityError
from digitizer.logs import log
from digitizer.services.identity_log_in import Gateway, answered, let_in, new_challenge
from digitizer.services.log_in import LogInError
from digitizer.web.render import local_path, page, see_other
from digitizer.web.site import COOKIE, site_of, visit_of

__all__ = ["leaving_address", "router"]

router = APIRouter()
_ASKED: Final = "__Host-asked"
_SECONDS: Final = 600
_Text = Annotated[str, Query(max_length=2_000)]


@router.get("/login/openid", include_in_schema=False)
def begin(request: Request, to: _Text = "/") -> Response:
    """Send the browser to the provider; what was asked stays with the browser until it comes back."""
    gateway = _gateway(request)
    challenge = new_challenge(str(request.url_for("finish")))
    answer = RedirectResponse(gateway.provider.address(challenge), 303)
    kept = json.dumps([challenge.state, challenge.nonce, challenge.verifier, local_path(to)])
    answer.set_cookie(_ASKED, kept, _SECONDS, path="/", secure=True, httponly=True, samesite="lax")
    return answer


@router.get("/login/openid/back", include_in_schema=False)
def finish(request: Request, state: _Text = "", code: _Text = "", iss: _Text = "") -> Response:
    """Open a session, if the answer is to what this browser asked and the provider vouches for who asks."""
    gateway, site, visit = _gateway(request), site_of(request), visit_of(request)
    challenge, to = _asked(request)
    try:
        vouched = answered(gateway.provider, challenge, state, code, iss)
        token = let_in(site.door, gateway, vouched, visit.address)
    except (IdentityError, LogInError) as error:
        log().warning("web.openid_refused", error=type(error).__name__)
        wrong = "no-rights" if isinstance(error, LogInError) else "provider"
        answer: Response = page(request, "login.html", 401, to=to, wrong=wrong, name="", left="")
    else:
        answer = see_other(to)
        answer.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="lax")
    answer.delete_cookie(_ASKED, path="/", secure=True, httponly=True, samesite="lax")
    return answer


def leaving_address(request: Request) -> str:
    """Where one logs out of the provider too; empty where there is none, or it does not answer."""
    gateway = site_of(request).gateway
    try:
        return gateway.provider.leaving(str(request.url_for("show_log_in"))) if gateway is not None else ""
    except MissingDependencyError:
        return ""


def _gateway(request: Request) -> Gateway:
    gateway = site_of(request).gateway
    if gateway is None:
        raise NotFoundError("no such page")
    return gateway


def _asked(request: Request) -> tuple[Challenge | None, str]:
    """What this browser asked the provider, and where it wanted to go."""
    try:
        state, nonce, verifier, to = json.loads(request.cookies.get(_ASKED, ""))
    except (ValueError, TypeError):
        return None, "/"
    if not all(isinstance(each, str) for each in (state, nonce, verifier, to)):
        return None, "/"
    return Challenge(state, nonce, verifier, str(request.url_for("finish"))), local_path(to)
