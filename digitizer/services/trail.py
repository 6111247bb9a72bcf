"""Show the audit trail, newest first, with the proof that it is whole."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from digitizer.errors import FixityError
from digitizer.model import Event
from digitizer.services.archive import ArchiveApp

__all__ = ["Trail", "look"]

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Trail:
    """A part of the trail, newest first, each event with its number from 1.

    `broken` says where the chain does not hold, empty where it does; `head` is the last hash.
    """

    events: tuple[tuple[int, Event], ...]
    count: int
    head: str
    broken: str


def look(app: ArchiveApp, about: str = "", before: int = 0) -> Trail:
    """The last events, those about one object or all, before number `before` where it is not 0."""
    try:
        count, head = app.catalogue.verify_events()
        broken = ""
    except FixityError as error:
        count, head, broken = 0, "", str(error)
    kept: deque[tuple[int, Event]] = deque(maxlen=_SHOWN)
    for number, event in enumerate(app.catalogue.events(about or None), start=1):
        if before and number >= before:
            break
        kept.append((number, event))
    return Trail(tuple(reversed(kept)), count, head, broken)
