"""The secrecy stop: a paper with the mark goes no further than quarantine, and says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from digitizer.errors import Code
from digitizer.model import Reason, RecordState
from digitizer.services.archive import Digitized
from digitizer.services.digitize_assemble import _secret
from digitizer.services.find import find, index_pending
from digitizer.services.ingest import ingest
from digitizer.services.work import work
from digitizer.understanding.understand import understand
from tests.unit.test_services_archive import BY, archive, digitize
from tests.unit.typed import body, header, page


def stamped(source: Path, work_folder: Path) -> Digitized:
    """Pretend that a page of the file bears the mark."""
    made = digitize(source, work_folder)
    if "MẬT" not in source.read_text():
        return made
    reasons = (Reason(Code.CLASSIFIED, "carries the secrecy mark MẬT", 1),)
    return Digitized(replace(made.record, reasons=reasons, state=RecordState.DONE_WITH_GAPS), made.files)


@pytest.mark.parametrize("stop", [True, False])
def test_work_keeps_nothing_of_a_marked_paper(tmp_path: Path, stop: bool) -> None:
    app = archive(tmp_path / "archive", digitize=stamped, secrecy_stop=stop)
    path = tmp_path / "a.pdf"
    path.write_text("MẬT\nQUYẾT ĐỊNH về cán bộ")
    try:
        received = next(iter(ingest(app, [(path, "a.pdf")], "F", "b", BY)))
        list(work(app, "w"))
        index_pending(app)
        known = app.catalogue.document(received.document_id)
        assert (known.state == "quarantined") is stop
        assert known.reason.startswith("E-SECRET")  # let through, it is still told
        assert len(find(app, "cán bộ")) == (0 if stop else 1)
        kept = [f for f in (tmp_path / "archive" / "derivatives").rglob("*") if f.is_file()]
        assert bool(kept) is not stop
    finally:
        app.catalogue.close()


def test_a_run_without_an_archive_names_the_page_for_a_person() -> None:
    lines = [
        *header(["BỘ TƯ PHÁP"], "Số: 12/BTP-VP", "Hà Nội, ngày 05 tháng 3 năm 2024"),
        (-0.27, 0.13, "TỐI MẬT"),
    ]
    documents = understand([page(body(0.1, "Trang bìa")), page(lines, 2)])
    assert [(r.code, r.page) for r in _secret(documents)] == [(Code.CLASSIFIED, 2)]
    assert any(d.needs_review for d in documents)
