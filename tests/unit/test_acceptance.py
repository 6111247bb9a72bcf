"""Lots after ISO 2859-1, and what a receiving archive gets."""

import pytest
from openpyxl import load_workbook

from digitizer.errors import ConflictError, UsageError
from digitizer.inventory import Dossier, Fonds, Station
from digitizer.model import Agent
from digitizer.planning.sampling import drawn, plan_for
from digitizer.planning.targets import load_plan
from digitizer.services.handover import hand_over
from digitizer.services.lots import Result, draw_lot, error_rates, judge_lot, note_result
from digitizer.services.plan import PlanApp
from tests.contracts.fakes import FixedClock, MemoryStore
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.memory_inventory import MemoryInventory
from tests.contracts.samples import document, record

LAN, MINH = Agent("person:lan"), Agent("person:minh")


@pytest.mark.parametrize(
    ("lot", "aql", "size", "accept"),
    [
        (1200, "1.0", 80, 2),
        (3200, "0.65", 125, 2),
        (150, "2.5", 20, 1),
        (90, "1.0", 13, 0),
        (5, "1.0", 5, 0),
        (10**7, "6.5", 200, 21),
    ],
)
def test_plans_are_those_of_the_standard(lot, aql, size, accept):
    plan = plan_for(lot, aql)
    assert (plan.size, plan.accept) == (size, accept)


def test_a_draw_can_be_repeated_and_another_seed_draws_others():
    units = [str(n) for n in range(100)]
    assert drawn(units, 20, "a") == drawn(units, 20, "a") != drawn(units, 20, "b")
    assert len(set(drawn(units, 20, "a"))) == 20


@pytest.fixture
def app():
    catalogue, clock = MemoryCatalogue(), FixedClock()
    book = MemoryInventory(catalogue, clock.now)
    book.take_in([Fonds("F01", "Phông")], [Dossier("F01", "A.1", title="Hồ sơ", documents=3)], "x", LAN)
    for number in range(3):
        data = bytes([number])
        catalogue.add_document(document(data, id=f"d{number}"), LAN)
        held = catalogue.claim("w", 60.0)
        catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ",)), LAN)
    ids = ["d0", "d1", "d2"]
    book.file(ids, "A.1", LAN)
    book.advance(ids, Station.CHECKED, LAN)
    book.advance(ids, Station.DESCRIBED, LAN)
    return PlanApp(book, catalogue, MemoryStore(), clock, MINH, load_plan())


def test_a_good_lot_is_accepted_and_completes_the_dossier(app):
    lot = draw_lot(app, "lô 1", [("F01", "A.1")], ("1.0", "II", "s"), MINH)
    assert (lot.plan.size, lot.plan.accept) == (3, 0)
    with pytest.raises(ConflictError):
        judge_lot(app, "lô 1", MINH)
    for each in lot.sample:
        note_result(app, "lô 1", Result(each), MINH)
    assert judge_lot(app, "lô 1", MINH).state == "accepted"
    assert app.book.dossier("F01", "A.1").complete_on
    with pytest.raises(ConflictError):
        draw_lot(app, "lô 1", [("F01", "A.1")], ("1.0", "II", "s"), MINH)


def test_a_rejected_lot_goes_back_whole_and_its_errors_are_counted(app):
    draw_lot(app, "lô 1", [("F01", "A.1")], ("1.0", "II", "s"), MINH)
    note_result(app, "lô 1", Result("d1", "typo", "decision", "subject"), MINH)
    with pytest.raises(UsageError):
        note_result(app, "lô 1", Result("d1", "không có"), MINH)
    assert judge_lot(app, "lô 1", MINH).state == "rejected"
    assert app.book.passage("d0").days[2:] == ("", "", "")
    assert error_rates(app, ["lô 1"], "field") == (("subject", 1, 1),)
    assert error_rates(app, ["lô 1"], "operator") == (("person:lan", 1, 1),)


def test_a_handover_has_lists_and_says_what_is_missing(app, tmp_path):
    made = hand_over(app, "F01", ["A.1"], tmp_path / "out")
    assert (made.dossiers, made.documents) == (1, 3)
    assert "Hồ sơ A.1: thiếu thời hạn lưu trữ (maintenance)" in made.missing
    assert "Tài liệu A.1.0000001: thiếu trích yếu nội dung (subject)" in made.missing
    book = load_workbook(tmp_path / "out" / "danh-muc-ban-giao.xlsx")
    assert book.sheetnames == ["Hồ sơ", "Tài liệu"]
    rows = list(book["Tài liệu"].values)
    assert rows[0][:2] == ("docId", "docCode")
    assert rows[2][:2] == ("A.1.1", "A.1.0000001")
    with pytest.raises(UsageError):
        hand_over(app, "F01", ["A.1"], tmp_path / "out")


@pytest.mark.parametrize("template", ["{x}.pdf", "/{dossier}.pdf", "../{dossier}.pdf"])
def test_a_file_name_stays_in_the_folder(app, tmp_path, template):
    with pytest.raises(UsageError):
        hand_over(app, "F01", ["A.1"], tmp_path / "out", template)
