"""Which values a person must look at: those whose chance of being wrong is more than the tables allow.

A value's chance is read off measured thresholds (`data/review.toml`): at or above the threshold of its field,
values on a truth set not used to set it were right at least as often as the target says.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

from digitizer.model import FieldValue, Outcome

__all__ = ["Thresholds", "default_thresholds", "expected_error", "in_order", "is_sure"]

NEVER = 1.01


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Confidence from which a field is believed without a look, by field; `other` for those not measured.

    What was filled in by hand needs `handwritten` at least, whatever its field. A value that the paper or a
    list says a second time (a passed check of `proving`) needs no more than `proven`.
    """

    target: float
    other: float
    fields: Mapping[str, float]
    handwritten: float = 0.97
    proven: float = NEVER
    proving: frozenset[str] = frozenset()


@functools.cache
def default_thresholds() -> Thresholds:
    """The thresholds that come with the system."""
    file = resources.files("digitizer.understanding.data").joinpath("review.toml")
    value = tomllib.loads(file.read_text("utf-8"))["review"]
    fields = {name: float(row["threshold"]) for name, row in value.get("fields", {}).items()}
    proving = frozenset(value.get("proving", ()))
    proven = float(value.get("proven", NEVER))
    return Thresholds(float(value["target"]), float(value["other"]), fields, proven=proven, proving=proving)


def is_sure(field: FieldValue, thresholds: Thresholds | None = None) -> bool:
    """Whether a value needs no look: somebody had it, or it is confident and no check is against it."""
    if field.confirmed_by:
        return True
    known = thresholds or default_thresholds()
    if any(check.outcome is not Outcome.PASS for check in field.checks):
        return False
    least = known.fields.get(field.name, known.other)
    if any(check.rule in known.proving for check in field.checks):
        least = min(least, known.proven)
    if field.source == "handwritten":
        least = max(least, known.handwritten)
    return field.confidence >= least


def expected_error(field: FieldValue, importance: float = 1.0, thresholds: Thresholds | None = None) -> float:
    """Chance of an error times what it costs: the order in which fields are looked at, most first."""
    known = thresholds or default_thresholds()
    chance = 1.0 - field.confidence
    if any(check.outcome is Outcome.FAIL for check in field.checks):
        chance = max(chance, 0.9)
    elif any(check.outcome is Outcome.WARN for check in field.checks):
        chance = max(chance, 0.5)
    elif is_sure(field, known):
        chance = min(chance, 1.0 - known.target)
    return round(chance * importance, 4)


def in_order(
    fields: Iterable[FieldValue], importance: Mapping[str, float], thresholds: Thresholds | None = None
) -> list[FieldValue]:
    """Fields by expected error, most first."""
    return sorted(fields, key=lambda f: -expected_error(f, importance.get(f.name, 1.0), thresholds))
