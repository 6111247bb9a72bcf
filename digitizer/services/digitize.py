"""The spine of a bulk run: find, probe, read pages in parallel over all inputs, assemble, report."""

from __future__ import annotations

import fcntl
import heapq
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from digitizer.errors import MissingDependencyError, UsageError, what_to_do
from digitizer.model import Reason, RecordState
from digitizer.services.digitize_assemble import AssembleUnit, assemble, publish_bytes
from digitizer.services.digitize_examine import ExamineUnit, Fresh, examine, refuse
from digitizer.services.digitize_page import Effort, PageUnit, read_pages
from digitizer.services.digitize_pdf import page_budget
from digitizer.services.digitize_plan import Order, Planned, TooManyPagesError, plan_outputs
from digitizer.services.digitize_work import WORK_FOLDER, gap, present, save_page
from digitizer.services.pool import Crew, Lost
from digitizer.services.report import Entry, Totals, report_to_json, totals_of
from digitizer.services.report_html import render_report
from digitizer.writing.record import dump_json

__all__ = ["Run", "Watch", "digitize", "digitize_planned"]

_PAGES_A_UNIT = 8
_ATTEMPTS = 2
_EXAMINE_SECONDS = 900.0  # the digest of a file of 2 GB over a slow network, and a probe
_ASSEMBLE_SECONDS = 600.0  # on the clock of a machine that may be ten times too busy, as all of these
_KEEP_SECONDS = 250.0  # more than the intake gives itself for a page it keeps
_NEXT_EFFORT = {Effort.FULL: Effort.DEGRADED, Effort.DEGRADED: Effort.PICTURE}


class Watch(Protocol):
    """Who is told how a run goes on."""

    def planned(self, inputs: int) -> None:
        """So many inputs were found."""
        ...

    def probed(self, pages: int, left: int) -> None:
        """An input has so many pages, and so many are left to read."""
        ...

    def read(self, pages: int) -> None:
        """So many more pages ended."""
        ...

    def finished(self, entry: Entry) -> None:
        """An input ended."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """How a run ended: an entry for each input, in their order, and the totals."""

    entries: tuple[Entry, ...]
    totals: Totals


def digitize(order: Order, crew: Crew, watch: Watch) -> Run:
    """Turn every input into its outputs and sum the run up in `report.json` and `report.html`.

    Raises:
        UsageError: an input does not exist, or the output folder cannot be used.
        MissingDependencyError: a tool, model or the disk fails; what was finished is kept.
    """
    begun = time.monotonic()
    plan = plan_outputs(order)
    with held(order.out):
        watch.planned(len(plan))
        entries = digitize_planned(order, plan, crew, watch)
        totals = totals_of(entries, time.monotonic() - begun)
        _report(order, entries, totals)
        shutil.rmtree(order.out / WORK_FOLDER, ignore_errors=True)
    return Run(entries, totals)


def _report(order: Order, entries: Sequence[Entry], totals: Totals) -> None:
    folder = order.out / WORK_FOLDER
    page = render_report(entries, totals, thumbnails=order.thumbnails)
    try:
        folder.mkdir(exist_ok=True)
        publish_bytes(folder, order.out / "report.html", page.encode("utf-8", "backslashreplace"))
        publish_bytes(folder, order.out / "report.json", dump_json(report_to_json(entries, totals)))
    except OSError as error:
        raise MissingDependencyError(f"cannot write the report: {what_to_do(error)}") from error


@contextmanager
def held(out: Path) -> Iterator[None]:
    """Have the output folder to ourselves; the kernel lets go of it when we end, however that happens."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        raise UsageError(f"cannot use the output folder {out}: {error.strerror}") from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise UsageError(f"another digitizer is writing into {out}: wait for it to end") from error
    finally:
        os.close(handle)


def digitize_planned(order: Order, plan: Sequence[Planned], crew: Crew, watch: Watch) -> tuple[Entry, ...]:
    """Keep the crew at work until every planned input has its entry.

    Raises:
        TooManyPagesError: an input has more pages than ordered.
    """
    desk = _Desk(order, plan, crew, watch)
    while True:
        while crew.free and (ticket := desk.next()) is not None:
            crew.give(ticket, ticket.function, (ticket.unit,), ticket.seconds)
        if not crew.busy:
            return desk.entries()
        for ticket, answer in crew.answers():
            desk.take(ticket, answer)


@dataclass(slots=True)
class _Input:
    """An input on its way: what it was probed to be, and the pages that are still out."""

    planned: Planned
    waiting: set[int] = field(default_factory=set)
    fresh: Fresh | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class _Ticket:
    """A unit of work, whose it is, and how long its worker may be silent."""

    item: _Input
    function: Callable[[Any], Any]
    unit: Any
    seconds: float


class _Desk:
    """Says which unit comes next and what follows from each answer; works on nothing itself."""

    def __init__(self, order: Order, plan: Sequence[Planned], crew: Crew, watch: Watch) -> None:
        self._order = order
        self._arriving = iter(plan)
        self._size, self._patience = crew.size, crew.patience
        self._watch = watch
        self._ready: list[tuple[int, int, _Ticket]] = []
        self._count = 0
        self._entries: dict[int, Entry] = {}

    def next(self) -> _Ticket | None:
        """The most urgent unit: what ends an input, then pages, then the next input."""
        if self._ready:
            return heapq.heappop(self._ready)[2]
        planned = next(self._arriving, None)
        return None if planned is None else self._examining(_Input(planned))

    def take(self, ticket: _Ticket, answer: Any) -> None:
        """Go on from what a worker answered."""
        if isinstance(answer, Lost):
            self._lost(ticket, answer)
        elif isinstance(answer, Entry):
            self._finish(ticket.item, answer)
        elif isinstance(answer, Fresh):
            self._probed(ticket.item, answer)
        else:
            self._read(ticket.item, answer)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of the inputs."""
        return tuple(self._entries[number] for number in sorted(self._entries))

    def _put(self, priority: int, ticket: _Ticket) -> None:
        self._count += 1
        heapq.heappush(self._ready, (priority, self._count, ticket))

    def _examining(self, item: _Input) -> _Ticket:
        order = self._order
        picture = len(self._entries) < order.thumbnails
        unit = ExamineUnit(item.planned, order.out, order.formats, order.resume, picture)
        return _Ticket(item, examine, unit, _EXAMINE_SECONDS)

    def _probed(self, item: _Input, fresh: Fresh) -> None:
        order, count = self._order, fresh.probe.page_count
        if 0 < order.most_pages < count:
            raise TooManyPagesError(count)
        item.fresh = fresh
        missing = tuple(n for n in fresh.missing if order.only is None or n in order.only)
        item.waiting = set(missing)
        self._watch.probed(count, len(missing))
        size = min(_PAGES_A_UNIT, max(1, len(missing) // (4 * self._size)))
        for at in range(0, len(missing), size):
            self._put(2, self._reading(item, missing[at : at + size]))
        self._go_on(item)

    def _go_on(self, item: _Input) -> None:
        """With its last page an input is put together, or that was all that was asked for."""
        if item.waiting:
            return
        if self._order.only is None:
            self._put(0, self._assembling(item))
        else:
            self._finish(item, Entry(item.planned.relative, RecordState.DONE, (), 0, 0.0, ()))

    def _reading(
        self,
        item: _Input,
        numbers: tuple[int, ...],
        effort: Effort = Effort.FULL,
        reason: Reason | None = None,
    ) -> _Ticket:
        assert item.fresh
        fresh = item.fresh
        budget, known = page_budget(fresh.probe), self._order.readings
        unit = PageUnit(item.planned.path, fresh.folder, numbers, budget, effort, reason, known)
        # decoding and reading a page have their own limits: this is for a worker that is stopped
        return _Ticket(item, read_pages, unit, self._patience * (1 + len(numbers)))

    def _read(self, item: _Input, numbers: Sequence[int]) -> None:
        if not numbers:
            return
        item.waiting -= set(numbers)
        self._watch.read(len(numbers))
        self._go_on(item)

    def _assembling(self, item: _Input) -> _Ticket:
        assert item.fresh
        fresh, order = item.fresh, self._order
        unit = AssembleUnit(
            item.planned,
            fresh.probe,
            fresh.folder,
            order.out,
            order.formats,
            fresh.seconds,
        )
        return _Ticket(item, assemble, unit, _ASSEMBLE_SECONDS + _KEEP_SECONDS * fresh.probe.page_count)

    def _finish(self, item: _Input, entry: Entry) -> None:
        if item.fresh is None:
            self._watch.probed(entry.pages, 0)
        if len(self._entries) >= self._order.thumbnails:
            entry = replace(entry, thumbnail=b"")
        self._entries[item.planned.number] = entry
        if item.fresh is not None and not self._order.keep_pages:
            shutil.rmtree(item.fresh.folder, ignore_errors=True)
        self._watch.finished(entry)

    def _lost(self, ticket: _Ticket, lost: Lost) -> None:
        """A worker died or hung: its page is tried with less, the others of the unit as they were."""
        if isinstance(ticket.unit, PageUnit):
            self._lost_pages(ticket, ticket.unit, lost)
            return
        item = ticket.item
        item.failures += 1
        if item.failures < _ATTEMPTS:
            self._put(1, ticket)
        elif ticket.function is refuse_lost:
            self._finish(item, _unwritten(item.planned, Reason(lost.code, lost.message)))
        else:
            unit = (self._examining(item).unit, Reason(lost.code, lost.message))
            self._put(0, _Ticket(item, refuse_lost, unit, _EXAMINE_SECONDS))

    def _lost_pages(self, ticket: _Ticket, unit: PageUnit, lost: Lost) -> None:
        done = present(unit.folder, unit.numbers)
        guilty, *others = [number for number in unit.numbers if number not in done] or [0]
        for number in others:
            self._put(1, self._reading(ticket.item, (number,), unit.effort, unit.reason))
        if guilty:
            self._less(ticket.item, guilty, unit, lost)
        self._read(ticket.item, sorted(done))

    def _less(self, item: _Input, number: int, unit: PageUnit, lost: Lost) -> None:
        reason = unit.reason or Reason(lost.code, lost.message, number)
        effort = _NEXT_EFFORT.get(unit.effort)
        if effort is not None:
            self._put(1, self._reading(item, (number,), effort, reason))
            return
        save_page(unit.folder, gap(number, reason))
        self._read(item, (number,))


def refuse_lost(unit: tuple[ExamineUnit, Reason]) -> Entry:
    """Refuse an input on which workers die."""
    return refuse(*unit)


def _unwritten(planned: Planned, reason: Reason) -> Entry:
    """The entry of an input for which not even its refusal could be written."""
    return Entry(planned.relative, RecordState.REFUSED, (reason,), 0, 0.0, ())
