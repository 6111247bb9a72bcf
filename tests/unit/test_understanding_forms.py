"""Fields of printed forms, measured on papers as printed: labels, columns, cells, copies, absences."""

from typing import Any

import pytest

from digitizer.model import Box, Line, PageRecord, PageStatus, TextLayer, Word
from digitizer.understanding.labels import find_labels, label_fields
from digitizer.understanding.segments import view_of
from digitizer.understanding.tables import default_tables
from digitizer.understanding.understand import Understanding
from scripts.reads import PRINTED, printed_page
from scripts.samples import births, civil, procedures, sanctions
from scripts.samples.model import Look, Paper
from scripts.samples.press import print_paper
from scripts.samples.sets import judged, rng_for
from scripts.score import canonical

LOOK = Look(dpi=100)
FORMS = (
    births.birth_certificate_current,
    births.birth_certificate_old,
    births.birth_certificate_copy,
    births.birth_certificate_table,
    births.birth_extract,
    civil.marriage_certificate,
    civil.marriage_extract,
    civil.death_extract,
    civil.marital_status,
    civil.civil_status_change,
    civil.civil_status_decision,
    sanctions.sanction_decision,
    sanctions.violation_minutes,
    procedures.dossier_receipt,
)


def understood(paper: Paper) -> tuple[str, dict[str, str]]:
    """Class and fields of a paper as printed."""
    pages = [printed_page(page, n) for n, page in enumerate(print_paper(paper, LOOK), 1)]
    documents = Understanding()(pages)
    assert len(documents) == 1
    return documents[0].document_class, {f.name: f.value for f in documents[0].fields}


@pytest.mark.parametrize("writer", FORMS)
def test_forms_give_their_fields_and_no_other(writer: Any) -> None:
    paper = writer(rng_for(77), 2)
    kind, found = understood(paper)
    truth = judged(paper)
    assert kind == paper.kind
    wrong = {n: (v, found.get(n)) for n, v in paper.fields.items() if canonical(found.get(n)) != canonical(v)}
    assert wrong == {}
    assert not set(found) & set(truth["absent"])  # type: ignore[call-overload]


def page(*lines: str) -> PageRecord:
    """Lines of words set one below the other, ten pixels a letter."""
    printed = []
    for row, text in enumerate(lines):
        words, left = [], 10
        for word in text.split():
            words.append(Word(word, Box(left, 40 * row, left + 10 * len(word), 40 * row + 24), 0.9))
            left += 10 * len(word) + 8
        printed.append(Line(tuple(words)))
    layer = TextLayer(PRINTED, "printed", tuple(printed))
    return PageRecord(1, 900, 1200, 100, PageStatus.TEXT, layer=layer)


def values(name: str, kind: str, *lines: str) -> list[str]:
    """What the rows of one field take from lines."""
    tables = default_tables()
    rows = [row for row in tables.fields_of(kind) if row.labels]
    found = label_fields([view_of(page(*lines))], rows, tables.stops[tables.group_of(kind)])
    return [field.value for field in found if field.name == name]


def test_a_label_broken_over_lines_is_found() -> None:
    view = view_of(page("Mức tiền phạt: 4.000.000 đồng (Bằng", "chữ: Bốn triệu đồng)."))
    assert [label.key for label in find_labels([view], ["bang chu", "muc tien phat"])] == [
        "muc tien phat",
        "bang chu",
    ]


def test_words_of_a_label_inside_a_sentence_are_none() -> None:
    sentence = "về việc cấp Giấy xác nhận tình trạng hôn nhân, theo đơn"
    assert values("marital_status", "marital_status_certificate", sentence, "XÁC NHẬN:") == []


def test_an_empty_label_gives_no_value() -> None:
    assert values("person_name", "birth_certificate", "Họ, chữ đệm, tên: ..........", "Giới tính: Nam") == []


def test_the_next_items_number_is_not_part_of_a_value() -> None:
    lines = ("4. Nơi sinh: tỉnh Sơn La", "5. Quốc tịch: Việt Nam")
    assert values("birth_place", "criminal_record_certificate", *lines) == ["tỉnh Sơn La"]


def test_dots_of_the_guide_between_words_go() -> None:
    line = "Nơi sinh: Trạm.y tế ..xã.. Tân.Lập, tỉnh Sơn.La......"
    assert values("birth_place", "birth_certificate", line) == ["Trạm y tế xã Tân Lập, tỉnh Sơn La"]
