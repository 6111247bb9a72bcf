"""Thresholds learned on truth: what stays unseen is right, what was wrong with confidence is looked at."""

from __future__ import annotations

from digitizer.understanding.review import NEVER, default_thresholds, is_sure
from scripts.review import Judged, as_toml, figures, learn
from tests.unit.test_described import field


def values(name: str, *pairs: tuple[float, bool]) -> list[Judged]:
    return [Judged(field(name, "x", confidence), right) for confidence, right in pairs]


def test_a_threshold_stands_above_the_most_confident_error() -> None:
    many = values("number", *[(0.7 + k / 300, True) for k in range(60)], (0.75, False))
    thresholds = learn(many)
    assert 0.75 < thresholds.fields["number"] < 0.76
    told = figures(many, thresholds)
    assert (told["right_unseen"], told["right_all"]) == (1.0, 0.9836)
    assert 0 < told["to_review"] < 0.5


def test_a_field_always_wrong_when_sure_is_always_looked_at() -> None:
    thresholds = learn(values("date", *[(1.0, k % 2 == 0) for k in range(80)]))
    assert thresholds.fields["date"] == NEVER
    assert not is_sure(field("date", "x", 1.0), thresholds)


def test_what_is_stored_says_its_figures() -> None:
    thresholds = learn(values("number", (0.9, True)))
    text = as_toml(thresholds, {"checked on wear1": figures([], thresholds)})
    assert "number = { threshold = 0.9 }" in text
    assert '[figures."checked on wear1"]' in text
    assert default_thresholds().target == 0.99
