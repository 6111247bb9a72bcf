"""Compare catalogue, objects and search index with each other; mend what can be made again, name the rest."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from digitizer.errors import NotFoundError
from digitizer.fixity import Checked, FixityOutcome, Shelf, StoredObject
from digitizer.model import Agent, Fixity
from digitizer.ports import BlobStore, object_key
from digitizer.services.archive import ArchiveApp
from digitizer.services.find import index_pending
from digitizer.services.index_drift import Lag, index_drift, take_out
from digitizer.services.manifests import adopt_lost, write_missing
from digitizer.services.witness import contradicted

__all__ = ["Drift", "DriftKind", "Reconciled", "reconcile"]


class DriftKind(StrEnum):
    """What two of the three do not agree on."""

    MASTER_MISSING = "master-missing"
    DERIVATIVE_MISSING = "derivative-missing"
    OBJECT_UNKNOWN = "object-unknown"
    NOT_INDEXED = "not-indexed"
    INDEX_UNKNOWN = "index-unknown"
    INDEX_OLDER = "index-older"
    WRONG_DIGEST = "wrong-digest"
    ADOPTED = "adopted"


@dataclass(frozen=True, slots=True)
class Drift:
    """One disagreement; `subject` is a document or `shelf/digest`. `mended`: it is right again."""

    kind: DriftKind
    subject: str
    mended: bool = False

    @property
    def needs_person(self) -> bool:
        """Whether somebody must act: unknown objects harm nothing, but a master is never removed unseen."""
        return not self.mended


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A comparison that ran to its end; one that did not has no result at all.

    `manifests`: how many documents had none beside their master and have one now.
    """

    documents: int
    objects: int
    drifts: tuple[Drift, ...]
    manifests: int = 0


def reconcile(app: ArchiveApp, by: Agent, grace_seconds: float = 60.0) -> Reconciled:
    """Compare all three and note the run as an event.

    Documents that only their manifests know are catalogued again: the catalogue is older than the store.
    Rows that name other objects than the audit trail does are told and left alone, whichever is right.
    An object is stored before its document is catalogued, so one that nobody knows is looked at again after
    `grace_seconds`. Missing objects are noted as damage of their documents; `verify --repair-from` brings a
    master back, `retry` makes derivatives again. Nothing is ever deleted from a store.

    Raises:
        DigitizerError: A part is down: there is no result then, for half a comparison shows nothing.
    """
    adopted, with_manifest = adopt_lost(app)
    drifts = [Drift(DriftKind.ADOPTED, each, mended=True) for each in adopted]
    objects = 0
    unknown: list[tuple[Shelf, str]] = []
    for shelf, store in ((Shelf.MASTERS, app.masters), (Shelf.DERIVATIVES, app.derivatives)):
        for fixity, stored in _merged(app.catalogue.stored(shelf), store.keys("sha256/")):
            objects += fixity is not None
            if fixity is None:
                unknown.append((shelf, stored))
            elif not stored and not _is_there(store, fixity):
                drifts.append(_missing(app, shelf, fixity, by))
    drifts += _still_unknown(app, unknown, grace_seconds)
    drifts += [Drift(DriftKind.WRONG_DIGEST, each) for each in contradicted(app)]
    documents, index_drifts, again = _index_drifts(app)
    drifts += index_drifts
    counts = Counter(each.kind.value for each in drifts)
    app.catalogue.reconciled(dict(counts), again, by)
    if again:
        index_pending(app)
    manifests = write_missing(app) if with_manifest < documents else 0
    return Reconciled(documents, objects, tuple(drifts), manifests)


def _merged(wanted: Iterator[Fixity], keys: Iterator[str]) -> Iterator[tuple[Fixity | None, str]]:
    """Two sorted streams side by side: (what the catalogue knows or None, the digest found or empty)."""
    want = next(wanted, None)
    found = (key.rpartition("/")[2] for key in keys)
    have = next(found, None)
    while want is not None or have is not None:
        if have is None or (want is not None and want.sha256 < have):
            yield want, ""
            want = next(wanted, None)
        elif want is None or have < want.sha256:
            yield None, have
            have = next(found, None)
        else:
            yield want, have
            want, have = next(wanted, None), next(found, None)


def _is_there(store: BlobStore, fixity: Fixity) -> bool:
    """Asked again: the listing may be older than the catalogue's row."""
    try:
        with store.open(object_key(fixity.sha256)):
            return True
    except NotFoundError:
        return False


def _missing(app: ArchiveApp, shelf: Shelf, fixity: Fixity, by: Agent) -> Drift:
    stored = StoredObject(shelf, fixity)
    app.catalogue.verified([Checked(stored, FixityOutcome.DAMAGED, "it is missing")], by)
    kind = DriftKind.MASTER_MISSING if shelf is Shelf.MASTERS else DriftKind.DERIVATIVE_MISSING
    return Drift(kind, f"{shelf.value}/{fixity.sha256}")


def _still_unknown(app: ArchiveApp, unknown: list[tuple[Shelf, str]], grace_seconds: float) -> list[Drift]:
    if not unknown:
        return []
    time.sleep(grace_seconds)
    known = {
        (shelf, each.sha256)
        for shelf in {shelf for shelf, _ in unknown}
        for each in app.catalogue.stored(shelf)
    }
    return [
        Drift(DriftKind.OBJECT_UNKNOWN, f"{shelf.value}/{digest}")
        for shelf, digest in unknown
        if (shelf, digest) not in known
    ]


def _index_drifts(app: ArchiveApp) -> tuple[int, list[Drift], Sequence[str]]:
    """What differs is indexed again; what nobody knows is taken out."""
    if not app.keeps_index:
        return sum(each.documents for each in app.catalogue.batches()), [], ()
    found = index_drift(app)
    unknown = [each for each, lag in found.differing if lag is Lag.UNKNOWN]
    if unknown:
        take_out(app, unknown)
    drifts = [Drift(DriftKind(lag.value), each, mended=True) for each, lag in found.differing]
    return found.documents, drifts, found.again
