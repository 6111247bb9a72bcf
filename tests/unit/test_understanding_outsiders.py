"""Pages of no class of the contract stay without one; forms not filled in give no value."""

from typing import Any

import pytest

from digitizer.understanding.understand import Understanding
from scripts.reads import printed_page
from scripts.samples.births import birth_certificate_current
from scripts.samples.cadre import curriculum_vitae
from scripts.samples.civil import marital_status
from scripts.samples.model import Look, Paper
from scripts.samples.outsiders import OUTSIDERS, blank_form
from scripts.samples.press import print_paper
from scripts.samples.procedures import dossier_receipt, file_cover
from scripts.samples.sets import rng_for
from tests.unit.typed import body, page

LOOK = Look(dpi=100)


def understood(paper: Paper) -> list[tuple[str, dict[str, str]]]:
    """Class and fields of each document on the pages of a paper as printed."""
    pages = [printed_page(each, n) for n, each in enumerate(print_paper(paper, LOOK), 1)]
    return [(d.document_class, {f.name: f.value for f in d.fields}) for d in Understanding()(pages)]


@pytest.mark.parametrize("at", range(len(OUTSIDERS)))
def test_pages_of_no_class_get_none_and_no_field(at: int) -> None:
    for seed in range(2):
        for kind, fields in understood(OUTSIDERS[at](rng_for(6, at, seed), 2)):
            assert (kind, fields) == ("unknown", {})


def test_a_cover_is_one_though_its_first_line_says_more_than_the_title() -> None:
    cover = [
        (-0.5, 0.05, "SỞ TƯ PHÁP TỈNH HÒA BÌNH"),
        (-0.5, 0.3, "HỒ SƠ THI HÀNH ÁN DÂN SỰ"),
        (-0.5, 0.36, "Về việc thi hành bản án năm 2009"),
        *body(0.8, "Phông: Sở Tư pháp", "Mục lục số: 02", "Hồ sơ số: 17", "Số tờ: 45"),
    ]
    assert Understanding()([page(cover)])[0].document_class == "file_cover"
    assert understood(file_cover(rng_for(6), 1))[0][0] == "file_cover"


@pytest.mark.parametrize(
    "writer", [birth_certificate_current, marital_status, dossier_receipt, curriculum_vitae]
)
def test_a_form_not_filled_in_is_named_and_gives_no_value(writer: Any) -> None:
    paper = writer(rng_for(6, 1), 2)
    assert understood(blank_form(paper)) == [(paper.kind, {})]
