"""What the verbs of inventory, targets and reports need, in one frozen value that bootstrap makes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from digitizer.model import Agent
from digitizer.planning.ledger import day_of
from digitizer.planning.targets import Plan
from digitizer.ports import BlobStore, Catalogue, Clock
from digitizer.ports_inventory import InventoryBook, InventorySums

__all__ = ["Counted", "PlanApp", "today"]


class Counted(Protocol):
    """What figures are made of: a `PlanApp`, or as much of one as is needed for that."""

    @property
    def book(self) -> InventorySums:
        """The sums."""
        ...

    @property
    def clock(self) -> Clock:
        """Which day it is."""
        ...

    @property
    def plan(self) -> Plan:
        """The targets."""
        ...


@dataclass(frozen=True, slots=True)
class PlanApp:
    """The parts; `boxes_per_metre` makes shelf metres of boxes where nobody has measured them."""

    book: InventoryBook
    catalogue: Catalogue
    derivatives: BlobStore
    clock: Clock
    agent: Agent
    plan: Plan
    boxes_per_metre: float = 8.0


def today(app: Counted) -> date:
    """The day it is in Vietnam."""
    return date.fromisoformat(day_of(app.clock.now()))
