"""Faults planted in an archive are found, all of them, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from digitizer.model import Box, FieldValue
from digitizer.services.described import Described
from digitizer.services.quality import quality
from digitizer.understanding.tables import default_tables
from scripts.samples.model import Paper
from scripts.samples.plain import plain_text
from scripts.samples.planted import PLANTED, planted


def read(stem: str, paper: Paper) -> Described:
    """A paper as a reading without fault describes it."""
    fields = tuple(
        FieldValue(name, value, value, 1, Box(0, 0, 9, 9), 0.99) for name, value in paper.fields.items()
    )
    return Described(stem, stem, "F", (1,), paper.kind, False, fields, plain_text(paper))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_planted_is_found_and_nothing_else(seed: int) -> None:
    archive = planted(seed)
    documents = [read(stem, paper) for stem, paper in archive.papers.items()]
    found = {
        (each.check, frozenset(paper.removesuffix(", page 1") for paper in each.papers))
        for each in quality(documents, default_tables())
        if each.check in PLANTED
    }
    assert len(documents) == 52
    assert {check for check, _ in archive.findings} == PLANTED
    assert found == archive.findings
