"""Damage is never passed over as done: a person is told what to look at."""

from __future__ import annotations

from digitizer.errors import Code
from digitizer.intake.scans import SourceProbe
from digitizer.model import Fixity, MediaType, PageRecord, PageStatus
from digitizer.services.digitize_assemble import _to_confirm

FIXITY = Fixity("0" * 64, 9)


def page(*flags: str) -> PageRecord:
    return PageRecord(2, 100, 100, 300, PageStatus.TEXT, flags=flags)


def test_a02_a_repaired_file_asks_for_its_page_count() -> None:
    (reason,) = _to_confirm(SourceProbe(MediaType.PDF, FIXITY, 3, ("repaired",)), (page(),))
    assert reason.code is Code.MALFORMED
    assert "3 pages" in reason.message


def test_a16_a_truncated_page_is_a_gap_to_confirm() -> None:
    (reason,) = _to_confirm(SourceProbe(MediaType.JPEG, FIXITY, 1), (page("truncated"),))
    assert (reason.code, reason.page) == (Code.TRUNC, 2)


def test_a_whole_file_raises_no_doubt() -> None:
    assert not list(_to_confirm(SourceProbe(MediaType.JPEG, FIXITY, 1, ("signed",)), (page("stamp"),)))
