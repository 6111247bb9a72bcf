"""A4 equivalents: what a page counts for, by its real size (`domain.md` 5.5)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["a4_halves"]

_POINTS_AN_INCH: Final = 72.0
_UNKNOWN: Final = 2  # a page whose resolution is not known counts as one A4


def a4_halves(width: int, height: int, dpi: int) -> int:
    """The A4 equivalent of a page in halves, from its pixels and their number an inch.

    >>> a4_halves(2480, 3508, 300), a4_halves(4960, 3508, 300), a4_halves(600, 400, 300)
    (2, 4, 1)
    """
    if dpi <= 0:
        return _UNKNOWN
    area = width * height * (_POINTS_AN_INCH / dpi) ** 2
    for limit, halves in _limits():
        if area <= limit:
            return halves
    return _limits()[-1][1]


@cache
def _limits() -> tuple[tuple[float, int], ...]:
    table = tomllib.loads(files("digitizer.planning").joinpath("paper.toml").read_text("utf-8"))
    return tuple(
        (size["points"][0] * size["points"][1] * table["oversize"], size["halves"]) for size in table["size"]
    )
