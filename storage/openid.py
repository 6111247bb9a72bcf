"""`IdentityProvider` over OpenID Connect: authorization code with PKCE, tokens checked against its keys.

OpenID Connect Core 1.0 section 3.1, Discovery 1.0 section 4, RFC 7636 (S256), RFC 9700.
The web process asks no other address than this provider's: every address it names must be at its own
origin, no redirect is followed, and answers are bounded.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from digitizer.errors import MissingDependencyError, UsageError
from digitizer.identity import Challenge, IdentityError, Vouched

__all__ = ["OpenIdProvider"]

_SECONDS: Final = 10.0
_MOST_BYTES: Final = 256 << 10
_CLOCKS_DIFFER: Final = 60
#: Signatures with a key pair only: with HS256 the client's secret would be a key that signs.
_ALGORITHMS: Final = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
]
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(frozen=True, slots=True)
class OpenIdProvider:
    """The provider at `issuer`, to which we are `client`; `scopes` are asked for.

    Raises:
        UsageError: `issuer` is no address with TLS (loopback needs none).
    """

    issuer: str
    client: str
    secret: str
    scopes: tuple[str, ...] = ("openid", "profile")

    def __post_init__(self) -> None:
        at = urlsplit(self.issuer)
        loose = at.scheme == "http" and at.hostname in _LOOPBACK
        if not at.hostname or at.query or at.fragment or at.username or not (at.scheme == "https" or loose):
            raise UsageError("openid_issuer must be an address with https")
        if not self.client:
            raise UsageError("openid_client: the name under which the provider knows this application")

    def address(self, challenge: Challenge) -> str:
        """Where the browser goes to log in; see `IdentityProvider`."""
        return str(
            prepare_grant_uri(
                self._named(self._metadata(), "authorization_endpoint"),
                self.client,
                "code",
                redirect_uri=challenge.back,
                scope=" ".join(self.scopes),
                state=challenge.state,
                nonce=challenge.nonce,
                code_challenge=create_s256_code_challenge(challenge.verifier),
                code_challenge_method="S256",
            )
        )

    def vouched(self, challenge: Challenge, code: str) -> Vouched:
        """Who logged in; see `IdentityProvider`."""
        metadata = self._metadata()
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": challenge.back,
            "code_verifier": challenge.verifier,
        }
        tokens = self._tokens(self._named(metadata, "token_endpoint"), asked)
        keys = self._answer("GET", self._named(metadata, "jwks_uri"))
        claims = self._claims(tokens, keys, challenge.nonce)
        return Vouched(self.issuer, str(claims["sub"]), claims)

    def leaving(self, back: str) -> str:
        """Where the browser logs out; see `IdentityProvider`."""
        metadata = self._metadata()
        if not metadata.get("end_session_endpoint"):
            return ""
        asked = urlencode({"client_id": self.client, "post_logout_redirect_uri": back})
        return f"{self._named(metadata, 'end_session_endpoint')}?{asked}"

    def _metadata(self) -> dict[str, Any]:
        found = self._answer("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise MissingDependencyError(
                "the OpenID provider calls itself by another name than openid_issuer"
            )
        return found

    def _named(self, metadata: Mapping[str, Any], name: str) -> str:
        """An address the provider names: at its own origin, or it is not asked."""
        value = metadata.get(name)
        own, there = urlsplit(self.issuer), urlsplit(value if isinstance(value, str) else "")
        if (own.scheme, own.netloc) != (there.scheme, there.netloc):
            raise MissingDependencyError(f"the OpenID provider names a {name} that is not its own")
        return str(value)

    def _tokens(self, address: str, asked: dict[str, str]) -> dict[str, Any]:
        """Ask with the client's secret in the header, or as a client that has none (RFC 6749 2.3.1)."""
        if self.secret:
            return self._answer("POST", address, asked, (self.client, self.secret))
        return self._answer("POST", address, asked | {"client_id": self.client})

    def _claims(self, tokens: Mapping[str, Any], keys: dict[str, Any], nonce: str) -> dict[str, Any]:
        wanted: Any = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client},
        }
        about = {"nonce": nonce, "client_id": self.client, "access_token": tokens.get("access_token")}
        try:
            registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
            known: Any = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # its own check follows
            token = jwt.decode(str(tokens.get("id_token", "")), key=known, registry=registry)
            claims = CodeIDToken(token.claims, token.header, wanted, about)
            claims.validate(leeway=_CLOCKS_DIFFER)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise IdentityError(f"the provider's token is not valid ({type(error).__name__})") from error
        return dict(claims)

    def _answer(
        self,
        method: str,
        address: str,
        form: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> dict[str, Any]:
        try:
            status, body = _fetched(method, address, form, auth)
            values = json.loads(body)
        except (httpx.HTTPError, ssl.SSLError, ValueError) as error:
            line = f"the OpenID provider does not answer as one ({type(error).__name__})"
            raise MissingDependencyError(line) from error
        if form is not None and status in {400, 401}:
            raise IdentityError("the provider does not take the code: log in again")
        if status != 200 or not isinstance(values, dict):
            raise MissingDependencyError(f"the OpenID provider does not answer as one ({status})")
        return values


def _fetched(
    method: str, address: str, form: dict[str, str] | None, auth: tuple[str, str] | None
) -> tuple[int, bytes]:
    """Status and bounded body; no proxy or credential of the environment, no redirect."""
    headers = {"accept": "application/json"}
    context = ssl.create_default_context()  # the system's certificates, an agency's own among them
    with (
        httpx.Client(timeout=_SECONDS, trust_env=False, verify=context) as client,
        client.stream(method, address, data=form, headers=headers, auth=auth) as answer,
    ):
        body = b""
        for piece in answer.iter_bytes():
            body += piece
            if len(body) > _MOST_BYTES:
                raise ValueError("the answer is too long")
        return answer.status_code, body
