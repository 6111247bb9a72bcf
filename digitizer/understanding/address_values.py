"""Address fields held against the list of units: what it proves, what it mends, what it cannot find."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from digitizer.model import CheckResult, FieldValue, Outcome, Word
from digitizer.understanding.addresses import Address, as_listed, levels, parse_address
from digitizer.understanding.found import field_of
from digitizer.understanding.organs import with_marks
from digitizer.understanding.segments import Segment, segment
from digitizer.understanding.tables import default_tables
from digitizer.understanding.units import Units, bare_key, default_units
from digitizer.understanding.values import plain
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["RULE", "with_units"]

RULE = "address-units"
_COMMUNE = re.compile(r"(?:^|[,\s])(?:xã|phường|thị trấn)\s+\S[^,]*$", re.IGNORECASE)
SURE = 0.93  # confidence from which a word is left as printed, whatever the list says
PROVEN = 0.985  # confidence of a word that the list has where the address puts it
_PROVINCE = re.compile(r"(?:^|[,\s])(?:tỉnh|thành phố)\s+\S[^,]*$", re.IGNORECASE)
_KIND = re.compile(r"(?<!\w)(?:xã|phường|thị trấn|đặc khu|huyện|quận|thị xã|thành phố|tỉnh)\s+(?=[^\W\d_])")
_AFTER_FIGURE = re.compile(r"(?<=\d)\s+(?=(?:xã|phường|thị trấn)\s+[^\W\d_])")  # `Khu phố 7 xã Giao Yến`
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
        odd = _PROVINCE.search(found.value)  # as printed there is a province, and none is called so
        said = (CheckResult(RULE, Outcome.WARN, _MISSING),) if odd else ()
        return replace(found, checks=(*found.checks, *said))
    doubtful = {plain(w.text) for w in words.words if w.confidence < SURE}
    value = _mended(found.value, address, doubtful)
    proven = _proven(value, address)
    sure = field_of(found.name, value, _believed(words, proven, found.value != value))
    confidence = max(found.confidence, sure.confidence) if address.whole else found.confidence
    check = _said(found.value, value, address, doubtful)
    checks = found.checks if check is None else (*found.checks, check)
    return replace(found, value=value, confidence=confidence, checks=checks, parts=address.parts)


def _worded(value: str, words: Segment) -> str:
    """The value with the marks of known phrases, and the word before its first number as it can only be."""
    tables = default_tables()
    doubtful = {canonical(plain(w.text)) for w in words.words if w.confidence < SURE}
    value = _phrased(with_marks(_divided(value), tables, ("address_phrases",)), doubtful)
    first, _, rest = value.partition(" ")
    leads = tables.lists.get("address_leads", ())
    unsure = any(plain(w.text) == first and w.confidence < SURE for w in words.words)
    if not rest[:1].isdigit() or not unsure or any(canonical(lead) == canonical(first) for lead in leads):
        return value
    near = [lead for lead in leads if len(lead) > 3 and Levenshtein.distance(fold(lead), fold(first)) <= 1]
    return f"{near[0]} {rest}" if len(near) == 1 else value


def _divided(value: str) -> str:
    """The value with the commas that were not read, where it has others: `huyện Hạ Hòa. tỉnh Phú Thọ`."""
    if "," not in value:
        return value
    first, *rest = value.split(", ")
    return ", ".join(_by_kinds(part) for part in (_AFTER_FIGURE.sub(", ", first), *rest))


def _by_kinds(part: str) -> str:
    """A part of an address with a comma before each unit but the first."""
    starts = [m.start() for m in _KIND.finditer(part) if part[m.end()].isupper()][1:]
    for start in reversed(starts):
        part = f"{part[:start].rstrip(' .,')}, {part[start:]}"
    return part


def _phrased(value: str, doubtful: set[str]) -> str:
    """The value, a doubtful word of a known phrase as the phrase has it: `Tổ dân phế số 6`."""
    words = value.split()
    for name in ("address_phrases", "streets"):
        for phrase in default_tables().lists.get(name, ()):
            wanted = phrase.split()
            for at in range(len(words) - len(wanted) + 1) if len(wanted) > 2 else ():
                read = [word.strip(",.;") for word in words[at : at + len(wanted)]]
                off = [k for k, word in enumerate(read) if canonical(word) != canonical(wanted[k])]
                if len(off) != 1 or canonical(read[off[0]]) not in doubtful or _is_phrase(words, at + off[0]):
                    continue
                one, other = read[off[0]], wanted[off[0]]
                if Levenshtein.distance(fold(one), fold(other)) <= 1:
                    cased = other if one[:1].isupper() else other.lower()
                    words[at + off[0]] = words[at + off[0]].replace(one, cased)
    return " ".join(words)


def _is_phrase(words: Sequence[str], at: int) -> bool:
    """Whether a word stands in a known phrase as it is: `Trung tâm y tế` is no `Trạm y tế`."""
    text = [canonical(word.strip(",.;")) for word in words]
    for phrase in default_tables().lists.get("address_phrases", ()):
        wanted = canonical(phrase).split()
        starts = range(max(0, at - len(wanted) + 1), at + 1)
        if any(text[start : start + len(wanted)] == wanted for start in starts):
            return True
    return False


def _mended(value: str, address: Address, doubtful: set[str]) -> str:
    for part, unit in levels(value, address):
        listed = as_listed(part, unit)
        if listed == part:
            continue
        words, wanted = part.split(), listed.split()
        if len(words) == len(wanted):
            sure = address.whole and not unit.parent and len(bare_key(unit.name).split()) > 1
            listed = " ".join(
                other
                if one in doubtful or _overmarked(one, other) or (sure and fold(one) != fold(other))
                else one
                for one, other in zip(words, wanted, strict=True)
            )
        value = _last_replaced(value, part, listed)
    return value


def _overmarked(read: str, listed: str) -> bool:
    """Whether a word has a mark that the list's lacks: `Nghỉ Lộc`, but not `Đăk Lăk`, an older spelling."""
    one, other = (unicodedata.normalize("NFD", word.lower()) for word in (read, listed))
    return fold(read) == fold(listed) and len(one) > len(other)


def _last_replaced(value: str, part: str, other: str) -> str:
    """The value with the last place of a part changed: a district may have its province's name."""
    head, found, tail = value.rpartition(part)
    return f"{head}{other}{tail}" if found else value


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


def _said(read: str, value: str, address: Address, doubtful: set[str]) -> CheckResult | None:
    if value != read:
        held = zip(read.split(), value.split(), strict=False)
        surely = any(one != other and one.strip(",.;") not in doubtful for one, other in held)
        outcome = Outcome.WARN if address.nearly or surely else Outcome.PASS
        return CheckResult(RULE, outcome, _MENDED.format(value))
    if not address.nearly and any(as_listed(part, unit) != part for part, unit in levels(value, address)):
        return CheckResult(RULE, Outcome.WARN, _MISSING)  # other marks: an old spelling, or a misread one
    if address.whole:
        return (
            CheckResult(RULE, Outcome.WARN, _MISSING)
            if address.nearly
            else CheckResult(RULE, Outcome.PASS, _FOUND)
        )
    if address.district is not None and address.commune is None and _COMMUNE.search(address.detail):
        return CheckResult(RULE, Outcome.WARN, _MISSING)
    return None
