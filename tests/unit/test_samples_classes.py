"""Every class of the contract has writers, whose papers print what their truth says."""

import re
from datetime import date
from pathlib import Path

import pytest

from scripts.samples.__main__ import main
from scripts.samples.bundles import _bundle
from scripts.samples.catalogue import CATALOGUE, chosen
from scripts.samples.fonts import SampleError
from scripts.samples.levels import Wear
from scripts.samples.model import Look, Paper
from scripts.samples.people import human
from scripts.samples.press import print_paper
from scripts.samples.sets import judged, rng_for, truth_of
from scripts.samples.spelled import amount_words, day_words
from scripts.samples.vocabulary import VOCABULARY

LOW = Look(dpi=72)
WRITERS = [(name, writer) for name, writers in CATALOGUE.items() for writer in dict.fromkeys(writers)]
DATED = re.compile(r"\d{2}/\d{2}/\d{4}")


def printed(paper: Paper) -> str:
    return " ".join(" ".join(line) for page in print_paper(paper, LOW) for line in (page.lines,))


@pytest.mark.parametrize(("name", "writer"), WRITERS)
def test_papers_print_what_their_truth_says(name: str, writer: object) -> None:
    for seed in range(2):
        paper = writer(rng_for(11, seed), 1 + seed)  # type: ignore[operator]
        text = printed(paper).lower()
        assert paper.kind == name
        for field, value in paper.fields.items():
            if not DATED.fullmatch(value) and field not in ("organ_name", "personal_id", "applicant_phone"):
                assert value.lower() in text, field


def test_classes_are_those_of_the_contract() -> None:
    assert len(CATALOGUE) == 35
    assert chosen("all") == tuple(CATALOGUE)
    with pytest.raises(SampleError, match="no such class: 'letter'"):
        chosen("decree,letter")


def test_a_personal_number_agrees_with_sex_year_and_province() -> None:
    for seed in range(20):
        who = human(rng_for(seed), 1990, 2010)
        assert who.number[:3] == who.home.province.code
        assert int(who.number[3]) % 2 == int(who.woman)
        assert who.number[4:6] == f"{who.born.year % 100:02d}"


def test_what_a_paper_lacks_is_named_absent() -> None:
    paper = CATALOGUE["birth_certificate"][0](rng_for(3), 1)
    truth = judged(paper)
    assert set(truth["absent"]) | set(paper.fields) | paper.unjudged >= VOCABULARY  # type: ignore[call-overload]
    assert "number" in truth["absent"]  # type: ignore[operator]
    assert judged(CATALOGUE["unknown"][0](rng_for(3), 1)) == {}


def test_bundles_hold_papers_end_to_end() -> None:
    truth = truth_of(_bundle(rng_for(4), chosen("decision,notice,separator,file_cover"), Wear.CLEAN, 1))
    documents = truth["documents"]
    assert isinstance(documents, list)
    pages = [number for document in documents for number in document["pages"]]
    assert pages == list(range(1, len(pages) + 1))
    assert "separator" in {document["class"] for document in documents}


def test_marks_are_the_words_of_the_lines() -> None:
    page = print_paper(CATALOGUE["dossier_receipt"][0](rng_for(3), 1), LOW)[0]
    assert page.lines == tuple(" ".join(mark.text for mark in line) for line in page.marks)
    assert all(mark.box[0] < mark.box[2] for line in page.marks for mark in line)


def test_dates_and_amounts_in_words() -> None:
    assert day_words(date(2005, 1, 15)) == "Ngày mười lăm, tháng một, năm hai nghìn không trăm linh năm"
    assert amount_words(12_500_000) == "Mười hai triệu năm trăm nghìn đồng"
    assert amount_words(1_005_000) == "Một triệu không trăm linh năm nghìn đồng"


def test_an_unknown_class_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--classes", "letter"]) == 2
    assert capsys.readouterr().err.startswith("samples: no such class: 'letter'; one of decision")
