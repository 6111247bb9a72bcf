"""How long a database is waited for, and what is said of one that does not serve; no library is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from digitizer.errors import MissingDependencyError

__all__ = ["BUSY_SECONDS", "POSTGRESQL_REACH", "damaged", "unusable"]

BUSY_SECONDS: Final = 30
POSTGRESQL_REACH: Final[Mapping[str, int]] = {"connect_timeout": 5, "tcp_user_timeout": 30_000}


def unusable(error: object) -> MissingDependencyError:
    """The database is down, locked for too long, or full."""
    return MissingDependencyError(f"the catalogue cannot be used now: {error}")


def damaged(error: object) -> MissingDependencyError:
    """The database's own file is not what it wrote."""
    return MissingDependencyError(
        f"the catalogue is damaged ({error}): restore a backup: `digitizer restore`"
    )
