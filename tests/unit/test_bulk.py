"""Copies of an archive's documents, for trials of scale: with all their rows, and a trail that holds."""

from __future__ import annotations

import sqlite3

from sqlalchemy import event
from sqlalchemy.engine import Engine

from digitizer.model import Agent
from storage.bulk import multiply
from storage.catalogue import SqlCatalogue
from storage.inventory import SqlInventory
from tests.contracts.samples import document, record

BY = Agent("person:lan")


def test_copies_are_documents_with_their_pages_sums_and_events(tmp_path):
    url = f"sqlite:///{tmp_path}/catalogue.db"
    catalogue = SqlCatalogue(url)
    for number in range(2):
        catalogue.add_document(document(b"%d" % number, id=f"00{number}"), BY)
        held = catalogue.claim("worker:1", 60)
        catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ", "")), BY)
    multiply(url, 3)
    (batch,) = catalogue.batches()
    assert (batch.documents, batch.pages) == (8, 16)
    assert [each.id for each in catalogue.documents()] == [
        f"{copy:02}{number}" for copy in range(4) for number in range(2)
    ]
    assert catalogue.lines("031", 1) == catalogue.lines("001", 1)
    assert catalogue.verify_events()[0] == 8 * 3
    assert catalogue.coverage().objects == 8
    book = SqlInventory(url)
    assert book.tallies(-1)[0]["read.pages"] == 8
    book.close()
    catalogue.close()


def test_no_step_of_the_queue_walks_the_documents(tmp_path):
    """Each statement of receiving, claiming, completing finds its rows by a key, however many there be."""
    path = tmp_path / "catalogue.db"
    catalogue = SqlCatalogue(f"sqlite:///{path}")
    said = []

    def note(_connection, _cursor, statement, parameters, _context, many):
        said.append((statement, parameters[0] if many else parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        catalogue.add_document(document(b"1", id="001"), BY)
        held = catalogue.claim("worker:1", 60)
        catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ", "")), BY)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with sqlite3.connect(path) as database:
        for statement, parameters in said:
            if statement.startswith(("SELECT", "UPDATE")):
                plan = [row[3] for row in database.execute("EXPLAIN QUERY PLAN " + statement, parameters)]
                assert not any("SCAN document" in step or "document_by_batch" in step for step in plan), plan
    database.close()
    catalogue.close()
