"""A sample of the kill sweeps; `python -m tests.faults.kill_sweep` is the whole of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest

from digitizer.model import Agent
from digitizer.ports import object_key
from digitizer.services.ingest import ingest
from digitizer.writing.atomic import fixity_of
from storage.catalogue import SqlCatalogue
from tests.faults import kill_sweep
from tests.faults.kill_sweep import Servers, made, sweep, sweep_on_servers, upload

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None and not os.environ.get("CI"), reason="needs strace"),
]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        pytest.param("upload", 33, id="c01_c02_c03_upload"),
        pytest.param("job", 33, id="c07_job"),
        pytest.param("pages", 50, id="c07_page_job_and_its_last_commit"),
        pytest.param("assembly", 60, id="c07_assembly"),
        pytest.param("publish", 25, id="c07_publish"),
        pytest.param("scrub", 21, id="c18_scrub"),
    ],
)
def test_killed_at_any_call_nothing_acknowledged_is_lost_and_nothing_is_there_twice(tmp_path, name, step):
    tally = sweep(name, tmp_path, step)
    assert tally.attempts >= 5
    assert (tally.lost, tally.duplicated) == (0, 0)
    assert tally.found == tally.acknowledged


@pytest.mark.parametrize("name", ["assembly", "scrub"])
def test_c07_killed_over_real_servers_nothing_is_lost_and_nothing_is_there_twice(
    tmp_path, seaweed, postgres, name
):
    tally = sweep_on_servers(name, tmp_path, partial(Servers.fresh, postgres, seaweed), 150)
    assert tally.attempts >= 2
    assert (tally.lost, tally.duplicated) == (0, 0)
    assert tally.found == tally.acknowledged


class Hasty(SqlCatalogue):
    """The mistake that the sweep is there to find: it says that a document is safe before it is."""

    def add_document(self, new, by):
        home = Path(str(self._engine.url.database)).parents[1]
        with (home / "acknowledged").open("a") as out:
            print(new.id, new.fixity.sha256, file=out, flush=True)
        return super().add_document(new, by)


def test_the_sweep_finds_an_acknowledgement_before_the_commit(tmp_path):
    tally = kill_sweep.Tally()
    for number in range(100, 300, 5):
        bench = made(tmp_path / str(number))
        if kill_sweep.run_killed(lambda bench=bench: hastily(bench), "pwrite64", number):
            kill_sweep.check_upload(bench, tally)
        else:
            break
        if tally.lost:
            return
    pytest.fail("an acknowledgement before the commit was not found out")


def hastily(bench):
    (bench.home / "archive").mkdir(exist_ok=True)
    upload(bench, catalogue=Hasty(f"sqlite:///{bench.home}/archive/catalogue.db"))


def test_d14_what_is_acknowledged_was_synced_before(tmp_path):
    """Each file and folder that was changed is synced before the line that acknowledges it is written."""
    bench = made(tmp_path)
    with tempfile.NamedTemporaryFile("r") as trace:
        calls = "trace=write,pwrite64,writev,fsync,fdatasync,link,linkat,rename,renameat,renameat2,mkdir"
        script = (
            "import sys; from pathlib import Path; from tests.faults.kill_sweep import Bench, upload;"
            "upload(Bench(Path(sys.argv[1])))"
        )
        subprocess.run(
            [
                "strace",
                "-f",
                "-y",
                "-s",
                "0",
                "-e",
                calls,
                "-o",
                trace.name,
                sys.executable,
                "-c",
                script,
                str(tmp_path),
            ],
            check=True,
            cwd=Path(__file__).parents[2],
        )
        lines = trace.read().splitlines()
    assert unsynced(lines, bench.home) == []


def unsynced(lines, home):
    """Files written or folders linked into, under the archive, that were not synced at an acknowledgement."""
    dirty, found, acknowledged = set(), [], 0
    for line in lines:
        call, _, rest = line.split(None, 1)[1].partition("(")
        path = rest.partition("<")[2].partition(">")[0]
        if call in {"write", "pwrite64", "writev"} and path.endswith("/acknowledged"):
            acknowledged += 1
            found += sorted(dirty)
        elif call in {"write", "pwrite64", "writev"} and path.startswith(f"{home}/archive/"):
            if not path.endswith("-shm"):
                dirty.add(path)
        elif call in {"fsync", "fdatasync"}:
            dirty.discard(path)
    assert acknowledged == kill_sweep.DOCUMENTS
    return [path for path in found if "/index/" not in path]


def test_d14_each_commit_of_the_catalogue_is_synced(tmp_path):
    """`synchronous=NORMAL` would sync none of them, and a power cut would take back what was acknowledged."""
    with tempfile.NamedTemporaryFile("r") as trace:
        script = (
            "import sys; from storage.catalogue import SqlCatalogue; from digitizer.model import Agent;"
            "from tests.contracts.samples import document;"
            "c = SqlCatalogue('sqlite:///' + sys.argv[1]); open(sys.argv[1] + '.ready', 'w').close();"
            "[c.add_document(document(bytes([n]), id=f'd{n}'), Agent('person:lan')) for n in range(10)]"
        )
        strace = ["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,openat", "-o", trace.name]
        subprocess.run([*strace, sys.executable, "-c", script, str(tmp_path / "c.db")], check=True, cwd=ROOT)
        after = trace.read().partition("c.db.ready")[2]
    assert after.count("c.db-wal>") >= 10


def test_c02_an_object_without_its_document_is_adopted_by_the_retry(tmp_path):
    bench = made(tmp_path)
    app = bench.app()
    (path, _), *_ = bench.inputs()
    stored = fixity_of(path)
    with path.open("rb") as data:
        app.masters.put(object_key(stored.sha256), data, stored)  # and killed here, before the commit
    taken = list(ingest(app, bench.inputs(), "F01", "b1", Agent("person:lan")))
    assert [each.state for each in taken] == ["new", "new"]
    app.masters.verify(object_key(stored.sha256), stored)
    app.catalogue.close()
