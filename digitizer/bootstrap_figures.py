"""Settings -> what the figures of progress are made of, for a command that only shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from digitizer.bootstrap_place import SystemClock, database_url, make_folder
from digitizer.errors import UsageError
from digitizer.planning.targets import Plan, load_plan
from digitizer.ports_inventory import InventorySums
from digitizer.services.plan import Counted
from digitizer.settings import Settings
from storage.driver import driver_for
from storage.seen_inventory import SeenInventory

__all__ = ["figures_of", "plan_of"]


@dataclass(frozen=True, slots=True)
class _Figures:
    book: InventorySums
    clock: SystemClock
    plan: Plan


@contextmanager
def figures_of(settings: Settings) -> Iterator[Counted]:
    """As much of `planning_of` as figures take; raises the same errors."""
    make_folder(settings.home.absolute() / "scratch")
    plan = plan_of(settings)
    if (driver := driver_for(database_url(settings))) is not None:
        with closing(driver):
            yield _Figures(SeenInventory(driver), SystemClock(), plan)
        return
    from digitizer.bootstrap_plan import planning_of

    with planning_of(settings) as app:
        yield app


def plan_of(settings: Settings) -> Plan:
    """The targets.

    Raises:
        UsageError: they cannot be read.
    """
    if settings.targets_file is None:
        return load_plan()
    try:
        return load_plan(settings.targets_file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"targets_file {settings.targets_file} cannot be read: {error}") from error
