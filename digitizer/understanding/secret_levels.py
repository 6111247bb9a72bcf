"""Which level of state secret a stamp on a document names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from digitizer.understanding.vietnamese import fold

__all__ = ["level_of"]

#: The three levels of the Law on the protection of state secrets (29/2018/QH14, article 8), folded.
_LEVELS: Final = {"mat": 1, "toi mat": 2, "tuyet mat": 3}


def level_of(values: Iterable[str]) -> int:
    """The highest level among stamped `values`, 0 without any; an unknown word counts as the lowest.

    >>> level_of(["TỐI MẬT"])
    2
    """
    return max((_LEVELS.get(fold(value), 1) for value in values if value.strip()), default=0)
