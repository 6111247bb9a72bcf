"""What people say of a real scan: into PDF/A, text and index, over another reading; other borders."""

import json
import subprocess

import pikepdf.pdfa
import pytest
from PIL import Image

from digitizer.bootstrap import archive_of, crew_of
from digitizer.errors import ConflictError, UsageError
from digitizer.model import Agent
from digitizer.ports import object_key
from digitizer.services.amend import Borders, LineSaid, correct_line, divide
from digitizer.services.find import find
from digitizer.services.ingest import ingest
from digitizer.services.witness import contradicted
from digitizer.services.work import work
from digitizer.settings import Settings
from tests.unit.drawn import words_at

pytestmark = [pytest.mark.tools, pytest.mark.slow]

LAN = Agent("person:lan")
FIRST = [
    (150, 150, "ỦY BAN NHÂN DÂN XÃ ĐÔNG"),
    (150, 260, "Số: 125/QĐ-UBND"),
    (480, 420, "QUYẾT ĐỊNH"),
    (150, 560, "Về việc thành lập tổ rà soát tài liệu"),
    (150, 660, "Điều 1. Thành lập tổ rà soát tài liệu lưu trữ của xã;"),
]
SECOND = [(150, 200, "Điều 2. Giao văn phòng thi hành quyết định này."), (150, 300, "Lê Văn Sậy")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    home = tmp_path_factory.mktemp("amend")
    pages = [Image.fromarray(words_at(each, (1800, 1500))) for each in (FIRST, SECOND)]
    pages[0].save(home / "a.pdf", save_all=True, append_images=pages[1:], resolution=180)
    settings = Settings(home=home / "archive", jobs=1)
    with crew_of(settings) as crew, archive_of(settings, crew) as app:
        list(ingest(app, [(home / "a.pdf", "a.pdf")], "F01", "lo-1", LAN))
        (worked,) = work(app, "worker:test")
        yield app, worked.document_id


def line_with(app, document, page, text):
    return next(line for line in app.catalogue.lines(document, page) if text in line.text)


def file_of(app, document, kind, folder):
    made = {each.kind: each for each in app.catalogue.derivatives(document)}[kind]
    path = folder / f"{made.fixity.sha256[:8]}.{kind}"
    with app.derivatives.open(object_key(made.fixity.sha256)) as data:
        path.write_bytes(data.read())
    return path


def printed(pdf):
    return subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout


def papers(app, document):
    return [(paper.pages, paper.by_person) for paper in app.amending.amendments.papers(document).papers]


def test_a_line_put_right_is_in_pdf_text_record_and_index_also_after_another_reading(archive, tmp_path):
    app, document = archive
    before = file_of(app, document, "pdf", tmp_path)
    line = line_with(app, document, 2, "Sậy")
    said = LineSaid(1, 2, line.box, line.text, "Lê Văn  Quốc")
    correct_line(app, app.amending.amendments, LAN, document, said)
    with pytest.raises(ConflictError):  # somebody else saw the line as it was before
        correct_line(app, app.amending.amendments, LAN, document, said)
    assert list(work(app, "worker:test")) == []  # nothing to read, but files to make again
    for again in (False, True):
        pdf = file_of(app, document, "pdf", tmp_path)
        assert pdf != before
        assert "Lê Văn Quốc" in printed(pdf)
        assert "Sậy" not in printed(pdf)
        assert pikepdf.pdfa.validate_written(pdf, "2b").findings == []
        assert "Lê Văn Quốc" in file_of(app, document, "txt", tmp_path).read_text()
        record = json.loads(file_of(app, document, "json", tmp_path).read_text())
        assert "Lê Văn Quốc" in record["pages"][1]["text"]
        assert [hit.page for hit in find(app, "le van quoc")] == [2]
        assert not find(app, '"Lê Văn Sậy"')
        assert list(contradicted(app)) == []
        if not again:
            app.catalogue.requeue(document, LAN)
            assert len(list(work(app, "worker:test"))) == 1
    assert images(pdf) == images(before)  # the pixels are untouched


def images(pdf):
    with pikepdf.open(pdf) as opened:
        found = [page.get_images().values() for page in opened.pages]
        return [bytes(each.read_raw_bytes()) for page in found for each in page]


def test_borders_drawn_by_a_person_hold_over_another_reading_and_are_taken_back(archive):
    app, document = archive
    amendments = app.amending.amendments
    attempt = amendments.papers(document).attempt
    assert papers(app, document) == [((1, 2), False)]
    for wrong in ((2,), (1, 3), ()):
        with pytest.raises(UsageError):
            divide(app, amendments, LAN, document, Borders(attempt, (1,), wrong))
    with pytest.raises(UsageError):
        divide(app, amendments, LAN, document, Borders(attempt, (1,), (1, 2), ((2, "thesis"),)))
    assert divide(app, amendments, LAN, document, Borders(attempt, (1,), (1, 2), ((2, "notice"),))) == 2
    with pytest.raises(ConflictError):
        divide(app, amendments, LAN, document, Borders(attempt, (1,), (1,)))
    classes = [part["class"] for part in app.catalogue.record(document)["documents"]]
    assert classes == ["decision", "notice"]
    app.catalogue.requeue(document, LAN)
    list(work(app, "worker:test"))
    assert papers(app, document) == [((1,), True), ((2,), True)]
    assert [part["class"] for part in app.catalogue.record(document)["documents"]] == classes
    amendments.undo(document, attempt + 1, LAN)
    assert papers(app, document) == [((1, 2), False)]
    kinds = [event.kind for event in app.catalogue.events(document)]
    assert {"corrected", "amended", "divided", "division-undone"} <= set(kinds)
