"""The sets of one defect each: their truth is theirs, the same seed gives the same bytes; what is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from digitizer.imaging.recipe import DEFAULT
from scripts import accuracy, real_scans
from scripts.samples import defects


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accuracy, "WORK", tmp_path)
    old, new = {**RESULT, "recipe": "papers.0"}, {**RESULT, "recipe": DEFAULT.id}
    kept = {"seal ours": old, "seal tesseract": old, "photo all": old, "photo ours": new}
    (tmp_path / "results.json").write_text(json.dumps(kept))
    assert sorted(accuracy.known()) == ["photo ours", "seal tesseract"]


def test_the_report_says_which_bars_fail_and_what_was_not_measured() -> None:
    now = {"recipe": DEFAULT.id, "day": "2025-01-01"}
    text = accuracy.tables({"wear1 ours": {**RESULT, **now}, "wear2 ours": {**RESULT, **now}})
    assert "| wear1 | CER, at most | 0.004 | 0.01 | **failed** |" in text
    assert "| wear2 | CER, at most | 0.01 | 0.01 | held |" in text
    assert "| wear3 | CER, at most | 0.03 | - | not measured |" in text
    assert "wear0 ours" in text


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
