"""The spine of a bulk run, on a fake intake, engine and reader, in real worker processes."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitizer.errors import Code, MissingDependencyError, UsageError
from digitizer.intake.scans import SourceProbe
from digitizer.model import EncodedImage, Fixity, MediaType, PageRecord, PageStatus, Reason
from digitizer.services import digitize_pdf
from digitizer.services.digitize import digitize, held
from digitizer.services.digitize_one import Unwatched, digitize_one
from digitizer.services.digitize_plan import Order, _safe_stem, plan_outputs
from digitizer.services.digitize_work import PageFile, gap, load_page, page_heads, save_page
from digitizer.services.pool import Lost
from digitizer.services.report import Entry
from tests.unit.digitize_fakes import Bench, crew


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "in").mkdir()
    return Bench(tmp_path)


def entry(run, name):
    (found,) = [each for each in run.entries if each.path == name]
    return found


def statuses(record):
    return [page["status"] for page in record["pages"]]


class TestWhole:
    def test_an_input_becomes_pdf_text_record_and_report(self, bench):
        bench.put("a/b.pdf", pages=3, blank=[2])
        run = bench.run()
        assert bench.files() == {"a/b.pdf", "a/b.txt", "a/b.json", "report.json", "report.html"}
        record = bench.record("a/b")
        assert record["state"] == "done"
        assert statuses(record) == ["text", "blank", "text"]
        assert [p["number"] for p in record["pages"]] == [1, 2, 3]
        assert record["source"]["path"] == "a/b.pdf"
        assert (bench.out / "a/b.txt").read_text() == "Trang 1\n\f\fTrang 3\n\f"
        assert [d["kind"] for d in record["derivatives"]] == ["pdf", "txt"]
        with pikepdf.open(bench.out / "a/b.pdf") as pdf:
            assert len(pdf.pages) == 3
        assert entry(run, "a/b.pdf").state == "done"

    def test_every_format_is_written_on_request(self, bench):
        bench.put("b.pdf", pages=1)
        bench.run(formats=("pdf", "txt", "json", "alto", "hocr"))
        assert {"b.alto.xml", "b.hocr"} <= bench.files()

    def test_the_same_inputs_give_the_same_bytes(self, bench, tmp_path):
        for n in range(3):
            bench.put(f"{n}.pdf", pages=n + 1)
        bench.run()
        first = bench.contents()
        bench.run(resume=False)
        assert bench.contents() == first

    def test_the_report_has_an_entry_for_every_file_met(self, bench):
        bench.put("good.pdf", pages=1)
        bench.put("bad.pdf", refuse="E-ENCRYPTED")
        (bench.inputs / "notes.txt").write_text("no scan")
        (bench.inputs / "link.pdf").symlink_to("good.pdf")
        bench.run()
        report = json.loads((bench.out / "report.json").read_text())
        assert report["schema"] == "digitizer.report/1"
        states = {
            each["path"]: (each["state"], [r["code"] for r in each["reasons"]]) for each in report["inputs"]
        }
        assert states == {
            "good.pdf": ("done", []),
            "bad.pdf": ("refused", ["E-ENCRYPTED"]),
            "notes.txt": ("refused", ["E-TYPE"]),
            "link.pdf": ("refused", ["E-NAME"]),
        }
        assert report["totals"]["inputs"] == {"all": 4, "done": 1, "done_with_gaps": 0, "refused": 3}
        assert bench.record("bad")["state"] == "refused"

    def test_a_signed_input_is_told_of(self, bench):
        bench.put("s.pdf", pages=1, signed=True)
        bench.run()
        assert bench.record("s")["source"]["signed"] is True

    def test_no_input_is_no_error(self, bench):
        assert bench.run().entries == ()

    def test_one_input_for_the_archive_comes_with_its_words(self, bench, tmp_path):
        path = bench.put("b.pdf", pages=2)
        bench.out.mkdir()
        with crew(1) as workers:
            digitized = digitize_one(workers, ("pdf", "txt", "json"), path, bench.out)
        assert [w.text for p in digitized.record.pages for w in p.layer.words] == ["Trang", "1", "Trang", "2"]
        assert set(digitized.files) == {"pdf", "txt", "json"}


class TestBornDigital:
    def sizes(self, bench):
        with pikepdf.open(bench.out / "b.pdf") as pdf:
            return [round(float(page.mediabox[2])) for page in pdf.pages]

    def test_born_digital_pages_are_kept_among_scanned_ones(self, bench):
        bench.put("b.pdf", pages=3, born=[1, 3])
        bench.run()
        assert self.sizes(bench) == [99, 50, 99]
        assert bench.record("b")["derivatives"][0]["pdfa"] == "2b"
        assert bench.record("b")["state"] == "done"

    def test_pages_that_make_no_pdfa_go_in_as_pictures(self, bench):
        bench.put("b.pdf", pages=3, born=[1, 3], unkeepable=True)
        bench.run()
        assert self.sizes(bench) == [72, 72, 72]

    def test_a_page_whose_text_the_pixels_do_not_confirm_goes_in_as_a_picture(self, bench):
        bench.put("b.pdf", pages=2, born=[1], blank=[1])
        bench.run()
        assert self.sizes(bench) == [72, 72]


class Unheard:
    """A crew one of whose workers is killed when the outputs are made and before it has said so."""

    def __init__(self, crew):
        self.crew = crew
        self.deaf = True

    def __getattr__(self, name):
        return getattr(self.crew, name)

    def answers(self):
        return [(ticket, self._heard(answer)) for ticket, answer in self.crew.answers()]

    def _heard(self, answer):
        if isinstance(answer, Entry) and self.deaf:
            self.deaf = False
            return Lost(Code.OOM, "its process was killed")
        return answer


class TestFaults:
    def test_c07_a_worker_killed_before_it_says_that_all_is_done_loses_nothing(self, bench):
        bench.put("b.pdf", pages=6)
        bench.run()
        calm = bench.contents()
        with crew(1) as workers:
            unheard = Unheard(workers)
            digitize(Order((bench.inputs,), bench.out, resume=False), unheard, Unwatched())
        assert not unheard.deaf
        assert bench.contents() == calm
        assert not (bench.out / ".digitizer").exists()

    @pytest.mark.parametrize(("fault", "code"), [("die", "E-OOM"), ("bug", "E-TOOL"), ("fail", "E-TOOL")])
    def test_a_page_that_cannot_be_read_is_a_gap_with_its_picture(self, bench, fault, code):
        bench.put("b.pdf", pages=6, **{fault: [4]})
        bench.run()
        record = bench.record("b")
        assert record["state"] == "done_with_gaps"
        assert statuses(record) == ["text", "text", "text", "failed", "text", "text"]
        assert [(r["code"], r["page"]) for r in record["reasons"]] == [(code, 4)]
        assert record["pages"][3]["width"] == 200
        with pikepdf.open(bench.out / "b.pdf") as pdf:
            assert len(pdf.pages) == 6
        assert "bí mật" not in (bench.out / "b.json").read_text()

    @pytest.mark.parametrize(("fault", "bound"), [("hang", "page_wall_seconds"), ("spin", "page_seconds")])
    def test_a_page_that_hangs_or_spins_is_stopped_and_the_others_are_read(self, tmp_path, fault, bound):
        bench = Bench(tmp_path, **{bound: 1.0})
        bench.put("b.pdf", pages=6, **{fault: [4]})
        bench.run()
        record = bench.record("b")
        assert statuses(record).count("text") == 5
        assert [(r["code"], r["page"]) for r in record["reasons"]] == [("E-TIMEOUT", 4)]

    def test_a_page_that_only_waits_for_the_machine_is_not_too_slow(self, tmp_path):
        bench = Bench(tmp_path, page_seconds=0.7)
        bench.put("b.pdf", pages=2, wait=[1])
        bench.run()
        record = bench.record("b")
        assert (record["state"], statuses(record)) == ("done", ["text", "text"])

    @pytest.mark.parametrize("fault", ["die_full", "fail_full"])
    def test_a_page_is_tried_once_more_with_half_the_pixels(self, bench, fault):
        bench.put("b.pdf", pages=2, **{fault: [1]})
        bench.run(formats=("pdf", "json", "alto"))
        record = bench.record("b")
        assert record["state"] == "done"
        first = record["pages"][0]
        assert (first["width"], first["height"], first["dpi"]) == (200, 280, 200)
        assert "degraded" in first["flags"]
        assert 'HPOS="20" VPOS="20" WIDTH="80"' in (bench.out / "b.alto.xml").read_text()

    def test_a_page_that_cannot_be_decoded_keeps_its_place(self, bench):
        bench.put("b.pdf", pages=3, broken=[2])
        bench.run()
        record = bench.record("b")
        assert [(r["code"], r["page"]) for r in record["reasons"]] == [("E-TRUNC", 2)]
        assert record["pages"][1]["width"] == 0
        with pikepdf.open(bench.out / "b.pdf") as pdf:
            assert len(pdf.pages) == 3

    def test_pages_the_intake_does_not_hand_on_are_gaps(self, bench):
        bench.put("b.pdf", pages=70, lost=[20])
        bench.run()
        record = bench.record("b")
        assert len(record["pages"]) == 70
        assert record["state"] == "done_with_gaps"
        assert {r["code"] for r in record["reasons"]} == {"E-TOOL"}

    def test_an_input_that_kills_its_prober_is_refused_and_the_others_go_on(self, bench):
        bench.put("bad.pdf", pages=1, die_probe=True)
        bench.put("good.pdf", pages=1)
        run = bench.run()
        assert [r.code for r in entry(run, "bad.pdf").reasons] == [Code.OOM]
        assert bench.record("bad")["state"] == "refused"
        assert entry(run, "good.pdf").state == "done"

    def test_a_missing_dependency_stops_the_line_and_keeps_what_is_done(self, bench):
        bench.put("a.pdf", pages=1)
        bench.put("b.pdf", pages=1, no_model=[1])
        with pytest.raises(MissingDependencyError, match="no model"):
            Bench(bench.root, jobs=1).run()
        assert "a.pdf" in bench.files()

    def test_two_runs_do_not_write_into_one_folder(self, bench):
        with held(bench.out), pytest.raises(UsageError, match="another digitizer"):
            bench.run()


class TestResume:
    def test_a_finished_input_is_skipped_and_still_in_the_report(self, bench):
        bench.put("b.pdf", pages=2)
        bench.put("gap.pdf", pages=2, fail=[1])
        first = bench.run()
        report = json.loads((bench.out / "report.json").read_text())
        again = bench.run()
        assert [e.skipped for e in first.entries] == [False, False]
        assert [e.skipped for e in again.entries] == [True, True]
        report_again = json.loads((bench.out / "report.json").read_text())
        assert report_again["inputs"] == report["inputs"]

    def test_resume_can_be_turned_off(self, bench):
        bench.put("b.pdf", pages=1)
        bench.run()
        assert not bench.run(resume=False).entries[0].skipped

    def test_changed_bytes_formats_or_outputs_are_done_again(self, bench):
        bench.put("b.pdf", pages=1)
        bench.run()
        bench.put("b.pdf", pages=2)
        assert not bench.run().entries[0].skipped
        assert not bench.run(formats=("pdf", "txt", "json", "hocr")).entries[0].skipped
        (bench.out / "b.txt").write_text("tampered")
        assert not bench.run(formats=("pdf", "txt", "json", "hocr")).entries[0].skipped
        assert (bench.out / "b.txt").read_text() != "tampered"

    def test_pages_of_a_broken_run_are_not_read_again(self, bench):
        bench.put("b.pdf", pages=4, no_model=[4])
        with pytest.raises(MissingDependencyError):
            Bench(bench.root, jobs=1).run()
        work = list((bench.out / ".digitizer").glob("*/p*.page"))
        assert len(work) == 3
        assert "b.json" not in bench.files()

    def test_an_input_refused_now_loses_what_was_made_of_it(self, bench):
        bench.put("b.pdf", pages=1)
        bench.run()
        bench.put("b.pdf", refuse="E-MALFORMED")
        bench.run()
        assert bench.files() == {"b.json", "report.json", "report.html"}


class TestNames:
    def stems(self, bench, *inputs, **order):
        plan = plan_outputs(Order(inputs or (bench.inputs,), bench.out, **order))
        return {each.relative: each.stem for each in plan}

    def test_inputs_that_would_collide_get_numbers_in_natural_order(self, bench):
        for name in ("b.tif", "b.pdf", "b-2.pdf", "B.jpg", "b10.pdf"):
            bench.put(name)
        stems = self.stems(bench)
        assert len({s.casefold() for s in stems.values()}) == 5
        assert stems["b-2.pdf"] == "b-2"
        assert stems == self.stems(bench)

    def test_a_file_we_do_not_take_does_not_push_another_away(self, bench):
        bench.put("a.doc")
        bench.put("a.pdf")
        assert self.stems(bench) == {"a.pdf": "a", "a.doc": "a-2"}

    def test_no_output_takes_the_report_s_name(self, bench):
        bench.put("report.pdf")
        bench.put("sub/report.pdf")
        assert self.stems(bench) == {"report.pdf": "report-2", "sub/report.pdf": "sub/report"}

    def test_an_output_never_replaces_an_input(self, bench):
        path = bench.put("a.pdf", pages=1)
        before = path.read_bytes()
        bench.run(inputs=(path,), out=bench.inputs)
        assert path.read_bytes() == before
        assert (bench.inputs / "a-2.pdf").exists()

    def test_the_output_folder_below_an_input_folder_is_left_out(self, bench):
        bench.put("a.pdf", pages=1)
        bench.run(out=bench.inputs / "out")
        run = bench.run(out=bench.inputs / "out")
        assert [e.path for e in run.entries] == ["a.pdf"]

    def test_the_input_folder_is_no_output_folder(self, bench):
        with pytest.raises(UsageError, match="choose another"):
            bench.run(out=bench.inputs)

    def test_an_unknown_format_is_refused(self, bench):
        with pytest.raises(UsageError, match="doc"):
            Order((bench.inputs,), bench.out, ("doc",))

    @given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=4).map("/".join))
    def test_a_stem_never_leads_out_of_the_folder(self, relative):
        stem = _safe_stem(relative)
        for part in stem.split("/"):
            assert part not in {"", ".", ".."}
            assert len(f"{part}-99999.alto.xml".encode()) <= 255
            assert unicodedata.is_normalized("NFC", part)
            assert "\0" not in part
        assert not stem.startswith("/")

    @pytest.mark.parametrize(
        "name", ["-o out.pdf", "|sh", "$(id).pdf", "%2e%2e%2f.pdf", "a\\..\\x.pdf", "e\u0302.pdf"]
    )
    def test_strange_names_are_only_names(self, bench, name):
        bench.put(name, pages=1)
        run = bench.run(formats=("txt", "json"))
        assert run.entries[0].state == "done"
        assert len(bench.files()) == 4


class TestWorkFiles:
    PAGE = PageRecord(7, 20, 10, 300, PageStatus.TEXT)
    IMAGE = EncodedImage(
        b"\n\0bytes",
        "FlateDecode",
        20,
        10,
        8,
        "Indexed",
        (("Colors", 1), ("X", True)),
        (0.0, 1.0),
        b"\0\1\2",
        6,
    )

    def test_a_page_comes_back_as_it_was(self, tmp_path):
        page = PageFile(
            self.PAGE, self.IMAGE, (300.0, 299.5), True, (("read", 0.5),), len(self.IMAGE.data), b"jpg"
        )
        save_page(tmp_path, page)
        assert load_page(tmp_path, 7) == page
        assert [p.name for p in tmp_path.iterdir()] == ["p000007.page"]

    @pytest.mark.parametrize(
        "damage", [lambda d: d[:-1], lambda d: d[:-1] + b"?", lambda d: d[:40], lambda _: b""]
    )
    def test_a_damaged_page_counts_as_missing(self, tmp_path, damage):
        save_page(tmp_path, PageFile(self.PAGE, self.IMAGE, (300.0, 300.0), True, ()))
        path = tmp_path / "p000007.page"
        path.write_bytes(damage(path.read_bytes()))
        assert load_page(tmp_path, 7) is None

    def test_a_missing_page_is_a_gap_of_its_number(self, tmp_path):
        heads = list(page_heads(tmp_path, 2))
        assert [(h.record.number, h.record.reason.page) for h in heads] == [(1, 1), (2, 2)]

    def test_a_gap_names_its_page(self):
        assert gap(3, Reason(Code.OOM, "gone", 1)).record.reason == Reason(Code.OOM, "gone", 3)


class TestSize:
    @given(st.lists(st.integers(0, 3_000_000), min_size=1, max_size=40), st.integers(1, 5_000_000))
    def test_images_cut_to_the_cap_keep_the_limit_of_the_file(self, sizes, source):
        probe = SourceProbe(MediaType.PDF, Fixity("0" * 64, source), len(sizes))
        cap = digitize_pdf.image_cap(sizes, probe)
        room = digitize_pdf.pdf_limit(source, len(sizes)) - 9_000 - 6_000 * len(sizes)
        assert sum(min(size, cap) for size in sizes) <= max(room, len(sizes))
        if sum(sizes) <= room:
            assert cap >= max(sizes)

    def test_a_page_has_its_share_of_the_limit(self):
        probe = SourceProbe(MediaType.PDF, Fixity("0" * 64, 1_000_000), 10)
        assert 10 * digitize_pdf.page_budget(probe) < digitize_pdf.pdf_limit(1_000_000, 10) == 1_250_000
