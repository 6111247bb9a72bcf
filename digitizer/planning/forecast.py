"""When a target will be reached, with an interval, from the daily counts of the months behind us.

Whole weeks are drawn again and again from the history (a block bootstrap, Künsch 1989): that keeps the
pattern of weekdays, weeks without work and days that hang together. The history is drawn anew for each path
before its future is drawn from it, so that a short history gives a wide interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from digitizer.inventory import COMPLETE, DayCount, Station

__all__ = [
    "Forecast",
    "Resources",
    "StationRate",
    "WhatIf",
    "forecast",
    "required_a_day",
    "station_rates",
    "what_if",
]

_WEEK: Final = 7
_HISTORY_WEEKS: Final = 26
_LEAST_WEEKS: Final = 4
_PATHS: Final = 1000
_MOST_WEEKS: Final = 52 * 30
_BLOCK: Final = 52
_INTERVAL: Final = (0.025, 0.5, 0.975)
_NORMAL: Final = 1.96
_BUSY: Final = 0.9  # a day better than nine in ten tells what a station can do when it has work


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the rest will be done: the median day and an interval that is to hold the truth in 95 of 100.

    A day is None where it lies beyond 30 years, or nothing moves. `weeks` of history it stands on; fewer
    than four are no ground for a forecast.
    """

    remaining: int
    earliest: date | None
    median: date | None
    latest: date | None
    a_day: float
    weeks: int
    chance: float | None


@dataclass(frozen=True, slots=True)
class StationRate:
    """What passes a station: pages a calendar day of late, on a busy day, and what waits before it."""

    station: str
    a_day: float
    busy_day: float
    waiting: int
    bottleneck: bool = False


@dataclass(frozen=True, slots=True)
class Resources:
    """What works at a station: people or scanners, and shifts a day."""

    hands: int
    shifts: int = 1


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The rates after a change, which station holds the others up then, and the forecast that follows."""

    rates: tuple[StationRate, ...]
    bottleneck: str
    gain: float
    forecast: Forecast


def required_a_day(remaining: int, today: date, due: date, days_a_week: int = 5) -> float | None:
    """Pages each working day to be done by the end of `due`; None where no day is left.

    >>> required_a_day(100, date(2025, 12, 1), date(2025, 12, 12))
    10.0
    """
    days = [today + timedelta(days=n) for n in range((due - today).days + 1)]
    left = sum(day.weekday() < days_a_week for day in days)
    return remaining / left if left else None


def forecast(
    counts: Mapping[date, int], remaining: int, today: date, due: date | None = None, seed: int = 1
) -> Forecast:
    """When `remaining` will be done, going on as in the last half year; `counts` by day, days without are 0.

    `chance` is the share of paths that end by `due`. The day `today` itself is not over and is left out.
    """
    weeks = _weeks(counts, today)
    a_day = float(weeks.mean()) if len(weeks) else 0.0
    if remaining <= 0:
        return Forecast(0, today, today, today, a_day, len(weeks), 1.0)
    if len(weeks) < _LEAST_WEEKS or not weeks.any():
        return Forecast(remaining, None, None, None, a_day, len(weeks), None)
    ends = _ends(weeks, remaining, np.random.default_rng(seed))
    low, middle, high = (
        _after(today, float(np.quantile(ends, share, method="nearest"))) for share in _INTERVAL
    )
    chance = None if due is None else float((ends < (due - today).days + 1).mean())
    return Forecast(remaining, low, middle, high, a_day, len(weeks), chance)


def _weeks(counts: Mapping[date, int], today: date) -> np.ndarray:
    """Rows of seven days up to yesterday, the newest last; nothing before work began."""
    begun = min((day for day, count in counts.items() if count), default=today)
    whole = min(_HISTORY_WEEKS, (today - begun).days // _WEEK)
    start = today - timedelta(days=whole * _WEEK)
    days = [counts.get(start + timedelta(days=n), 0) for n in range(whole * _WEEK)]
    return np.asarray(days, dtype=np.float64).reshape(whole, _WEEK)


def _ends(weeks: np.ndarray, remaining: int, rng: np.random.Generator) -> np.ndarray:
    """For each path the number of days until the rest is done; infinite beyond the horizon."""
    count = len(weeks)
    own = rng.integers(count, size=(_PATHS, count))  # each path's own history
    scale = _widened(weeks.sum(axis=1)[own].mean(axis=1), float(weeks.sum(axis=1).mean()), count)
    left = np.full(_PATHS, float(remaining))
    ends = np.full(_PATHS, np.inf)
    for block in range(0, _MOST_WEEKS, _BLOCK):
        open_ = np.flatnonzero(np.isinf(ends))
        if not len(open_):
            break
        drawn = own[open_[:, None], rng.integers(count, size=(len(open_), _BLOCK))]
        done = weeks[drawn].reshape(len(open_), -1).cumsum(axis=1) * scale[open_, None]
        reached = done >= left[open_, None]
        first = reached.argmax(axis=1)
        hit = reached.any(axis=1)
        ends[open_[hit]] = block * _WEEK + first[hit]
        left[open_] -= done[:, -1]
    return ends


def _widened(means: np.ndarray, mean: float, count: int) -> np.ndarray:
    """What each path is multiplied with, so that its mean lies as far off as Student's t asks for.

    A plain bootstrap of n weeks is too sure of itself: it misses the factor sqrt(n / (n - 1)) and the tails
    of t (here by the first term of their expansion; Hesterberg 2015 names the effect narrowness bias).
    """
    freedom = count - 1
    tails = 1 + (_NORMAL**2 + 1) / (4 * freedom)
    wider = mean + (means - mean) * tails * np.sqrt(count / freedom)
    scale: np.ndarray = np.maximum(wider, 0.05 * mean) / np.where(means > 0, means, 1.0)
    return scale


def _after(today: date, days: float) -> date | None:
    return None if np.isinf(days) else today + timedelta(days=int(days))


def station_rates(days: Sequence[DayCount], today: date, weeks: int = 8) -> tuple[StationRate, ...]:
    """The rate of each station of late; the bottleneck has most days of work waiting before it."""
    since = (today - timedelta(days=weeks * _WEEK)).isoformat()
    passed = {station.value: 0 for station in Station}
    by_day: dict[str, list[int]] = {station.value: [] for station in Station}
    for each in days:
        if each.station == COMPLETE:
            continue
        passed[each.station] += each.pages
        if since <= each.day < today.isoformat():
            by_day[each.station].append(each.pages)
    order = [station.value for station in Station]
    found = []
    for number, name in enumerate(order):
        counts = by_day[name]
        waiting = max(0, passed[order[number - 1]] - passed[name]) if number else 0
        busy = float(np.quantile(counts, _BUSY)) if counts else 0.0
        found.append(StationRate(name, sum(counts) / (weeks * _WEEK), busy, waiting))
    return _with_bottleneck(found)


def _with_bottleneck(rates: Sequence[StationRate]) -> tuple[StationRate, ...]:
    if not any(rate.a_day for rate in rates):
        return tuple(rates)
    queue = [rate.waiting / rate.a_day if rate.a_day else float(rate.waiting > 0) * np.inf for rate in rates]
    worst = int(np.argmax(queue)) if max(queue) > 0 else int(np.argmin([rate.a_day for rate in rates]))
    return tuple(
        StationRate(rate.station, rate.a_day, rate.busy_day, rate.waiting, number == worst)
        for number, rate in enumerate(rates)
    )


def what_if(
    rates: Sequence[StationRate],
    change: Mapping[str, tuple[Resources, Resources]],
    work: tuple[Mapping[date, int], int],
    today: date,
    due: date | None = None,
) -> WhatIf:
    """What more scanners, people or shifts would bring: `change` gives what is and what would be, by station.

    The chain is as fast as its slowest station. A station that waits for work could do more than it does:
    its capacity is taken from its busy days; the bottleneck's is what it does now. `work` is the daily
    counts and what remains.
    """
    capacity = {r.station: r.a_day if r.bottleneck else max(r.a_day, r.busy_day * 5 / 7) for r in rates}
    now = min(capacity.values(), default=0.0)
    for station, (before, after) in change.items():
        capacity[station] *= (after.hands * after.shifts) / max(1, before.hands * before.shifts)
    bottleneck = min(capacity, key=lambda name: capacity[name])
    gain = capacity[bottleneck] / now if now else 1.0
    counts, remaining = work
    faster = {day: round(count * gain) for day, count in counts.items()}
    changed = tuple(
        StationRate(
            r.station,
            min(capacity[r.station], capacity[bottleneck]),
            capacity[r.station],
            r.waiting,
            r.station == bottleneck,
        )
        for r in rates
    )
    return WhatIf(changed, bottleneck, gain, forecast(faster, remaining, today, due))
