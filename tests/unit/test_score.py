"""The scorer's figures mean what the contract says, and agree with the shared scorer if it is at hand."""

import importlib.util
import json
from pathlib import Path

import pytest

from scripts.score import canonical, main, score

SHARED = Path(__file__).parents[3] / "shared" / "tools" / "score.py"


def write_case(root: Path) -> tuple[Path, Path]:
    """A truth folder and an out folder with every sort of hit and miss."""
    truth, out = root / "truth", root / "out"
    truth.mkdir()
    out.mkdir()
    fields = {"number": "12", "date": "05/03/2020", "organ_name": "Sở Tư pháp", "place": "Khánh Hòa"}
    documents = [{"pages": [1, 2], "class": "decision", "fields": fields, "absent": ["secrecy"]}]
    pages = [
        {"text": "Quyết định\nvề việc số hóa"},
        {"text": "", "blank": True},
        {"text": None},
        {"text": "Hết"},
    ]
    (truth / "a.gt.json").write_text(json.dumps({"pages": pages, "documents": documents}), "utf-8")
    (truth / "missing.gt.json").write_text(json.dumps({"pages": [{"text": "Thông báo"}]}), "utf-8")
    found = [
        {"number": 1, "status": "text", "text": "Quyêt định về việc so hóa"},
        {"number": 2, "status": "blank", "text": ""},
        {"number": 4, "status": "blank", "text": ""},
    ]
    values = {"number": "012", "date": "ngày 5 tháng 3 năm 2020", "place": "Khánh Hoà", "secrecy": "MẬT"}
    entries = [{"name": name, "value": value} for name, value in values.items()]
    record = {"pages": found, "documents": [{"pages": [1, 2], "class": "notice", "fields": entries}]}
    (out / "a.json").write_text(json.dumps(record), "utf-8")
    return truth, out


def test_counts_each_sort_of_hit_and_miss(tmp_path: Path) -> None:
    figures = score(*write_case(tmp_path))
    assert figures["pages"] == 5
    assert figures["lost"] == 2
    assert figures["blank_recall"] == 1.0
    assert figures["blank_wrong"] == 1
    assert figures["class_acc"] == 0.0
    assert figures["split_f1"] == 1.0
    assert figures["per_field"] == {"date": 1, "number": 1, "organ_name": 0, "place": 1, "secrecy": 0}
    assert figures["per_file_cer"]["missing"] == 1.0


def test_tone_error_is_what_dropping_marks_would_forgive(tmp_path: Path) -> None:
    figures = score(*write_case(tmp_path))
    assert figures["tone_cer"] == pytest.approx(2 / 37, abs=1e-5)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("05/3/2020", "Ngày 5 tháng 03 năm 2020"),
        ("1.500.000 đồng", "1500000"),
        ("Khánh Hoà", "khánh hòa"),
        ("uỷ ban nhân dân;", "Ủy  ban nhân dân"),
    ],
)
def test_honest_readings_of_a_value_are_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_a_tone_after_q_stays_where_it_is() -> None:
    assert canonical("quý") == "quý"


def test_an_empty_truth_folder_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.samples
@pytest.mark.skipif(not SHARED.exists(), reason="the shared scorer is not beside this checkout")
def test_agrees_with_the_shared_scorer(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("shared_score", SHARED)
    assert spec is not None
    assert spec.loader is not None
    shared = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(shared)
    truth, out = write_case(tmp_path)
    assert score(truth, out) == shared.score(truth, out)
