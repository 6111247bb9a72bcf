"""What every body of the received side promises: manifests whole, places kept, each arrival once."""

from __future__ import annotations

import pytest

from digitizer.accession import Accessions, Declared, Placement
from digitizer.errors import Code
from digitizer.model import Agent, Reason
from digitizer.ports import Catalogue
from storage.accessions import SqlAccessions
from storage.catalogue import SqlCatalogue
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, record

pytest_plugins = ["tests.servers.postgres"]

BY = Agent("person:lan")
ROWS = (
    Declared(2, ("a.pdf",), Placement("12", "H49.01"), 3, None),
    Declared(5, ("b.pdf", "c.pdf"), Placement(), None, 7),
)


@pytest.fixture(scope="module")
def server_url(postgres) -> str:
    return postgres.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path) -> tuple[Catalogue, Accessions]:
    url = f"sqlite:///{tmp_path}/catalogue.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("server_url")
        name = url.partition("?")[0].rpartition("/")[2]
        request.getfixturevalue("postgres").run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    catalogue, accessions = SqlCatalogue(url), SqlAccessions(url)
    yield catalogue, accessions
    accessions.close()
    catalogue.close()


def test_a_manifest_is_kept_in_versions_and_the_same_one_changes_nothing(both):
    catalogue, accessions = both
    assert accessions.declared("F01", "lô 1") == ()
    assert accessions.declare("F01", "lô 1", fixity(b"1"), ROWS, BY) == 1
    assert accessions.declare("F01", "lô 1", fixity(b"1"), ROWS, BY) == 1
    assert tuple(accessions.declared("F01", "lô 1")) == ROWS
    assert accessions.declare("F01", "lô 1", fixity(b"2"), ROWS[:1], BY) == 2
    assert tuple(accessions.declared("F01", "lô 1")) == ROWS[:1]
    assert accessions.declared("F02", "lô 1") == ()
    assert [event.kind for event in catalogue.events("batch:lô 1")] == ["declared"] * 2
    catalogue.verify_events()


def test_an_arrival_is_known_again_by_its_bytes_path_and_batch(both):
    catalogue, accessions = both
    first = document()
    assert accessions.taken(first) is None
    catalogue.add_document(first, BY)
    assert accessions.taken(document(id="d2")).id == "d1"
    assert accessions.taken(document(id="d2", path="y/b.pdf")) is None
    assert accessions.taken(document(id="d2", batch="lô 2")) is None
    assert accessions.taken(document(b"other", id="d2")) is None


def test_the_latest_place_holds_and_is_written_once(both):
    catalogue, accessions = both
    added = catalogue.add_document(document(), BY)
    for place in (Placement("1", "A"), Placement("1", "A"), Placement("2", "B")):
        accessions.place(added, "x/a.pdf", "lô 1", place, BY)
    assert accessions.placements("d1") == (Placement("2", "B"),)
    assert [e.kind for e in catalogue.events("d1")] == ["received", "placed", "placed"]
    accessions.place(added, "y/a.pdf", "lô 2", Placement("9", "C"), BY)
    assert accessions.placements("d1") == (Placement("2", "B"), Placement("9", "C"))


def test_each_path_of_a_batch_stands_once_with_its_pages(both):
    catalogue, accessions = both
    catalogue.add_document(document(), BY)
    catalogue.add_document(document(id="d2", path="x/copy.pdf"), BY)
    catalogue.add_document(document(b"more", id="d3", path="z.pdf"), BY)
    refused = document(b"", id="d4", path="bad.pdf")
    for _ in range(2):
        catalogue.refuse(refused, Reason(Code.EMPTY, "the file is empty"), BY)
    held = catalogue.claim("w", 60)
    catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ", "", None, "chữ")), BY)
    accessions.place(catalogue.document("d1"), "x/a.pdf", "lô 1", Placement("1", "A"), BY)
    found = {each.path: each for each in accessions.arrived("F01", "lô 1")}
    assert list(found) == ["x/a.pdf", "x/copy.pdf", "z.pdf", "bad.pdf"]
    first, copy = found["x/a.pdf"], found["x/copy.pdf"]
    assert (first.read, first.blank, first.failed, first.finished) == (2, 1, 1, True)
    assert (first.outcome, first.placement, first.pages) == ("new", Placement("1", "A"), 4)
    assert (copy.outcome, copy.document_id, copy.note, copy.pages) == ("duplicate", "d1", "x/a.pdf", 4)
    assert (found["z.pdf"].finished, found["z.pdf"].pages) == (False, 0)
    assert found["bad.pdf"].note == "E-EMPTY: the file is empty"
    assert list(accessions.arrived("F01", "lô 9")) == []


def test_e05_versions_are_counted_by_place_and_told_of_each(both):
    catalogue, accessions = both
    for number, data in enumerate((b"1", b"2", b"3"), start=1):
        catalogue.add_document(document(data, id=f"d{number}", path="x/a.pdf"), BY)
    catalogue.add_document(document(b"4", id="d4", path="x/a.pdf", fonds="F02"), BY)
    catalogue.add_document(document(b"5", id="d5", path="x/a.pdf", batch="lô 2"), BY)
    found = accessions.versions(["d2", "d4", "d5", "d3"])
    assert sorted(found) == ["d2", "d3"]
    assert [(each.number, each.document.id) for each in found["d2"]] == [(1, "d1"), (2, "d2"), (3, "d3")]
    assert [event.kind for event in catalogue.events("d1")] == ["received", "superseded"]
    assert [event.kind for event in catalogue.events("d2")] == ["received", "superseded"]
    assert [event.kind for event in catalogue.events("d3")] == ["received"]
    catalogue.verify_events()
