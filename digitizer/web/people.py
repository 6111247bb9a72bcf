"""Accounts and the audit trail: the pages of administrators and auditors."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from digitizer.accounts import Account, Role, Secrecy
from digitizer.errors import NotFoundError, UsageError
from digitizer.services.log_in import one_time_password
from digitizer.services.trail import look
from digitizer.web.render import page, see_other
from digitizer.web.site import site_of, visit_of

__all__ = ["router"]

router = APIRouter()
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_Text = Annotated[str, Form(max_length=2_000)]


@router.get("/accounts", include_in_schema=False)
def show_accounts(request: Request) -> Response:
    """All accounts."""
    every = site_of(request).door.accounts.accounts()
    return page(request, "accounts.html", accounts=every, wrong="")


@router.post("/accounts")
def add_account(request: Request, name: _Text = "", display_name: _Text = "") -> Response:
    """Make an account without any right, and show its one-time password once."""
    site, by = site_of(request), visit_of(request).person.agent
    try:
        if not _NAME.fullmatch(name):
            raise UsageError("an account's name has 2 to 40 small letters, digits and . _ -")  # noqa: TRY301
        if any(each.name == name for each in site.door.accounts.accounts()):
            raise UsageError("there is an account of this name already")  # noqa: TRY301
    except UsageError as error:
        every = site.door.accounts.accounts()
        return page(request, "accounts.html", 422, accounts=every, wrong=str(error))
    account = Account(name, display_name.strip()[:100] or name, frozenset(), frozenset())
    site.door.accounts.save(account, by)
    return _shown(request, name, one_time_password(site.door, name, by))


@router.get("/accounts/{name}", include_in_schema=False)
def show_account(request: Request, name: str) -> Response:
    """One account with its rights."""
    return _shown(request, name)


class AccountForm(BaseModel, extra="forbid"):
    """The form of an account; a field that is none of these is refused."""

    csrf: str = ""
    display_name: str = Field("", max_length=100)
    roles: list[Role] = Field([], max_length=10)
    fonds: str = Field("", max_length=2_000)
    clearance: Secrecy = Secrecy.NONE
    state: Literal["open", "disabled"] = "open"

    @property
    def codes(self) -> frozenset[str] | None:
        """The fonds that were typed; None for all."""
        typed = self.fonds.strip()
        return None if typed == "*" else frozenset(re.split(r"[\s,;]+", typed)) - {""}


@router.post("/accounts/{name}")
def change_account(request: Request, name: str, form: Annotated[AccountForm, Form()]) -> Response:
    """Change what somebody may do; nobody changes their own rights. Their sessions end."""
    site, visit = site_of(request), visit_of(request)
    if visit.person.name == name:
        raise UsageError("nobody may change their own rights: ask another administrator")
    known = site.door.accounts.account(name)
    changed = replace(
        known,
        display_name=form.display_name.strip() or known.display_name,
        roles=frozenset(form.roles),
        fonds=form.codes,
        clearance=form.clearance,
        disabled=form.state == "disabled",
    )
    site.door.accounts.save(changed, visit.person.agent)
    return see_other("/accounts")


@router.post("/accounts/{name}/password")
def reset_password(request: Request, name: str) -> Response:
    """Give an account a one-time password and show it once."""
    site, visit = site_of(request), visit_of(request)
    if visit.person.name == name:
        raise UsageError("change your own password on your own page")
    site.door.accounts.account(name)
    return _shown(request, name, one_time_password(site.door, name, visit.person.agent))


@router.get("/audit")
def show_audit(request: Request, about: str = "", before: int = 0) -> Response:
    """The audit trail, newest first, and whether its chain holds."""
    return page(
        request, "audit.html", seen=look(site_of(request).archive, about.strip(), before), about=about
    )


def _shown(request: Request, name: str, password: str = "") -> Response:
    try:
        account = site_of(request).door.accounts.account(name)
    except NotFoundError:
        raise NotFoundError("no such account") from None
    own = visit_of(request).person.name == name
    levels = list(Secrecy)
    return page(
        request, "account.html", account=account, password=password, own=own, roles=list(Role), levels=levels
    )
