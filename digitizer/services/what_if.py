"""What more scanners, people or shifts at a station would change of a target's forecast."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from digitizer.errors import UsageError
from digitizer.inventory import Station
from digitizer.planning.forecast import Resources, WhatIf, what_if
from digitizer.services.burn_up import Outlook, daily
from digitizer.services.plan import PlanApp, today

__all__ = ["Change", "changed", "read_change"]

_FORM: Final = re.compile(r"(\w+)=(\d{1,4})(?:x(\d))?:(\d{1,4})(?:x(\d))?")
Change = tuple[str, tuple[Resources, Resources]]
"""A station, and what works there: as it is, as it would be."""


def read_change(text: str) -> Change:
    """A change as it is typed: `received=2:4` (two scanners, four then), `checked=3x1:3x2` (a second shift).

    >>> read_change("checked=3:3x2")
    ('checked', (Resources(hands=3, shifts=1), Resources(hands=3, shifts=2)))

    Raises:
        UsageError: it is written in another way, or there is no such station.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or found[1] not in tuple(Station):
        stations = ", ".join(Station)
        raise UsageError(
            f"what-if {text}: write STATION=NOW:THEN, such as received=2:4 or checked=3x1:3x2 (3 people, "
            f"2 shifts); stations: {stations}"
        )
    station, hands, shifts, then, then_shifts = found.groups()
    before, after = Resources(int(hands), int(shifts or 1)), Resources(int(then), int(then_shifts or 1))
    if not before.hands * before.shifts or not after.hands * after.shifts:
        raise UsageError(f"what-if {text}: at least one works at a station, in one shift")
    return station, (before, after)


def changed(app: PlanApp, seen: Outlook, changes: Sequence[Change]) -> WhatIf:
    """The forecast of a target with other resources, all else going on as it does."""
    target, remaining = seen.judged.target, seen.judged.missing
    return what_if(seen.rates, dict(changes), (daily(seen), remaining), today(app), target.due)
