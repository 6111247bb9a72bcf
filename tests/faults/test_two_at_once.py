"""E06, E08: people who change the same paper at once, or while a machine reads it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from digitizer.desk import Correction, Decision
from digitizer.errors import ConflictError
from digitizer.model import Agent, Box, FieldValue
from storage.catalogue import SqlCatalogue
from storage.desk import SqlDesk
from tests.contracts.samples import document, record

BY = Agent("person:lan")
pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "postgresql":
        return request.getfixturevalue("postgres").fresh()
    return f"sqlite:///{tmp_path}/catalogue.db"


def read(catalogue):
    """One document, received and read, with a field of its number."""
    catalogue.add_document(document(), BY)
    held = catalogue.claim("worker:1", 60)
    made = record(held.fixity, ["Số 125"])
    number = FieldValue("number", "125", "125", 1, Box(100, 100, 200, 120), 0.6)
    part = replace(made.documents[0], needs_review=True, fields=(number,))
    catalogue.complete(held.id, held.attempt, replace(made, documents=(part,)), BY)
    return held


def test_e06_of_two_clerks_at_once_one_is_kept_and_the_other_learns_who_was_first(url):
    """No update is lost: one value, one decision, one event; the second is told whose and from when."""
    catalogue, desks = SqlCatalogue(url), [SqlDesk(url) for _ in range(8)]
    held = read(catalogue)

    def decide(number):
        kept = Decision(held.id, held.attempt, 1, "kept", (Correction("number", f"12{number}"),))
        try:
            desks[number].decide(kept, Agent(f"person:clerk-{number}"))
        except ConflictError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(decide, range(8)))
    winner = told.index("")
    assert told.count("") == 1
    reviewed = [each for each in catalogue.events(held.id) if each.kind == "reviewed"]
    assert [each.agent.name for each in reviewed] == [f"person:clerk-{winner}"]
    for line in told[:winner] + told[winner + 1 :]:
        assert f"clerk-{winner} decided this paper at {reviewed[0].at}" in line
    (field,) = catalogue.record(held.id)["documents"][0]["fields"]
    assert (field["value"], field["origin"]) == (f"12{winner}", f"person:clerk-{winner}")
    assert field["machine"]["value"] == "125"
    catalogue.verify_events()
    for each in (catalogue, *desks):
        each.close()
