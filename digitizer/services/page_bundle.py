"""Page files of one page job in one file: how they travel from who read them to who puts them together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from digitizer.errors import FixityError
from digitizer.model import Fixity
from digitizer.services.digitize_work import page_path
from digitizer.writing.atomic import fixity_of

__all__ = ["pack_pages", "unpack_pages"]

_BLOCK = 1 << 20


def pack_pages(folder: Path, numbers: Sequence[int], target: Path) -> Fixity:
    """Put the page files of `folder` into `target`: a line of JSON `[[number, bytes], …]`, then the files."""
    files = [(number, page_path(folder, number)) for number in numbers]
    with target.open("wb") as out:
        out.write(json.dumps([[number, file.stat().st_size] for number, file in files]).encode() + b"\n")
        for _, file in files:
            with file.open("rb") as data:
                _copy(data, out, file.stat().st_size)
    return fixity_of(target)


def unpack_pages(data: BinaryIO, numbers: Sequence[int], folder: Path) -> None:
    """Write the page files back into `folder`.

    Raises:
        FixityError: these are not the pages `numbers`, or they break off.
    """
    try:
        found = [(int(number), int(size)) for number, size in json.loads(data.readline())]
    except (ValueError, TypeError) as error:
        raise FixityError("pages that were put aside cannot be read") from error
    if [number for number, _ in found] != list(numbers):
        raise FixityError("pages that were put aside are not the ones that were read")
    for number, size in found:
        with page_path(folder, number).open("wb") as out:
            _copy(data, out, size)


def _copy(data: BinaryIO, out: BinaryIO, size: int) -> None:
    while size:
        block = data.read(min(size, _BLOCK))
        if not block:
            raise FixityError("pages that were put aside break off")
        out.write(block)
        size -= len(block)
