"""Settings -> the parts of an archive that tell how it is, for a command that only looks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from digitizer.bootstrap import database_url, make_folder
from digitizer.bootstrap_fleet import queue_of
from digitizer.page_jobs import PageJobs
from digitizer.ports import Catalogue, JobQueue
from digitizer.settings import Settings

__all__ = ["Watch", "watch_of"]


@dataclass(frozen=True, slots=True)
class Watch:
    """The parts of an archive that tell how it is, for a command that only looks: nothing else is loaded."""

    catalogue: Catalogue
    queue: JobQueue
    jobs: PageJobs


@contextmanager
def watch_of(settings: Settings) -> Iterator[Watch]:
    """What `archive_of` opens, without objects, index and readers; raises the same errors."""
    from storage.catalogue import SqlCatalogue
    from storage.page_jobs import SqlPageJobs

    make_folder(settings.home.absolute() / "scratch")
    url = database_url(settings)
    with closing(SqlCatalogue(url)) as catalogue, closing(SqlPageJobs(url)) as jobs:
        yield Watch(catalogue, queue_of(settings), jobs)
