"""`digitizer scan` with SANE's own pretended scanners: piles, separator sheets, an empty feeder, a jam."""

from __future__ import annotations

import fcntl
import io
import json
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from digitizer.errors import PageError, UsageError
from digitizer.intake.scanner import ScanOrder, scan_pages
from digitizer.services.scan import dossiers
from digitizer.understanding.separators import Separator, payload
from digitizer.writing.scan_tiff import write_tiff
from tests.unit.test_cli import digitizer
from tests.unit.test_separators import page_with

pytestmark = pytest.mark.tools
FEEDER = ("--device", "test:0", "--source", "Automatic Document Feeder", "--resolution", "75")


@pytest.fixture
def sane(tmp_path, monkeypatch):
    """SANE with the two back ends that need no scanner."""
    if shutil.which("scanimage") is None:
        if os.environ.get("CI"):
            pytest.fail("sane-utils is missing")
        pytest.skip("sane-utils is not installed")
    folder = tmp_path / "sane"
    folder.mkdir()
    (folder / "dll.conf").write_text("test\npnm\n")
    monkeypatch.setenv("SANE_CONFIG_DIR", str(folder))
    return tmp_path


@pytest.mark.parametrize("mode", ["1", "L", "RGB"])
def test_every_pixel_is_kept(tmp_path, mode):
    drawn = []
    for number in range(3):
        noise = np.random.default_rng(number).integers(0, 256, (31, 45, 3)).astype(np.uint8)
        drawn.append(Image.fromarray(noise).convert(mode))
        drawn[-1].save(tmp_path / f"p{number}.pnm", "PPM")
    out = io.BytesIO()
    assert write_tiff(sorted(tmp_path.glob("*.pnm")), out, 300) == 3
    with Image.open(out) as read:
        assert (read.n_frames, read.info["dpi"]) == (3, (300, 300))
        for number, page in enumerate(drawn):
            read.seek(number)
            assert np.array_equal(np.asarray(read.convert("RGB")), np.asarray(page.convert("RGB")))


@pytest.mark.parametrize("data", [b"", b"P5 9 9 255\nshort", b"P5 1 1 65535\n\0\0", b"P6 0 1 255\n", b"GIF8"])
def test_what_is_no_page_is_told(tmp_path, data):
    (tmp_path / "p.pnm").write_bytes(data)
    with pytest.raises(PageError):
        write_tiff([tmp_path / "p.pnm"], io.BytesIO(), 300)


def test_dossiers_begin_at_separators():
    a, b = Separator("A"), Separator("B")
    assert [(x, y, s.dossier) for x, y, s in dossiers([a, a, None, b, None, None])] == [
        (0, 3, "A"),  # the sheet is printed on both sides
        (3, 6, "B"),
    ]
    assert [(x, y) for x, y, _ in dossiers([None, None])] == [(0, 2)]


def test_a_pile_from_the_feeder_becomes_a_document(sane):
    listed = digitizer("scan", "--list", "--json", cwd=sane)
    assert "test:0" in [each["name"] for each in json.loads(listed.stdout)]
    done = digitizer("scan", *FEEDER, "--batch", "lô 1", cwd=sane)
    assert (done.returncode, done.stdout) == (0, "batch lô 1: 10 pages · trang\n"), done.stderr
    assert not list((sane / "archive" / "spool").iterdir())
    ledger = json.loads(digitizer("reconcile", "lô 1", "--json", cwd=sane).stdout)
    assert ledger["arrived_files"] == 1


def test_an_empty_feeder_and_a_jam_are_told(sane):
    for value, said in (("NO_DOCS", "no paper"), ("JAMMED", "jammed"), ("COVER_OPEN", "cover")):
        done = digitizer("scan", *FEEDER, "--set", f"read-return-value=SANE_STATUS_{value}", cwd=sane)
        assert done.returncode == 1
        assert said in done.stderr
        assert not list((sane / "archive" / "spool").iterdir())


def test_pages_before_a_jam_are_kept(tmp_path, monkeypatch):
    tool = tmp_path / "bin" / "scanimage"
    tool.parent.mkdir()
    script = (
        "#!/bin/sh\n"
        'for a; do case $a in --batch=*) d=$(dirname "${a#--batch=}");; esac; done\n'
        "for n in 1 2; do printf 'P5 8 8 255\\n%064d' 0 > $d/p00000$n.pnm; done\nexit 6\n"
    )
    tool.write_text(script)
    tool.chmod(0o755)
    path = f"{tool.parent}:{os.environ['PATH']}"
    done = digitizer("scan", "--source", "ADF", "--batch", "b", cwd=tmp_path, PATH=path)
    assert done.returncode == 1
    assert "after 2 pages: the paper is jammed" in done.stderr
    ledger = json.loads(digitizer("reconcile", "b", "--json", cwd=tmp_path).stdout)
    assert ledger["arrived_files"] == 1


def test_a_killed_run_s_pages_are_taken_in_by_the_next_split_at_its_separators(sane):
    left = sane / "archive" / "spool" / "scan-2026-01-01T000000Z"
    left.mkdir(parents=True)
    (left / "order.json").write_text(json.dumps({"dpi": 300, "batch": "cũ"}))
    pages = [page_with(payload(Separator("H1", "7"))), np.full((300, 200), 9, np.uint8)]
    pages += [page_with(payload(Separator("H2", "7"))), np.full((300, 200), 99, np.uint8)]
    for number, pixels in enumerate(pages, start=1):
        Image.fromarray(pixels).save(left / f"p{number:06d}.pnm", "PPM")
    done = digitizer("scan", *FEEDER, "--pages", "1", "--batch", "mới", "--json", cwd=sane)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["path"] for line in done.stdout.splitlines()][:2] == [
        "scan-2026-01-01T000000Z/0001.tif",
        "scan-2026-01-01T000000Z/0002.tif",
    ]
    assert not left.exists()


def test_a_pile_that_another_scanner_works_on_is_let_be(sane):
    busy = sane / "archive" / "spool" / "scan-busy"
    busy.mkdir(parents=True)
    Image.fromarray(np.full((300, 200), 9, np.uint8)).save(busy / "p000001.pnm", "PPM")
    handle = os.open(busy, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = digitizer("scan", *FEEDER, "--pages", "1", cwd=sane)
    finally:
        os.close(handle)
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (sane / "archive" / "spool").iterdir()] == ["scan-busy"]


def test_the_pnm_back_end_scans_a_page_we_drew(sane, tmp_path):
    Image.fromarray(page_with("PATCHT")).resize((620, 877)).save(sane / "page.pgm")
    (tmp_path / "out").mkdir()
    order = ScanOrder("pnm:0", 75, pages=1, settings=(f"filename={sane / 'page.pgm'}",))
    ended = scan_pages(order, tmp_path / "out")
    assert (len(ended.pages), ended.trouble) == (1, "")
    with Image.open(ended.pages[0]) as scanned:
        assert scanned.size[0] > 100


def test_a_scanner_without_a_duplex_source_is_told(sane, tmp_path):
    with pytest.raises(UsageError, match="Automatic Document Feeder"):
        scan_pages(ScanOrder("test:0", duplex=True), tmp_path)
    with pytest.raises(UsageError, match="NAME=VALUE"):
        scan_pages(ScanOrder("test:0", settings=("-o x",)), tmp_path)
