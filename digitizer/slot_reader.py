"""The protocol of a reader of filled-in digits, beside those of `digitizer.ports`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from digitizer.model import EngineId

__all__ = ["DigitReader", "SignString", "SlotSight", "View"]

View = Any  # a numpy array; the protocols load no numpy


@dataclass(frozen=True, slots=True)
class SignString:
    """One thing a slot may say: digits, `/`, and `x` for a run of letters; where each sign stands.

    `columns` are pixels from the left of the first view, one for each sign of `text`; empty if unknown.
    """

    text: str
    probability: float
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SlotSight:
    """All that one slot may say, likeliest first, and how likely its digits were filled in by hand."""

    strings: tuple[SignString, ...]
    filled_in: float


class DigitReader(Protocol):
    """Reads the digits of slots: one thread, no state between calls."""

    @property
    def identity(self) -> EngineId:
        """Which model this is."""
        ...

    def read(self, views: Sequence[View]) -> SlotSight:
        """Read one slot from several views of it (`digitizer.imaging.slot_views`), each weighing the same.

        Raises:
            MissingDependencyError: the model is not installed.
        """
        ...

    def certainty(self, probability: float) -> float:
        """The share of readings of that probability that are right."""
        ...
