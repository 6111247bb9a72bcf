"""What one dossier and its documents add to the sums: the one rule behind every figure of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from digitizer.inventory import COMPLETE, Basis, Dossier, Passage, Station, Stratum, Use

__all__ = [
    "LIVE",
    "LOOSE",
    "DayKey",
    "Ledger",
    "TallyKey",
    "add",
    "bare",
    "complete_on",
    "contribution",
    "day_of",
    "loose",
]

LIVE: Final = 0
LOOSE: Final = -1
"""Where documents are summed that belong to no dossier of the inventory."""
_VIETNAM: Final = timedelta(hours=7)  # one zone, no summer time


class TallyKey(NamedTuple):
    """A sum: which inventory (`LIVE` or the number of a freeze), which stratum, what is counted."""

    version: int
    stratum: Stratum
    measure: str


class DayKey(NamedTuple):
    """A day's sum; `stratum.fonds` is empty for the sum over all fonds."""

    stratum: Stratum
    day: str
    station: str
    measure: str


Ledger = tuple[Counter[TallyKey], Counter[DayKey]]


def day_of(at: str) -> str:
    """The day in Vietnam of a moment in UTC (ISO 8601).

    >>> day_of("2025-12-31T17:30:00Z")
    '2026-01-01'
    """
    return (datetime.fromisoformat(at) + _VIETNAM).date().isoformat()


def complete_on(dossier: Dossier, passages: Iterable[Passage]) -> str:
    """The day the last document of `dossier` was accepted; empty while any is missing.

    That no document is missing is known where the inventory tells their number, else where it tells
    the counted pages, else where a person has closed the dossier.
    """
    every = list(passages)
    days = [each.day(Station.ACCEPTED) for each in every]
    if not days or not all(days):
        return ""
    if not dossier.closed:
        if dossier.documents and len(every) < dossier.documents:
            return ""
        counted = dossier.basis is Basis.COUNTED and dossier.pages > 0
        if not dossier.documents and not (counted and sum(p.pages for p in every) >= dossier.pages):
            return ""
    return max(days)


def contribution(dossier: Dossier, passages: Iterable[Passage], done: str, version: int = LIVE) -> Ledger:
    """What `dossier`, as the inventory `version` has it, adds to its stratum; days for the live one only.

    `done` is `complete_on` of the dossier as it is known now.
    """
    every = tuple(passages)
    tallies, days = _passed(dossier.stratum, every, version)
    sizes = {
        "dossiers": 1,
        "documents": dossier.documents,
        "box_parts": dossier.box_parts,
        "sheets": dossier.sheets,
        "pages": dossier.pages,
        "shelf": dossier.shelf,
        "estimated.dossiers": int(dossier.basis is Basis.ESTIMATED),
        "estimated.pages": dossier.pages * (dossier.basis is Basis.ESTIMATED),
    }
    if done or dossier.born_digital:
        sizes |= {f"{COMPLETE}.{name}": sizes[name] for name in ("dossiers", "pages", "shelf")}
    for measure, value in sizes.items():
        if value:
            tallies[TallyKey(version, dossier.stratum, measure)] += value
    if done and version == LIVE:
        for measure, value in (("documents", 1), ("pages", dossier.pages), ("shelf", dossier.shelf)):
            _on_day(days, dossier.stratum, (done, COMPLETE, measure), value)
    return tallies, days


def bare(dossiers: Iterable[Dossier]) -> Ledger:
    """What dossiers without any document add to the live sums: `contribution` of each, in one pass.

    A list of 200,000 dossiers has none yet; this way they cost a tenth.
    """
    sums: dict[tuple[str, bool, bool, bool, Use, bool, bool], list[int]] = {}
    for d in dossiers:
        key = d.fonds, d.valuable, d.arranged, d.electronic, d.use, d.basis is Basis.ESTIMATED, d.born_digital
        its = sums.setdefault(key, [0] * 6)
        for place, value in enumerate((1, d.documents, d.box_parts, d.sheets, d.pages, d.shelf)):
            its[place] += value
    total: Ledger = (Counter(), Counter())
    for (fonds, valuable, arranged, electronic, use, estimated, born_digital), its in sums.items():
        dossiers_, documents, box_parts, sheets, pages, shelf = its
        found = {"dossiers": dossiers_, "documents": documents, "box_parts": box_parts, "sheets": sheets}
        found |= {"pages": pages, "shelf": shelf}
        if estimated:
            found |= {"estimated.dossiers": dossiers_, "estimated.pages": pages}
        if born_digital:
            found |= {f"{COMPLETE}.{name}": found[name] for name in ("dossiers", "pages", "shelf")}
        stratum = Stratum(fonds, valuable, arranged, electronic, use)
        for measure, value in found.items():
            if value:
                total[0][TallyKey(LIVE, stratum, measure)] += value
    return total


def loose(passage: Passage) -> Ledger:
    """What a document adds that belongs to no dossier of the inventory: it counts at its stations alone."""
    return _passed(Stratum(passage.fonds, False, False, False, Use.UNKNOWN), (passage,), LOOSE)


def add(into: Ledger, more: Ledger, sign: int = 1) -> None:
    """Add `more` to `into`, or take it away."""
    for tally, value in more[0].items():
        into[0][tally] += sign * value
    for day, value in more[1].items():
        into[1][day] += sign * value


def _passed(stratum: Stratum, passages: tuple[Passage, ...], version: int) -> Ledger:
    tallies: Counter[TallyKey] = Counter()
    days: Counter[DayKey] = Counter()
    for passage, (station, day) in _stops(passages):
        for measure, value in (("documents", 1), ("pages", passage.pages), ("a4_halves", passage.a4_halves)):
            if not value:
                continue
            tallies[TallyKey(version, stratum, f"{station}.{measure}")] += value
            if version <= LIVE:
                _on_day(days, stratum, (day, station, measure), value)
    return tallies, days


def _stops(passages: tuple[Passage, ...]) -> Iterator[tuple[Passage, tuple[str, str]]]:
    for passage in passages:
        for station, day in zip(Station, passage.days, strict=True):
            if day:
                yield passage, (station.value, day)


def _on_day(days: Counter[DayKey], stratum: Stratum, what: tuple[str, str, str], value: int) -> None:
    everywhere = Stratum("", stratum.valuable, stratum.arranged, stratum.electronic, stratum.use)
    if value:
        days[DayKey(stratum, *what)] += value
        days[DayKey(everywhere, *what)] += value
