"""Tries each dependency once and says in one line what it found or what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from digitizer.errors import DigitizerError

__all__ = ["Finding", "check"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A dependency, whether it can be worked with, and a line."""

    name: str
    good: bool
    line: str


def check(probes: Mapping[str, Callable[[], str]]) -> tuple[Finding, ...]:
    """Run every probe: it returns a line about what is there, or raises one of our errors."""
    return tuple(_tried(name, probe) for name, probe in probes.items())


def _tried(name: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, probe())
    except (DigitizerError, OSError) as error:
        return Finding(name, False, str(error) or type(error).__name__)
