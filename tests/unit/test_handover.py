"""What a receiving archive gets: every document of an input, all columns, and what is wrong with them."""

import io
from dataclasses import replace

import pikepdf
import pytest
from openpyxl import load_workbook

from digitizer.inventory import Dossier, Fonds, Station
from digitizer.model import Agent, Box, Derivative, DocumentPart, FieldValue
from digitizer.planning.handover import document_columns, type_code
from digitizer.planning.targets import load_plan
from digitizer.ports import object_key
from digitizer.services.handover import hand_over
from digitizer.services.plan import PlanApp
from digitizer.writing.atomic import fixity_of
from digitizer.writing.part_pdf import write_pages
from tests.contracts.fakes import FixedClock, MemoryStore
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.memory_inventory import MemoryInventory
from tests.contracts.samples import document, record
from tests.unit.test_writing_pdfa import as_jpeg, drawn_page, findings, page_of, pdf_of, words_of

LAN, MINH = Agent("person:lan"), Agent("person:minh")
SAID = {
    "maintenance": "01",
    "mode": "01",
    "language": "01",
    "startDate": "01/02/2001",
    "endDate": "2001",
    "paperFileCode": "G09.K1.5",
}
READ = {
    "number": "125",
    "notation": "QĐ-UBND",
    "date": "05/02/2001",
    "organ_name": "UBND tỉnh Mẫu",
    "subject": "Về việc giao đất",
}


def sheets(path):
    """A PDF whose pages differ in width: 101, 102, 103, 104."""
    with pikepdf.new() as pdf:
        for number in range(4):
            pdf.add_blank_page(page_size=(101 + number, 200))
        pdf.save(path)


def widths(data):
    with pikepdf.open(io.BytesIO(data)) as pdf:
        return [int(page.mediabox[2]) for page in pdf.pages]


def part(pages, kind, read):
    fields = tuple(FieldValue(name, value, value, 1, Box(1, 2, 3, 4), 0.9) for name, value in read.items())
    return DocumentPart(pages, kind, 0.9, needs_review=False, fields=fields)


def app_with(tmp_path, described, *parts, pdfa="2b"):
    """One input of four pages, the last one blank, accepted, with these documents in it."""
    catalogue, clock, store = MemoryCatalogue(), FixedClock(), MemoryStore()
    book = MemoryInventory(catalogue, clock.now)
    dossier = Dossier("F01", "A.1", "Hồ sơ", documents=1, described=tuple(described.items()))
    book.take_in([Fonds("F01", "Phông")], [dossier], "x", LAN)
    catalogue.add_document(document(b"d", id="d0"), LAN)
    held = catalogue.claim("w", 60.0)
    sheets(tmp_path / "made.pdf")
    fixity = fixity_of(tmp_path / "made.pdf")
    with (tmp_path / "made.pdf").open("rb") as data:
        store.put(object_key(fixity.sha256), data, fixity)
    made = replace(
        record(held.fixity, ("một", "hai", "ba", "")),
        documents=parts,
        derivatives=(Derivative("pdf", "made.pdf", fixity, pdfa),),
    )
    catalogue.complete(held.id, held.attempt, made, LAN)
    book.file(["d0"], "A.1", LAN)
    for station in (Station.CHECKED, Station.DESCRIBED):
        book.advance(["d0"], station, LAN)
    book.advance(["d0"], Station.ACCEPTED, MINH)
    return PlanApp(book, catalogue, store, clock, MINH, load_plan())


def test_every_document_of_an_input_has_a_row_and_a_file_of_its_own_pages(tmp_path):
    parts = part((1,), "sanction_decision", READ), part((2, 3, 4), "birth_certificate", READ)
    made = hand_over(app_with(tmp_path, SAID, *parts), "F01", ["A.1"], tmp_path / "out")
    assert (made.documents, made.missing) == (2, ())
    head, _, *rows = load_workbook(tmp_path / "out" / "danh-muc-ban-giao.xlsx")["Tài liệu"].values
    assert len(document_columns()) == 21
    one, two = (dict(zip(head, row, strict=True)) for row in rows)
    assert (one["docId"], one["docCode"], two["docCode"]) == ("A.1.1", "A.1.0000001", "A.1.0000002")
    assert (one["typeName"], two["typeName"]) == ("02", "32")
    assert (one["numberOfPage"], two["numberOfPage"]) == ("1", "2")  # a blank back is no page
    assert (one["maintenance"], one["confidenceLevel"], one["codeNumber"]) == ("01", "02", "125")
    files = [(tmp_path / "out" / each["path"]).read_bytes() for each in (one, two)]
    assert [widths(each) for each in files] == [[101], [102, 103, 104]]


def test_the_validator_names_each_fault_in_vietnamese(tmp_path):
    wrong = {"number": "1" * 12, "date": "31/02/2001", "organ_name": "UBND"}
    described = SAID | {"maintenance": "04", "riskRecovery": "1", "paperFileCode": ""}
    app = app_with(tmp_path, described, part((1, 2, 3, 4), "decision", wrong))
    made = hand_over(app, "F01", ["A.1"], tmp_path / "out")
    no_date = "không phải là ngày: ghi DD/MM/YYYY, MM/YYYY hoặc YYYY"
    assert set(made.missing) == {
        "Hồ sơ A.1: thiếu mã hồ sơ gốc giấy (paperFileCode)",
        "Hồ sơ A.1: thời hạn lưu trữ không phải vĩnh viễn (01): lưu trữ lịch sử chỉ nhận hồ sơ vĩnh viễn",
        "Hồ sơ A.1: thiếu tình trạng dự phòng (riskRecoveryStatus) vì đã ghi có dự phòng",
        "Tài liệu A.1.0000001: số (codeNumber) dài 12 ký tự, tối đa 11",
        f"Tài liệu A.1.0000001: ngày tháng năm (issuedDate) «31/02/2001» {no_date}",
        "Tài liệu A.1.0000001: thiếu trích yếu nội dung (subject)",
        "Tài liệu A.1.0000001: thiếu tình trạng dự phòng (riskRecoveryStatus) vì đã ghi có dự phòng",
    }


def test_a_file_that_is_no_pdfa_is_named(tmp_path):
    app = app_with(tmp_path, SAID, part((1, 2, 3, 4), "decision", READ), pdfa=None)
    made = hand_over(app, "F01", ["A.1"], tmp_path / "out")
    assert made.missing == (
        "Tài liệu A.1.0000001: tệp PDF không phải là PDF/A: chạy lại việc số hóa tài liệu này",
    )


def test_the_pages_of_a_document_are_pdfa_by_themselves(tmp_path):
    drawn = [drawn_page(lines=3, seed=seed, size=(900, 600)) for seed in range(3)]
    whole, alone = pdf_of(*(page_of(as_jpeg(image), layer) for image, layer in drawn)), io.BytesIO()
    write_pages(io.BytesIO(whole), alone, (2, 3))
    assert findings(alone.getvalue()) == []
    assert [words_of(alone.getvalue(), n) for n in (0, 1)] == [words_of(whole, n) for n in (1, 2)]


@pytest.mark.parametrize(
    ("words", "code"),
    [("Quyết định thi hành án", "02"), ("Biên bản vi phạm", "20"), ("Thông tư", "32"), ("", "32")],
)
def test_the_kind_of_a_document_is_told_by_its_words(words, code):
    assert type_code(words) == code


def test_pages_that_are_not_there_are_refused(tmp_path):
    sheets(tmp_path / "x.pdf")
    with (tmp_path / "x.pdf").open("rb") as source, pytest.raises(ValueError, match="of 4"):
        write_pages(source, io.BytesIO(), (4, 5))
