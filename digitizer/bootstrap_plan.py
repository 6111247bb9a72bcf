"""Settings -> what inventory, targets, reports, lots and handover need, beside the archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from digitizer.bootstrap import archive_of, database_url
from digitizer.bootstrap_figures import plan_of
from digitizer.services.archive import ArchiveApp
from digitizer.services.plan import PlanApp
from digitizer.settings import Settings

__all__ = ["planning_beside", "planning_of"]


@contextmanager
def planning_beside(archive: ArchiveApp, settings: Settings) -> Iterator[PlanApp]:
    """The parts over an open archive: for a door that has it open anyway.

    Raises:
        UsageError: the targets cannot be read.
    """
    from storage.inventory import SqlInventory

    plan = plan_of(settings)
    book = SqlInventory(database_url(settings))
    try:
        yield PlanApp(
            book=book,
            catalogue=archive.catalogue,
            derivatives=archive.derivatives,
            clock=archive.clock,
            agent=archive.agent,
            plan=plan,
            boxes_per_metre=settings.boxes_per_metre,
        )
    finally:
        book.close()


@contextmanager
def planning_of(settings: Settings) -> Iterator[PlanApp]:
    """The parts, with the archive opened for them.

    Raises:
        UsageError: the targets cannot be read.
        MissingDependencyError: the archive's folder cannot be used.
    """
    with archive_of(settings) as archive, planning_beside(archive, settings) as app:
        yield app
