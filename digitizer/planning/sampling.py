"""Acceptance sampling: the plan for a lot, and a draw that anyone can repeat (ISO 2859-1)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from digitizer.errors import UsageError

__all__ = ["SamplePlan", "drawn", "plan_for"]

_ACCEPTS: Final = (1, 2, 3, 5, 7, 10, 14, 21)


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """How many of a lot are looked at, and how many errors still let it pass; one more rejects it."""

    lot: int
    size: int
    accept: int
    letter: str

    @property
    def whole(self) -> bool:
        """Whether all of the lot is looked at."""
        return self.size >= self.lot


def plan_for(lot: int, aql: str = "1.0", level: str = "II") -> SamplePlan:
    """The plan for a lot of so many units.

    >>> [(p.size, p.accept) for p in map(plan_for, (500, 1200, 3200, 10000, 35000, 150000))]
    [(50, 1), (80, 2), (125, 3), (200, 5), (315, 7), (500, 10)]

    Raises:
        UsageError: no such AQL or level, or an empty lot.
    """
    table = _table()
    if lot < 1 or aql not in table["zero_at"] or level not in {"I", "II", "III"}:
        raise UsageError(f"no plan: lot of {lot}, AQL {', '.join(table['zero_at'])}, level I, II or III")
    letter = next(row["letters"][level] for row in table["lots"] if lot <= row["most"])
    letters = list(table["sizes"])
    zero = letters.index(table["zero_at"][aql])
    steps = letters.index(letter) - zero
    # Arrows: before the first plan take it, the one after it takes it too, the next takes the one below.
    moved = 0 if steps <= 1 else 3 if steps == 2 else min(steps, 2 + len(_ACCEPTS))
    accept = 0 if moved == 0 else _ACCEPTS[moved - 3]
    used = letters[zero + moved]
    return SamplePlan(lot, min(lot, table["sizes"][used]), accept, used)


def drawn(units: Iterable[str], size: int, seed: str) -> tuple[str, ...]:
    """`size` of `units`: those with the smallest SHA-256 of seed and name, in the order of the lot.

    The same seed draws the same ones, on any machine and in any version of this system.
    """
    every = list(units)
    ranked = sorted(every, key=lambda unit: hashlib.sha256(f"{seed}\n{unit}".encode()).digest())
    chosen = set(ranked[:size])
    return tuple(unit for unit in every if unit in chosen)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("digitizer.planning").joinpath("iso2859.toml").read_text("utf-8"))
