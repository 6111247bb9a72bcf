"""How many people must look at a paper of a class: `data/eyes.toml`."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources

__all__ = ["people_for"]


def people_for(document_class: str) -> int:
    """How many different people must look before a paper of this class counts as checked.

    >>> people_for("birth_certificate"), people_for("notice")
    (2, 1)
    """
    return _table().get(document_class, 1)


@functools.cache
def _table() -> dict[str, int]:
    text = resources.files("digitizer.understanding.data").joinpath("eyes.toml").read_text("utf-8")
    rows = tomllib.loads(text)["eyes"]
    return {str(name): int(row["people"]) for row in rows for name in row["classes"]}
