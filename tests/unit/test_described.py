"""What is known of the documents: the six rules, exports, masks and the order of review."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from digitizer.errors import UsageError
from digitizer.model import Box, CheckResult, DocumentPart, FieldValue, Outcome, Record
from digitizer.services.archive import Digitized
from digitizer.services.described import Described, described
from digitizer.services.export_fields import Wanted, as_csv, export_fields
from digitizer.services.ingest import ingest
from digitizer.services.quality import Finding, counts, quality
from digitizer.services.work import work
from digitizer.understanding.masks import masked
from digitizer.understanding.review import Thresholds, expected_error, in_order, is_sure
from digitizer.understanding.shingles import near_pairs
from digitizer.understanding.tables import default_tables
from digitizer.writing.record import record_from_json, record_to_json
from tests.unit.test_services_archive import BY, archive, digitize

LAN = {
    "person_name": "TRẦN THỊ LAN",
    "birth_date": "05/03/1990",
    "personal_id": "001190012345",
    "registration_number": "45",
    "registration_date": "20/03/1990",
    "registration_place": "UBND xã Mẫu",
}


def field(name: str, value: str, confidence: float = 0.99, *checks: CheckResult) -> FieldValue:
    return FieldValue(name, value, value, 1, Box(0, 0, 10, 10), confidence, checks=checks)


def paper(kind: str, path: str, text: str = "", **values: str) -> Described:
    fields = tuple(field(name, value) for name, value in values.items())
    return Described(path, path, "F", (1,), kind, False, fields, text)


def judged(*papers: Described) -> list[Finding]:
    return list(quality(papers, default_tables()))


def found(check: str, *papers: Described) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.rule, each.papers) for each in judged(*papers) if each.check == check]


def test_the_same_event_of_the_same_person_twice_is_a_duplicate() -> None:
    one, other = paper("birth_certificate", "a", **LAN), paper("birth_extract", "b", **LAN)
    assert found("person-event", one, other) == [("sạch", ("a, page 1", "b, page 1"))]
    assert not found("person-event", one, paper("death_extract", "c", **LAN))


def misread(path: str, **values: str) -> Described:
    """A birth extract of Lan whose number nobody would swear to."""
    sure = [field(name, value) for name, value in (LAN | values).items() if name != "personal_id"]
    doubtful = field("personal_id", "091190012345", 0.3)
    return Described(path, path, "F", (1,), "birth_extract", True, (*sure, doubtful))


def test_a_number_that_may_be_misread_does_not_make_two_people_of_one() -> None:
    one, other = paper("birth_certificate", "a", **LAN), misread("b", ethnicity="Tày")
    assert found("person-event", one, other) == [("sạch", ("a, page 1", "b, page 1"))]
    said = paper("birth_certificate", "a", ethnicity="Kinh", **LAN)
    assert ("thống nhất", ("a, page 1", "b, page 1")) in found("person-differs", said, other)
    namesake = paper("birth_extract", "c", **(LAN | {"personal_id": "001190099999"}))
    assert not found("person-event", one, namesake)
    assert not found("person-differs", one, namesake)


def test_a_comma_is_no_disagreement() -> None:
    one = paper("birth_certificate", "a", home_town="Xã Mẫu, huyện Nền, tỉnh Hòa Bình", **LAN)
    other = paper("birth_extract", "b", home_town="Xã Mẫu huyện Nền tỉnh Hòa Bình.", **LAN)
    assert not found("person-differs", one, other)


def test_a_change_from_what_the_register_never_said_is_a_disagreement() -> None:
    base = paper("birth_certificate", "a", ethnicity="Kinh", **LAN)
    change = {"change_item": "Dân tộc", "change_to": "Mường", **LAN}
    right = paper("civil_status_change", "b", change_from="Kinh", **change)
    wrong = paper("civil_status_change", "c", change_from="Tày", **change)
    assert found("change-base", base, wrong) == [("thống nhất", ("c, page 1", "a, page 1"))]
    assert not found("change-base", base, right)
    assert not found(
        "change-base", paper("birth_extract", "d", ethnicity="Mường", **LAN), right
    )  # issued anew
    assert not found("change-base", wrong)  # its base is not here


def test_numbers_a_register_skips_are_named_with_their_neighbours() -> None:
    papers = [
        paper("birth_certificate", f"p{n}", **{**LAN, "registration_number": n}) for n in ("45", "46", "49")
    ]
    assert found("register-gap", *papers) == [("đủ", ("p46, page 1", "p49, page 1"))]
    assert "47-48" in next(f.message for f in judged(*papers) if f.check == "register-gap")


def test_papers_of_one_person_that_disagree_are_brought_together() -> None:
    other = paper("marital_status_certificate", "b", **{**LAN, "birth_date": "06/03/1990"})
    assert ("thống nhất", ("a, page 1", "b, page 1")) in found(
        "person-differs", paper("birth_certificate", "a", **LAN), other
    )


def test_a_change_names_the_papers_it_supersedes() -> None:
    change = paper("civil_status_change", "b", **LAN)
    assert found("superseded", paper("birth_certificate", "a", **LAN), change) == [
        ("sống", ("b, page 1", "a, page 1"))
    ]


def test_failed_checks_missing_fields_and_doubt_are_counted_by_rule() -> None:
    wrong = CheckResult("cited-dates", Outcome.FAIL, "sai")
    doubtful = Described("a", "a", "F", (1,), "decision", True, (field("date", "01/01/2020", 0.9, wrong),))
    told = counts(judged(doubtful, paper("unknown", "b")))
    assert told == {"đúng": 1, "đủ": 1, "sạch": 0, "sống": 0, "thống nhất": 0, "dùng chung": 2}


def test_no_finding_says_a_personal_value() -> None:
    papers = [paper("birth_certificate", p, **LAN) for p in "ab"]
    assert not any(value in f.message for f in judged(*papers) for value in LAN.values() if len(value) > 4)


def test_near_duplicate_texts_are_found_and_forms_are_not() -> None:
    text = " ".join(f"từ{n} chữ{n * 7 % 31} câu{n * 3 % 17}" for n in range(120))
    other = " ".join(f"khác{n} hẳn{n * 5 % 29} rồi{n}" for n in range(120))
    pairs = [(a, b) for a, b, _ in near_pairs([text, other, text.replace("từ9 ", "tù9 "), "ngắn"])]
    assert pairs == [(0, 2)]


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("personal_id", "001190012345", "0011******45"),
        ("birth_date", "05/03/1990", "**/**/1990"),
        ("residence", "Thôn 2, xã Mẫu, tỉnh Hòa Bình", "…, tỉnh Hòa Bình"),
        ("death_cause", "tim", "…"),
        ("number", "125", "125"),
    ],
)
def test_personal_values_show_only_in_part(name: str, value: str, shown: str) -> None:
    assert masked(name, value, default_tables()) == shown


def test_review_comes_by_chance_of_error_times_importance() -> None:
    limits = Thresholds(0.99, 0.9, {"number": 0.95})
    sure, doubtful = field("subject", "x", 0.92), field("number", "12", 0.92)
    wrong = field("date", "01/01/2020", 0.99, CheckResult("r", Outcome.FAIL, ""))
    assert (is_sure(sure, limits), is_sure(doubtful, limits), is_sure(wrong, limits)) == (True, False, False)
    assert [f.name for f in in_order([sure, doubtful, wrong], {"number": 3.0}, limits)] == [
        "date",
        "number",
        "subject",
    ]
    assert expected_error(sure, 2.0, limits) == 0.02


def birth(source: Path, work_folder: Path) -> Digitized:
    made = digitize(source, work_folder)
    values = dict(LAN, personal_id=source.read_text())
    part = DocumentPart((1,), "birth_certificate", 0.99, False, tuple(field(n, v) for n, v in values.items()))
    value = record_to_json(made.record) | {"documents": []}
    whole: Record = record_from_json(value)
    return Digitized(
        type(whole)(**{f: getattr(made.record, f) for f in whole.__slots__} | {"documents": (part,)}),
        made.files,
    )


def test_fields_go_out_by_class_person_and_register_masked(tmp_path: Path) -> None:
    app = archive(tmp_path / "archive", digitize=birth)
    try:
        for name, who in (("a.pdf", "001190012345"), ("b.pdf", "=001190099999")):
            (tmp_path / name).write_text(who)
            list(ingest(app, [(tmp_path / name, name)], "F", "b", BY))
        list(work(app, "w"))
        assert [d.document_class for d in described(app)] == ["birth_certificate"] * 2
        (one,) = export_fields(app, Wanted(("birth_certificate",), person="001190012345"))
        assert one["fields"] | {} == {**LAN, "personal_id": "0011******45", "birth_date": "**/**/1990"}  # type: ignore[operator]
        assert len(list(export_fields(app, Wanted(register="45/1990")))) == 2
        assert not list(export_fields(app, Wanted(register="45/1991")))
        rows = list(csv.reader(io.StringIO(as_csv(export_fields(app, Wanted(unmasked=True))))))
        assert rows[2][rows[0].index("personal_id")] == "'=001190099999"
        json.dumps(one)
        with pytest.raises(UsageError, match="no such class: thesis"):
            list(export_fields(app, Wanted(("thesis",))))
    finally:
        app.catalogue.close()
