"""`digitizer verify`, `backup`, `restore` and `rebuild-index`: keep what is stored."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path

import typer

from digitizer.bootstrap import archive_at, archive_of, catalogue_copier, catalogue_loader, shelves_in
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.errors import UsageError
from digitizer.fixity import FixityOutcome
from digitizer.services.backup import backup, load_embedded, restore
from digitizer.services.find import mend_index, rebuild_index
from digitizer.services.index_drift import Lag, index_drift
from digitizer.services.verify import Budget, Verified, verify
from digitizer.settings import load_settings

__all__ = ["backup_archive", "mend_search", "rebuild_search", "restore_archive", "verify_objects"]

_MEND = "mend with `digitizer verify --repair-from {}`"


def verify_objects(budget: Budget, repair_from: Path | None, manner: Manner) -> int:
    """Read objects whole and tell what is not good; the exit status."""
    if repair_from is not None and not (repair_from / "objects").is_dir():
        raise UsageError(f"{repair_from} is no folder of backups: `digitizer backup` makes one")
    donors = shelves_in(repair_from) if repair_from else None
    bad = repaired = 0
    with archive_of(load_settings()) as app:
        for each in verify(app, budget, app.agent, donors):
            bad += each.outcome is not FixityOutcome.OK
            repaired += each.repaired
            if each.note:
                say(_line(each))
        covered = app.catalogue.coverage()
    if donors is None and covered.damaged:
        say(f"digitizer: {covered.damaged} damaged: {_MEND.format('DIR')} (DIR: a folder of backups)")
    told = {**asdict(covered), "complete": covered.complete, "bad": bad, "repaired": repaired}
    if manner.json:
        typer.echo(json.dumps(told))
    elif not manner.quiet:
        typer.echo(
            f"{covered.ok} of {covered.objects} objects are known to be whole "
            f"({covered.damaged} damaged, {covered.unreadable} unreadable); {repaired} mended now; "
            f"longest unchecked: {covered.oldest or 'some never'}"
        )
    return NEEDS_PERSON if bad or covered.damaged or covered.unreadable else 0


def _line(found: Verified) -> str:
    stored = found.stored
    outcome = "mended" if found.repaired else found.outcome.value
    return f"digitizer: {stored.shelf.value}/{stored.fixity.sha256}: {outcome}: {found.note}"


def backup_archive(folder: Path, manner: Manner) -> int:
    """Add a backup to a folder; the exit status."""
    settings = load_settings()
    with archive_of(settings) as app:
        made = backup(app, folder, shelves_in(folder), *catalogue_copier(settings))
    for each in made.damaged:
        say(f"digitizer: {each}: damaged or gone, no backup here has it: bring it back from another copy")
    for each in made.lost:
        say(f"digitizer: {each}: gone from the archive, only the backups have it: {_MEND.format(folder)}")
    if manner.json:
        typer.echo(json.dumps(asdict(made)))
    elif not manner.quiet:
        typer.echo(
            f"backup {made.id}: {made.census.documents} documents, {made.objects} objects, "
            f"{made.bytes} bytes; {made.copied} objects were new"
        )
    return NEEDS_PERSON if made.damaged or made.lost else 0


def restore_archive(folder: Path, home: Path, backup_id: str, servers: bool, manner: Manner) -> int:
    """Restore a backup into an empty place, or onto the empty servers of the settings; the exit status."""
    settings = load_settings()
    opened = partial(archive_at, settings, servers=servers)
    load = catalogue_loader(settings) if servers else load_embedded
    found = restore(folder, home, shelves_in(folder), opened, backup_id, load)
    if manner.json:
        typer.echo(json.dumps(asdict(found)))
    elif not manner.quiet:
        typer.echo(
            f"backup {found.id} restored and compared: {found.documents} documents, {found.objects} objects, "
            f"{found.events} events. `digitizer rebuild-index` makes them found again."
        )
    return 0


def mend_search(manner: Manner) -> int:
    """Compare the search index with the catalogue and index what differs; the exit status."""
    with archive_of(load_settings()) as app:
        found = index_drift(app)
        unknown = [each for each, lag in found.differing if lag is Lag.UNKNOWN]
        mend_index(app, found.again, unknown)
    counts = Counter(lag.value for _, lag in found.differing)
    if manner.json:
        typer.echo(
            json.dumps({"documents": found.documents, **{lag.value: counts[lag.value] for lag in Lag}})
        )
    elif not manner.quiet:
        typer.echo(
            f"{found.documents} documents compared: {counts[Lag.MISSING]} were missing, "
            f"{counts[Lag.OLDER]} older than the catalogue, {counts[Lag.UNKNOWN]} unknown to it; all mended"
        )
    return 0


def rebuild_search(manner: Manner) -> int:
    """Make the search index again; the exit status."""
    with archive_of(load_settings()) as app:
        count, pages = rebuild_index(app), app.index.pages()
    if manner.json:
        typer.echo(json.dumps({"documents": count, "pages": pages}))
    elif not manner.quiet:
        typer.echo(f"{count} documents, {pages} pages indexed")
    return 0
