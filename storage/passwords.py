"""Hashes of passwords with argon2id."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

__all__ = ["Argon2Passwords"]


class Argon2Passwords:
    """`Passwords` with argon2id; 64 MiB and three passes, the second choice of RFC 9106 section 4."""

    def __init__(self, memory_kib: int = 65_536, passes: int = 3) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)

    def hash(self, password: str) -> str:
        """See `Passwords`."""
        return self._hasher.hash(password.encode("utf-8", "backslashreplace"))

    def verify(self, known: str, password: str) -> bool:
        """See `Passwords`."""
        try:
            return self._hasher.verify(known, password.encode("utf-8", "backslashreplace"))
        except (Argon2Error, InvalidHashError):
            return False
