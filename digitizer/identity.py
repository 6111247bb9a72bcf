"""People whom a provider of identities vouches for: what it says, and the ports to it. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from digitizer.errors import DigitizerError
from digitizer.model import Agent

__all__ = ["Challenge", "Identities", "IdentityError", "IdentityProvider", "Vouched"]


class IdentityError(DigitizerError):
    """The provider's answer proves nothing: it is wrong, late, or to another question."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """What one log-in asked the provider; only the browser that began it holds these.

    `state` binds the answer to the browser, `nonce` the token to the question, `verifier` the code to us
    (RFC 7636); `back` is the address the provider sends the browser to.
    """

    state: str
    nonce: str
    verifier: str
    back: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Somebody as the provider knows them: `subject` never changes at `issuer`; `claims` is all it said."""

    issuer: str
    subject: str
    claims: Mapping[str, Any]


class IdentityProvider(Protocol):
    """A provider of identities, as OpenID Connect Core 1.0 describes it."""

    def address(self, challenge: Challenge) -> str:
        """Where the browser goes to log in.

        Raises:
            MissingDependencyError: the provider does not answer, or not as one.
        """
        ...

    def vouched(self, challenge: Challenge, code: str) -> Vouched:
        """Who logged in, by the code that the browser brought back.

        Raises:
            IdentityError: the answer is not valid.
            MissingDependencyError: the provider does not answer, or not as one.
        """
        ...

    def leaving(self, back: str) -> str:
        """Where the browser goes to log out of the provider too; empty where it has no such place."""
        ...


class Identities(Protocol):
    """Which account somebody of a provider has here; told by issuer and subject, never by a name."""

    def account_of(self, issuer: str, subject: str) -> str | None:
        """The account's name; None: this person has none yet."""
        ...

    def link(self, issuer: str, subject: str, account: str, by: Agent) -> None:
        """Keep that an account is this person's, with an event.

        Raises:
            ConflictError: the account or the person is taken.
        """
        ...

    def is_linked(self, account: str) -> bool:
        """Whether an account belongs to somebody of a provider."""
        ...
