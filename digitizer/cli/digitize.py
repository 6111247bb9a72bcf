"""`digitizer digitize`: shows how the bulk run goes on and names what needs a person."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from digitizer.bootstrap import crew_of
from digitizer.cli.door import NEEDS_PERSON, say
from digitizer.cli.progress import watch_for
from digitizer.logs import configure_logs, log
from digitizer.services.digitize import Run, digitize
from digitizer.services.digitize_plan import Order
from digitizer.services.report import Entry, report_to_json
from digitizer.settings import load_settings

__all__ = ["Digitize", "run"]


@dataclass(frozen=True, slots=True)
class Digitize:
    """What was asked for on the command line."""

    inputs: tuple[Path, ...]
    out: Path
    formats: str
    resume: bool
    quiet: bool = False
    json: bool = False
    verbose: bool = False


def run(asked: Digitize, flags: dict[str, Any]) -> int:
    """Digitize; the exit status.

    Raises:
        DigitizerError: wrong usage or settings, or a dependency is missing.
    """
    settings = load_settings(flags)
    level = "info" if asked.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not asked.verbose)
    formats = tuple(part.strip() for part in asked.formats.split(",") if part.strip())
    order = Order(asked.inputs, asked.out, formats, asked.resume)
    with crew_of(settings) as crew, watch_for(asked.quiet or asked.json) as watch:
        ended = digitize(order, crew, watch)
    _log(ended)
    return _told(asked, ended)


def _log(ended: Run) -> None:
    for number, entry in enumerate(ended.entries, 1):
        log(input_number=number).info("input.ended", state=entry.state.value, pages=entry.pages)
    totals = ended.totals
    log().info("run.ended", count=len(ended.entries), pages=totals.page_count, seconds=totals.seconds)


def _told(asked: Digitize, ended: Run) -> int:
    needy = [entry for entry in ended.entries if entry.needs_person]
    for entry in needy:
        say(f"digitizer: {entry.path}: {_why(entry)}")
    if asked.json:
        typer.echo(json.dumps(report_to_json(ended.entries, ended.totals), ensure_ascii=True))
    elif not asked.quiet:
        typer.echo(_summary(ended))
        typer.echo(f"Report · Báo cáo: {asked.out / 'report.html'}")
    return NEEDS_PERSON if needy else 0


def _why(entry: Entry) -> str:
    if not entry.reasons:
        return entry.state.value
    first, more = entry.reasons[0], len(entry.reasons) - 1
    page = "" if first.page is None else f"page {first.page}: "
    return f"{page}{first.code.value}: {first.message}" + (f" (and {more} more pages)" if more else "")


def _summary(ended: Run) -> str:
    totals = ended.totals
    states = ", ".join(
        f"{count} {state.replace('_', ' ')}" for state, count in totals.inputs.items() if count
    )
    skipped = sum(entry.skipped for entry in ended.entries)
    earlier = f", {skipped} of them earlier" if skipped else ""
    speed = f", {totals.pages_a_minute:.0f} pages a minute" if totals.read else ""
    return (
        f"{len(ended.entries)} inputs ({states or 'none found'}){earlier}; "
        f"{totals.page_count} pages in {totals.seconds:.1f} s{speed}"
    )
