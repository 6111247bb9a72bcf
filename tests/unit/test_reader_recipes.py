"""The recipes of the digit reader and of a line reader: what they draw is what its label says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ocr_models.digits import ALPHABET
from scripts.digits.papers import judged
from scripts.digits.sources import Faces, Handwritten
from scripts.digits.strings import ALPHABET as DRAWN_ALPHABET
from scripts.digits.strings import HEIGHT, Hand, SlotPress, label_of
from scripts.lines.drawn import SIGNS, LinePress, legal_lines
from scripts.lines.trial import trial
from scripts.samples.fonts import Family, Style, font_file
from scripts.samples.levels import Wear


class SystemFaces(Faces):
    """Faces of the system in place of npm's."""

    def file(self, name: str) -> Path:
        return Path(font_file(Family.FREE_SERIF, Style.ITALIC))


@pytest.fixture
def people(tmp_path: Path) -> Handwritten:
    """Ten specimens of each digit: a bar as tall as the digit is large."""
    folder = tmp_path / "src" / "digits"
    folder.mkdir(parents=True)
    for digit in range(10):
        image = np.zeros((28, 28))
        image[4 : 14 + digit, 10:16] = 1.0
        (folder / f"{digit}.json").write_text(json.dumps({"data": list(image.ravel()) * 10}))
    return Handwritten(tmp_path)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Số: 123/QĐ-BTP", "x123/x"),
        ("ngày 05 tháng", "x05x"),
        ("28/2021/NĐ-CP", "28/2021/x"),
        (": 64-CV", "64x"),
        ("Số: ……/QĐ", "x/x"),
    ],
)
def test_the_label_says_digits_strokes_and_letters(text: str, label: str) -> None:
    assert label_of(text) == label


def test_drawn_slots_follow_from_their_seed_and_hold_what_they_say(people: Handwritten) -> None:
    assert DRAWN_ALPHABET == ALPHABET

    def drawn() -> list[tuple[str, Hand, bytes]]:
        press = SlotPress(people, SystemFaces(Path()), np.random.default_rng(3))
        return [(d.label, d.hand, d.pixels.tobytes()) for d in (press.draw() for _ in range(60))]

    once = drawn()
    assert once == drawn()
    assert {hand for _, hand, _ in once} == set(Hand)
    for label, hand, pixels in once:
        assert set(label) <= set(ALPHABET)
        assert len(pixels) % HEIGHT == 0
        assert (hand is Hand.NONE) == (not any(c.isdigit() for c in label))


def test_drawn_lines_are_the_text_they_say(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015\nngắn\n"
    )
    texts = list(legal_lines(tmp_path, longest=30))
    assert texts[:2] == ["Căn cứ Luật Tổ chức chính", "quyền địa phương ngày 19 tháng"]
    press = LinePress(texts, np.random.default_rng(1), Wear.HEAVY)
    lines = [press.draw() for _ in range(6)]
    assert all(set(line.text) <= set(SIGNS) and line.pixels.shape[0] == 40 for line in lines)
    assert trial(lambda images: [line.text for line in lines], lines).cer == 0
    assert trial(lambda images: ["" for _ in images], lines).cer == 1


def test_papers_are_judged_by_their_first_page(tmp_path: Path) -> None:
    fields = {"number": "299", "date": "15/01/2025"}
    truth = {"pages": [{}], "documents": [{"pages": [1], "fields": fields}]}
    slots = [
        {
            "kind": "number",
            "text": "899",
            "box": [0, 400, 9, 450],
            "confidence": 0.6,
            "source": "handwritten",
        },
        {"kind": "day", "text": "15", "box": [0, 400, 9, 450], "confidence": 0.95, "source": "handwritten"},
    ]
    record = {"pages": [{"number": 1, "height": 3508, "slots": slots}]}
    (tmp_path / "a.gt.json").write_text(json.dumps(truth))
    (tmp_path / "a.json").write_text(json.dumps(record))
    found = {j.kind: (j.right, j.read) for j in judged(tmp_path, tmp_path)}
    assert found == {"number": (False, "899"), "day": (True, "15"), "month": (False, "")}
