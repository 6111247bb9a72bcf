"""`digitizer targets --json` over a small archive of real scans: 30 % reached or not, right to the page."""

import csv
import json
from pathlib import Path

import pytest

from tests.unit.test_cli import digitizer

SAMPLES = Path(__file__).parents[3] / "shared/samples/in"
SCANS = ("dn2020-1906.p1.jpg", "dn2020-1906.p2.jpg")
HEAD = ("organId", "fondName", "fileCode", "title", "totalDoc", "numberOfPage", "valuable")

pytestmark = [
    pytest.mark.samples,
    pytest.mark.slow,
    pytest.mark.tools,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here"),
]


def said(home, *arguments):
    done = digitizer(*arguments, cwd=home, DIGITIZER_HOME=str(home / "archive"), DIGITIZER_JOBS="1")
    assert done.returncode == 0, done.stderr
    return done.stdout


def thirty(home):
    targets = json.loads(said(home, "targets", "--json"))["targets"]
    return next(each for each in targets if each["id"] == "valuable-30")


def take_in(home, *dossiers):
    path = home / "muc-luc.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [("F01", "Phông Sở Tư pháp", code, "Hồ sơ", *counts, "1") for code, *counts in dossiers]
        csv.writer(file).writerows([HEAD, *rows])
    said(home, "inventory", "import", path)


def test_thirty_per_cent_of_real_scans_is_reached_or_not_to_the_page(tmp_path):
    pile = tmp_path / "kho" / "H1"
    pile.mkdir(parents=True)
    for name in SCANS:
        (pile / name).write_bytes((SAMPLES / name).read_bytes())
    said(tmp_path, "ingest", pile.parent, "--fonds", "F01", "--batch", "lo-1")
    said(tmp_path, "work", "--burst", "--quiet")
    take_in(tmp_path, ("H1", 2, 2), ("H2", 1, 4))
    assert json.loads(said(tmp_path, "inventory", "link", "--json")) == {"linked": 2, "left": 0}
    for station, by in (("checked", "lan"), ("described", "lan"), ("accepted", "hoa")):
        assert thirty(tmp_path)["done"] == 0  # not before the last station
        said(tmp_path, "inventory", "advance", station, "--dossier", "F01/H1", "--by", by)
    found = thirty(tmp_path)
    assert (found["done"], found["total"], found["needed"], found["missing"]) == (2, 6, 2, 0)
    assert found["reached"]
    take_in(tmp_path, ("H3", 1, 1))  # one page more on the shelves: 2 of 7 are not 30 %
    found = thirty(tmp_path)
    assert (found["done"], found["total"], found["needed"], found["missing"]) == (2, 7, 3, 1)
    assert not found["reached"]
