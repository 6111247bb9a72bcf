"""Addresses taken apart into units keyed by code and validity (domain reference 3.6).

Counted from the end: province, district, commune, detail up to 30 June 2025; province, commune, detail
since. A historical address is never rewritten into the units of today.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from digitizer.understanding.units import FIRST_OF_TWO_LEVELS, Unit, Units, bare_key, name_key
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["Address", "parse_address", "unit_named"]

LEGACY, TWO_LEVELS = "legacy", "2025"
_PARTS = re.compile(r"\s*[,;\n]\s*")
_INNER = re.compile(
    r"(?<!\w)(?:xã|phường|thị trấn|đặc khu|thị xã|quận|huyện|thành phố|tỉnh|TP\.?|TX\.?|TT\.?)\s+\S.*$",
    re.IGNORECASE,
)
_COUNTRY = re.compile(r"^viet nam\W*$")
_NEAR = 1  # letters in which a long name may differ and still be the one unit it can be
_LONG = 5


@dataclass(frozen=True, slots=True)
class Address:
    """An address by levels: the units found, what stands before them, and in which model it is written.

    `model` is `legacy` or `2025`; `nearly` says that a unit was found only but for a letter.
    """

    model: str
    province: Unit
    district: Unit | None = None
    commune: Unit | None = None
    detail: str = ""
    nearly: bool = False

    @property
    def whole(self) -> bool:
        """Whether every level of its model was found."""
        return self.commune is not None and (self.model == TWO_LEVELS or self.district is not None)

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Name and code of each level found, then what stands before them: how a record holds it."""
        levels = (("province", self.province), ("district", self.district), ("commune", self.commune))
        found = [("model", self.model)]
        for level, unit in levels:
            if unit is not None:
                found += [(level, unit.name), (f"{level}_code", unit.code)]
        return (*found, ("detail", self.detail)) if self.detail else tuple(found)


def parse_address(text: str, units: Units, day: datetime.date | None = None) -> Address | None:
    """The address in the model that explains more of it; None where no province is named at its end.

    `day` is that of the paper: before 1 July 2025 there was only the model of three levels.
    """
    texts = [part for part in _PARTS.split(text.strip(" .,;")) if part]
    if texts and _COUNTRY.match(fold(texts[-1])):
        texts.pop()
    if not texts:
        return None
    old = _legacy(texts, units)
    new = _two_levels(texts, units) if day is None or day >= FIRST_OF_TWO_LEVELS else None
    return _surer(old, new, day)


def unit_named(text: str, units: Units, parent: str, *, current: bool) -> tuple[Unit | None, bool]:
    """The unit that a text names under a parent, and whether only but for one letter of a long name."""
    exact = units.named(text, parent, current=current)
    if exact is not None:
        return exact, False
    key = name_key(text)
    if len(bare_key(text)) < _LONG:
        return None, False
    near = {
        unit.code: unit
        for name, held in units.below(parent, current=current).items()
        if abs(len(name) - len(key)) <= _NEAR and Levenshtein.distance(name, key, score_cutoff=_NEAR) <= _NEAR
        for unit in held
    }
    return (next(iter(near.values())), True) if len(near) == 1 else (None, False)


def as_listed(part: str, unit: Unit) -> str:
    """A part with the unit's own spelling in place of what was read, its kind and case as printed."""
    words, whole = part.split(), unit.name.split()
    kind = len(name_key(unit.name).split()) - len(bare_key(unit.name).split())
    same = [fold(word) for word in words[-len(whole) :][:kind]] == [fold(word) for word in whole[:kind]]
    listed = whole if same else whole[kind:]
    if not unit.parent and len(words) < len(whole) and fold(words[0]) == fold(whole[0]):
        return " ".join([words[0], *whole[kind:]])  # a word of the province's name was not read
    if len(words) < len(listed) or any(c.isdigit() for c in unit.name):
        return part
    lead = words[: len(words) - len(listed)]
    given = [_cased(want, word) for want, word in zip(listed, words[len(lead) :], strict=True)]
    return " ".join([*lead, *given])


def levels(text: str, address: Address) -> Iterator[tuple[str, Unit]]:
    """The parts of a text that name units, last first, each with its unit."""
    texts = [part for part in _PARTS.split(text.strip(" .,;")) if part]
    if texts and _COUNTRY.match(fold(texts[-1])):
        texts.pop()
    found = [u for u in (address.province, address.district, address.commune) if u is not None]
    yield from zip(reversed(texts), found, strict=False)


def _cased(want: str, word: str) -> str:
    if canonical(want) == canonical(word):
        return word
    return want.upper() if word.isupper() and len(word) > 1 else want.lower() if word.islower() else want


def _inner(part: str) -> str:
    """The unit inside a part that begins with something else: `Ủy ban nhân dân xã Mẫu`."""
    found = [m.start() for m in re.finditer(r"\S+", part) if _INNER.match(part, m.start())]
    return part[found[-1] :] if found else part


def _province(texts: Sequence[str], units: Units, *, current: bool) -> tuple[Unit | None, bool]:
    """The province at the end; one misread or read in part by the unit before it, which only one has."""
    named = _inner(texts[-1])
    province, near = unit_named(named, units, "", current=current)
    if province is not None or len(texts) < 2:
        return province, near
    words = set(bare_key(named).split())
    found = {
        unit.code: unit
        for held in units.below("", current=current).values()
        for unit in held
        if words & set(bare_key(unit.name).split())
        and units.named(_inner(texts[-2]), unit.code, current=current) is not None
    }
    return (next(iter(found.values())), True) if len(found) == 1 else (None, False)


def _legacy(texts: Sequence[str], units: Units) -> Address | None:
    province, near = _province(texts, units, current=False)
    if province is None:
        return None
    address = Address(LEGACY, province, nearly=near)
    if len(texts) > 1:
        district, near = unit_named(_inner(texts[-2]), units, province.code, current=False)
        if district is not None:
            address = replace(address, district=district, nearly=near or address.nearly)
    if len(texts) > 2 and address.district is not None:
        commune, near = unit_named(_inner(texts[-3]), units, address.district.code, current=False)
        if commune is not None:
            address = replace(address, commune=commune, nearly=near or address.nearly)
    return _with_detail(address, texts, 1 + (address.district is not None) + (address.commune is not None))


def _two_levels(texts: Sequence[str], units: Units) -> Address | None:
    province, near = _province(texts, units, current=True)
    if province is None:
        return None
    address = Address(TWO_LEVELS, province, nearly=near)
    if len(texts) > 1:
        commune, near = unit_named(_inner(texts[-2]), units, province.code, current=True)
        if commune is not None:
            address = replace(address, commune=commune, nearly=near or address.nearly)
    return _with_detail(address, texts, 1 + (address.commune is not None))


def _with_detail(address: Address, texts: Sequence[str], taken: int) -> Address:
    rest = list(texts[: len(texts) - taken])
    last = texts[len(texts) - taken]
    lead = last[: len(last) - len(_inner(last))].strip() if address.commune is not None else ""
    return replace(address, detail=", ".join([*rest, lead] if lead else rest))


def _surer(old: Address | None, new: Address | None, day: datetime.date | None) -> Address | None:
    """The one that is whole; of two, that with a district, else that of the paper's day."""
    if old is None or new is None:
        return old or new
    if old.whole != new.whole:
        return old if old.whole else new
    if old.district is not None:
        return old
    if new.commune is not None:
        return new
    return new if day is not None and day >= FIRST_OF_TWO_LEVELS else old
