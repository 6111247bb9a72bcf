"""`digitizer ingest` as it is run: files, folders and ZIP files, stopped and run again."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

from PIL import Image

from tests.unit.test_cli import digitizer


def page(path: Path, shade: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("L", (60, 80), shade).save(path, dpi=(300, 300))
    return path


def results(done) -> dict[str, dict]:
    return {value["path"]: value for value in map(json.loads, done.stdout.splitlines())}


def test_a_folder_with_a_zip_goes_in_and_again_as_duplicates(tmp_path):
    page(tmp_path / "in" / "a.png", 1)
    with zipfile.ZipFile(tmp_path / "in" / "lô 2.zip", "w") as archive:
        archive.write(page(tmp_path / "b.png", 2), "hồ sơ/b.png")
        archive.write(page(tmp_path / "a.png", 1), "a.png")
        archive.writestr("../c.png", b"x")
    arguments = ("ingest", "in", "--batch", "lô 1", "--json")
    done = digitizer(*arguments, cwd=tmp_path)
    assert done.returncode == 1
    found = results(done)
    assert {path: value["state"] for path, value in found.items()} == {
        "a.png": "new",
        "lô 2.zip/hồ sơ/b.png": "new",
        "lô 2.zip/a.png": "duplicate",
        "lô 2.zip/../c.png": "refused",
    }
    assert found["lô 2.zip/a.png"]["first_path"] == "a.png"
    assert "digitizer: lô 2.zip/a.png: E-DUP: " in done.stderr
    assert "digitizer: lô 2.zip/../c.png: E-NAME: " in done.stderr
    again = results(digitizer(*arguments, cwd=tmp_path))
    assert [value["state"] for value in again.values()].count("new") == 0
    masters = [p for p in (tmp_path / "archive" / "masters").rglob("*") if p.is_file() and len(p.name) == 64]
    assert len(masters) == 2
    assert not list((tmp_path / "archive" / "scratch").iterdir())


def test_b01_b02_b03_b04_b05_names_are_data_and_all_are_kept(tmp_path):
    names = [
        "-o out.png",
        "$(id);rm x.png",
        "@args.png",
        "Hồ sơ.png",
        "Ho\u0302\u0300 so\u031b.png",
        "A.png",
        "a.png",
    ]
    names += ["x" * 251 + ".png", "gpj\u202egnp.png", "CON", "dòng\nmới.png", "%2e%2e%2f.png", b"\xff.png"]
    (tmp_path / "in").mkdir()
    for shade, name in enumerate(names):
        page(tmp_path / "made.png", shade).rename(tmp_path / "in" / os.fsdecode(name))
    done = digitizer("ingest", "in", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    taken = [value["path"] for value in map(json.loads, done.stdout.splitlines())]
    assert len(taken) == len(names)
    assert {"-o out.png", "$(id);rm x.png", "gpj\\u202egnp.png", "dòng\\nmới.png", "\\xff.png"} <= set(taken)
    stored = {p.name for p in (tmp_path / "archive" / "masters").rglob("*") if p.is_file()}
    assert all(name.isascii() for name in stored)  # no path is made of a name
