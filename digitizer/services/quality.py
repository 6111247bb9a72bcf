"""The six rules over the archive: đúng, đủ, sạch, sống, thống nhất, dùng chung; a work list with proof."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from digitizer.model import Outcome
from digitizer.services.described import Described
from digitizer.understanding.review import is_sure
from digitizer.understanding.shingles import Sketch, near_sketches, sketch
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
_WORD: Final = re.compile(r"\w+")
_LARGEST_GAP = 50  # numbers in a row that are missing: beyond it another part of the register is meant

_HELD: Final = frozenset(
    {
        *("person_name", "personal_id", *_PERSONAL, "wife_name", "husband_name"),
        *("organ_name", "number", "notation", "date"),
        *("registration_number", "registration_date", "registration_place", "registration_book"),
        *("change_item", "change_from", "change_to"),
    }
)
"""The fields by which papers are held against one another."""


@dataclass(frozen=True, slots=True)
class _Paper:
    """What is held of a document to hold others against it."""

    name: str
    document_class: str
    values: dict[str, str]
    sure_number: str

    def value(self, field: str) -> str:
        return self.values.get(field, "")


def quality(documents: Iterable[Described], tables: Tables) -> Iterator[Finding]:
    """Every finding, rule after rule.

    The documents stream by; held of each are the values that others are held against and a sketch of its
    text, some 2 KB, never the text.
    """
    held, sketches = list[_Paper](), list[Sketch]()
    wrong, lacking, closed = list[Finding](), list[Finding](), list[Finding]()
    for document in documents:
        sketches.append(sketch(document.text))
        held.append(_held(document))
        wrong += _failed_checks(document)
        lacking += _missing_fields(document, tables)
        closed += _not_shareable(document)
    yield from wrong
    yield from lacking
    for check in (_register_gaps, _duplicates):
        yield from check(held)
    yield from _near_duplicates(held, sketches)
    for check in (_superseded, _change_bases, _disagreements):
        yield from check(held)
    yield from closed


def _held(document: Described) -> _Paper:
    values: dict[str, str] = {}
    for field in document.fields:
        if field.name in _HELD:
            values.setdefault(field.name, field.value)
    number = next((f for f in document.fields if f.name == "personal_id"), None)
    sure = number.value if number is not None and is_sure(number) else ""
    return _Paper(document.name, sys.intern(document.document_class), values, sure)


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings each rule has, all six named."""
    found = Counter(finding.rule for finding in findings)
    return {rule: found[rule] for rule in RULES}


def _failed_checks(document: Described) -> Iterator[Finding]:
    for field in document.fields:
        for check in field.checks:
            if check.outcome is Outcome.FAIL:
                said = f"{field.name}: trái quy tắc {check.rule}"
                yield Finding("đúng", check.rule, said, (document.name,))


def _missing_fields(document: Described, tables: Tables) -> Iterator[Finding]:
    wanted = tables.mandatory(document.document_class, 2.0)
    lacking = sorted(wanted - {field.name for field in document.fields})
    if lacking:
        yield Finding("đủ", "mandatory-fields", f"thiếu: {', '.join(lacking)}", (document.name,))


def _register_gaps(documents: Sequence[_Paper]) -> Iterator[Finding]:
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


def _duplicates(documents: Sequence[_Paper]) -> Iterator[Finding]:
    """The same event of the same person or couple, or the same number of the same organ, more than once."""
    events: dict[tuple[str, ...], list[_Paper]] = defaultdict(list)
    for number, person in enumerate(_people(documents)):
        for paper in person:
            if paper.document_class in _EVENTS:
                events[_EVENTS[paper.document_class], str(number)].append(paper)
    references: dict[tuple[str, ...], list[_Paper]] = defaultdict(list)
    for paper in documents:
        if couple := _couple_key(paper):
            events[couple].append(paper)
        if reference := _reference_key(paper):
            references[reference].append(paper)
    for check, groups, said in (
        ("person-event", events, "cùng một người, cùng một sự kiện"),
        ("same-reference", references, "cùng cơ quan, số và ký hiệu, ngày"),
    ):
        for group in groups.values():
            if len(group) > 1:
                yield Finding("sạch", check, f"{said}: {len(group)} bản", tuple(d.name for d in group))


def _people(documents: Sequence[_Paper]) -> list[list[_Paper]]:
    """The papers of each person: of one number, or of one name and day of birth.

    A number that may be misread keeps nobody apart; two numbers that are sure are two people.
    """
    keys: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, paper in enumerate(documents):
        for key in _persons(paper):
            keys[key].append(at)
    head = list(range(len(documents)))

    def first(at: int) -> int:
        while head[at] != at:
            head[at] = head[head[at]]
            at = head[at]
        return at

    for ats in keys.values():
        if len({documents[at].sure_number for at in ats} - {""}) <= 1:
            for at in ats[1:]:
                one, other = sorted((first(ats[0]), first(at)))
                head[other] = one
    people: dict[int, list[_Paper]] = defaultdict(list)
    for at in sorted({at for ats in keys.values() for at in ats}):
        people[first(at)].append(documents[at])
    return list(people.values())


def _near_duplicates(documents: Sequence[_Paper], sketches: Sequence[Sketch]) -> Iterator[Finding]:
    for one, other, likeness in near_sketches(sketches):
        papers = (documents[one].name, documents[other].name)
        yield Finding("sạch", "near-duplicate", f"nội dung giống nhau {likeness:.0%}", papers)


def _couple_key(document: _Paper) -> tuple[str, ...]:
    event = _EVENTS.get(document.document_class, "")
    couple = (document.value("wife_name"), document.value("husband_name"))
    return (event, *map(canonical, couple)) if event and all(couple) else ()


def _reference_key(document: _Paper) -> tuple[str, ...]:
    values = [document.value(name) for name in ("organ_name", "number", "notation", "date")]
    return tuple(fold(v) for v in values) if all(values) else ()


def _superseded(documents: Sequence[_Paper]) -> Iterator[Finding]:
    """Changes and deaths whose base papers are in the archive and must carry them."""
    by_person: dict[tuple[str, str], list[_Paper]] = defaultdict(list)
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


def _change_bases(documents: Sequence[_Paper]) -> Iterator[Finding]:
    """Changes from what the register's own paper never said: one of the two is wrong, or was misread."""
    births: dict[tuple[str, str], list[_Paper]] = defaultdict(list)
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


def _said(change: _Paper) -> tuple[str, ...]:
    """What the base may say: as before the change, or as after it where it was issued anew."""
    return tuple(canonical(change.value(name)) for name in ("change_from", "change_to"))


def _disagreements(documents: Sequence[_Paper]) -> Iterator[Finding]:
    """Papers of one person that say different things."""
    for papers in _people(documents):
        for name in ("person_name", *_PERSONAL):
            said = {_words(p.value(name)): p for p in papers if p.value(name)}
            if len(said) > 1:
                proof = tuple(p.name for p in said.values())
                yield Finding("thống nhất", "person-differs", f"{name}: {len(said)} giá trị khác nhau", proof)


def _words(value: str) -> str:
    """What is said, whatever stops and commas were printed or read."""
    return " ".join(_WORD.findall(canonical(value)))


def _not_shareable(document: Described) -> Iterator[Finding]:
    doubtful = sum(not is_sure(field) for field in document.fields)
    if document.document_class == UNKNOWN:
        yield Finding("dùng chung", "no-class", "chưa xác định loại giấy tờ", (document.name,))
    elif doubtful:
        said = f"{doubtful} trường chờ người xác nhận"
        yield Finding("dùng chung", "unconfirmed", said, (document.name,))


def _persons(document: _Paper) -> Iterator[tuple[str, str]]:
    who, name, born = (document.value(n) for n in ("personal_id", "person_name", "birth_date"))
    if who:
        yield (who, "")
    if name and born:
        yield (canonical(name), born)
