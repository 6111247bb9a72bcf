"""Lots after ISO 2859-1, and what a receiving archive gets."""

import pytest
from openpyxl import load_workbook

from digitizer.errors import ConflictError, UsageError
from digitizer.inventory import Dossier, Fonds, Station
from digitizer.model import Agent
from digitizer.planning.sampling import Severity, drawn, plan_for, severity_after
from digitizer.planning.targets import load_plan
from digitizer.services.handover import hand_over
from digitizer.services.lots import (
    LotUnit,
    Result,
    Terms,
    draw_lot,
    error_rates,
    judge_lot,
    judged_lots,
    next_severity,
    note_result,
    open_lots,
    resume_lots,
)
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


def test_a_lot_is_open_from_its_draw_to_its_judgement(app):
    app.book.note("lot-begun", "lots", [("lot", "cut off before its draw")], MINH)
    assert open_lots(app) == ()
    draw_lot(app, "lô 1", [("F01", "A.1")], Terms(seed="s"), MINH)
    assert open_lots(app) == ("lô 1",)
    for unit in ("d0", "d1", "d2"):
        note_result(app, "lô 1", Result(unit), MINH)
    judge_lot(app, "lô 1", MINH)
    assert open_lots(app) == ()


def test_a_good_lot_is_accepted_and_completes_the_dossier(app):
    lot = draw_lot(app, "lô 1", [("F01", "A.1")], Terms(seed="s"), MINH)
    assert (lot.plan.size, lot.plan.accept) == (3, 0)
    with pytest.raises(ConflictError):
        judge_lot(app, "lô 1", MINH)
    for each in lot.sample:
        note_result(app, "lô 1", Result(each), MINH)
    assert judge_lot(app, "lô 1", MINH).state == "accepted"
    assert app.book.dossier("F01", "A.1").complete_on
    with pytest.raises(ConflictError):
        draw_lot(app, "lô 1", [("F01", "A.1")], Terms(seed="s"), MINH)


def test_a_rejected_lot_goes_back_whole_and_its_errors_are_counted(app):
    draw_lot(app, "lô 1", [("F01", "A.1")], Terms(seed="s"), MINH)
    note_result(app, "lô 1", Result("d1", "typo", "decision", "subject"), MINH)
    with pytest.raises(UsageError):
        note_result(app, "lô 1", Result("d1", "không có"), MINH)
    assert judge_lot(app, "lô 1", MINH).state == "rejected"
    assert app.book.passage("d0").days[2:] == ("", "", "")
    with pytest.raises(ConflictError, match="inventory advance described"):
        draw_lot(app, "lô 2", [("F01", "A.1")], Terms(), MINH)
    assert error_rates(app, ["lô 1"], "field") == (("subject", 1, 1),)
    assert error_rates(app, ["lô 1"], "operator") == (("person:lan", 1, 1),)


def test_pages_and_fields_are_units_with_class_and_field_of_their_own(app):
    lot = draw_lot(app, "trang", [("F01", "A.1")], Terms(unit=LotUnit.PAGES), MINH)
    assert lot.sample == ("d0:1", "d1:1", "d2:1")
    lot = draw_lot(app, "trường", [("F01", "A.1")], Terms(unit=LotUnit.FIELDS), MINH)
    assert lot.sample == ("d0:1:number", "d1:1:number", "d2:1:number")
    note_result(app, "trường", Result("d1:1:number", "typo"), MINH)
    assert judge_lot(app, "trường", MINH).state == "rejected"
    assert error_rates(app, ["trường"], "class") == (("decision", 1, 1),)
    assert error_rates(app, ["trường"], "field") == (("number", 1, 1),)
    with pytest.raises(UsageError, match="operator"):
        error_rates(app, [], "colour")


def rejected(app, name):
    draw_lot(app, name, [("F01", "A.1")], Terms(), MINH)
    note_result(app, name, Result("d1", "typo"), MINH)
    judge_lot(app, name, MINH)
    app.book.advance(["d0", "d1", "d2"], Station.CHECKED, LAN)
    app.book.advance(["d0", "d1", "d2"], Station.DESCRIBED, LAN)


def test_rejected_lots_tighten_then_stop_until_the_work_is_mended(app):
    for number in range(2):
        rejected(app, f"lô {number}")
    assert next_severity(app) == Severity.TIGHTENED
    for number in range(2, 7):
        rejected(app, f"lô {number}")
    assert len(judged_lots(app)) == 7
    with pytest.raises(ConflictError, match="resume"):
        draw_lot(app, "lô 8", [("F01", "A.1")], Terms(), MINH)
    resume_lots(app, MINH)
    assert draw_lot(app, "lô 8", [("F01", "A.1")], Terms(), MINH).severity == Severity.TIGHTENED
    with pytest.raises(ConflictError):
        resume_lots(app, MINH)


def test_switching_follows_the_standard():
    good, bad = "accepted", "rejected"
    assert severity_after([bad, good, good, good, good, bad]) == Severity.NORMAL
    assert severity_after([bad, good, good, good, bad]) == Severity.TIGHTENED
    assert severity_after([bad, bad, *[good] * 4]) == Severity.TIGHTENED
    assert severity_after([bad, bad, *[good] * 5]) == Severity.NORMAL
    assert severity_after([bad, bad, good, *[bad] * 4]) == Severity.TIGHTENED
    assert severity_after([bad, bad, good, *[bad] * 5, good]) == Severity.STOPPED


@pytest.mark.parametrize(("lot", "size", "accept"), [(400, 80, 1), (200, 80, 1), (90, 20, 0), (1200, 80, 1)])
def test_tightened_plans_ask_for_more(lot, size, accept):
    plan = plan_for(lot, severity=Severity.TIGHTENED)
    assert (plan.size, plan.accept) == (size, accept)


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
