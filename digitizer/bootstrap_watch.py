"""Settings -> the parts of an archive that tell how it is, for a command that only looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from digitizer.bootstrap_fleet import queue_of
from digitizer.bootstrap_place import database_url, make_folder
from digitizer.errors import NotFoundError
from digitizer.ports_watch import Bell, RollCall, Seen, Sharing
from digitizer.roll import Roll
from digitizer.settings import Settings
from storage.driver import driver_for
from storage.roll_seen import SeenRoll
from storage.seen import SeenCatalogue

__all__ = ["Watch", "reasons_of", "roll_of", "watch_of"]


@dataclass(frozen=True, slots=True)
class Watch:
    """The parts of an archive that tell how it is, for a command that only looks: nothing else is loaded."""

    catalogue: Seen
    queue: Bell
    jobs: Sharing
    roll: RollCall


@contextmanager
def watch_of(settings: Settings) -> Iterator[Watch]:
    """What `archive_of` opens, without objects, index and readers; raises the same errors."""
    make_folder(settings.home.absolute() / "scratch")
    url = database_url(settings)
    if (driver := driver_for(url)) is not None:
        with closing(driver):
            seen = SeenCatalogue(driver)
            yield Watch(seen, queue_of(settings), seen, SeenRoll(driver))
        return
    from storage.catalogue import SqlCatalogue
    from storage.page_jobs import SqlPageJobs

    with (
        closing(SqlCatalogue(url)) as catalogue,
        closing(SqlPageJobs(url)) as jobs,
        roll_of(settings) as roll,
    ):
        yield Watch(catalogue, queue_of(settings), jobs, roll)


@contextmanager
def roll_of(settings: Settings) -> Iterator[Roll]:
    """The roll of the workers, beside the catalogue."""
    from storage.roll import SqlRoll

    with closing(SqlRoll(database_url(settings))) as roll:
        yield roll


def reasons_of(settings: Settings, document_id: str) -> list[str]:
    """Why the record of a finished document needs a person, page by page; this loads what records take."""
    from storage.catalogue import SqlCatalogue

    with closing(SqlCatalogue(database_url(settings))) as catalogue:
        try:
            record = catalogue.record(document_id)
        except NotFoundError:
            return []
    return [
        f"{each['code']}: " + (f"page {each['page']}: " if each["page"] else "") + each["message"]
        for each in record["reasons"]
    ]
