"""What the page of progress shows of one part of the inventory, gathered once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from digitizer.inventory import Unit
from digitizer.planning.forecast import StationRate, WhatIf, station_rates
from digitizer.planning.ledger import LIVE
from digitizer.services.burn_up import Outlook, outlooks
from digitizer.services.figures import Days, FondsRow, Overview, Scope, overview
from digitizer.services.plan import PlanApp, today
from digitizer.services.what_if import Change, changed

__all__ = ["Dashboard", "Missing", "dashboard"]


@dataclass(frozen=True, slots=True)
class Missing:
    """How many pages a fonds still lacks for one share of it; none where it is reached."""

    share: Fraction
    pages: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Figures, targets with their forecasts, rates of the stations, and what is missing by fonds.

    `then` holds, beside each target, its forecast under the changes that were asked for.
    """

    day: date
    view: Overview
    seen: tuple[Outlook, ...]
    rates: tuple[StationRate, ...]
    shares: tuple[Fraction, ...]
    then: tuple[WhatIf | None, ...]

    @property
    def bottleneck(self) -> str:
        """The station that holds the others up; empty where nothing moves."""
        return next((rate.station for rate in self.rates if rate.bottleneck), "")

    @property
    def rows(self) -> tuple[FondsRow, ...]:
        """The lines of the table of fonds, the total last."""
        return (*self.view.fonds, self.view.total)

    def missing(self, row: FondsRow) -> tuple[Missing, ...]:
        """What a fonds lacks for each share that a target asks for."""
        needed = ((share, math.ceil(share * row.pages)) for share in self.shares)
        return tuple(Missing(share, max(0, count - row.complete_pages)) for share, count in needed)


def dashboard(app: PlanApp, scope: Scope, changes: Sequence[Change] = ()) -> Dashboard:
    """Gather what there is to show of `scope`.

    Raises:
        NotFoundError: there is no such freeze.
    """
    day, live, known = today(app), app.book.tallies(LIVE), Days()
    seen = outlooks(app, live, known)
    key = scope.fonds, scope.stock
    days = known[key] if key in known else app.book.days(scope.fonds or None, scope.stock.value)
    shares = {each.judged.target.share for each in seen if each.judged.target.unit is Unit.PAGES}
    then = [changed(app, each, changes) if changes and each.judged.missing else None for each in seen]
    return Dashboard(
        day, overview(app, scope, live), seen, station_rates(days, day), tuple(sorted(shares)), tuple(then)
    )
