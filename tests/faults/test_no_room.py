"""D13: no room at the Nth write of an upload, wherever it goes: file, folder, catalogue, its log ahead."""

from __future__ import annotations

import shutil
import traceback
from dataclasses import replace

import pytest

from digitizer.errors import DigitizerError
from digitizer.ports import object_key
from digitizer.services.ingest import ingest
from tests.faults.kill_scenarios import BY, Bench, made, upload
from tests.faults.kill_sweep import counted, traced

_WRITES = ("write", "pwrite64", "writev", "fsync", "fdatasync", "mkdir", "link", "linkat")
_REFUSED = 70  # an error of ours, in one line; what nobody expected ends with 1
_UNHEARD = 71  # no room where the test itself notes what was acknowledged


def refusing(bench: Bench) -> None:
    """An upload that tells an error of ours from one that nobody expected."""
    try:
        upload(bench)
    except DigitizerError as error:
        raise SystemExit(_REFUSED if "\n" not in str(error) else 1) from error
    except OSError as error:
        if traceback.extract_tb(error.__traceback__)[-1].name != "acknowledge":
            raise
        raise SystemExit(_UNHEARD) from error


def no_room_at(bench: Bench, call: str, number: int) -> int:
    options = ["-e", f"trace={call}", "-e", f"inject={call}:error=ENOSPC:when={number}", "-o", "/dev/null"]
    return traced(lambda: refusing(bench), options)


@pytest.mark.parametrize("call", _WRITES)
def test_d13_without_room_at_any_write_an_upload_is_refused_or_whole_and_goes_on_when_there_is_room(
    tmp_path, call
):
    template = made(tmp_path / "template")
    template.app().catalogue.close()  # the catalogue is there: what is full is a disk in use
    trial = replace(template, home=tmp_path / "counted")
    shutil.copytree(template.home, trial.home)
    count = counted(lambda: upload(trial), _WRITES)[call]
    refused = 0
    for number in range(1, count + 1, max(1, count // 8)):
        bench = Bench(tmp_path / f"{call}-{number}")
        shutil.copytree(template.home, bench.home)
        status = no_room_at(bench, call, number)
        assert status in {0, _REFUSED, _UNHEARD}, (
            call,
            number,
            status,
        )  # never a crash, never an unclear error
        refused += status == _REFUSED
        app = bench.app()
        known = {each.id: each for each in app.catalogue.documents()}
        for document_id, sha256 in bench.acknowledged():
            app.masters.verify(object_key(sha256), known[document_id].fixity)
        assert status or len(bench.acknowledged()) == len(bench.inputs())
        app.catalogue.verify_events()
        again = list(ingest(app, bench.inputs(), "F01", "b1", BY))  # there is room again
        assert {each.state for each in again} <= {"new", "duplicate"}
        for each in again:
            app.masters.verify(object_key(each.fixity.sha256), each.fixity)
        assert len(list(app.catalogue.documents())) == len(bench.inputs())
        app.catalogue.close()
        shutil.rmtree(bench.home)
    assert count == 0 or refused, call
