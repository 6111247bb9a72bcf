"""Address fields held against the list of units: what it proves, what it mends, what it cannot find."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from digitizer.model import CheckResult, FieldValue, Outcome, Word
from digitizer.understanding.addresses import Address, as_listed, levels, parse_address
from digitizer.understanding.found import field_of
from digitizer.understanding.organs import with_marks
from digitizer.understanding.segments import Segment, segment
from digitizer.understanding.tables import default_tables
from digitizer.understanding.units import Units, default_units
from digitizer.understanding.values import plain
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["RULE", "with_units"]

RULE = "address-units"
_COMMUNE = re.compile(r"(?:^|[,\s])(?:xã|phường|thị trấn)\s+\S[^,]*$", re.IGNORECASE)
SURE = 0.93  # confidence from which a word is left as printed, whatever the list says
PROVEN = 0.985  # confidence of a word that the list has where the address puts it
_FOUND = "Các đơn vị hành chính trong địa chỉ có trong danh mục."
_MENDED = "Tên đơn vị hành chính đọc lại theo danh mục: {}."
_MISSING = "Không tìm thấy trong danh mục đơn vị hành chính: đối chiếu ảnh; có thể là tên cũ."


def with_units(found: FieldValue, words: Segment, units: Units | None = None) -> FieldValue:
    """The value with its units, words read with doubt as the list has them, and what the list says of it.

    Only words read with doubt are mended, and only where the unit is the one it can be under those above;
    what was read stays raw.
    """
    found = replace(found, value=_worded(found.value, words))
    address = parse_address(found.value, units or default_units())
    if address is None:
        return found
    doubtful = {plain(w.text) for w in words.words if w.confidence < SURE}
    value = _mended(found.value, address, doubtful)
    proven = _proven(value, address)
    sure = field_of(found.name, value, _believed(words, proven, found.value != value))
    confidence = max(found.confidence, sure.confidence) if address.whole else found.confidence
    check = _said(found.value, value, address)
    checks = found.checks if check is None else (*found.checks, check)
    return replace(found, value=value, confidence=confidence, checks=checks, parts=address.parts)


def _worded(value: str, words: Segment) -> str:
    """The value with the marks of known phrases, and the word before its first number as it can only be."""
    tables = default_tables()
    value = with_marks(value, tables, ("address_phrases",))
    first, _, rest = value.partition(" ")
    leads = tables.lists.get("address_leads", ())
    unsure = any(plain(w.text) == first and w.confidence < SURE for w in words.words)
    if not rest[:1].isdigit() or not unsure or any(canonical(lead) == canonical(first) for lead in leads):
        return value
    near = [lead for lead in leads if len(lead) > 3 and Levenshtein.distance(fold(lead), fold(first)) <= 1]
    return f"{near[0]} {rest}" if len(near) == 1 else value


def _mended(value: str, address: Address, doubtful: set[str]) -> str:
    for part, unit in levels(value, address):
        listed = as_listed(part, unit)
        if listed != part:
            words = zip(part.split(), listed.split(), strict=True)
            value = value.replace(
                part, " ".join(other if one in doubtful else one for one, other in words), 1
            )
    return value


def _proven(value: str, address: Address) -> set[str]:
    """The words of the value that are those of its units, marks included."""
    held: set[str] = set()
    for part, unit in levels(value, address):
        listed = {canonical(word) for word in unit.name.split()}
        held |= {canonical(word) for word in part.split() if canonical(word) in listed}
    return held


def _believed(words: Segment, proven: set[str], changed: bool) -> Segment:
    given: Sequence[Word] = [
        replace(w, confidence=max(w.confidence, PROVEN))
        if canonical(plain(w.text)) in proven or (changed and w.confidence < SURE)
        else w
        for w in words.words
    ]
    return segment(given, words.page, words.row)


def _said(read: str, value: str, address: Address) -> CheckResult | None:
    if value != read:
        outcome = Outcome.WARN if address.nearly else Outcome.PASS
        return CheckResult(RULE, outcome, _MENDED.format(value))
    if not address.nearly and any(as_listed(part, unit) != part for part, unit in levels(value, address)):
        return None  # other marks than the list has prove nothing: an old spelling, or a misread one
    if address.whole:
        return (
            CheckResult(RULE, Outcome.WARN, _MISSING)
            if address.nearly
            else CheckResult(RULE, Outcome.PASS, _FOUND)
        )
    if address.district is not None and address.commune is None and _COMMUNE.search(address.detail):
        return CheckResult(RULE, Outcome.WARN, _MISSING)
    return None
