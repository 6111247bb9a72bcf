"""The sets of one defect each: their truth is theirs, the same seed gives the same bytes; what is counted."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from digitizer.imaging.recipe import DEFAULT
from scripts import accuracy, readers, real_scans
from scripts.samples import defects
from scripts.samples.fonts import Style
from scripts.samples.forms import dotted_form, slanted, two_columns
from scripts.samples.model import Columns, Look
from scripts.samples.press import print_paper


def test_a_set_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        assert defects.produce(tmp_path / folder, "seal", 3, 1) == 1
    first, second = (next((tmp_path / folder / "in").iterdir()).read_bytes() for folder in ("a", "b"))
    assert first == second
    truth = json.loads(next((tmp_path / "a" / "truth").iterdir()).read_text("utf-8"))
    assert len(truth["pages"]) == 1
    assert truth["pages"][0]["text"]


def test_figures_count_only_when_read_exactly(tmp_path: Path) -> None:
    truth, out = tmp_path / "truth", tmp_path / "out"
    truth.mkdir()
    out.mkdir()
    (truth / "x.gt.json").write_text(json.dumps({"pages": [{"text": "Số 12/QĐ ngày 05/02/2025, 300 đồng"}]}))
    (out / "x.json").write_text(
        json.dumps({"pages": [{"number": 1, "text": "Số 12/QĐ ngày 06/02/2025, 300"}]})
    )
    assert accuracy.figures_exact(truth, out) == (2, 3)


def test_the_table_names_set_reader_and_figures() -> None:
    result = {"pages": 3, "cer": 0.01, "tone_cer": 0.002, "word_f1": 0.98, "figures": None, "cpu": 1.5}
    text = accuracy.tables({"seal ours": {**result, "recipe": "papers", "day": "2025-01-01"}})
    assert "| seal | 3 | ours | 0.0100 | 0.0020 | 0.9800 | - | 1.50 |" in text


RESULT = {"pages": 3, "cer": 0.01, "tone_cer": 0.002, "word_f1": 0.98, "figures": None, "cpu": 1.5}


def test_figures_of_another_recipe_are_measured_again_and_those_of_other_readers_kept(
    tmp_path: Path,
) -> None:
    old, new = {**RESULT, "recipe": "papers.0"}, {**RESULT, "recipe": DEFAULT.id}
    kept = {"seal ours": old, "seal tesseract": old, "photo all": old, "photo ours": new, "wear0 cost": old}
    (tmp_path / "results.json").write_text(json.dumps(kept))
    assert sorted(accuracy.known(tmp_path)) == ["photo ours", "seal tesseract"]


def test_the_report_says_which_bars_fail_and_what_was_not_measured() -> None:
    now = {"recipe": DEFAULT.id, "day": "2025-01-01"}
    text = accuracy.tables({"wear1 ours": {**RESULT, **now}, "wear2 ours": {**RESULT, **now}})
    assert "| wear1 | CER, at most | 0.004 | 0.01 | **failed** |" in text
    assert "| wear2 | CER, at most | 0.01 | 0.01 | held |" in text
    assert "| wear3 | CER, at most | 0.03 | - | not measured |" in text
    assert "wear0 ours" in text


def test_cost_is_a_ratio_of_runs_in_turns_and_every_wear_is_held_against_the_best_other_reader() -> None:
    now = {"recipe": DEFAULT.id, "day": "2025-01-01"}
    cost = {"ours": 3.36, "tesseract": 3.0, "rounds": 3, **now}
    others = {"wear2 trueocr": {**RESULT, **now, "cer": 0.02}, "wear2 tesseract": {**RESULT, **now}}
    text = accuracy.tables({"wear2 ours": {**RESULT, **now}, **others, "wear0 cost": cost, "real cost": cost})
    assert "| wear2 | CER, below every other reader | 0.01 | 0.01 | **failed** |" in text
    assert "least of 3, at most | 1.1 | 1.12 | **failed** |" in text
    assert "least of 3, at most | 2.0 | 1.12 | held |" in text


def test_another_seed_has_a_place_of_its_own() -> None:
    places = {accuracy.work_of(accuracy.parse(["--seed", seed])) for seed in ("7", "8")}
    assert len(places) == 2


def test_a_reader_that_fails_is_no_figure(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="status 3"):
        accuracy._read([sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "out")


@pytest.mark.parametrize("part", readers.PATCHES)
def test_a_part_that_is_left_out_is_one_that_reading_uses(part: str) -> None:
    target, stand_in = readers.PATCHES[part]
    module, _, name = target.rpartition(".")
    assert callable(getattr(importlib.import_module(module), name))
    with mock.patch(target, stand_in):
        assert getattr(importlib.import_module(module), name) is stand_in


def test_a_stand_in_leaves_out_its_part(tmp_path: Path) -> None:
    """Guides that stay spoil what stands on them; the same page is read better with the part at work."""
    defects.produce(tmp_path, "dotted", 5, 1)
    text = {}
    for name in ("all", "without guides out"):
        readers.read_ablated(name, tmp_path / "in", tmp_path / name)
        text[name] = next((tmp_path / name).glob("*.json")).read_text("utf-8")
    assert text["all"] != text["without guides out"]


def test_two_columns_are_truth_left_before_right_and_italics_are_throughout() -> None:
    paper = two_columns(np.random.default_rng(1), 1)
    columns = next(block for block in paper.body if isinstance(block, Columns))
    page = print_paper(paper, Look())[0]
    text = " ".join(page.lines)
    assert text.index(columns.left[-1].runs[0].text[:20]) < text.index(columns.right[0].runs[0].text[:20])
    runs = [run for block in slanted(np.random.default_rng(1), 1).body for run in getattr(block, "runs", ())]
    assert {run.style for run in runs} == {Style.ITALIC, Style.BOLD}


def test_every_value_of_a_dotted_form_stands_on_a_guide() -> None:
    items = [b for b in dotted_form(np.random.default_rng(1), 1).body if len(getattr(b, "runs", ())) == 2]
    assert len(items) > 10
    assert all(getattr(item, "dots", False) and getattr(item, "under", False) for item in items)


def test_the_group_of_sharp_scans_is_told_by_dots_an_inch_and_by_pixels(tmp_path: Path) -> None:
    scans = {"a": (300, 2480), "b": (300, 576), "c": (200, 2480), "d": (302, 2400)}
    for stem, (dpi, width) in scans.items():
        page = {"number": 1, "dpi": dpi, "width": width, "height": 2 * width, "text": "Số: 12"}
        (tmp_path / f"{stem}.json").write_text(json.dumps({"pages": [page]}))
        (tmp_path / f"{stem}.gt.json").write_text(json.dumps({"pages": [{"text": "Số: 12"}]}))
    found = real_scans.by_group(tmp_path, tmp_path, tmp_path)
    assert found == {"pages": 2, "cer": 0.0, "tone_cer": 0.0, "word_f1": 1.0}


def test_numbers_and_days_count_when_exact_and_the_sure_ones_apart(tmp_path: Path) -> None:
    def field(name: str, value: str, confidence: float) -> dict[str, object]:
        return {"name": name, "value": value, "confidence": confidence}

    truth = {"pages": [1], "fields": {"number": "07", "date": "20/03/2018"}}
    for stem, number, date in (("a", "07", "20/03/2018"), ("b", "01", "21/03/2018")):
        fields = [field("number", number, 0.95), field("date", date, 0.5)]
        (tmp_path / f"{stem}.json").write_text(json.dumps({"documents": [{"pages": [1], "fields": fields}]}))
        (tmp_path / f"{stem}.gt.json").write_text(json.dumps({"pages": [], "documents": [truth]}))
    lines = real_scans.handwritten(tmp_path, tmp_path)
    assert lines[-2:] == ["| number | 2 | 1 | 2 | 2 | 1 |", "| day | 2 | 1 | 2 | 0 | 0 |"]
