"""Bring a catalogue to the newest revision: forward only, whole or not at all, refusing a newer one."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, inspect, text

from digitizer.errors import UsageError
from storage.dialect import reading, writing
from storage.schema import HEAD

__all__ = ["bring_up_to_date", "revision_of"]

_VERSIONS: Final = "alembic_version"


def bring_up_to_date(engine: Engine, target: str = HEAD) -> None:
    """Upgrade to `target` in one transaction; a second process that opens it waits and finds it done.

    Raises:
        UsageError: A newer version of this system has written it.
    """
    with reading(engine) as connection:
        found = revision_of(connection)
    if found == target:
        return
    if found is not None and found > HEAD:
        raise UsageError(f"the catalogue is at revision {found}, this version knows {HEAD}: update digitizer")
    with writing(engine) as connection:
        _upgrade(connection, target)


def revision_of(connection: Connection) -> str | None:
    """The revision the database is at; None for an empty one."""
    if not inspect(connection).has_table(_VERSIONS):
        return None
    return connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()  # noqa: S608 - a constant


def _upgrade(connection: Connection, target: str) -> None:
    from alembic import command  # a quarter of a second, needed once in a database's life
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, target)
