"""Catalogue, objects and index set against each other: every difference is named or mended, none made up."""

import io
import shutil
import sqlite3
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from digitizer.cli import keep
from digitizer.cli.door import Manner
from digitizer.errors import FixityError, MissingDependencyError
from digitizer.ports import IndexedPage, object_key
from digitizer.services.find import find, index_pending
from digitizer.services.ingest import ingest
from digitizer.services.reconcile import DriftKind, reconcile
from digitizer.services.work import work
from storage.backup import copy_catalogue
from storage.catalogue import SqlCatalogue
from tests.contracts.fakes import fixity
from tests.unit.test_services_archive import BY, archive


@pytest.fixture
def app(tmp_path):
    app = archive(tmp_path / "archive")
    files = []
    for number in range(3):
        path = tmp_path / f"{number}.pdf"
        path.write_text(f"Quyết định số {number}\fTrang hai")
        files.append((path, path.name))
    list(ingest(app, files, "F01", "b1", BY))
    list(work(app, "worker:1"))
    yield app
    app.catalogue.close()


def drifts(app):
    return [(each.kind, each.mended) for each in reconcile(app, BY, 0.0).drifts]


def remove(store, sha256):
    (path,) = store._root.rglob(sha256)
    path.unlink()


def test_an_archive_in_order_has_no_drift_and_says_so(app):
    found = reconcile(app, BY, 0.0)
    assert (found.documents, found.objects, found.drifts) == (3, 12, ())
    assert [e.kind for e in app.catalogue.events()][-1] == "reconciled"


def test_f01_f09_a_document_without_its_object_is_named_and_is_not_known_to_be_whole(app):
    known = next(app.catalogue.documents())
    remove(app.masters, known.fixity.sha256)
    assert drifts(app) == [(DriftKind.MASTER_MISSING, False)]
    assert app.catalogue.coverage().damaged == 1
    assert "fixity-check" in [e.kind for e in app.catalogue.events(known.id)]


def test_f02_an_object_without_document_is_named_never_deleted_and_adopted_by_ingest(app, tmp_path):
    data = "Quyết định đến hôm nay".encode()
    app.masters.put(object_key(fixity(data).sha256), io.BytesIO(data), fixity(data))
    assert drifts(app) == [(DriftKind.OBJECT_UNKNOWN, False)]
    app.masters.verify(object_key(fixity(data).sha256), fixity(data))
    (tmp_path / "again.pdf").write_bytes(data)
    (taken,) = ingest(app, [(tmp_path / "again.pdf", "again.pdf")], "F01", "b2", BY)
    assert taken.state == "new"
    assert drifts(app) == []


def test_f03_the_index_is_mended_in_both_directions(app):
    known = list(app.catalogue.documents())
    app.index.replace(known[0].id, ())
    app.index.replace("ghost", [IndexedPage("ghost", 1, "F01", "b1", "unknown", "bóng ma")])
    app.index.commit()
    assert sorted(drifts(app)) == [(DriftKind.INDEX_UNKNOWN, True), (DriftKind.NOT_INDEXED, True)]
    assert drifts(app) == []
    assert len(find(app, "quyết định", 10)) == 3
    assert find(app, "bóng ma", 10) == ()


@pytest.mark.parametrize("change", [{"text": "bản cũ"}, {"fonds": "F09"}, {"document_class": "letter"}])
def test_f03_an_older_text_place_or_class_in_the_index_is_told_and_mended(app, change):
    known = next(app.catalogue.documents())
    older = [replace(page, **change) for page in app.catalogue.pages_to_index(known.id)]
    app.index.replace(known.id, older)
    app.index.commit()
    assert drifts(app) == [(DriftKind.INDEX_OLDER, True)]
    assert drifts(app) == []
    assert len(find(app, "quyết định", 10, ["F01"])) == 3


def test_what_differs_in_the_index_is_mended_alone(app, monkeypatch, tmp_path, capsys):
    known = next(app.catalogue.documents())
    app.index.replace(known.id, [replace(p, text="bản cũ") for p in app.catalogue.pages_to_index(known.id)])
    app.index.replace("ghost", [IndexedPage("ghost", 1, "F01", "b1", "unknown", "bóng ma")])
    app.index.commit()
    monkeypatch.setattr(keep, "archive_of", lambda _settings: nullcontext(app))
    assert keep.mend_search(Manner()) == 0
    assert "0 were missing, 1 older than the catalogue, 1 unknown" in capsys.readouterr().out
    assert drifts(app) == []


def test_f04_two_documents_exchanged_are_named_and_nothing_is_guessed(app):
    """Each object is in order by itself; only the audit trail knows which of them came in as which."""
    one, two, _ = app.catalogue.documents()
    with sqlite3.connect(str(app.catalogue._engine.url.database)) as other:
        change = "UPDATE document SET sha256 = ?, bytes = ? WHERE id = ?"
        other.execute(change, ["0" * 64, 0, one.id])
        other.execute(change, [one.fixity.sha256, one.fixity.bytes, two.id])
        other.execute(change, [two.fixity.sha256, two.fixity.bytes, one.id])
    other.close()
    found = [each for each in reconcile(app, BY, 0.0).drifts if each.kind is DriftKind.WRONG_DIGEST]
    assert [each.subject for each in found] == [one.id, two.id]
    assert all(each.needs_person for each in found)
    assert app.catalogue.document(one.id).fixity == two.fixity


def test_f04_files_of_two_documents_exchanged_are_named(app):
    one, two, _ = app.catalogue.documents()
    with sqlite3.connect(str(app.catalogue._engine.url.database)) as other:
        change = "UPDATE derivative SET document_id = ? WHERE document_id = ? AND kind = 'pdf'"
        other.execute("PRAGMA foreign_keys = OFF")
        for ids in (["x", one.id], [one.id, two.id], [two.id, "x"]):
            other.execute(change, ids)
    other.close()
    assert drifts(app) == [(DriftKind.WRONG_DIGEST, False)] * 2


def test_f04_i01_a_changed_audit_trail_leaves_no_result(app):
    with sqlite3.connect(str(app.catalogue._engine.url.database)) as other:
        other.execute("DROP TRIGGER event_no_update")
        other.execute("UPDATE event SET detail = '[]' WHERE seq = 1")
    other.close()
    with pytest.raises(FixityError, match="event 1"):
        reconcile(app, BY, 0.0)


def test_f08_a_catalogue_of_yesterday_takes_up_what_came_in_today(app, tmp_path):
    """Ids, places and who brought it come back from the manifests; each is read again from its master."""
    yesterday = tmp_path / "yesterday.sqlite"
    copy_catalogue(str(app.catalogue._engine.url), yesterday)
    for number in range(2):
        (tmp_path / f"today-{number}.pdf").write_text(f"Đến hôm nay {number}")
    today = [(tmp_path / f"today-{number}.pdf", f"hộp 1/today-{number}.pdf") for number in range(2)]
    taken = list(ingest(app, today, "F02", "b2", BY))
    lost = {each.document_id: app.catalogue.document(each.document_id) for each in taken}
    app.catalogue.close()
    older = replace(app, catalogue=SqlCatalogue(f"sqlite:///{yesterday}"))
    found = reconcile(older, BY, 0.0)
    assert sorted((each.kind, each.subject) for each in found.drifts) == sorted(
        (DriftKind.ADOPTED, each) for each in lost
    )
    for document_id, before in lost.items():
        assert older.catalogue.document(document_id) == before
        assert next(older.catalogue.events(document_id)).agent == BY
    assert len(list(work(older, "worker:1"))) == 2
    assert reconcile(older, BY, 0.0).drifts == ()
    assert len(find(older, "hôm nay", 10)) == 2
    older.catalogue.close()


def test_d19_a_deleted_wal_loses_nothing_that_was_acknowledged(app, tmp_path):
    """What was committed since the last checkpoint is gone from the catalogue, not from the archive."""
    before = {each.id for each in app.catalogue.documents()}
    path = Path(app.catalogue._engine.url.database)
    app.catalogue.close()  # the last one to close empties the -wal into the file
    again = replace(app, catalogue=SqlCatalogue(f"sqlite:///{path}"))
    files = [(tmp_path / f"new-{number}.pdf", f"new-{number}.pdf") for number in range(2)]
    for file, name in files:
        file.write_text(name)
    taken = {each.document_id for each in ingest(again, files, "F02", "b2", BY)}
    shutil.copy(path, tmp_path / "without-wal.sqlite")
    again.catalogue.close()
    left = replace(app, catalogue=SqlCatalogue(f"sqlite:///{tmp_path}/without-wal.sqlite"))
    assert {each.id for each in left.catalogue.documents()} == before
    left.catalogue.verify_events()
    found = reconcile(left, BY, 0.0)
    assert {each.subject for each in found.drifts if each.kind is DriftKind.ADOPTED} == taken
    assert {each.id for each in left.catalogue.documents()} == before | taken
    left.catalogue.close()


def test_f07_without_any_catalogue_the_documents_come_back_from_the_store(app, tmp_path):
    """What does not come back: the trail before today, corrections, accounts, places in boxes."""
    before = {each.id: (each.fonds, each.batch, each.path, each.fixity) for each in app.catalogue.documents()}
    app.catalogue.close()
    empty = replace(app, catalogue=SqlCatalogue(f"sqlite:///{tmp_path}/empty.sqlite"))
    reconcile(empty, BY, 0.0)
    list(work(empty, "worker:1"))
    after = {e.id: (e.fonds, e.batch, e.path, e.fixity) for e in empty.catalogue.documents(state="done")}
    assert after == before
    assert reconcile(empty, BY, 0.0).drifts == ()
    empty.catalogue.close()


def test_a_missing_manifest_is_written_and_a_damaged_one_is_never_believed(app, tmp_path):
    first, *_ = app.masters.keys("manifests/")
    (app.masters._root / first).unlink()
    assert reconcile(app, BY, 0.0).manifests == 1
    assert first in app.masters.keys("manifests/")
    path = app.masters._root / first
    path.chmod(0o640)
    path.write_bytes(path.read_bytes().replace(b"F01", b"F09"))
    empty = replace(app, catalogue=SqlCatalogue(f"sqlite:///{tmp_path}/empty.sqlite"))
    with pytest.raises(FixityError, match="manifest"):
        reconcile(empty, BY, 0.0)
    empty.catalogue.close()


def test_f05_a_document_with_a_page_too_few_in_the_index_is_indexed_again(app):
    known = next(app.catalogue.documents())
    app.index.replace(known.id, list(app.catalogue.pages_to_index(known.id))[:1])
    app.index.commit()
    assert drifts(app) == [(DriftKind.NOT_INDEXED, True)]
    assert dict(app.index.counts())[known.id] == 2


def test_f10_a_deleted_derivative_is_named_and_made_again(app):
    known = next(app.catalogue.documents())
    pdf = next(made for made in app.catalogue.derivatives(known.id) if made.kind == "pdf")
    remove(app.derivatives, pdf.fixity.sha256)
    assert drifts(app) == [(DriftKind.DERIVATIVE_MISSING, False)]
    app.catalogue.requeue(known.id, BY)
    list(work(app, "worker:1"))
    assert drifts(app) == []
    app.derivatives.verify(object_key(pdf.fixity.sha256), pdf.fixity)


def test_f11_what_comes_in_meanwhile_is_no_drift(app, tmp_path):
    """A document that is stored after the listing began, and one whose row comes after its object."""

    class Busy(type(app.masters)):
        def keys(self, prefix=""):
            found = list(super().keys(prefix))
            path = tmp_path / f"late-{len(found)}.pdf"
            path.write_text(f"đến sau {len(found)}")
            data = path.read_bytes()
            self.put(object_key(fixity(data).sha256), io.BytesIO(data), fixity(data))
            yield from super().keys(prefix)
            list(ingest(app, [(path, path.name)], "F01", "b3", BY))

    busy = replace(app, masters=Busy(app.masters._root))
    assert reconcile(busy, BY, 0.0).drifts == ()


def test_f12_a_comparison_that_breaks_off_has_no_result(app):
    class Down(type(app.derivatives)):
        def keys(self, prefix=""):
            yield from list(super().keys(prefix))[:1]
            raise MissingDependencyError("the store is down")

    with pytest.raises(MissingDependencyError):
        reconcile(replace(app, derivatives=Down(app.derivatives._root)), BY, 0.0)
    assert "reconciled" not in [e.kind for e in app.catalogue.events()]


def answers(app, queries):
    return [[(h.document_id, h.page, h.exact) for h in find(app, q, 50, f)] for q in queries for f in SCOPES]


SCOPES = (None, ["F01"], ["F02"], [])


def test_f06_d20_an_index_rebuilt_from_the_catalogue_answers_the_same(app, tmp_path):
    """Two hundred questions in each of four scopes: single words, pairs, phrases, no tones, cut short."""
    texts = [f"Quyết định số {n} về việc hòa giải cơ sở {chr(97 + n % 26)}{n}" for n in range(40)]
    for number, text in enumerate(texts):
        (tmp_path / f"f{number}.pdf").write_text(f"{text}\fTrang hai của {number}")
    files = [(tmp_path / f"f{number}.pdf", f"f{number}.pdf") for number in range(40)]
    list(ingest(app, files[:20], "F01", "b1", BY))
    list(ingest(app, files[20:], "F02", "b2", BY))
    list(work(app, "worker:1"))
    queries = [
        q for n in range(40) for q in (f"số {n}", f"so {n}", f'"định số {n}"', f"hoa giai {n}*", f"của {n}")
    ]
    assert len(queries) == 200
    before = answers(app, queries)
    app.index.clear()
    assert drifts(app) == []
    index_pending(app)
    assert answers(app, queries) == before
    assert sum(map(bool, before)) == 400  # each is in one fonds
