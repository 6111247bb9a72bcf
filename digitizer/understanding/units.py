"""Administrative units keyed by code and validity: three levels up to 30 June 2025, two since (domain 3.6).

One code names different units at different times (24 was Bắc Giang and is Bắc Ninh), so a unit is a code with
its time. Data: `data/units.tsv.gz`, made by `scripts/build_units.py` from a named source.
"""

from __future__ import annotations

import datetime
import functools
import gzip
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from digitizer.understanding.segments import letters
from digitizer.understanding.vietnamese import canonical, fold

__all__ = [
    "FILE",
    "FIRST_OF_TWO_LEVELS",
    "LAST_OF_THREE_LEVELS",
    "Unit",
    "Units",
    "default_units",
    "name_key",
]

FILE = Path(__file__).parent / "data" / "units.tsv.gz"
LAST_OF_THREE_LEVELS = datetime.date(2025, 6, 30)
FIRST_OF_TWO_LEVELS = datetime.date(2025, 7, 1)

LONG = 6  # letters from which a name may be known but for one
_KIND = re.compile(r"^(?:tinh|thanh pho|quan|huyen|thi xa|xa|phuong|thi tran|dac khu)\s+(?=\S)")
_SHORT = {
    "tp": "thanh pho",
    "tx": "thi xa",
    "tt": "thi tran",
    "p": "phuong",
    "q": "quan",
    "h": "huyen",
    "x": "xa",
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit in one span of its code's life; open ends are None. `parent` is empty for a province.

    `followed` are the codes of the units of today that it became, the likeliest first; several mean that a
    person must say which.
    """

    code: str
    begun: datetime.date | None
    ended: datetime.date | None
    parent: str
    name: str
    followed: tuple[str, ...] = ()

    @property
    def current(self) -> bool:
        """Whether the unit is one of the two-level model."""
        return self.ended is None

    def valid_on(self, day: datetime.date) -> bool:
        """Whether the unit was there on a day."""
        return (self.begun is None or self.begun <= day) and (self.ended is None or day <= self.ended)


class Units:
    """All units, found by name under the unit above, or by code and day."""

    def __init__(self, units: Iterable[Unit]) -> None:
        """Index the units; of two with one name under one parent the later stands first."""
        self._by_parent: dict[tuple[str, bool], dict[str, list[Unit]]] = defaultdict(dict)
        self._names: set[str] = set()
        self._spellings: dict[str, list[str]] = defaultdict(list)
        self._by_code: dict[str, list[Unit]] = defaultdict(list)
        for unit in units:
            held = self._by_parent[unit.parent, unit.current]
            for key in {name_key(unit.name), bare_key(unit.name)}:
                held.setdefault(key, []).append(unit)
            self._by_code[unit.code].append(unit)
            self._names.add(canonical(unit.name))
            self._spellings[name_key(unit.name)].append(unit.name)

    def has(self, name: str) -> bool:
        """Whether some unit has that name with its kind, marks included."""
        return canonical(name) in self._names

    def like(self, name: str) -> str | None:
        """The name of the one unit that has a text's letters, else of the one that has all but one."""
        key = name_key(name)
        kind = key[: len(key) - len(bare_key(name))]
        same = {canonical(n): n for n in self._spellings.get(key, ())}
        if not same and kind and len(key) - len(kind) >= LONG:
            near = (k for k in self._spellings if k.startswith(kind) and abs(len(k) - len(key)) <= 1)
            keys = [k for k in near if Levenshtein.distance(k, key, score_cutoff=1) <= 1]
            same = {canonical(n): n for k in keys for n in self._spellings[k]}
        return next(iter(same.values())) if len(same) == 1 else None

    def at(self, code: str, day: datetime.date) -> Unit | None:
        """The unit that had a code on a day."""
        return next((u for u in self._by_code.get(code, ()) if u.valid_on(day)), None)

    def became(self, code: str) -> tuple[Unit, ...]:
        """The earlier units that went into the one that has a code today."""
        return tuple(u for held in self._by_code.values() for u in held if code in u.followed)

    def below(self, parent: str, *, current: bool) -> Mapping[str, Sequence[Unit]]:
        """Units under a parent (empty: the provinces) by the keys of their names, with and without kind."""
        return self._by_parent.get((parent, current), {})

    def named(self, text: str, parent: str, *, current: bool) -> Unit | None:
        """The one unit of that name under a parent: with its kind, or without where that is unique."""
        held = self.below(parent, current=current)
        for key in (name_key(text), bare_key(text)):
            found = held.get(key, [])
            if len({unit.code for unit in found}) == 1:
                return found[-1]
        return None


def name_key(name: str) -> str:
    """The folded name with its kind written out: `TP. Huế` and `Thành phố Huế` are one.

    >>> name_key("TX Sơn Tây"), name_key("Bà Rịa - Vũng Tàu")
    ('thi xa son tay', 'ba ria vung tau')
    """
    key = re.sub(r"\b0+(?=\d)", "", letters(fold(name)))
    first, _, rest = key.partition(" ")
    return f"{_SHORT[first]} {rest}" if rest and first in _SHORT else key


def bare_key(name: str) -> str:
    """The folded name without its kind."""
    return _KIND.sub("", name_key(name))


def _unit(line: str) -> Unit:
    code, begun, ended, parent, name, followed = line.split("\t")
    day = datetime.date.fromisoformat
    return Unit(
        code,
        day(begun) if begun else None,
        day(ended) if ended else None,
        parent,
        name,
        tuple(followed.split()),
    )


@functools.cache
def default_units() -> Units:
    """The units that come with the system, read once."""
    text = gzip.decompress(FILE.read_bytes()).decode("utf-8")
    return Units(_unit(line) for line in text.splitlines() if line and not line.startswith("#"))
