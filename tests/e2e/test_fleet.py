"""Through real servers (S3, PostgreSQL, Valkey, RQ workers) the archive gives what `digitize` gives."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from digitizer.bootstrap import archive_of
from digitizer.ports import object_key
from digitizer.settings import Settings
from tests.unit import drawn

pytestmark = [pytest.mark.slow, pytest.mark.tools]
DIGITIZER = [sys.executable, "-m", "digitizer.cli"]
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "in"
SOME = ("dn2020-1906.p2.jpg", "dn2019-1595.pdf")


@pytest.fixture
def servers(seaweed, postgres, valkey, tmp_path):
    """Settings of an archive on three servers, empty."""
    valkey.client().flushall()
    return {
        "home": str(tmp_path / "home"),
        "database_url": postgres.fresh(),
        "store_url": f"s3+http://{seaweed.endpoint}/test/{secrets.token_hex(4)}",
        "store_access_key": seaweed.access_key,
        "store_secret_key": seaweed.secret_key,
        "redis_url": valkey.url,
        "queue_secret": secrets.token_hex(16),
    }


@pytest.fixture
def scans(tmp_path):
    """A picture, a file of two pages, one that is none, and one twice."""
    folder = tmp_path / "in"
    (folder / "hộp 1").mkdir(parents=True)
    page = Image.fromarray(drawn.page(lines=6)).reduce(2)
    page.save(folder / "hộp 1" / "công văn.jpg", dpi=(100, 100), quality=80)
    second = Image.fromarray(drawn.page(lines=3)).reduce(2)
    page.convert("1").save(
        folder / "two.tif", save_all=True, append_images=[second.convert("1")], dpi=(100, 100)
    )
    (folder / "not.pdf").write_bytes(b"%PDF-1.7 and no more of it\n%%EOF\n")
    shutil.copy(folder / "two.tif", folder / "two again.tif")
    return folder


def digitizer(settings, *argv, good=(0, 1), patience=300):
    names = {f"DIGITIZER_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [*DIGITIZER, *argv],
        env={**os.environ, **names},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience,
    )
    assert done.returncode in good, done.stderr
    return done.stdout


def through_the_archive(settings, folder, patience=300):
    """Ingest and work; the records and the bytes of the PDFs and texts by path."""
    digitizer(settings, "ingest", str(folder), "--quiet", "--batch", "lô 1")
    digitizer(settings, "work", "--burst", "--jobs", "2", "--quiet", patience=patience)
    made = {}
    with archive_of(Settings(**settings)) as app:
        assert app.queue.depth() == 0
        for known in app.catalogue.documents():
            files = {}
            for each in app.catalogue.derivatives(known.id):
                with app.derivatives.open(object_key(each.fixity.sha256)) as data:
                    files[each.kind] = data.read()
            made[Path(known.path).name] = (app.catalogue.record(known.id), files)
        app.catalogue.verify_events()
        kinds = [event.kind for event in app.catalogue.events()]
        assert (kinds.count("digitized"), kinds.count("failed")) == (len(made), 0)
    return made


def same(made, out):
    """Each record says what `digitize`'s says, and the files are the same byte for byte."""
    reports = json.loads((out / "report.json").read_text())["inputs"]
    by_name = {Path(each["path"]).name: each for each in reports}
    compared = 0
    for name, (record, files) in made.items():
        entry = by_name[name]
        outputs = {path.rsplit(".", 1)[1]: out / path for path in entry["outputs"]}
        wanted = json.loads(outputs["json"].read_text())
        assert record["source"]["sha256"] == wanted["source"]["sha256"]
        for part in ("state", "reasons", "recipe", "pages", "documents"):
            assert record[part] == wanted[part], (name, part)
        for kind in {"pdf", "txt"} & set(outputs):
            assert files[kind] == outputs[kind].read_bytes(), (name, kind)
            compared += 1
    return compared


def test_through_all_servers_the_archive_gives_what_digitize_gives(servers, scans, tmp_path):
    made = through_the_archive(servers, scans)
    assert set(made) == {"công văn.jpg", "two.tif", "not.pdf"} or "two again.tif" in made
    digitizer(servers, "digitize", str(scans), "--out", str(tmp_path / "out"), "--jobs", "2", "--quiet")
    assert same(made, tmp_path / "out") == 4
    told = json.loads(digitizer(servers, "status", "--json", good=(0,)))
    assert (told["queue"]["waiting"], told["rings"], told["eta_seconds"]) == (0, 0, 0.0)
    assert told["batches"][0]["by_state"] == {"done": 2, "refused": 1}
    assert re.search("^ok +queue: +Redis or Valkey", digitizer(servers, "check", good=(0,)), re.MULTILINE)
    word = made["công văn.jpg"][0]["pages"][0]["text"].split()[0]
    assert json.loads(digitizer(servers, "search", word, "--json", good=(0,)))["hits"]
    (refused,) = [r for r, _ in made.values() if r["state"] == "refused"]
    assert refused["reasons"][0]["code"].startswith("E-")


@pytest.mark.samples
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not beside the checkout")
def test_real_scans_through_all_servers_give_what_digitize_gives(servers, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in SOME:
        shutil.copy(SAMPLES / name, folder)
    made = through_the_archive(servers, folder)
    digitizer(servers, "digitize", str(folder), "--out", str(tmp_path / "out"), "--jobs", "2", "--quiet")
    assert same(made, tmp_path / "out") == 2 * len(SOME)
