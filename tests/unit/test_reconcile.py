"""Catalogue, objects and index set against each other: every difference is named or mended, none made up."""

import io
from dataclasses import replace

import pytest

from digitizer.errors import MissingDependencyError
from digitizer.ports import IndexedPage, object_key
from digitizer.services.find import find, index_pending
from digitizer.services.ingest import ingest
from digitizer.services.reconcile import DriftKind, reconcile
from digitizer.services.work import work
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


def test_f02_f08_an_object_without_document_is_named_never_deleted_and_adopted_by_ingest(app, tmp_path):
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


def test_f06_d20_an_index_rebuilt_from_the_catalogue_answers_the_same(app):
    queries = ["quyết định", "quyet dinh", "số 1", "trang hai", '"trang hai"']
    before = [[(h.document_id, h.page, h.exact) for h in find(app, q, 50)] for q in queries]
    app.index.clear()
    assert drifts(app) == []
    index_pending(app)
    assert [[(h.document_id, h.page, h.exact) for h in find(app, q, 50)] for q in queries] == before
