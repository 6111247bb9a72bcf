"""The nouns of the inventory and of progress: what is on the shelves, how far it has come. No I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

__all__ = [
    "BOX",
    "COMPLETE",
    "METRE",
    "Basis",
    "DayCount",
    "Dossier",
    "DossierProgress",
    "Fonds",
    "Freeze",
    "Imported",
    "Passage",
    "Station",
    "Stock",
    "Stratum",
    "Tally",
    "Unit",
    "Use",
]

METRE: Final = 1_000_000
"""Shelf length is counted in whole millionths of a metre: sums are exact, in any order."""
BOX: Final = 1_000_000
"""Boxes are counted in millionths: several dossiers share one."""
COMPLETE: Final = "complete"
"""The strict count: a dossier of which every document is accepted."""


class Basis(StrEnum):
    """How the numbers of a dossier came about."""

    COUNTED = "counted"
    ESTIMATED = "estimated"


class Use(StrEnum):
    """How often a dossier is asked for (tần suất sử dụng)."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"
    UNKNOWN = "unknown"


class Station(StrEnum):
    """What a document, and with it its pages, passes on its way, in this order."""

    RECEIVED = "received"
    READ = "read"
    CHECKED = "checked"
    DESCRIBED = "described"
    ACCEPTED = "accepted"


class Unit(StrEnum):
    """What is counted."""

    PAGES = "pages"
    DOSSIERS = "dossiers"
    METRES = "metres"


class Stock(StrEnum):
    """Which part of the inventory is the denominator."""

    ALL = "all"
    ARRANGED = "arranged"
    HIGH_USE = "high_use"
    VALUABLE = "valuable"
    ELECTRONIC = "electronic"


@dataclass(frozen=True, slots=True)
class Fonds:
    """A fonds (phông); `paper_total` and `paper_digital` are counters of Circular 02/2019, as declared."""

    code: str
    name: str
    archive: str = ""
    history: str = ""
    period: str = ""
    key_groups: str = ""
    other_types: str = ""
    language: str = ""
    lookup_tools: str = ""
    paper_total: int = 0
    paper_digital: int = 0
    copies: int = 0
    description: str = ""

    def __post_init__(self) -> None:
        if not self.code or not self.name:
            raise ValueError("a fonds needs a code and a name")


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier (hồ sơ) as the inventory lists it, or a lot of unarranged papers estimated as one.

    `box_parts` is in millionths of a box, `shelf` in millionths of a shelf metre. `documents` is how many
    there are said to be, 0 where that is not known. `electronic`: opened since work is handled
    electronically (`targets.toml`). `described` holds the descriptive fields of Circular 05/2025 by their
    code; a personal name may be among them, so their values never go into an event.
    """

    fonds: str
    code: str
    title: str = ""
    inventory: str = ""
    box: str = ""
    box_parts: int = 0
    sheets: int = 0
    pages: int = 0
    shelf: int = 0
    documents: int = 0
    valuable: bool = False
    arranged: bool = True
    electronic: bool = False
    born_digital: bool = False
    closed: bool = False
    use: Use = Use.UNKNOWN
    basis: Basis = Basis.COUNTED
    described: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.fonds or not self.code:
            raise ValueError("a dossier needs a fonds and a code")
        if min(self.box_parts, self.sheets, self.pages, self.shelf, self.documents) < 0:
            raise ValueError("a dossier cannot hold less than nothing")

    @property
    def boxes(self) -> float:
        """Boxes."""
        return self.box_parts / BOX

    @property
    def metres(self) -> float:
        """Shelf metres (mét giá)."""
        return self.shelf / METRE

    @property
    def stratum(self) -> Stratum:
        """The part of the stock it belongs to."""
        return Stratum(self.fonds, self.valuable, self.arranged, self.electronic, self.use)


@dataclass(frozen=True, slots=True, order=True)
class Stratum:
    """All dossiers of a fonds that are alike in what denominators ask for."""

    fonds: str
    valuable: bool
    arranged: bool
    electronic: bool
    use: Use

    def of(self, stock: Stock) -> bool:
        """Whether this part belongs to `stock`."""
        return {
            Stock.ALL: True,
            Stock.ARRANGED: self.arranged,
            Stock.HIGH_USE: self.use is Use.HIGH,
            Stock.VALUABLE: self.valuable,
            Stock.ELECTRONIC: self.electronic,
        }[stock]


@dataclass(frozen=True, slots=True)
class Passage:
    """How far one document has come: the day (ISO, Vietnam time) it passed each station, empty if not yet.

    `pages` counts pages that bear something: blank backs are no pages (`domain.md` 0.2). `a4_halves` is the
    A4 equivalent in halves.
    """

    document_id: str
    fonds: str
    dossier: str = ""
    pages: int = 0
    a4_halves: int = 0
    days: tuple[str, str, str, str, str] = ("", "", "", "", "")
    described_by: str = ""

    def day(self, station: Station) -> str:
        """The day it passed `station`, empty if it has not."""
        return self.days[tuple(Station).index(station)]


@dataclass(frozen=True, slots=True)
class Tally:
    """The sums of one stratum under one inventory: `pages`, `complete.pages`, `read.a4_halves` and so on."""

    stratum: Stratum
    values: Mapping[str, int] = field(default_factory=dict)

    def __getitem__(self, measure: str) -> int:
        return self.values.get(measure, 0)


@dataclass(frozen=True, slots=True)
class DayCount:
    """What passed a station (or became `complete`) on one day.

    For a station `documents` are documents; for `complete` they are dossiers, and pages and shelf are the
    inventory's.
    """

    day: str
    station: str
    documents: int
    pages: int
    a4_halves: int
    shelf: int


@dataclass(frozen=True, slots=True)
class Freeze:
    """An inventory as it stood when it was frozen: a denominator that later counting does not move."""

    number: int
    name: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: dossiers new, changed and the same as before; fonds new or changed."""

    fonds: int
    added: int
    changed: int
    same: int


@dataclass(frozen=True, slots=True)
class DossierProgress:
    """One dossier with what came of it: its documents, in the order they were received."""

    dossier: Dossier
    passages: tuple[Passage, ...]
    complete_on: str
