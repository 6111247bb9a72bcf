"""Fronts and backs from a one-sided scanner: the paper's order, nothing guessed, the same bytes each time."""

from __future__ import annotations

import os
from pathlib import Path

import pikepdf
import pytest

from digitizer.errors import Code, Refusal
from digitizer.intake.collate import collate
from digitizer.intake.scans import Limits
from tests.unit.test_cli import digitizer

PAPERLESS = Path(__file__).resolve().parents[2].parent / "shared" / "robustness" / "paperless"


def pdf(path, widths):
    with pikepdf.new() as made:
        for width in widths:
            made.add_blank_page(page_size=(width, 300))
        made.save(path)
    return path


def widths(path):
    with pikepdf.open(path) as made:
        return [int(page.mediabox[2]) for page in made.pages]


def test_backs_come_in_reverse_and_the_same_inputs_give_the_same_bytes(tmp_path):
    fronts, backs = pdf(tmp_path / "f.pdf", (101, 103, 105)), pdf(tmp_path / "b.pdf", (106, 104, 102))
    assert collate(fronts, backs, tmp_path / "1.pdf", Limits()) == 6
    assert widths(tmp_path / "1.pdf") == [101, 102, 103, 104, 105, 106]
    collate(fronts, backs, tmp_path / "2.pdf", Limits())
    assert (tmp_path / "1.pdf").read_bytes() == (tmp_path / "2.pdf").read_bytes()


def test_other_counts_are_told_and_nothing_is_guessed(tmp_path):
    fronts, backs = pdf(tmp_path / "f.pdf", (101, 103)), pdf(tmp_path / "b.pdf", (102,))
    with pytest.raises(Refusal, match="1 backs for 2 fronts") as caught:
        collate(fronts, backs, tmp_path / "1.pdf", Limits())
    assert caught.value.code is Code.PAGES
    done = digitizer("ingest", "--duplex", "f.pdf", "b.pdf", cwd=tmp_path)
    assert done.returncode == 1
    assert "f.pdf+b.pdf: E-PAGES" in done.stderr


def test_from_the_command_line_and_again(tmp_path):
    pdf(tmp_path / "f.pdf", (101, 103))
    pdf(tmp_path / "b.pdf", (104, 102))
    for state in ("new", "known"):
        done = digitizer("ingest", "--duplex", "f.pdf", "b.pdf", "--batch", "lô 1", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, f"batch lô 1: 1 {state}\n"), done.stderr


@pytest.mark.samples
def test_files_of_others_are_told_apart_by_their_counts(tmp_path):
    if not PAPERLESS.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the shared samples are missing")
        pytest.skip("the shared samples are not beside this checkout")
    odd, even = (PAPERLESS / f"double-sided-{side}.pdf" for side in ("odd", "even"))
    with pytest.raises(Refusal, match="2 backs for 3 fronts"):
        collate(odd, even, tmp_path / "1.pdf", Limits())
