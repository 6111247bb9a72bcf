"""A consistent copy of a PostgreSQL catalogue while others write to it, by the server's own programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL, make_url

from digitizer.errors import MissingDependencyError, UsageError
from digitizer.fixity import Census
from storage.dialect import engine_for, reading, writing
from storage.trail import FIRST_HASH

__all__ = ["dump_catalogue", "load_catalogue"]


def dump_catalogue(url: str, target: Path) -> Census:
    """Dump the catalogue at `url` to the new file `target`; others go on writing.

    The census is taken in one transaction, and `pg_dump` is given that transaction's snapshot: both are of
    the same moment.

    Returns:
        What the copy holds.

    Raises:
        UsageError: `target` is there.
        MissingDependencyError: The server is down, or there is no `pg_dump` that can talk to it.
    """
    if target.exists():
        raise UsageError(f"{target.name} is there already: nothing is replaced")
    engine = engine_for(url)
    try:
        with reading(engine) as connection:
            # Idle while the dump runs: the server must not end the snapshot for that.
            connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
            snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
            census = _census(connection)
            dump = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
            _run("pg_dump", make_url(url), (*dump, f"--file={target}"))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        engine.dispose()
    with target.open("rb") as file:
        os.fsync(file.fileno())
    return census


def load_catalogue(url: str, source: Path) -> Callable[[], None]:
    """Load a dump into the empty database at `url`, all of it or nothing; what takes it out again.

    Raises:
        UsageError: The database holds something.
        MissingDependencyError: The server is down, or there is no `pg_restore` that can talk to it.
    """
    engine = engine_for(url)
    try:
        with reading(engine) as connection:
            if inspect(connection).get_table_names():
                raise UsageError("the database in database_url is not empty: restore into an empty one")
    finally:
        engine.dispose()
    whole = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", make_url(url), (*whole, str(source)))
    return lambda: _empty(url)


def _empty(url: str) -> None:
    engine = engine_for(url)
    with writing(engine) as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def _census(connection: Connection) -> Census:
    documents = connection.execute(text("SELECT count(*) FROM document")).scalar_one()
    events = connection.execute(text("SELECT count(*) FROM event")).scalar_one()
    last = connection.execute(text("SELECT hash FROM event ORDER BY seq DESC LIMIT 1")).scalar()
    return Census(documents, events, last or FIRST_HASH)


def _run(name: str, url: URL, options: Sequence[str]) -> None:
    """Run a program of PostgreSQL; the password goes by the environment, never by the command line."""
    program = shutil.which(name)
    if program is None:
        raise MissingDependencyError(f"{name} is not installed: apt-get install postgresql-client")
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    done = subprocess.run(
        [program, f"--dbname={plain}", *options],
        env={**os.environ, **secret},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        why = done.stderr.strip().splitlines()[:1] or [f"status {done.returncode}"]
        raise MissingDependencyError(f"{name} failed: {why[0]}")
