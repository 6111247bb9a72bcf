"""`digitizer ingest`: files, folders and ZIP files into the archive."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import typer

from digitizer.bootstrap import archive_of, unpacker_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.intake.find import find_inputs, safe_display
from digitizer.logs import configure_logs
from digitizer.services.ingest import Ingested, receive
from digitizer.settings import Settings, load_settings

__all__ = ["ingest_inputs", "told"]

_TELL_EVERY = 100


def ingest_inputs(inputs: Sequence[Path], fonds: str, batch: str | None, manner: Manner) -> int:
    """Take files into the archive; the exit status."""
    settings = _set_up(manner)
    with archive_of(settings) as app, unpacker_of(settings) as unpacker:
        name = batch or f"{app.clock.now()[:19]}Z".replace(":", "")
        arrivals = unpacker.expanded(find_inputs(inputs))
        counts = told(receive(app, arrivals, fonds, name, app.agent), manner)
    if not manner.quiet and not manner.json:
        states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
        typer.echo(f"batch {safe_display(name)}: {states or 'no files found'}")
    return NEEDS_PERSON if counts["refused"] else 0


def _set_up(manner: Manner) -> Settings:
    settings = load_settings()
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def told(taken: Iterable[Ingested], manner: Manner) -> Counter[str]:
    """Tell of each file as it is safe, and that the run goes on; how many ended in which state."""
    counts: Counter[str] = Counter()
    with _progress(manner) as show:
        for each in taken:
            counts[each.state] += 1
            if manner.json:
                typer.echo(json.dumps(asdict(each), ensure_ascii=True))
            if each.reason:
                say(f"digitizer: {each.path}: {each.reason.code.value}: {each.reason.message}")
            elif each.state == "duplicate" and not manner.quiet:
                say(_duplicate(each))
            show(counts)
    return counts


def _duplicate(each: Ingested) -> str:
    first = f"{each.first_path} (batch {safe_display(each.first_batch)}, document {each.document_id})"
    return (
        f"digitizer: {each.path}: E-DUP: the same bytes are in the archive as {first}; linked, not stored "
        "twice. Trùng với tệp đã có."
    )


@contextmanager
def _progress(manner: Manner) -> Iterator[Callable[[Counter[str]], None]]:
    """How far the run is: a line that renews itself on a terminal, one every hundred files elsewhere."""
    if manner.quiet:
        yield lambda _counts: None
    elif sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status("…") as status:
            yield lambda counts: status.update(_so_far(counts))
    else:
        yield _every_hundred


def _every_hundred(counts: Counter[str]) -> None:
    if counts.total() % _TELL_EVERY == 0:
        say(_so_far(counts))


def _so_far(counts: Counter[str]) -> str:
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.items()))
    return f"{counts.total()} files taken in · tệp đã nhập ({states})"
