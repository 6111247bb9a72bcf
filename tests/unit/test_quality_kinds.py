"""The six rules over one made archive: every kind of finding once, each with the papers that prove it."""

from __future__ import annotations

from digitizer.model import CheckResult, Outcome
from digitizer.services.described import Described
from digitizer.services.quality import RULES, counts, quality
from digitizer.understanding.tables import default_tables
from tests.unit.test_described import LAN, field, paper

COUPLE = {"wife_name": "Lê Thị Hà", "husband_name": "Vũ Văn Nam", "registration_number": "7"}
ISSUED = {"organ_name": "SỞ TƯ PHÁP", "number": "12", "notation": "QĐ-STP", "date": "05/03/2019"}


def archive() -> list[Described]:
    """Papers that are whole but for one fault each; several share theirs."""
    wrong = CheckResult("date-words", Outcome.FAIL, "sai")
    text = " ".join(f"từ{n} chữ{n * 7 % 31} câu{n * 3 % 17}" for n in range(120))
    return [
        paper("birth_certificate", "birth", **LAN),
        paper("birth_extract", "birth-again", **LAN),
        paper(
            "birth_certificate",
            "three-on",
            **(LAN | {"person_name": "LÊ AN", "personal_id": "001090000009", "registration_number": "48"}),
        ),
        paper("civil_status_change", "change", **LAN),
        paper("marital_status_certificate", "single", **(LAN | {"gender": "Nam"})),
        paper("death_extract", "death", **(LAN | {"gender": "Nữ"})),
        paper("marriage_certificate", "wedding", **COUPLE),
        paper("marriage_extract", "wedding-copy", **COUPLE),
        paper("decision", "decision", text, **ISSUED),
        paper("decision", "decision-copy", text.replace("từ9 ", "tù9 "), **ISSUED),
        paper("unknown", "stray"),
        Described("d", "doubt", "F", (1,), "decision", True, (field("date", "01/01/2020", 0.3, wrong),)),
    ]


def test_every_kind_is_found_with_the_papers_that_prove_it() -> None:
    findings = list(quality(archive(), default_tables()))
    proof = {(f.check, tuple(p.removesuffix(", page 1") for p in f.papers)) for f in findings}
    assert {
        ("date-words", ("doubt",)),
        ("mandatory-fields", ("doubt",)),
        ("register-gap", ("birth", "three-on")),
        ("person-event", ("birth", "birth-again")),
        ("person-event", ("wedding", "wedding-copy")),
        ("same-reference", ("decision", "decision-copy")),
        ("near-duplicate", ("decision", "decision-copy")),
        ("person-differs", ("single", "death")),
        ("no-class", ("stray",)),
        ("unconfirmed", ("doubt",)),
    } <= proof
    superseded = {papers[0]: set(papers[1:]) for check, papers in proof if check == "superseded"}
    assert superseded.keys() == {"change", "death"}
    assert {"birth", "birth-again"} <= superseded["change"] & superseded["death"]
    assert all(counts(findings)[rule] for rule in RULES)


def test_papers_without_a_fault_give_no_finding_but_what_is_missing() -> None:
    clean = [paper("birth_certificate", "one", **LAN)]
    assert {f.check for f in quality(clean, default_tables())} <= {"mandatory-fields"}
