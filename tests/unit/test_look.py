"""What an operator sees of an archive in which something went wrong: which papers, why, what to do."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import pytest

from digitizer.cli.door import NEEDS_PERSON, Manner
from digitizer.cli.fleet import retry
from digitizer.cli.look import list_quarantine, show_document, show_status
from digitizer.cli.page_ledger import show_ledger
from digitizer.errors import Code, NotFoundError, UsageError
from digitizer.intake.find import FoundInput
from digitizer.model import Reason, RecordState
from digitizer.services.archive import Digitized
from digitizer.services.ingest import Into, receive
from digitizer.services.work import work
from storage.accessions import SqlAccessions
from storage.catalogue import SqlCatalogue
from storage.inventory import SqlInventory
from tests.unit.test_services_archive import BY, archive, digitize


def reading(source, folder):
    """Pretend: what begins with a cross is damaged, a file named so has a page that failed."""
    made = digitize(source, folder)
    if source.read_text().startswith("x"):
        why = (Reason(Code.MALFORMED, "cannot be decoded"),)
        return Digitized(replace(made.record, state=RecordState.REFUSED, reasons=why, documents=()), {})
    if source.name == "gap.pdf":
        why = (Reason(Code.TIMEOUT, "took too long", 2), Reason(Code.TOOL, "the reader stopped", 3))
        return replace(made, record=replace(made.record, state=RecordState.DONE_WITH_GAPS, reasons=why))
    return made


@pytest.fixture
def take(tmp_path, monkeypatch):
    """Takes files, by name and text, into an archive that the commands find; works them if asked."""
    monkeypatch.setenv("DIGITIZER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "home").mkdir()
    url = f"sqlite:///{tmp_path}/home/catalogue.sqlite"

    def taken(files, *, worked=True, batch="lô 1"):
        with closing(SqlCatalogue(url)) as catalogue, closing(SqlAccessions(url)) as accessions:
            app = archive(tmp_path / "home", catalogue=catalogue, digitize=reading)
            for name, text in files.items():
                (tmp_path / name).write_text(text)
            into = Into("F01", batch, BY, accessions)
            found = list(receive(app, [FoundInput(tmp_path / name, name) for name in files], into))
            ended = list(work(app, "worker:1", burst=True)) if worked else []
        return {each.path: each.document_id for each in found}, {each.path: each for each in ended}

    return taken


FILES = {"good.pdf": "một", "bad.pdf": "x", "gap.pdf": "hai\fba\fbốn"}


def test_what_was_refused_or_has_gaps_is_listed_with_its_reason(take, capsys):
    ids, worked = take(FILES)
    assert worked["bad.pdf"].reason == "E-MALFORMED: cannot be decoded"
    assert list_quarantine(False, None, Manner()) == 0
    assert "--all" in capsys.readouterr().out
    assert list_quarantine(True, "lô 1", Manner()) == 0
    *listed, last = capsys.readouterr().out.splitlines()
    assert listed == [
        f"{ids['bad.pdf']} bad.pdf: refused: E-MALFORMED: cannot be decoded",
        f"{ids['gap.pdf']} gap.pdf: done_with_gaps: E-TIMEOUT: page 2: took too long (and 1 more)",
    ]
    assert "digitizer retry" in last
    assert list_quarantine(True, "lô 2", Manner(json=True)) == 0
    assert capsys.readouterr().out == ""


def test_a_document_with_gaps_shows_each_of_them(take, capsys):
    ids, _ = take(FILES)
    show_document(ids["gap.pdf"], Manner())
    told = capsys.readouterr().out
    assert "! E-TIMEOUT: page 2: took too long" in told
    assert "! E-TOOL: page 3: the reader stopped" in told
    show_document(ids["bad.pdf"], Manner(json=True))
    assert json.loads(capsys.readouterr().out)["reasons"] == ["E-MALFORMED: cannot be decoded"]


def test_the_status_names_failures_in_words_and_the_next_command(take, capsys):
    take(FILES)
    show_status(Manner())
    told = capsys.readouterr().out
    assert "failed · lỗi E-MALFORMED Tệp hỏng · Malformed: 1" in told
    assert "1 refused, 1 done_with_gaps: `digitizer quarantine list --all`" in told


def test_the_status_says_that_nobody_works(take, capsys):
    take({"a.pdf": "một"}, worked=False)
    show_status(Manner())
    assert "no worker is at work: start `digitizer work`" in capsys.readouterr().out


def test_a_batch_of_duplicates_is_no_empty_line(take, capsys):
    take({"a.pdf": "một"})
    take({"a.pdf": "một"}, batch="lô 2")
    show_status(Manner())
    assert "F01 lô 2: nothing of its own" in capsys.readouterr().out


def test_a_file_that_was_refused_when_it_was_opened_is_a_difference_and_a_gap_is_named(take, capsys):
    take(FILES)
    assert show_ledger("lô 1", "F01", Manner()) == NEEDS_PERSON
    told = capsys.readouterr().out
    assert "! bad.pdf: was refused: E-MALFORMED: cannot be decoded" in told
    assert "? gap.pdf: has gaps: E-TIMEOUT: page 2: took too long (and 1 more)" in told
    assert "3 files" in told
    assert "1 differences" in told


def test_a_thousand_waiting_files_are_a_handful_of_lines(take, capsys):
    take({f"{number}.pdf": f"tệp {number}" for number in range(30)}, worked=False)
    assert show_ledger("lô 1", "F01", Manner()) == NEEDS_PERSON
    told = capsys.readouterr().out
    assert len(told.splitlines()) < 20
    assert "25 more wait to be read" in told


def test_a_batch_of_another_fonds_is_looked_for_there(take):
    take({"a.pdf": "một"})
    with pytest.raises(NotFoundError, match="--fonds CODE"):
        show_ledger("lô 1", "main", Manner())


def test_a_state_that_does_not_exist_is_told_and_nothing_is_released(take):
    take(FILES)
    with pytest.raises(UsageError, match="no such --state: done-with-gaps"):
        retry((), ["done-with-gaps"], None, Manner())
    with pytest.raises(UsageError, match="--state"):
        retry(["x"], (), "lô 1", Manner())


def test_a_dossier_that_is_not_there_is_told_with_where_to_look(take, tmp_path):
    take({"a.pdf": "một"}, worked=False)
    with (
        closing(SqlInventory(f"sqlite:///{tmp_path}/home/catalogue.sqlite")) as book,
        pytest.raises(NotFoundError, match="digitizer inventory list --fonds CODE"),
    ):
        book.dossier("F01", "9")
