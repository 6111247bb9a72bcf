"""Let people in whom an identity provider vouches for: a table says what its claims mean here.

The table gives roles and fonds, never the administrator's role and never a clearance for state secrets: both
are given by a person, on the page of accounts, and stay when somebody logs in again.
"""

from __future__ import annotations

import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from digitizer.accounts import Account, Role
from digitizer.errors import ConflictError, NotFoundError, UsageError
from digitizer.identity import Challenge, Identities, IdentityError, IdentityProvider, Vouched
from digitizer.model import Agent
from digitizer.services.log_in import Door, LogInError, open_session

__all__ = ["ClaimTable", "Gateway", "Grant", "answered", "let_in", "new_challenge", "read_claim_table"]

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_KEYS: Final = frozenset({"claim", "name", "display_name", "scopes", "grants"})
_GRANT_KEYS: Final = frozenset({"value", "roles", "fonds"})
_BY: Final = Agent("software:digitizer/openid")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one value of the claim gives; `fonds` None: all of them."""

    value: str
    roles: frozenset[Role]
    fonds: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class ClaimTable:
    """Which claim says the groups, which the names, what is asked for, and what each group gives."""

    claim: str
    name: str
    display_name: str
    scopes: tuple[str, ...]
    grants: tuple[Grant, ...]

    def granted(self, claims: Mapping[str, Any]) -> tuple[frozenset[Role], frozenset[str] | None]:
        """Roles and fonds of whoever has these claims: all that any of their groups gives."""
        told = claims.get(self.claim, ())
        values = (
            {told} if isinstance(told, str) else {v for v in told if isinstance(v, str)} if told else set()
        )
        mine = [each for each in self.grants if each.value in values]
        roles = frozenset[Role]().union(*(each.roles for each in mine))
        if any(each.fonds is None for each in mine):
            return roles, None
        return roles, frozenset[str]().union(*(each.fonds or () for each in mine))


@dataclass(frozen=True, slots=True)
class Gateway:
    """A provider of identities, what its claims mean, and whose account is whose."""

    provider: IdentityProvider
    table: ClaimTable
    identities: Identities


def new_challenge(back: str) -> Challenge:
    """A fresh question to the provider; RFC 7636 section 4.1 wants 43 letters or more of the verifier."""
    return Challenge(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), back)


def answered(
    provider: IdentityProvider, challenge: Challenge | None, state: str, code: str, issuer: str
) -> Vouched:
    """Who the answer that a browser brought back vouches for; `issuer` may be empty (RFC 9207).

    Raises:
        IdentityError: this browser asked nothing, or something else, or another provider answers.
        MissingDependencyError: the provider does not answer, or not as one.
    """
    if challenge is None or not code or not secrets.compare_digest(state.encode(), challenge.state.encode()):
        raise IdentityError("this answer is to no question of this browser")
    vouched = provider.vouched(challenge, code)
    if issuer and issuer != vouched.issuer:
        raise IdentityError("this answer is another provider's")
    return vouched


def let_in(door: Door, gateway: Gateway, vouched: Vouched, address: str) -> str:
    """Open a session for somebody the provider vouched for; the secret that the browser keeps.

    Their account is made at their first log-in and has the table's roles and fonds at each.

    Raises:
        LogInError: the table gives them nothing, their account is closed, or its name belongs to another.
    """
    account = _account(door, gateway, vouched)
    if account is None:
        door.note("log-in", "archive", _BY, "failure", address=address, cause="provider")
        raise LogInError
    return open_session(door, account, address)


def _account(door: Door, gateway: Gateway, vouched: Vouched) -> Account | None:
    table, claims = gateway.table, vouched.claims
    roles, fonds = table.granted(claims)
    name = gateway.identities.account_of(vouched.issuer, vouched.subject)
    known = door.accounts.account(name) if name is not None else None
    if known is not None:
        kept = known.roles & {Role.ADMINISTRATOR}
        now = replace(known, roles=roles | kept, fonds=fonds)
        if now != known:
            door.accounts.save(now, _BY)  # what they lost ends their other sessions
        return now if roles | kept and not known.disabled else None
    wanted = str(claims.get(table.name, "")).casefold().partition("@")[0]
    if not roles or not _NAME.fullmatch(wanted) or _taken(door, gateway, wanted):
        return None
    shown = str(claims.get(table.display_name) or wanted)
    made = Account(wanted, "".join(c for c in shown if c.isprintable())[:100], roles, fonds)
    door.accounts.save(made, _BY)
    try:
        gateway.identities.link(vouched.issuer, vouched.subject, wanted, _BY)
    except ConflictError:
        return None
    return made


def _taken(door: Door, gateway: Gateway, name: str) -> bool:
    """A name the provider gives never opens an account that is somebody else's here.

    One without a password and without an owner is what a log-in that broke off here left.
    """
    try:
        return bool(door.accounts.password(name)) or gateway.identities.is_linked(name)
    except NotFoundError:
        return False


def read_claim_table(path: Path) -> ClaimTable:
    """The table of what claims mean.

    Raises:
        UsageError: it cannot be read, has a key or role that there is not, or would make administrators.
    """
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"openid_table {path.name} cannot be read: {error}") from error
    odd = sorted(set(values) - _KEYS)
    if odd:
        raise UsageError(f"openid_table {path.name}: unknown key {odd[0]}")
    rows = values.get("grants", [])
    if not isinstance(rows, list) or not rows:
        raise UsageError(f"openid_table {path.name}: it has no [[grants]], nobody could log in")
    scopes = tuple(str(each) for each in values.get("scopes", ("openid", "profile")))
    return ClaimTable(
        claim=str(values.get("claim", "groups")),
        name=str(values.get("name", "preferred_username")),
        display_name=str(values.get("display_name", "name")),
        scopes=tuple(dict.fromkeys(("openid", *scopes))),
        grants=tuple(_grant(path.name, number, row) for number, row in enumerate(rows, start=1)),
    )


def _grant(file: str, number: int, row: Any) -> Grant:
    where = f"openid_table {file}, grant {number}"
    if not isinstance(row, dict) or set(row) - _GRANT_KEYS or not isinstance(row.get("value"), str):
        raise UsageError(f"{where}: it has value, roles and fonds, and nothing else")
    try:
        roles = frozenset(Role(each) for each in row.get("roles", ()))
    except ValueError as error:
        raise UsageError(f"{where}: {error}") from error
    if Role.ADMINISTRATOR in roles:
        raise UsageError(f"{where}: the administrator's role is given by a person, on the page of accounts")
    fonds = row.get("fonds", [])
    if fonds == "*":
        return Grant(row["value"], roles, None)
    if not isinstance(fonds, list) or not all(isinstance(each, str) and each for each in fonds):
        raise UsageError(f'{where}: fonds is a list of codes, or "*" for all')
    return Grant(row["value"], roles, frozenset(fonds))
