"""B06, B07: a watched folder with links, pipes, half-written files, a killed run, a share that went away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from digitizer.errors import Code, MissingDependencyError, UsageError
from digitizer.intake.watched import WatchedFolder, refuse_overlap
from tests.unit.test_cli import digitizer


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def watched(folder, **changes):
    values = {"memory": folder.parent / "memory", "settle": 1.0}
    return WatchedFolder(folder, **(values | changes))


def page(path, shade=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (60, 80), shade).save(path, dpi=(300, 300))
    return path


def names(found):
    return [each.relative for each in found]


def test_b06_a_file_is_taken_when_it_has_been_still(folder):
    page(folder / "hồ sơ" / "a.png")
    page(folder / "b.png").rename(folder / "b.png.part")
    page(folder / ".c.png")
    clock = iter([0, 0, 0.5, 1.5, 1.5, 3, 3, 9, 9, 9, 9]).__next__
    with watched(folder) as open_folder:
        assert names(open_folder.settled(clock)) == []
        (folder / "hồ sơ" / "a.png").write_bytes(b"still being written")
        assert names(open_folder.settled(clock)) == []
        found = []
        for _ in range(3):
            found += list(open_folder.settled(clock))
        assert names(found) == ["hồ sơ/a.png"]
        assert not (folder / "hồ sơ" / "a.png").exists()
        assert open_folder.put_away(found[0], ()) == "done/hồ sơ/a.png"
    assert (folder / "done" / "hồ sơ" / "a.png").read_bytes() == b"still being written"


def test_b06_links_pipes_and_second_names_are_never_opened_and_told_once(folder, tmp_path):
    secret = page(tmp_path / "secret.png")
    (folder / "link.png").symlink_to(secret)
    (folder / "way").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.pdf")
    os.link(secret, folder / "second.png")
    with watched(folder, settle=0.0) as open_folder:
        found = [each for _ in range(3) for each in open_folder.settled()]
    assert {each.relative: each.refusal.code for each in found} == {
        "link.png": Code.NAME,
        "way": Code.NAME,
        "pipe.pdf": Code.TYPE,
        "second.png": Code.NAME,
    }
    assert len(found) == len(set(names(found)))
    assert sorted(p.name for p in folder.iterdir() if p.name[0] not in ".dr") == sorted(
        ["link.png", "way", "pipe.pdf", "second.png"]
    )


def test_b06_what_was_put_in_place_of_a_claimed_file_is_seen(folder, tmp_path):
    page(folder / "a.png")
    with watched(folder) as open_folder:
        taking = folder / ".digitizer" / "taking" / "a.png"
        taking.symlink_to(page(tmp_path / "secret.png"))
        (found,) = open_folder.left_behind()
    assert found.refusal.code is Code.NAME


def test_b07_an_empty_folder_in_place_of_the_share_is_refused(folder):
    with watched(folder):
        pass
    folder.rename(folder.parent / "share")
    folder.mkdir()
    with pytest.raises(UsageError, match="mount the share"), watched(folder):
        pass
    assert not list(folder.iterdir())  # nothing is written beneath the mount point
    with watched(folder, begin_anew=True):
        pass


def test_b07_a_share_that_goes_away_stops_the_watch(folder):
    with watched(folder) as open_folder:
        open_folder.require_same()
        folder.rename(folder.parent / "gone")
        folder.mkdir()
        with pytest.raises(MissingDependencyError, match="unmounted"):
            open_folder.require_same()
    assert not list(folder.iterdir())


def test_one_watch_a_folder_and_none_over_the_archive(folder, tmp_path):
    with watched(folder), pytest.raises(UsageError, match="another"), watched(folder):
        pass
    for other in (folder, folder / "archive", tmp_path):
        with pytest.raises(UsageError, match="one in the other"):
            refuse_overlap(folder, [other])
    refuse_overlap(folder, [tmp_path / "archive"])


def test_from_the_command_line_files_end_in_done_or_refused(tmp_path, folder):
    page(folder / "a.png")
    (folder / "ghi chú.txt").write_text("chữ")
    with zipfile.ZipFile(folder / "lô.zip", "w") as archive:
        archive.write(page(tmp_path / "b.png", 2), "b.png")
    left = folder / ".digitizer" / "taking" / "x"
    page(left / "c.png", 3)  # a run that was killed had claimed it
    done = digitizer("watch", "in", "--once", "--settle", "0.1", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert sorted(str(p.relative_to(folder)) for p in folder.glob("[dr]*/**/*") if p.is_file()) == [
        "done/a.png",
        "done/lô.zip",
        "done/x/c.png",
        "refused/ghi chú.txt",
        "refused/ghi chú.txt.txt",
    ]
    beside = (folder / "refused" / "ghi chú.txt.txt").read_text()
    assert beside.startswith("ghi chú.txt: E-TYPE: Không phải PDF hay ảnh · ")
    assert "a.png: new -> done/a.png" in done.stdout


def test_a_signal_ends_the_watch_and_a_restart_goes_on(tmp_path, folder):
    argv = [sys.executable, "-m", "digitizer.cli", "watch", "in", "--settle", "0.1"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(argv, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        page(folder / "a.png")
        deadline = time.monotonic() + 30
        while not (folder / "done" / "a.png").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said == "a.png: new -> done/a.png\n"
