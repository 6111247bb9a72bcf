"""The six rules over the archive: đúng, đủ, sạch, sống, thống nhất, dùng chung; a work list with proof."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from digitizer.model import Outcome
from digitizer.services.described import Described
from digitizer.understanding.review import is_sure
from digitizer.understanding.shingles import near_sketches, sketch
from digitizer.understanding.tables import UNKNOWN, Tables
from digitizer.understanding.vietnamese import canonical, fold

__all__ = ["RULES", "Finding", "counts", "quality"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to do: the rule it breaks, a sentence, and the documents that prove it.

    Sentences hold no personal values, only field names, counts and register numbers.
    """

    rule: str
    check: str
    message: str
    papers: tuple[str, ...]


RULES: Final = ("đúng", "đủ", "sạch", "sống", "thống nhất", "dùng chung")
_PERSONAL = ("birth_date", "gender", "ethnicity", "home_town", "mother_name", "father_name")
_CHANGES = ("civil_status_change", "parentage_recognition")
_EVENTS: Mapping[str, str] = {
    "birth_certificate": "birth",
    "birth_extract": "birth",
    "marriage_certificate": "marriage",
    "marriage_extract": "marriage",
    "death_extract": "death",
}
_ITEMS: Mapping[str, str] = {
    "ho, chu dem, ten": "person_name",
    "ho ten": "person_name",
    "ngay, thang, nam sinh": "birth_date",
    "gioi tinh": "gender",
    "dan toc": "ethnicity",
    "que quan": "home_town",
}
"""What a change is about, as its paper words it, and the field of the register's paper it changes [M]."""
_LARGEST_GAP = 50  # numbers in a row that are missing: beyond it another part of the register is meant

Check = Callable[[Sequence[Described], Tables], Iterator[Finding]]


def quality(documents: Iterable[Described], tables: Tables) -> Iterator[Finding]:
    """Every finding, rule after rule.

    The documents stream by; held of each are its fields and a sketch of its text (some 6 KB), never the text.
    """
    held, sketches = list[Described](), list[frozenset[int]]()
    for document in documents:
        sketches.append(sketch(document.text))
        held.append(replace(document, text=""))
    for check in _CHECKS:
        yield from check(held, tables)
        if check is _duplicates:  # both are of the rule «sạch»
            yield from _near_duplicates(held, sketches)


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings each rule has, all six named."""
    found = Counter(finding.rule for finding in findings)
    return {rule: found[rule] for rule in RULES}


def _failed_checks(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    for document in documents:
        for field in document.fields:
            for check in field.checks:
                if check.outcome is Outcome.FAIL:
                    yield Finding(
                        "đúng", check.rule, f"{field.name}: trái quy tắc {check.rule}", (document.name,)
                    )


def _missing_fields(documents: Sequence[Described], tables: Tables) -> Iterator[Finding]:
    for document in documents:
        wanted = tables.mandatory(document.document_class, 2.0)
        lacking = sorted(wanted - {field.name for field in document.fields})
        if lacking:
            yield Finding("đủ", "mandatory-fields", f"thiếu: {', '.join(lacking)}", (document.name,))


def _register_gaps(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    """Numbers that a register skips between two papers of the archive."""
    books: dict[tuple[str, str, str, str], dict[int, str]] = defaultdict(dict)
    for document in documents:
        event, number = _EVENTS.get(document.document_class), document.value("registration_number")
        if event and number.partition("/")[0].isdigit():
            year = document.value("registration_date")[-4:]
            place = fold(document.value("registration_place") or document.value("organ_name"))
            key = (place, event, year, fold(document.value("registration_book")))
            books[key].setdefault(int(number.partition("/")[0]), document.name)
    for (_, event, year, _), numbers in sorted(books.items()):
        ordered = sorted(numbers)
        for one, other in pairwise(ordered):
            if 1 < other - one <= _LARGEST_GAP:
                span = f"{one + 1}" if other - one == 2 else f"{one + 1}-{other - 1}"
                said = f"sổ {event} năm {year or '?'}: thiếu số {span}"
                yield Finding("đủ", "register-gap", said, (numbers[one], numbers[other]))


def _duplicates(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    """The same event of the same person, or the same number of the same organ, more than once."""
    for check, key_of, said in (
        ("person-event", _event_key, "cùng một người, cùng một sự kiện"),
        ("same-reference", _reference_key, "cùng cơ quan, số và ký hiệu, ngày"),
    ):
        groups: dict[tuple[str, ...], list[Described]] = defaultdict(list)
        for document in documents:
            key = key_of(document)
            if key:
                groups[key].append(document)
        for group in groups.values():
            if len(group) > 1:
                yield Finding("sạch", check, f"{said}: {len(group)} bản", tuple(d.name for d in group))


def _near_duplicates(documents: Sequence[Described], sketches: Sequence[frozenset[int]]) -> Iterator[Finding]:
    for one, other, likeness in near_sketches(sketches):
        papers = (documents[one].name, documents[other].name)
        yield Finding("sạch", "near-duplicate", f"nội dung giống nhau {likeness:.0%}", papers)


def _event_key(document: Described) -> tuple[str, ...]:
    event, name = _EVENTS.get(document.document_class, ""), document.value("person_name")
    born, who = document.value("birth_date"), document.value("personal_id")
    if event and (who or (name and born)):
        return (event, who or canonical(name), "" if who else born)
    couple = (document.value("wife_name"), document.value("husband_name"))
    return (event, *map(canonical, couple)) if event and all(couple) else ()


def _reference_key(document: Described) -> tuple[str, ...]:
    values = [document.value(name) for name in ("organ_name", "number", "notation", "date")]
    return tuple(fold(v) for v in values) if all(values) else ()


def _superseded(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    """Changes and deaths whose base papers are in the archive and must carry them."""
    by_person: dict[tuple[str, str], list[Described]] = defaultdict(list)
    for document in documents:
        for key in _persons(document):
            by_person[key].append(document)
    for document in documents:
        if document.document_class not in (*_CHANGES, "death_extract"):
            continue
        base = {d.name: d for key in _persons(document) for d in by_person[key] if d is not document}
        earlier = [d for d in base.values() if d.document_class not in (*_CHANGES, "death_extract")]
        if earlier:
            said = f"{document.document_class}: cập nhật vào {len(earlier)} giấy tờ đã có"
            yield Finding("sống", "superseded", said, (document.name, *(d.name for d in earlier)))


def _change_bases(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    """Changes from what the register's own paper never said: one of the two is wrong, or was misread."""
    births: dict[tuple[str, str], list[Described]] = defaultdict(list)
    for document in documents:
        if _EVENTS.get(document.document_class) == "birth":
            for key in _persons(document):
                births[key].append(document)
    for document in documents:
        item, old = _ITEMS.get(fold(document.value("change_item"))), document.value("change_from")
        if not item or not old:
            continue
        bases = {d.name: d for key in _persons(document) for d in births.get(key, ()) if d.value(item)}
        if bases and all(canonical(d.value(item)) not in _said(document) for d in bases.values()):
            said = f"{item}: giấy gốc không ghi như nội dung trước thay đổi"
            yield Finding("thống nhất", "change-base", said, (document.name, *bases))


def _said(change: Described) -> tuple[str, ...]:
    """What the base may say: as before the change, or as after it where it was issued anew."""
    return tuple(canonical(change.value(name)) for name in ("change_from", "change_to"))


def _disagreements(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    """Papers of one person (by personal number) that say different things."""
    people: dict[str, list[Described]] = defaultdict(list)
    for document in documents:
        if document.value("personal_id"):
            people[document.value("personal_id")].append(document)
    for papers in people.values():
        for name in ("person_name", *_PERSONAL):
            said = {canonical(p.value(name)): p for p in papers if p.value(name)}
            if len(said) > 1:
                proof = tuple(p.name for p in said.values())
                yield Finding("thống nhất", "person-differs", f"{name}: {len(said)} giá trị khác nhau", proof)


def _not_shareable(documents: Sequence[Described], _tables: Tables) -> Iterator[Finding]:
    for document in documents:
        doubtful = sum(not is_sure(field) for field in document.fields)
        if document.document_class == UNKNOWN:
            yield Finding("dùng chung", "no-class", "chưa xác định loại giấy tờ", (document.name,))
        elif doubtful:
            said = f"{doubtful} trường chờ người xác nhận"
            yield Finding("dùng chung", "unconfirmed", said, (document.name,))


def _persons(document: Described) -> Iterator[tuple[str, str]]:
    who, name, born = (document.value(n) for n in ("personal_id", "person_name", "birth_date"))
    if who:
        yield (who, "")
    if name and born:
        yield (canonical(name), born)


_CHECKS: Final[tuple[Check, ...]] = (
    _failed_checks,
    _missing_fields,
    _register_gaps,
    _duplicates,
    _superseded,
    _change_bases,
    _disagreements,
    _not_shareable,
)
