"""Targets to the page, figures and reports; every sum of a small ministry recounted from its raw events."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pikepdf
import pytest
from openpyxl import load_workbook

from digitizer.accession import Placement
from digitizer.errors import NotFoundError, UsageError
from digitizer.inventory import DayCount, Dossier, Fonds, Stock, Stratum, Tally, Unit, Use
from digitizer.model import Agent
from digitizer.planning.paper import a4_halves
from digitizer.planning.targets import Plan, Standing, judge, load_plan
from digitizer.services import progress_report
from digitizer.services.burn_up import outlooks
from digitizer.services.figures import Scope, judged_targets, overview
from digitizer.services.plan import PlanApp
from digitizer.services.progress_report import write_report
from scripts import ministry
from storage.accessions import SqlAccessions
from storage.catalogue import SqlCatalogue
from storage.inventory import SqlInventory
from tests.contracts.fakes import FixedClock
from tests.contracts.samples import document
from tests.unit.test_cli import digitizer

BY = Agent("person:lan")
PLAN = load_plan()
THIRTY = PLAN.targets[0]
STRATUM = Stratum("F01", True, True, False, Use.HIGH)


def tally(done, total):
    return [Tally(STRATUM, {"pages": total, "complete.pages": done})]


def judged(done, total, today=date(2025, 10, 1), days=(), target=THIRTY):
    return judge(target, tally(done, total), tally(done, total), days, today)


@pytest.mark.parametrize(
    ("done", "total", "needed"), [(3, 10, 3), (29, 100, 30), (30, 100, 30), (4, 11, 4), (3, 11, 4)]
)
def test_a_target_is_reached_to_the_page(done, total, needed):
    found = judged(done, total)
    assert (found.needed, found.missing, found.reached) == (needed, max(0, needed - done), done >= needed)


def test_late_is_told_from_in_time_and_both_from_missed():
    late = [DayCount("2026-01-01", "complete", 1, 10, 0, 0)]
    after = date(2026, 2, 1)
    assert judged(30, 100, after).standing == Standing.REACHED
    assert judged(30, 100, after, late).standing == Standing.LATE
    assert judged(30, 100, after, late).at_due == 20
    assert judged(29, 100, after).standing == Standing.MISSED
    assert judged(0, 0).standing == Standing.EMPTY


def test_the_packaged_targets_are_the_ministry_s():
    assert [(t.share, t.due, t.stock, t.unit) for t in PLAN.targets][:2] == [
        (Fraction(3, 10), date(2025, 12, 31), Stock.VALUABLE, Unit.PAGES),
        (Fraction(1), date(2026, 12, 31), Stock.VALUABLE, Unit.PAGES),
    ]
    assert all(target.source and target.tag for target in PLAN.targets)


@pytest.mark.parametrize(
    "text", ["", "x = [", "electronic_from = 2025-07-01\n[[target]]\nid = 'a'", "target = 1"]
)
def test_targets_that_cannot_be_read_are_one_line(text):
    with pytest.raises(UsageError):
        load_plan(text)


@pytest.mark.parametrize(
    ("width", "height", "halves"),
    [
        (1654, 2339, 2),
        (2339, 1654, 2),
        (1654, 2500, 2),
        (1900, 2700, 4),
        (2339, 3308, 4),
        (400, 600, 1),
        (20000, 30000, 32),
    ],
)
def test_pages_count_in_a4_by_their_real_size(width, height, halves):
    assert a4_halves(width, height, 200) == halves


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('ministry')}/catalogue.sqlite"


@pytest.fixture(scope="module")
def small(url):
    catalogue, book = SqlCatalogue(url), SqlInventory(url)
    ministry.fill(book, url, 600)
    clock = FixedClock("2025-11-03T08:00:00Z")
    yield PlanApp(book, catalogue, None, clock, BY, PLAN)
    catalogue.close()
    book.close()


def test_every_figure_of_a_ministry_is_what_its_raw_events_say(small, url):
    assert ministry.differences(small.book, url) == []
    sums, _ = ministry.recount(url)
    view = overview(small)
    assert view.total.pages == sum(value for key, value in sums.items() if key[-1] == "pages")
    assert (
        view.strict[Unit.DOSSIERS].done == sum(v for k, v in sums.items() if k[-1] == "complete.dossiers") > 0
    )
    valuable = {"done": "complete.pages", "total": "pages"}
    found = judged_targets(small)[0].now
    for name, measure in valuable.items():
        assert getattr(found, name) == sum(v for k, v in sums.items() if k[-1] == measure and k[1])


def test_scopes_narrow_the_figures(small):
    every, one = overview(small), overview(small, Scope(fonds=("P03",)))
    assert [row.code for row in one.fonds] == ["P03"]
    assert one.total.pages == next(row.pages for row in every.fonds if row.code == "P03")
    assert overview(small, Scope(Stock.VALUABLE)).total.pages < every.total.pages
    with pytest.raises(NotFoundError):
        overview(small, Scope(freeze="không có"))


def test_a_larger_inventory_shows_both_percentages(tmp_path):
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    catalogue, book = SqlCatalogue(url), SqlInventory(url)
    born = Dossier("F01", "1", pages=30, valuable=True, born_digital=True)
    book.take_in([Fonds("F01", "Phông")], [born, Dossier("F01", "2", pages=70, valuable=True)], "a", BY)
    book.freeze("Kiểm kê 2025", BY)
    book.take_in([], [Dossier("F01", "3", pages=100, valuable=True)], "b", BY)
    plan = Plan((replace(THIRTY, freeze="Kiểm kê 2025"),), PLAN.electronic_from)
    app = PlanApp(book, catalogue, None, FixedClock("2025-11-03T08:00:00Z"), BY, plan)
    (found,) = judged_targets(app)
    assert (found.now.share, found.current.share, found.reached) == (0.3, 0.15, True)
    sheet = load_workbook(write_report(app, tmp_path / "out", BY).workbook)["Chỉ tiêu"]
    told = dict(zip(*([cell.value for cell in row] for row in list(sheet.rows)[-2:]), strict=True))
    assert (told["Tỷ lệ"], told["Tỷ lệ theo kiểm kê hiện nay"], told["Kết quả"]) == (0.3, 0.15, "Đạt")
    catalogue.close()
    book.close()


def test_the_report_is_a_workbook_with_live_sums_a_pdf_and_charts(small, tmp_path):
    made = write_report(small, tmp_path, BY)
    sheet = load_workbook(made.workbook)["Phông"]
    top = next(n for n in range(1, 9) if sheet.cell(n, 1).value == "STT") + 1
    assert [cell.value for cell in sheet[top - 1]][:7] == [
        *("STT", "Tên phông", "Số hồ sơ", "Số văn bản", "Số hộp", "Tổng số trang", "Mét giá")
    ]
    last = sheet.max_row
    assert sheet.cell(last, 6).value == f"=SUM(F{top}:F{last - 1})"
    total = sum(sheet.cell(n, 6).value for n in range(top, last))
    assert total == overview(small).total.pages
    with pikepdf.open(made.pdf) as pdf:
        assert len(pdf.pages) >= 2
    assert all(path.read_text("utf-8").startswith("<?xml") for path in made.charts)
    assert (made.kept, write_report(small, tmp_path, BY).kept) == (True, False)
    assert dict(next(iter(small.catalogue.events("report:2025-11"))).detail)["pages.total"] == str(total)


@pytest.mark.parametrize(
    ("value", "kind", "printed"),
    [
        (0.29999, "share", "29,99 %"),  # not reached is not printed as 30 %
        (0.3, "share", "30,00 %"),
        (0.625, "decimal", "0,63"),  # as the workbook shows it
        (1234567, "count", "1.234.567"),
    ],
)
def test_figures_are_printed_as_they_can_be_defended(value, kind, printed):
    assert progress_report._shown(value, kind) == printed


def test_outlooks_tell_when_and_what_it_takes(small):
    whole = outlooks(small)[1]
    assert whole.forecast.earliest <= whole.forecast.median <= whole.forecast.latest
    assert whole.required > 0


def test_the_command_tells_each_target(tmp_path):
    import json

    (tmp_path / "a.csv").write_text(
        "organId,fondName,fileCode,title,numberOfPage,valuable,confidenceLevel\n"
        "P,Phông,1,Hồ sơ,3,1,01\nP,Phông,2,Hồ sơ,7,1,02\n",
        "utf-8",
    )
    assert digitizer("inventory", "import", "a.csv", cwd=tmp_path).returncode == 0
    done = digitizer("targets", "--json", cwd=tmp_path)
    value = json.loads(done.stdout)["targets"][0]
    assert (value["done"], value["total"], value["needed"], value["reached"]) == (3, 10, 3, True)


def test_a_paper_s_place_on_arrival_is_its_dossier(tmp_path):
    url = f"sqlite:///{tmp_path}/catalogue.sqlite"
    catalogue, book, accessions = SqlCatalogue(url), SqlInventory(url), SqlAccessions(url)
    book.take_in([Fonds("F01", "Phông")], [Dossier("F01", "H1", documents=1)], "a", BY)
    its = catalogue.add_document(document(), BY)
    accessions.place(its, its.path, its.batch, Placement("Hộp 1", "H1"), BY)
    assert [p.document_id for p in book.dossier("F01", "H1").passages] == [its.id]
    assert (book.tallies(-1), book.tallies()[0]["received.documents"]) == ((), 1)
    for each in (catalogue, book, accessions):
        each.close()
