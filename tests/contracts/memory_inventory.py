"""The inventory in memory, the naive way: it keeps lists and counts everything anew whenever it is asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from digitizer.errors import ConflictError, NotFoundError
from digitizer.inventory import (
    Basis,
    DayCount,
    DossierProgress,
    Freeze,
    Imported,
    Passage,
    Station,
    Stock,
    Stratum,
    Tally,
    Use,
)
from digitizer.model import Event, PageStatus
from digitizer.planning.ledger import day_of
from digitizer.planning.paper import a4_halves
from tests.contracts.memory_catalogue import MemoryCatalogue

ORDER = list(Station)


@dataclass
class MemoryInventory:
    catalogue: MemoryCatalogue
    now: object = None
    known: dict = field(default_factory=dict)
    papers: dict = field(default_factory=dict)
    filed: dict = field(default_factory=dict)
    passed: dict = field(default_factory=lambda: defaultdict(dict))
    describer: dict = field(default_factory=dict)
    kept: list = field(default_factory=list)

    def close(self):
        pass

    def _note(self, kind, object_id, by, **detail):
        told = tuple((name, str(value)) for name, value in detail.items())
        self.catalogue.trail.append(Event(kind, object_id, by, self.now(), "success", told))

    def take_in(self, fonds, dossiers, source, by):
        every = list(dossiers)
        codes = set(self.papers) | {each.code for each in fonds}
        for each in every:
            if each.fonds not in codes:
                raise NotFoundError(each.fonds)
        moved = [each for each in fonds if self.papers.get(each.code) != each]
        for each in moved:
            kind = "fonds-changed" if each.code in self.papers else "fonds-added"
            self.papers[each.code] = each
            self._note(kind, f"fonds:{each.code}", by)
        counts = Counter()
        for each in every:
            key = (each.fonds, each.code)
            how = "added" if key not in self.known else "same" if self.known[key] == each else "changed"
            counts[how] += 1
            self.known[key] = each
            if how != "same":
                self._note(f"dossier-{how}", f"dossier:{each.fonds}/{each.code}", by)
        self._note("inventory-taken-in", "inventory", by, source=source)
        return Imported(len(moved), counts["added"], counts["changed"], counts["same"])

    def remove(self, fonds, code, by):
        if self.known.pop((fonds, code), None) is None:
            raise NotFoundError(code)
        self._note("dossier-removed", f"dossier:{fonds}/{code}", by)

    def fonds(self):
        return tuple(self.papers[code] for code in sorted(self.papers))

    def dossiers(self, fonds=None, after="", limit=500):
        found = [d for (f, c), d in sorted(self.known.items()) if c > after and fonds in (None, f)]
        return tuple(found[:limit])

    def dossier(self, fonds, code):
        if (fonds, code) not in self.known:
            raise NotFoundError(code)
        its = self.known[fonds, code]
        papers = [self.passage(i) for i in self.catalogue.rows if self.filed.get(i, "") == code]
        papers = tuple(p for p in papers if p.fonds == fonds)
        return DossierProgress(its, papers, self._complete(its, papers))

    def _need(self, documents):
        for each in documents:
            if each not in self.catalogue.rows:
                raise NotFoundError(each)

    def file(self, documents, dossier, by):
        self._need(documents)
        for each in documents:
            if self.filed.get(each, "") != dossier:
                self.filed[each] = dossier
                self._note("filed", each, by, dossier=dossier)

    def advance(self, documents, station, by):
        if station in {Station.RECEIVED, Station.READ}:
            raise ConflictError(station)
        self._need(documents)
        found = [each for each in documents if not self.passage(each).day(station)]
        for each in found:
            its = self.passage(each)
            if not its.day(ORDER[ORDER.index(station) - 1]):
                raise ConflictError(each)
            if station is Station.ACCEPTED and its.described_by == by.name and by.name.startswith("person"):
                raise ConflictError(each)
        for each in found:
            self.passed[each][station] = day_of(self.now())
            if station is Station.DESCRIBED:
                self.describer[each] = by.name
            self._note(station.value, each, by)

    def send_back(self, documents, reason, by):
        self._need(documents)
        for each in documents:
            if self.passed[each]:
                self.passed[each], self.describer[each] = {}, ""
                self._note("sent-back", each, by, reason=reason)

    def conclude(self, lot, documents, detail, by):
        told = dict(detail)
        if any(e.object_id == f"lot:{lot}" and e.kind == "lot-judged" for e in self.catalogue.trail):
            raise ConflictError(lot)
        if told["state"] == "accepted":
            self.advance(documents, Station.ACCEPTED, by)
        else:
            self.send_back(documents, "lot-rejected", by)
        self._note("lot-judged", f"lot:{lot}", by, **told)
        self._note("lot-judged", "lots", by, lot=lot, **told)

    def passage(self, document_id):
        if document_id not in self.catalogue.rows:
            raise NotFoundError(document_id)
        row = self.catalogue.rows[document_id]
        mine = [e for e in self.catalogue.trail if e.object_id == document_id]
        received = next(day_of(e.at) for e in mine if e.kind == "received")
        pages = [p for p in row.record.pages if p.status is PageStatus.TEXT] if row.record else []
        read = next((day_of(e.at) for e in mine if e.kind == "digitized" and pages is not None), "")
        if row.record is None or row.record.state.value == "refused":
            pages, read = [], ""
        later = [self.passed[document_id].get(station, "") for station in ORDER[2:]]
        return Passage(
            document_id,
            row.document.fonds,
            self.filed.get(document_id, ""),
            len(pages),
            sum(a4_halves(p.width, p.height, p.dpi) for p in pages),
            (received, read, *later),
            self.describer.get(document_id, ""),
        )

    def unfiled(self):
        for row in list(self.catalogue.rows.values()):
            if not self.filed.get(row.document.id, ""):
                yield row.document.id, row.document.fonds, row.document.path

    def freeze(self, name, by):
        if any(name == made.name for made, _ in self.kept):
            raise ConflictError(name)
        made = Freeze(len(self.kept) + 1, name, self.now(), by.name)
        self.kept.append((made, dict(self.known)))
        self._note("inventory-frozen", f"freeze:{made.number}", by)
        return made

    def freezes(self):
        return tuple(made for made, _ in self.kept)

    def snapshot(self, month, figures, by):
        name = f"report:{month}"
        if any(event.object_id == name for event in self.catalogue.trail):
            return False
        self._note("snapshot", name, by, **dict(figures))
        return True

    def note(self, kind, object_id, detail, by):
        self.catalogue.trail.append(Event(kind, object_id, by, self.now(), "success", tuple(detail)))

    def _complete(self, dossier, papers):
        days = [p.days[4] for p in papers]
        if not days or "" in days:
            return ""
        if dossier.closed:
            return max(days)
        if dossier.documents:
            return max(days) if len(days) >= dossier.documents else ""
        enough = dossier.basis is Basis.COUNTED and 0 < dossier.pages <= sum(p.pages for p in papers)
        return max(days) if enough else ""

    def _by_dossier(self):
        found = defaultdict(list)
        for each in self.catalogue.rows:
            its = self.passage(each)
            found[its.fonds, its.dossier].append(its)
        return found

    def tallies(self, version=0):
        papers, sums = self._by_dossier(), defaultdict(Counter)
        book = self.known if version <= 0 else self.kept[version - 1][1]
        for key, dossier in book.items() if version >= 0 else ():
            its = papers.get(key, [])
            at = sums[dossier.stratum]
            for name in ("documents", "box_parts", "sheets", "pages", "shelf"):
                at[name] += getattr(dossier, name)
            at["dossiers"] += 1
            if dossier.basis is Basis.ESTIMATED:
                at["estimated.dossiers"] += 1
                at["estimated.pages"] += dossier.pages
            if self._complete(self.known.get(key, dossier), its) or dossier.born_digital:
                at["complete.dossiers"] += 1
                at["complete.pages"] += dossier.pages
                at["complete.shelf"] += dossier.shelf
            for paper in its:
                self._stops(at, paper)
        if version < 0:
            for key, its in papers.items():
                for paper in its if key not in self.known else ():
                    self._stops(sums[Stratum(key[0], False, False, False, Use.UNKNOWN)], paper)
        made = [Tally(s, {n: v for n, v in values.items() if v}) for s, values in sorted(sums.items())]
        return tuple(each for each in made if each.values)

    @staticmethod
    def _stops(at, paper):
        for station, day in zip(Station, paper.days, strict=True):
            if day:
                at[f"{station.value}.documents"] += 1
                at[f"{station.value}.pages"] += paper.pages
                at[f"{station.value}.a4_halves"] += paper.a4_halves

    def days(self, fonds, stock):
        sums = defaultdict(lambda: [0, 0, 0, 0])
        for key, papers in self._by_dossier().items():
            if fonds is not None and key[0] not in fonds:
                continue
            dossier = self.known.get(key)
            stratum = dossier.stratum if dossier else Stratum(key[0], False, False, False, Use.UNKNOWN)
            if not stratum.of(Stock(stock)):
                continue
            for paper in papers:
                for station, day in zip(Station, paper.days, strict=True):
                    if day:
                        counts = (1, paper.pages, paper.a4_halves, 0)
                        at = day, station.value
                        sums[at] = [a + b for a, b in zip(sums[at], counts, strict=True)]
            done = self._complete(dossier, papers) if dossier else ""
            if done:
                counts = (1, dossier.pages, 0, dossier.shelf)
                sums[done, "complete"] = [a + b for a, b in zip(sums[done, "complete"], counts, strict=True)]
        return tuple(DayCount(day, station, *counts) for (day, station), counts in sorted(sums.items()))


def same(book, other):
    """Whether two inventories count the same: every sum, every day, every freeze."""
    for version in (-1, 0, *(made.number for made in book.freezes())):
        assert book.tallies(version) == other.tallies(version), version
    for stock in Stock:
        assert book.days(None, stock) == other.days(None, stock), stock
        for each in book.fonds():
            assert book.days([each.code], stock) == other.days([each.code], stock)
