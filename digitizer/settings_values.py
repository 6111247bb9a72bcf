"""How the value of a setting is taken, wherever it was written: in a file, a flag, the environment.

A ValueError or TypeError says what is wrong with a value and never what it is: it may be a secret.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Final

__all__ = [
    "Secret",
    "read_flag",
    "read_one_of",
    "read_path",
    "read_real",
    "read_secret",
    "read_text",
    "read_whole",
]

_YES: Final = frozenset({"1", "true", "yes", "on", "y", "t"})
_NO: Final = frozenset({"0", "false", "no", "off", "n", "f"})


class Secret:
    """Text that is shown nowhere by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str = "") -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """The text itself."""
        return self._value

    def __repr__(self) -> str:
        return "'**********'" if self._value else "''"

    def __str__(self) -> str:
        return "**********" if self._value else ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


def read_text(value: object) -> str:
    """Text as it is."""
    if not isinstance(value, str):
        raise TypeError("has to be text")
    return value


def read_secret(value: object) -> Secret:
    """Text that is not shown."""
    return value if isinstance(value, Secret) else Secret(read_text(value))


def read_path(value: object, *, none: bool) -> Path | None:
    """A path; with `none` there may be none."""
    if value is None and none:
        return None
    if not isinstance(value, str | Path):
        raise TypeError("has to be a path")
    return Path(value)


def read_whole(value: object, *, bounds: Mapping[str, float]) -> int:
    """A whole number within `least`, `above` and `most`."""
    read = _number(value, "a whole number")
    if read != int(read):
        raise ValueError("has to be a whole number")
    return int(_within(int(value) if isinstance(value, str) else int(read), bounds))


def read_real(value: object, *, bounds: Mapping[str, float]) -> float:
    """A number within the same."""
    return _within(_number(value, "a number"), bounds)


def _number(value: object, wanted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"has to be {wanted}")
    try:
        read = float(value)
    except ValueError:
        raise ValueError(f"has to be {wanted}") from None
    if not math.isfinite(read):
        raise ValueError(f"has to be {wanted}")
    return read


def _within(read: float, bounds: Mapping[str, float]) -> float:
    if "least" in bounds and read < bounds["least"]:
        raise ValueError(f"has to be {bounds['least']:g} or more")
    if "above" in bounds and read <= bounds["above"]:
        raise ValueError(f"has to be more than {bounds['above']:g}")
    if "most" in bounds and read > bounds["most"]:
        raise ValueError(f"has to be {bounds['most']:g} or less")
    return read


def read_flag(value: object) -> bool:
    """Yes or no."""
    word = str(value).strip().lower()
    if word not in _YES | _NO:
        raise ValueError("has to be true or false")
    return word in _YES


def read_one_of(value: object, *, names: tuple[str, ...]) -> str:
    """One of these words."""
    if value not in names:
        raise ValueError(f"has to be one of {', '.join(names)}")
    return str(value)
