"""The same papers as a second office lays them out: class and fields hold, and none is invented."""

from typing import Any

import pytest

from digitizer.understanding.understand import Understanding
from scripts.reads import printed_page
from scripts.samples import second_acts, second_cases, second_forms
from scripts.samples.catalogue import CATALOGUE
from scripts.samples.model import Look
from scripts.samples.press import print_paper
from scripts.samples.sets import judged, rng_for
from scripts.score import canonical

SECOND = [
    *(
        second_acts.directive,
        second_acts.report,
        second_acts.submission,
        second_acts.minutes,
        second_acts.plan,
    ),
    *(second_acts.contract, second_acts.decree, second_acts.circular, second_acts.resolution),
    *(second_acts.invitation, second_acts.authorization),
    *(second_forms.birth_extract, second_forms.marriage_extract, second_forms.marital_status),
    *(second_forms.parentage, second_cases.sanction_decision, second_cases.violation_minutes),
    *(second_cases.dossier_receipt, second_cases.process_control_sheet, second_cases.criminal_record),
    *(second_cases.judgment, second_cases.enforcement_decision, second_cases.curriculum_vitae),
    second_cases.document_list,
]


@pytest.mark.parametrize("at", range(len(SECOND)))
def test_a_second_layout_gives_its_class_and_fields_and_no_other(at: int) -> None:
    writer: Any = SECOND[at]
    for seed in range(2):
        paper = writer(rng_for(41, seed), 2)
        pages = [printed_page(each, n) for n, each in enumerate(print_paper(paper, Look(dpi=100)), 1)]
        (document,) = Understanding()(pages)
        assert document.document_class == paper.kind
        found = {f.name: f.value for f in reversed(document.fields)}
        wrong = {n: (v, found.get(n)) for n, v in paper.fields.items() if _differ(found.get(n), v)}
        assert wrong == {}
        assert not set(found) & set(judged(paper)["absent"])  # type: ignore[call-overload]


def _differ(found: str | None, value: str) -> bool:
    return canonical(found) != canonical(value)


def test_every_second_layout_is_in_the_catalogue() -> None:
    listed = {writer for writers in CATALOGUE.values() for writer in writers}
    assert set(SECOND) <= listed
    assert sum(len(set(writers)) > 1 for writers in CATALOGUE.values()) >= 33
