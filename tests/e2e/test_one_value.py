"""One value that a clerk puts right, followed to wherever it is read again."""

import json

import pytest
from PIL import Image

from digitizer.accounts import Account, Role
from digitizer.bootstrap import archive_of, crew_of
from digitizer.bootstrap_desk import desk_of
from digitizer.desk import Correction
from digitizer.model import Agent
from digitizer.services.check_papers import Answer, decide, next_paper
from digitizer.services.export_fields import Wanted, export_fields
from digitizer.services.find import find
from digitizer.services.ingest import ingest
from digitizer.services.witness import contradicted
from digitizer.services.work import work
from digitizer.settings import Settings
from tests.e2e.test_amend import file_of, printed
from tests.unit.drawn import words_at

pytestmark = [pytest.mark.tools, pytest.mark.slow]

CLERK = Account("hoa", "Hoa", frozenset({Role.REVIEWER}), None)
PAGE = [
    (150, 150, "ỦY BAN NHÂN DÂN XÃ ĐÔNG"),
    (150, 260, "Số: 125/QĐ-UBND"),
    (480, 420, "QUYẾT ĐỊNH"),
    (150, 560, "Về việc thành lập tổ rà soát tài liệu"),
    (150, 660, "Điều 1. Thành lập tổ rà soát tài liệu lưu trữ của xã;"),
]


def exported(app):
    (row,) = export_fields(app, Wanted(doubtful=True))
    return row["fields"]["number"]


def test_a_value_put_right_at_the_desk_is_the_same_in_record_pdf_text_index_and_export(tmp_path):
    image = Image.fromarray(words_at(PAGE, (1800, 1500)))
    image.save(tmp_path / "a.pdf", resolution=180)
    settings = Settings(home=tmp_path / "archive", jobs=1)
    with (
        crew_of(settings) as crew,
        archive_of(settings, crew) as app,
        desk_of(settings) as desk,
    ):
        list(ingest(app, [(tmp_path / "a.pdf", "a.pdf")], "F01", "lo-1", Agent("person:lan")))
        (worked,) = work(app, "worker:test")
        document = worked.document_id
        assert exported(app) == "125"
        assert "125/QĐ-UBND" in printed(file_of(app, document, "pdf", tmp_path))
        paper = next_paper(app, desk, CLERK)
        assert paper is not None
        said = (Correction("number", "126"),)
        answer = Answer(document, paper.waiting.attempt, paper.waiting.part, corrections=said)
        assert decide(app, desk, CLERK, answer) == 1
        for again in (False, True):
            list(work(app, "worker:test"))
            record = json.loads(file_of(app, document, "json", tmp_path).read_text())
            (number,) = (f for f in record["documents"][0]["fields"] if f["name"] == "number")
            assert (number["value"], number["machine"]["value"]) == ("126", "125")
            assert number["confirmed_by"] == "person:hoa"
            assert "126/QĐ-UBND" in record["pages"][0]["text"]
            for made in (
                printed(file_of(app, document, "pdf", tmp_path)),
                file_of(app, document, "txt", tmp_path).read_text(),
            ):
                assert "126/QĐ-UBND" in made
                assert "125/QĐ-UBND" not in made
            assert [hit.page for hit in find(app, '"126/QĐ-UBND"')] == [1]
            assert not find(app, '"125/QĐ-UBND"')
            assert exported(app) == "126"
            assert list(contradicted(app)) == []
            if not again:
                app.catalogue.requeue(document, Agent("person:lan"))
