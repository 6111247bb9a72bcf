"""The sets of one defect each: their truth is theirs, the same seed gives the same bytes; what is counted."""

from __future__ import annotations

import json
from pathlib import Path

from scripts import accuracy
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
