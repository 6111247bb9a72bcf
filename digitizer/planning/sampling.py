"""Acceptance sampling: the plan for a lot, and a draw that anyone can repeat (ISO 2859-1)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from digitizer.errors import UsageError

__all__ = ["SamplePlan", "Severity", "aqls", "drawn", "plan_for", "severity_after"]


class Severity:
    """How strictly lots are inspected; `STOPPED`: not at all until the work is mended."""

    NORMAL: Final = "normal"
    TIGHTENED: Final = "tightened"
    STOPPED: Final = "stopped"


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


def plan_for(lot: int, aql: str = "1.0", level: str = "II", severity: str = Severity.NORMAL) -> SamplePlan:
    """The plan for a lot of so many units, normal or tightened.

    >>> [(p.size, p.accept) for p in map(plan_for, (500, 1200, 3200, 10000, 35000, 150000))]
    [(50, 1), (80, 2), (125, 3), (200, 5), (315, 7), (500, 10)]
    >>> [plan_for(n, severity="tightened").accept for n in (1200, 3200, 10000, 35000, 150000)]
    [1, 2, 3, 5, 8]

    Raises:
        UsageError: no such AQL or level, or an empty lot.
    """
    table = _table()
    if lot < 1 or aql not in table["zero_at"] or level not in {"I", "II", "III"}:
        raise UsageError(f"no plan: lot of {lot}, AQL {', '.join(table['zero_at'])}, level I, II or III")
    letter = next(row["letters"][level] for row in table["lots"] if lot <= row["most"])
    letters, rules = list(table["sizes"]), table[severity]
    zero = letters.index(table["zero_at"][aql]) + rules["later"]
    steps, one, accepts = letters.index(letter) - zero, rules["arrows"] + 1, rules["accepts"]
    # Before the first plan take it; the arrows after it lead up to it or down to the next.
    moved = (
        0
        if steps <= rules["above"]
        else max(one, min(steps, one + len(accepts) - 1, len(letters) - 1 - zero))
    )
    accept = 0 if moved == 0 else accepts[moved - one]
    used = letters[zero + moved]
    return SamplePlan(lot, min(lot, table["sizes"][used]), accept, used)


def aqls() -> tuple[str, ...]:
    """The acceptance quality limits there are plans for, per cent nonconforming."""
    return tuple(_table()["zero_at"])


def severity_after(outcomes: Sequence[str]) -> str:
    """How the next lot is inspected after these (`accepted`, `rejected`, `resumed`), oldest first.

    Work that was stopped and is `resumed` goes on tightened (ISO 2859-1, 9.4).

    >>> severity_after(["accepted", "rejected", "accepted", "rejected"])
    'tightened'
    """
    rules = _table()["switching"]
    severity, run, rejected = Severity.NORMAL, list[str](), 0
    for outcome in outcomes:
        if outcome == "resumed":
            severity, run, rejected = Severity.TIGHTENED, [], 0
            continue
        run.append(outcome)
        if severity == Severity.NORMAL:
            if run[-rules["tighten"]["of"] :].count("rejected") >= rules["tighten"]["rejected"]:
                severity, run, rejected = Severity.TIGHTENED, [], 0
        elif severity == Severity.TIGHTENED:
            rejected += outcome == "rejected"
            if rejected >= rules["stop"]:
                severity = Severity.STOPPED
            elif run[-rules["relax"] :] == ["accepted"] * rules["relax"]:
                severity, run = Severity.NORMAL, []
    return severity


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
