"""`digitizer separators`: separator sheets to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from digitizer.bootstrap import limits_of
from digitizer.cli.door import Manner
from digitizer.cli.ingest import declared_in
from digitizer.errors import UsageError
from digitizer.intake.find import safe_display
from digitizer.settings import load_settings
from digitizer.understanding.separators import Separator
from digitizer.writing.atomic import write_atomically
from digitizer.writing.separator_sheets import separator_sheets

__all__ = ["Sheets", "print_sheets"]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Which sheets are wanted: these dossiers of one box, those of a manifest, or so many plain ones."""

    out: Path
    dossiers: tuple[str, ...] = ()
    box: str = ""
    manifest: Path | None = None
    count: int = 0


def print_sheets(asked: Sheets, manner: Manner) -> int:
    """Write the sheets as one PDF; the exit status."""
    sheets = _sheets(asked)
    if not sheets:
        raise UsageError("name dossiers, a --manifest that lists them, or a --count of plain sheets")
    if asked.out.exists():
        raise UsageError(f"{safe_display(str(asked.out))} is there already: choose another --out")
    write_atomically(asked.out, lambda file: file.write(separator_sheets(sheets)))
    if not manner.quiet:
        typer.echo(f"{len(sheets)} sheets · tờ: {safe_display(str(asked.out))}")
    return 0


def _sheets(asked: Sheets) -> Sequence[Separator]:
    sheets = [Separator(dossier, asked.box) for dossier in asked.dossiers]
    if asked.manifest is not None:
        rows = declared_in(asked.manifest, limits_of(load_settings()))
        places = dict.fromkeys(row.placement for row in rows if row.placement.dossier)
        sheets += [Separator(place.dossier, place.box) for place in places]
    return [*sheets, *([Separator()] * asked.count)]
