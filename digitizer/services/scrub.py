"""Whether objects are read whole as often as they should: a scrub that does not run cannot say so itself."""

from __future__ import annotations

from datetime import datetime

from digitizer.errors import DigitizerError
from digitizer.services.archive import ArchiveApp

__all__ = ["scrubbed"]

_DAYS = 7  # each object once a week, docs/operations.md


def scrubbed(app: ArchiveApp) -> str:
    """How much is known to be whole, in a line.

    Raises:
        DigitizerError: Something is damaged or unreadable, no check ran for a week, or some object was read
            longer ago than two weeks.
    """
    covered = app.catalogue.coverage()
    if covered.objects == 0:
        return "nothing is stored yet"
    bad = covered.damaged + covered.unreadable
    if bad:
        raise DigitizerError(f"{bad} objects are damaged or unreadable: run `digitizer verify --repair-from`")
    now = app.clock.now()
    last = _last_check(app)
    since = _days(last or next(app.catalogue.documents()).received_at, now)
    if since > _DAYS:
        raise DigitizerError(f"no object was read whole for {since} days: run `digitizer verify` every night")
    if covered.oldest and _days(covered.oldest, now) > 2 * _DAYS:
        days = _days(covered.oldest, now)
        raise DigitizerError(f"some object was last read whole {days} days ago: give `verify` more time")
    return f"{covered.ok} of {covered.objects} objects known to be whole, last check {last or 'never'}"


def _last_check(app: ArchiveApp) -> str:
    last = ""
    for event in app.catalogue.events("archive"):
        if event.kind == "verified":
            last = event.at
    return last


def _days(then: str, now: str) -> int:
    return (datetime.fromisoformat(now) - datetime.fromisoformat(then)).days
