"""Inside the sandbox: puts the fronts and the backs of a pile into one PDF, pages copied as they are."""

from __future__ import annotations

import os
from collections.abc import Sequence

import pikepdf

from digitizer.errors import Code, Refusal
from digitizer.intake.wire import Header

__all__ = ["collate"]


def collate(files: Sequence[int]) -> Header:
    """Front 1, last back, front 2, last but one …: backs come in reverse when the whole pile is turned over.

    Writes to the third of `files`; the same inputs give the same bytes.

    Raises:
        Refusal: the counts differ.
    """
    with (
        pikepdf.open(f"/proc/self/fd/{files[0]}") as fronts,
        pikepdf.open(f"/proc/self/fd/{files[1]}") as backs,
        pikepdf.new() as whole,
    ):
        count = len(fronts.pages)
        if count != len(backs.pages):
            message = f"holds {len(backs.pages)} backs for {count} fronts: nothing is guessed, scan again"
            raise Refusal(Code.PAGES, message)
        for number in range(count):
            whole.pages.append(fronts.pages[number])
            whole.pages.append(backs.pages[count - 1 - number])
        with os.fdopen(os.dup(files[2]), "wb") as out:
            whole.save(out, deterministic_id=True)
    return {"kind": "collated", "pages": 2 * count}
