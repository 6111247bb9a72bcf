"""Piles of paper from a scanner: pages to dossiers at separator sheets, dossiers to documents of a batch."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path

from digitizer.accession import Placement
from digitizer.intake.find import FoundInput
from digitizer.intake.opener import Intake
from digitizer.intake.scans import PageScan
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import Ingested, Into, receive
from digitizer.understanding.separators import Separator, separator_of
from digitizer.writing.atomic import write_atomically
from digitizer.writing.scan_tiff import write_tiff

__all__ = ["dossiers", "take_pile"]


def take_pile(
    app: ArchiveApp, pages: Sequence[Path], dpi: int, into: Into, intake: Callable[[], Intake]
) -> Iterator[Ingested]:
    """Take the pages of one pile in, a document a dossier; their folder is removed when all are safe.

    A separator sheet stays the first page of its dossier, so that every sheet that was fed is on record.

    Raises:
        PageError: the scanner sent a page that is none.
        DigitizerError: as `receive`; the pages stay for the next run.
    """
    if not pages:
        return
    folder = pages[0].parent
    whole = folder / "pile.tif"
    write_atomically(whole, partial(write_tiff, pages, dpi=dpi))
    with intake() as opened:
        separators = [
            separator_of(scan.codes) if isinstance(scan, PageScan) else None
            for scan in opened.pages(whole, range(1, len(pages) + 1))
        ]
    whole.unlink()
    for number, (first, last, separator) in enumerate(dossiers(separators), start=1):
        path = folder / f"{number:04d}.tif"
        write_atomically(path, partial(write_tiff, pages[first:last], dpi=dpi))
        place = Placement(separator.box, separator.dossier)
        found = FoundInput(path, f"{folder.name}/{path.name}")
        yield from receive(app, [found], replace(into, place=partial(_always, place)))
    shutil.rmtree(folder, ignore_errors=True)


def _always(place: Placement, _path: str) -> Placement:
    return place


def dossiers(separators: Sequence[Separator | None]) -> Iterator[tuple[int, int, Separator]]:
    """Where each dossier begins and ends among the pages (from 0, the end not in it), and what heads it.

    A separator begins one; another right behind it with the same words, its printed back, does not.

    >>> list(dossiers([None, Separator("A"), None]))
    [(0, 1, Separator(dossier='', box='')), (1, 3, Separator(dossier='A', box=''))]
    """
    starts = [
        k for k, each in enumerate(separators) if each is not None and (k == 0 or separators[k - 1] != each)
    ]
    for first, last in pairwise([*sorted({0, *starts}), len(separators)]):
        yield first, last, separators[first] or Separator()
