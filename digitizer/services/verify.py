"""Read stored objects whole, the longest unchecked first; mend what is damaged from a second copy."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from digitizer.errors import DigitizerError, FixityError, MissingDependencyError, NotFoundError
from digitizer.fixity import Checked, FixityOutcome, Shelf, StoredObject
from digitizer.model import Agent
from digitizer.ports import BlobStore, object_key
from digitizer.services.archive import ArchiveApp

__all__ = ["Budget", "Verified", "verify"]

# Good outcomes are noted together, bad ones at once: one transaction an object would cost more than its read.
_GROUP = 100
_GROUP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Budget:
    """When a run has done enough: after so many objects, bytes or seconds; None is no bound."""

    items: int | None = None
    bytes: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What one full read found; `repaired`: it was damaged and is whole again."""

    stored: StoredObject
    outcome: FixityOutcome
    note: str = ""
    repaired: bool = False


@dataclass(slots=True)
class _Notes:
    """Outcomes that the catalogue does not know yet."""

    app: ArchiveApp
    by: Agent
    waiting: list[Checked] = field(default_factory=list)
    since: float = field(default_factory=time.monotonic)

    def add(self, found: Verified) -> None:
        """Note one; whatever needs a person is in the catalogue before anybody is told."""
        self.waiting.append(Checked(found.stored, found.outcome, found.note))
        old = time.monotonic() - self.since > _GROUP_SECONDS
        if found.note or len(self.waiting) >= _GROUP or old:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        self.app.catalogue.verified(self.waiting, self.by)
        self.waiting = []
        self.since = time.monotonic()


def verify(
    app: ArchiveApp, budget: Budget, by: Agent, donors: Mapping[Shelf, BlobStore] | None = None
) -> Iterator[Verified]:
    """Read objects until the budget is used or each was read once; `donors` hold second copies.

    Stopped early it keeps what it found. What could not be read is told as that, never as good; how much
    of the whole is known to be good says `app.catalogue.coverage()`.

    Raises:
        MissingDependencyError: A store or the catalogue is down: the run is incomplete.
    """
    notes = _Notes(app, by)
    try:
        for stored in _within(budget, _each_once(app, notes)):
            found = _checked(app, stored, (donors or {}).get(stored.shelf))
            notes.add(found)
            yield found
    finally:
        notes.write()


def _each_once(app: ArchiveApp, notes: _Notes) -> Iterator[StoredObject]:
    """The longest unchecked first; what was checked goes to the end, so as many as there are is each once."""
    left = app.catalogue.coverage().objects
    while portion := app.catalogue.to_verify(min(_GROUP, left)) if left else ():
        yield from portion
        left -= len(portion)
        notes.write()


def _within(budget: Budget, objects: Iterator[StoredObject]) -> Iterator[StoredObject]:
    start, items, size = time.monotonic(), 0, 0
    for stored in objects:
        yield stored
        items, size = items + 1, size + stored.fixity.bytes
        used = ((items, budget.items), (size, budget.bytes), (time.monotonic() - start, budget.seconds))
        if any(bound is not None and spent >= bound for spent, bound in used):
            return


def _checked(app: ArchiveApp, stored: StoredObject, donor: BlobStore | None) -> Verified:
    store = app.masters if stored.shelf is Shelf.MASTERS else app.derivatives
    outcome, why = _read(store, stored)
    if outcome is not FixityOutcome.DAMAGED or donor is None:
        return Verified(stored, outcome, why)
    donated, donor_why = _read(donor, stored)
    if donated is not FixityOutcome.OK:
        return Verified(stored, outcome, f"{why}; the second copy cannot mend it: {donor_why}")
    return _repaired(store, stored, donor, why)


def _read(store: BlobStore, stored: StoredObject) -> tuple[FixityOutcome, str]:
    """Read an object whole; what was found, and why it is not good."""
    try:
        store.verify(object_key(stored.fixity.sha256), stored.fixity)
    except NotFoundError:
        return FixityOutcome.DAMAGED, "it is missing"
    except FixityError as error:
        return FixityOutcome.DAMAGED, str(error)
    except MissingDependencyError:
        raise
    except (DigitizerError, OSError) as error:
        return FixityOutcome.UNREADABLE, f"could not be read: {error}"
    return FixityOutcome.OK, ""


def _repaired(store: BlobStore, stored: StoredObject, donor: BlobStore, why: str) -> Verified:
    """Set the damaged bytes aside, put the donor's in their place, read those whole again.

    A donor that goes bad in between is refused by `put`, which checks the bytes it is given; the object
    is then missing, its damaged bytes are kept aside, and the next run tries again.
    """
    key = object_key(stored.fixity.sha256)
    try:
        aside = _set_aside(store, key)
        with donor.open(key) as data:
            store.put(key, data, stored.fixity)
        store.verify(key, stored.fixity)
    except MissingDependencyError:
        raise
    except (DigitizerError, OSError) as error:
        return Verified(stored, FixityOutcome.DAMAGED, f"{why}; it could not be mended: {error}")
    kept = f", the damaged bytes are kept as {aside}" if aside else ""
    return Verified(stored, FixityOutcome.OK, f"{why}; mended from the second copy{kept}", repaired=True)


def _set_aside(store: BlobStore, key: str) -> str:
    """Move the damaged object to a free key beside it; the key, empty if there was nothing to move."""
    taken = sum(1 for _ in store.keys(f"damaged/{key}."))
    aside = f"damaged/{key}.{taken + 1}"
    try:
        store.set_aside(key, aside)
    except NotFoundError:
        return ""
    return aside
