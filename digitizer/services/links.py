"""Which connections to other machines are not encrypted, to be read and changed on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

__all__ = ["plain_links"]

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost", ""})
_ENCRYPTED: Final = frozenset({"s3+https", "rediss", "https"})
_LOCAL: Final = frozenset({"sqlite", "unix", ""})
_SSL_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})


def plain_links(addresses: Mapping[str, str], own: Collection[str] = ()) -> tuple[str, ...]:
    """The settings (name -> address) whose address leads to another machine without TLS.

    `own` are names of this machine beside the loopback's: containers on it are reached by theirs.

    >>> plain_links({"redis_url": "redis://queue.local:6379/0", "store_url": "s3+https://store.local/kho"})
    ('redis_url',)
    """
    return tuple(name for name, address in addresses.items() if _is_plain(address, _LOOPBACK.union(own)))


def _is_plain(address: str, own: Collection[str]) -> bool:
    at = urlsplit(address)
    scheme = at.scheme.partition("+")[0] if at.scheme.startswith("sqlite") else at.scheme
    if scheme in _LOCAL or scheme in _ENCRYPTED:
        return False
    asked = parse_qs(at.query)
    host = at.hostname or asked.get("host", [""])[0]
    if host in own or host.startswith("/"):
        return False
    if scheme.startswith("postgresql"):
        return not _SSL_MODES & set(asked.get("sslmode", ()))
    return True
