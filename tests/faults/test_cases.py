"""Cases of docs/reliability.md that need no fleet: readers, stores, duplicates, fixity."""

from __future__ import annotations

import io
import itertools
import os
import secrets
import sqlite3
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest

from digitizer import bootstrap_sound
from digitizer.errors import DigitizerError, FixityError, MissingDependencyError
from digitizer.fixity import Shelf
from digitizer.intake.find import FoundInput
from digitizer.ports import object_key
from digitizer.services.ingest import Into, ingest, receive
from digitizer.services.scrub import scrubbed
from digitizer.services.verify import Budget, verify
from digitizer.services.version_pages import came_again, standings
from digitizer.services.work import work
from digitizer.settings import load_settings
from storage.accessions import SqlAccessions
from storage.catalogue import SqlCatalogue
from storage.objects import DirectoryStore
from storage.s3 import S3Store, parse_store_url
from storage.soundness import look_over
from tests.contracts.fakes import FixedClock, fixity
from tests.contracts.samples import document, record
from tests.servers import proxy
from tests.unit.digitize_fakes import Bench
from tests.unit.test_cli import digitizer
from tests.unit.test_services_archive import BY, archive, digitize

pytestmark = pytest.mark.slow
DATA = "Quyết định".encode() * 3000
KEY = object_key(fixity(DATA).sha256)


class TestReaders:
    """C: one page kills, hangs or fools its reader; the others are read and the census says so."""

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            pytest.param("die", "E-OOM", id="c05_c10_killed"),
            pytest.param("hang", "E-TIMEOUT", id="c11_hangs"),
            pytest.param("spin", "E-TIMEOUT", id="c11_spins"),
            pytest.param("lost", "E-TOOL", id="c14_no_output"),
        ],
    )
    def test_one_page_is_a_gap_and_the_others_are_read(self, tmp_path, fault, code):
        bench = Bench(tmp_path, page_seconds=1.0, page_wall_seconds=2.0)
        bench.put("a.pdf", pages=5, **{fault: [4]})
        bench.run()
        found = bench.record("a")
        assert found["state"] == "done_with_gaps"
        assert [page["number"] for page in found["pages"]] == [1, 2, 3, 4, 5]
        assert found["pages"][3]["status"] == "failed"
        assert [reason["code"] for reason in found["reasons"]] == [code]
        assert [page["status"] for page in found["pages"]].count("text") >= 3

    def test_f05_a_document_with_a_page_too_few_is_never_done(self, tmp_path):
        bench = Bench(tmp_path)
        bench.put("a.pdf", pages=3, lost=[3])
        bench.run()
        found = bench.record("a")
        assert (found["state"], len(found["pages"])) == ("done_with_gaps", 3)


class TestObjectServer:
    """D05 to D08: what a bad network or server does to objects."""

    @pytest.fixture
    def between(self, seaweed):
        with proxy.before(seaweed.endpoint) as server:
            prefix = secrets.token_hex(6)
            at = parse_store_url(f"s3+http://{server.endpoint}/test/{prefix}")
            self.store = S3Store(at, "test-masters", seaweed.access_key, seaweed.secret_key)
            yield server

    def put(self):
        return self.store.put(KEY, io.BytesIO(DATA), fixity(DATA))

    def test_d05_a_busy_server_stores_each_object_once_or_says_no(self, between):
        turn = itertools.cycle(["busy", "", ""])
        between.fault = lambda _method, _path: next(turn)
        for number in range(6):
            data = DATA + bytes([number])
            key = object_key(fixity(data).sha256)
            for _ in range(12):
                try:
                    self.store.put(key, io.BytesIO(data), fixity(data))
                    break
                except MissingDependencyError:
                    continue  # the line stops and goes on; no document is blamed
        between.fault = lambda _method, _path: ""
        assert len(list(self.store.keys("sha256/"))) == 6

    def test_d06_the_answer_to_a_put_is_lost_and_the_object_is_there_once(self, between):
        self.store.prove()
        lost = iter(["lose"])
        between.fault = lambda method, path: next(lost, "") if method == "PUT" and "sha256" in path else ""
        try:
            self.put()
        except MissingDependencyError:
            self.put()
        assert list(self.store.keys("sha256/")) == [KEY]
        self.store.verify(KEY, fixity(DATA))

    def test_d07_a_body_that_breaks_off_is_never_an_object(self, between):
        self.put()
        between.fault = lambda method, _path: "cut" if method == "GET" else ""
        with pytest.raises(DigitizerError):
            self.store.verify(KEY, fixity(DATA))
        with self.store.open(KEY) as data, pytest.raises(DigitizerError):
            data.read()

    def test_d08_a_flipped_byte_on_the_way_is_found_by_a_full_read(self, between):
        self.put()
        between.fault = lambda method, _path: "flip" if method == "GET" else ""
        with pytest.raises(FixityError):
            self.store.verify(KEY, fixity(DATA))

    def test_g08_a_worker_never_reads_a_master_that_came_over_wrong(self, between, tmp_path):
        app = archive(tmp_path / "archive", masters=self.store)
        path = tmp_path / "a.pdf"
        path.write_text("Quyết định")
        (taken,) = ingest(app, [(path, "a.pdf")], "F01", "b1", BY)
        between.fault = lambda method, _path: "flip" if method == "GET" else ""
        (worked,) = work(app, "worker:1")
        assert worked.reason.startswith("E-FIXITY")
        assert app.catalogue.document(taken.document_id).state == "quarantined"
        app.catalogue.close()


def test_g08_what_came_over_wrong_is_never_given_to_a_reader(tmp_path):
    """The commit would refuse its record too; but a parser must not meet bytes that nobody admitted."""

    class Wrong(DirectoryStore):
        def open(self, key):
            with super().open(key) as data:
                return io.BytesIO(data.read().replace(b"Q", b"q"))

    app = archive(tmp_path / "archive")
    path = tmp_path / "a.pdf"
    path.write_text("Quyết định")
    list(ingest(app, [(path, "a.pdf")], "F01", "b1", BY))
    read = []

    def looking(source, folder):
        read.append(source.read_bytes())
        return digitize(source, folder)

    (worked,) = work(replace(app, masters=Wrong(app.masters._root), digitize=looking), "worker:1")
    assert (worked.reason.partition(":")[0], read) == ("E-FIXITY", [])
    app.catalogue.close()


class TestDisk:
    def test_d13_a_full_disk_refuses_before_it_acknowledges_and_goes_on_when_there_is_room(
        self, tmp_path, monkeypatch
    ):
        app = archive(tmp_path / "archive")
        path = tmp_path / "a.pdf"
        path.write_text("Quyết định")
        real = os.fsync

        def full(handle):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(DigitizerError):
            list(ingest(app, [(path, "a.pdf")], "F01", "b1", BY))
        assert list(app.catalogue.documents()) == []
        monkeypatch.setattr(os, "fsync", real)
        (taken,) = ingest(app, [(path, "a.pdf")], "F01", "b1", BY)
        assert taken.state == "new"
        app.catalogue.close()

    def test_d13_a_disk_that_is_really_full_keeps_room_for_the_catalogue(self, tmp_path):
        """Files are refused while there is still room to say so, and to finish what was taken."""
        disk = tmp_path / "disk"
        disk.mkdir()
        mounted = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(disk)]
        if subprocess.run(mounted, check=False, capture_output=True).returncode:
            pytest.skip("a disk of our own cannot be had here")
        try:
            app = archive(disk / "archive")
            files = [(tmp_path / f"{n}.pdf", f"{n}.pdf") for n in range(2)]
            for number, (path, _) in enumerate(files):
                path.write_text(f"Quyết định {number}")
            (first,) = ingest(app, files[:1], "F01", "b1", BY)
            (disk / "filler").write_bytes(bytes(30 << 20))
            with pytest.raises(DigitizerError, match="nearly full"):
                list(ingest(app, files[1:], "F01", "b1", BY))
            assert [each.id for each in app.catalogue.documents()] == [first.document_id]
            assert app.catalogue.claim("worker:1", 60).id == first.document_id  # what was taken goes on
            (disk / "filler").unlink()
            (second,) = ingest(app, files[1:], "F01", "b1", BY)
            assert second.state == "new"
            app.catalogue.verify_events()
            app.catalogue.close()
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)

    def test_d19_eight_writers_at_once_wait_for_each_other(self, tmp_path):
        url = f"sqlite:///{tmp_path}/catalogue.db"
        catalogues = [SqlCatalogue(url) for _ in range(8)]

        def fill(number):
            for each in range(10):
                name = f"d{number}-{each}"
                catalogues[number].add_document(document(name.encode(), id=name), BY)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(fill, range(8)))
        assert len(list(catalogues[0].documents())) == 80
        catalogues[0].verify_events()
        for each in catalogues:
            each.close()

    @pytest.fixture
    def filled(self, tmp_path):
        path = tmp_path / "archive" / "catalogue.sqlite"
        path.parent.mkdir()
        catalogue = SqlCatalogue(f"sqlite:///{path}")
        for number in range(300):
            catalogue.add_document(document(str(number).encode(), id=f"d{number:03}"), BY)
        catalogue.close()
        return path

    @pytest.mark.parametrize("asked", [["work", "--burst"], ["watch", "in", "--once"], ["serve"], ["check"]])
    def test_d19_a_damaged_page_is_found_at_the_start_and_what_to_do_is_said(self, filled, tmp_path, asked):
        """A page in the middle, which no first query touches: whoever is to write finds it before."""
        (tmp_path / "in").mkdir()
        data = bytearray(filled.read_bytes())
        with closing(sqlite3.connect(filled)) as reader:
            roots = dict(reader.execute("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0"))
            (size,) = reader.execute("PRAGMA page_size").fetchone()
        at = (roots["event"] - 1) * size
        data[at : at + size] = bytes(size)
        filled.write_bytes(bytes(data))
        done = digitizer(*asked, cwd=tmp_path)
        told = done.stdout if asked == ["check"] else done.stderr
        assert done.returncode == 3
        (line,) = [each for each in told.splitlines() if "catalogue is damaged" in each]
        assert "`digitizer restore`" in line
        if asked != ["check"]:
            assert told.strip() == line

    def test_d19_the_look_at_the_start_is_bounded_and_says_so(self, filled, tmp_path, monkeypatch):
        assert look_over(f"sqlite:///{filled}", 60.0)
        assert not look_over(f"sqlite:///{filled}", 0.0)
        assert look_over(f"sqlite:///{tmp_path}/none.db", 60.0)  # it is made later
        monkeypatch.setattr(bootstrap_sound, "_AT_START", 0.0)
        settings = load_settings({"home": filled.parent})
        assert "not all of it" in bootstrap_sound.looked_over_at_start(settings)

    def test_d19_a_file_put_in_the_place_of_an_open_one_is_noticed_before_a_write(self, filled, tmp_path):
        catalogue = SqlCatalogue(f"sqlite:///{filled}")
        other = tmp_path / "yesterday.sqlite"
        other.write_bytes(filled.read_bytes())
        other.replace(filled)
        with pytest.raises(MissingDependencyError, match="replaced while it was open"):
            catalogue.add_document(document(b"new", id="new"), BY)
        catalogue.close()

    def test_d19_a_damaged_catalogue_is_said_in_one_line(self, tmp_path):
        path = tmp_path / "catalogue.db"
        SqlCatalogue(f"sqlite:///{path}").close()
        path.write_bytes(path.read_bytes()[:4096] + b"\0" * 8192)
        with pytest.raises(DigitizerError, match="catalogue"):
            SqlCatalogue(f"sqlite:///{path}").add_document(document(), BY)

    def test_d26_i05_a_fact_whose_event_cannot_be_written_is_no_fact(self, tmp_path):
        path = tmp_path / "catalogue.db"
        catalogue = SqlCatalogue(f"sqlite:///{path}")
        with sqlite3.connect(path) as other:
            other.execute(
                "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no room'); END"
            )
        other.close()
        with pytest.raises(Exception, match="no room"):
            catalogue.add_document(document(), BY)
        assert list(catalogue.documents()) == []
        catalogue.close()


class TestDuplicates:
    """E: the same bytes again, at once, elsewhere."""

    @pytest.fixture
    def app(self, tmp_path):
        app = archive(tmp_path / "archive")
        yield app
        app.catalogue.close()

    def file(self, tmp_path, name, text="Quyết định"):
        path = tmp_path / name
        path.write_text(text)
        return path, name

    def test_e01_twice_is_one_object_one_document_and_two_acts(self, app, tmp_path):
        one, two = (self.file(tmp_path, name) for name in ("a.pdf", "b.pdf"))
        first, second = ingest(app, [one, two], "F01", "b1", BY)
        assert (first.state, second.state) == ("new", "duplicate")
        assert second.document_id == first.document_id
        assert len(list(app.masters.keys("sha256/"))) == 1
        assert [e.kind for e in app.catalogue.events(first.document_id)] == ["received", "received-again"]

    def test_e02_sixteen_at_once_are_one_and_all_are_told_the_same(self, app, tmp_path):
        file = self.file(tmp_path, "a.pdf")
        with ThreadPoolExecutor(16) as pool:
            taken = list(pool.map(lambda _: next(iter(ingest(app, [file], "F01", "b1", BY))), range(16)))
        assert len({each.document_id for each in taken}) == 1
        assert len(list(app.masters.keys("sha256/"))) == len(list(app.catalogue.documents())) == 1

    def test_e03_in_two_fonds_they_are_two_documents_on_one_object(self, app, tmp_path):
        file = self.file(tmp_path, "a.pdf")
        (one,) = ingest(app, [file], "F01", "b1", BY)
        (two,) = ingest(app, [file], "F02", "b1", BY)
        assert one.document_id != two.document_id
        assert len(list(app.masters.keys("sha256/"))) == 1

    def test_e05_other_bytes_at_the_same_place_are_the_next_version_and_the_old_one_is_kept(
        self, app, tmp_path
    ):
        accessions = SqlAccessions(str(app.catalogue._engine.url))
        into = Into("F01", "b1", BY, accessions)
        with closing(accessions):
            name, one_path = "a.pdf", self.file(tmp_path, "a.pdf", "một\fhai\fba")[0]
            (one,) = receive(app, [FoundInput(one_path, name)], into)
            list(work(app, "worker:1"))
            (two,) = receive(app, [FoundInput(self.file(tmp_path, "a.pdf", "một\fba")[0], name)], into)
            assert (one.version, one.supersedes) == (1, "")
            assert (two.version, two.supersedes) == (2, one.document_id)
            (unread,) = came_again(accessions, "F01", "b1")
            assert unread[1].more_pages is None
            list(work(app, "worker:1"))
            ((path, stands),) = came_again(accessions, "F01", "b1")
            assert (path, stands.number, stands.more_pages) == ("a.pdf", 2, -1)
            assert stands.before.id == one.document_id
            old = standings(accessions, [one.document_id])[one.document_id]
            assert (old.superseded, old.newest.id) == (True, two.document_id)
            (third,) = receive(app, [FoundInput(self.file(tmp_path, "a.pdf", "một")[0], name)], into)
            assert (third.version, third.supersedes) == (3, two.document_id)
        events = [(e.kind, e.detail) for e in app.catalogue.events(one.document_id)]
        assert ("superseded", (("by", two.document_id), ("version", "2"))) in events
        for each in (one, two, third):
            app.masters.verify(object_key(each.fixity.sha256), each.fixity)
        assert app.catalogue.document(one.document_id).state == "done"
        app.catalogue.verify_events()

    def test_e05_another_name_another_batch_or_the_same_bytes_are_no_version(self, app, tmp_path):
        accessions = SqlAccessions(str(app.catalogue._engine.url))
        with closing(accessions):
            taken = []
            for batch, name, text in (
                ("b1", "a.pdf", "một"),
                ("b1", "b.pdf", "hai"),
                ("b2", "a.pdf", "ba"),
                ("b1", "a.pdf", "một"),
            ):
                found = FoundInput(self.file(tmp_path, name, text)[0], name)
                taken += receive(app, [found], Into("F01", batch, BY, accessions))
            assert [(each.state, each.version) for each in taken] == [
                *[("new", 1)] * 3,
                ("known", 1),
            ]
            assert accessions.versions([each.document_id for each in taken]) == {}

    def test_e11_a_second_run_does_nothing_twice(self, app, tmp_path):
        list(ingest(app, [self.file(tmp_path, "a.pdf")], "F01", "b1", BY))
        assert len(list(work(app, "worker:1"))) == 1
        assert list(work(app, "worker:2")) == []
        assert [e.kind for e in app.catalogue.events()].count("digitized") == 1

    def test_e07_while_it_is_read_again_the_old_result_is_whole(self, app, tmp_path):
        (taken,) = ingest(app, [self.file(tmp_path, "a.pdf", "Trang một\fTrang hai")], "F01", "b1", BY)
        list(work(app, "worker:1"))
        before = app.catalogue.record(taken.document_id)
        app.catalogue.requeue(taken.document_id, BY)
        seen = []

        def looking(source, folder):
            seen.append(app.catalogue.record(taken.document_id))
            return digitize(source, folder)

        list(work(replace(app, digitize=looking), "worker:2"))
        assert seen == [before]


class TestFixity:
    @pytest.fixture
    def app(self, tmp_path):
        app = archive(tmp_path / "archive")
        path = tmp_path / "a.pdf"
        path.write_text("Quyết định")
        list(ingest(app, [(path, "a.pdf")], "F01", "b1", BY))
        yield app
        app.catalogue.close()

    def test_g02_a_changed_digest_in_the_catalogue_makes_no_good_object_bad(self, app, tmp_path):
        """The object lies under its digest and proves itself; the changed row finds nothing to match."""
        known = next(app.catalogue.documents())
        second = DirectoryStore(tmp_path / "second")
        with app.masters.open(object_key(known.fixity.sha256)) as data:
            second.put(object_key(known.fixity.sha256), data, known.fixity)
        wrong = "0" * 64
        with sqlite3.connect(str(app.catalogue._engine.url.database)) as other:
            other.execute("UPDATE stored_object SET sha256 = ? WHERE shelf = 'masters'", [wrong])
        other.close()
        (found,) = verify(app, Budget(), BY, {Shelf.MASTERS: second})
        assert (found.outcome.value, found.repaired) == ("damaged", False)
        app.masters.verify(object_key(known.fixity.sha256), known.fixity)

    def test_g11_what_was_never_checked_shows(self, app):
        covered = app.catalogue.coverage()
        assert (covered.complete, covered.ok, covered.oldest) == (False, 0, "")
        list(verify(app, Budget(), BY))
        assert app.catalogue.coverage().complete

    @pytest.mark.parametrize(
        ("now", "said"),
        [
            ("2026-01-08T00:00:00Z", ""),
            ("2026-01-22T00:00:00Z", "no object was read whole for 21 days"),
        ],
    )
    def test_g11_a_scrub_that_stopped_for_three_weeks_turns_red(self, app, now, said):
        list(verify(replace(app, clock=FixedClock("2026-01-01T00:00:00Z")), Budget(), BY))
        with sqlite3.connect(str(app.catalogue._engine.url.database)) as other:
            other.execute("DROP TRIGGER event_no_update")
            other.execute("UPDATE event SET at = '2026-01-01T00:00:00.000Z'")
            other.execute("UPDATE stored_object SET checked_at = '2026-01-01T00:00:00.000Z'")
        other.close()
        later = replace(app, clock=FixedClock(now))
        if not said:
            assert "1 of 1" in scrubbed(later)
            return
        with pytest.raises(DigitizerError, match=said):
            scrubbed(later)

    def test_g11_damage_that_was_found_stays_red(self, app):
        (path,) = (p for p in (app.masters._root / "sha256").rglob("*") if p.is_file())
        path.unlink()
        list(verify(app, Budget(), BY))
        with pytest.raises(DigitizerError, match="1 objects are damaged"):
            scrubbed(app)

    @pytest.mark.parametrize("verb", ["delete", "remove", "overwrite", "replace"])
    def test_g12_no_store_has_a_verb_that_takes_an_object_away(self, app, verb):
        assert not any(verb in name for name in dir(app.masters) if not name.startswith("__"))
        assert not any(verb in name for name in dir(S3Store) if not name.startswith("_"))


def test_c14_a_record_about_another_file_is_never_committed(tmp_path):
    app = archive(tmp_path / "archive")
    path = tmp_path / "a.pdf"
    path.write_text("Quyết định")
    list(ingest(app, [(path, "a.pdf")], "F01", "b1", BY))
    held = app.catalogue.claim("worker:1", 60)
    with pytest.raises(FixityError):
        app.catalogue.complete(held.id, held.attempt, record(fixity(b"other"), ["x"]), BY)
    assert app.catalogue.document(held.id).state == "running"
    app.catalogue.close()
