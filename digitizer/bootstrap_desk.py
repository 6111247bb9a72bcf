"""Settings -> what people said of papers, for commands: what `digitizer.bootstrap_web` is to the pages."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

from digitizer.bootstrap_place import SystemClock, database_url, make_folder
from digitizer.desk import Amendments, Desk
from digitizer.model import Agent, Event
from digitizer.services.log_in import Door
from digitizer.settings import Settings

__all__ = ["amendments_of", "desk_of", "door_of", "note_export", "operator"]


@contextmanager
def amendments_of(settings: Settings) -> Iterator[Amendments]:
    """What people said of text and borders."""
    from storage.amendments import SqlAmendments

    amendments = SqlAmendments(database_url(settings))
    try:
        yield amendments
    finally:
        amendments.close()


@contextmanager
def desk_of(settings: Settings) -> Iterator[Desk]:
    """The checking desk."""
    from storage.desk import SqlDesk

    desk = SqlDesk(database_url(settings))
    try:
        yield desk
    finally:
        desk.close()


@contextmanager
def door_of(settings: Settings) -> Iterator[Door]:
    """What is needed to let people in."""
    from storage.accounts import SqlAccounts
    from storage.passwords import Argon2Passwords

    make_folder(settings.home.absolute())
    accounts = SqlAccounts(database_url(settings))
    try:
        yield Door(accounts, Argon2Passwords(), SystemClock())
    finally:
        accounts.close()


def operator() -> Agent:
    """Who runs this command: the account of the operating system."""
    try:
        return Agent(f"person:os/{getpass.getuser()}")
    except (KeyError, OSError):
        return Agent("person:os/unknown")


def note_export(settings: Settings, at: str, what: str, rows: int) -> None:
    """Leave an event that personal data was taken out whole; `what` names the export."""
    from storage.accounts import SqlAccounts

    accounts = SqlAccounts(database_url(settings))
    told = (("what", what), ("rows", str(rows)), ("masked", "False"))
    try:
        accounts.note(Event("exported", "archive", operator(), at, "success", told))
    finally:
        accounts.close()
