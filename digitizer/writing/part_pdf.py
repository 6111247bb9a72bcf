"""Some pages of a PDF/A as a file of their own: each document of an input is handed over by itself."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from typing import BinaryIO, cast

__all__ = ["write_pages"]


def write_pages(source: BinaryIO, target: BinaryIO, pages: Sequence[int]) -> None:
    """Write `pages` (from 1) of `source`; metadata, colour profile and text stay, so that it is PDF/A still.

    Raises:
        ValueError: there is no such page.
    """
    with tempfile.TemporaryFile() as whole:  # a store's stream cannot go back and forth
        shutil.copyfileobj(source, whole)
        _write(cast("BinaryIO", whole), target, pages)


def _write(source: BinaryIO, target: BinaryIO, pages: Sequence[int]) -> None:
    import pikepdf

    with pikepdf.open(source) as pdf:
        count = len(pdf.pages)
        if not pages or min(pages) < 1 or max(pages) > count:
            raise ValueError(f"pages {list(pages)} of {count}")
        for number in range(count, 0, -1):
            if number not in pages:
                del pdf.pages[number - 1]
        pdf.save(target, linearize=False, deterministic_id=True)
