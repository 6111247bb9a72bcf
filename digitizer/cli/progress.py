"""How a run is shown while it goes on: a bar on a terminal, plain lines elsewhere, nothing when asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from digitizer.cli.door import say
from digitizer.services.digitize import Watch
from digitizer.services.digitize_one import Unwatched
from digitizer.services.report import Entry

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Lines", "watch_for"]


class Lines:
    """One line for each input that ended, for logs and pipes."""

    def __init__(self) -> None:
        self._inputs = 0
        self._ended = 0

    def planned(self, inputs: int) -> None:
        """See `Watch`."""
        self._inputs = inputs

    def probed(self, pages: int, left: int) -> None:
        """See `Watch`."""

    def read(self, pages: int) -> None:
        """See `Watch`."""

    def finished(self, entry: Entry) -> None:
        """See `Watch`."""
        self._ended += 1
        how = "finished earlier" if entry.skipped else f"{entry.seconds:.1f} s"
        pages = "1 page" if entry.pages == 1 else f"{entry.pages} pages"
        say(f"{self._ended}/{self._inputs} {entry.path}: {entry.state.value}, {pages}, {how}")


class Bar:
    """A bar of pages: done, a minute, time left; the pages of inputs not probed yet are estimated."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task
        self._inputs = self._probed = self._ended = self._pages = 0

    def planned(self, inputs: int) -> None:
        """See `Watch`."""
        self._inputs = inputs

    def probed(self, pages: int, left: int) -> None:
        """See `Watch`."""
        self._probed += 1
        self._pages += left
        self._show()

    def read(self, pages: int) -> None:
        """See `Watch`."""
        self._progress.advance(self._task, pages)
        self._show()

    def finished(self, entry: Entry) -> None:
        """See `Watch`."""
        self._ended += 1
        self._show()

    def _show(self) -> None:
        expected = round(self._pages * self._inputs / self._probed) if self._probed else None
        speed = self._progress.tasks[self._task].speed or 0.0
        self._progress.update(
            self._task, total=expected, inputs=f"{self._ended}/{self._inputs}", a_minute=f"{60 * speed:.0f}"
        )


@contextmanager
def watch_for(quiet: bool) -> Iterator[Watch]:
    """The watch that fits where standard error goes."""
    if quiet:
        yield Unwatched()
    elif sys.stderr.isatty():
        with _bar() as progress:
            task = progress.add_task("pages", total=None, inputs="0/?", a_minute="0")
            yield Bar(progress, task)
    else:
        yield Lines()


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("inputs {task.fields[inputs]}"),
        BarColumn(),
        TextColumn("pages"),
        MofNCompleteColumn(),
        TextColumn("{task.fields[a_minute]}/min"),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
    )
