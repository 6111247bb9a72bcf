"""Take in what is put into a watched folder, file by file, until told to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from digitizer.intake.find import FoundInput
from digitizer.intake.unpack import Unpacker
from digitizer.intake.watched import WatchedFolder
from digitizer.model import Reason
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import Ingested, Into, receive
from digitizer.words import word

__all__ = ["Watched", "watch"]


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of one file: its results (several for a ZIP) and where it lies now, empty if left alone."""

    path: str
    results: tuple[Ingested, ...]
    place: str
    left_alone: str = ""


def watch(
    app: ArchiveApp,
    folder: WatchedFolder,
    unpacker: Unpacker,
    into: Callable[[], Into],
    stopped: Callable[[], bool],
) -> Iterator[Watched]:
    """Take what a killed run left, then whatever settles; each file ends before the next, or before the stop.

    `stopped` waits for the next look and says whether to end.

    Raises:
        MissingDependencyError: the folder, the store or the catalogue is gone; nothing is lost.
    """
    for found in folder.left_behind():
        yield _take(app, folder, unpacker, into(), found)
    while True:
        folder.require_same()
        for found in folder.settled():
            if found.refusal is not None and not folder.has_claimed(found):
                yield Watched(found.relative, (), "", found.refusal.message)
            else:
                yield _take(app, folder, unpacker, into(), found)
        if stopped():
            return


def _take(
    app: ArchiveApp, folder: WatchedFolder, unpacker: Unpacker, into: Into, found: FoundInput
) -> Watched:
    results = tuple(receive(app, unpacker.expanded([found]), into))
    reasons = [_why(each.path, each.reason) for each in results if each.reason]
    return Watched(found.relative, results, folder.put_away(found, reasons))


def _why(path: str, reason: Reason) -> str:
    """For whoever put the file there: they see nothing but the text beside it."""
    code = reason.code.value
    return f"{path}: {code}: {word('vi', 'error', code)} · {reason.message}"
