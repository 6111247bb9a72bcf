"""Made-up histories of work, to check forecasts against: negative-binomial days, good and bad weeks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from digitizer.planning.forecast import forecast

__all__ = ["Coverage", "coverage", "history"]

_MONDAY = date(2025, 1, 6)


@dataclass(frozen=True, slots=True)
class Coverage:
    """In how many of the simulated histories the interval held the true last day."""

    held: int
    histories: int
    mean_days: float

    @property
    def share(self) -> float:
        """The share held."""
        return self.held / self.histories


def history(rng: np.random.Generator, days: int) -> np.ndarray:
    """Pages a day: a level of its own, a weekday pattern, gamma weeks, now and then a week off."""
    level = rng.uniform(200, 8000)
    weekday = np.array([1.0, 1.1, 1.1, 1.0, 0.8, rng.uniform(0, 0.3), 0.0])
    weeks = -(-days // 7)
    shock = rng.gamma(1 / 0.08, 0.08, size=weeks) * (rng.random(weeks) > 0.03)
    mean = (level * weekday[None, :] * shock[:, None]).reshape(-1)[:days]
    size = rng.uniform(3, 15)
    return rng.negative_binomial(size, size / (size + np.maximum(mean, 1e-9)))


def coverage(histories: int, seed: int, seen_weeks: int = 26) -> Coverage:
    """Let each history run to its end, forecast it from its first weeks; does the interval hold it?"""
    held, widths = 0, []
    for number in range(histories):
        rng = np.random.default_rng((seed, number))
        counts = history(rng, 7 * (seen_weeks + 200))
        seen, future = counts[: 7 * seen_weeks], counts[7 * seen_weeks :]
        remaining = int(seen.mean() * rng.integers(20, 500))
        truth = int(np.argmax(future.cumsum() >= remaining))
        today = _MONDAY + timedelta(days=7 * seen_weeks)
        past = {_MONDAY + timedelta(days=n): int(count) for n, count in enumerate(seen)}
        found = forecast(past, remaining, today, seed=number)
        end = today + timedelta(days=truth)
        held += bool(found.earliest and found.latest and found.earliest <= end <= found.latest)
        if found.earliest and found.latest:
            widths.append((found.latest - found.earliest).days)
    return Coverage(held, histories, float(np.mean(widths)) if widths else 0.0)
