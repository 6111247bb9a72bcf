"""The revision of the catalogue that this version reads and writes; it loads nothing."""

from __future__ import annotations

from typing import Final

__all__ = ["HEAD"]

HEAD: Final = "0017"
