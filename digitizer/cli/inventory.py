"""`digitizer inventory` and `digitizer report`: what there is, and the report of how much of it is done."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from digitizer.bootstrap_plan import planning_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.cli.figures import show_figures
from digitizer.errors import UsageError
from digitizer.inventory import Dossier, Station
from digitizer.model import Agent
from digitizer.planning.tables import Form
from digitizer.services.inventory import ListRefusedError, import_inventory, link_by_path
from digitizer.services.inventory_template import write_template
from digitizer.services.plan import PlanApp
from digitizer.settings import load_settings

__all__ = [
    "advance_dossier",
    "agent_of",
    "freeze_inventory",
    "import_list",
    "link_documents",
    "make_template",
    "report_progress",
    "show_inventory",
]


def agent_of(app: PlanApp, by: str) -> Agent:
    """A person by name, or this program where nobody is named."""
    return Agent(f"person:{by}") if by else app.agent


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=True))


def import_list(path: Path, by: str, manner: Manner) -> int:
    """Take in a list; the exit status."""
    if not path.is_file():
        raise UsageError(f"no such file: {path}")
    tell = sys.stderr.isatty() and not manner.quiet

    def progress(rows: int) -> None:
        if tell:
            typer.echo(f"\r{rows} dòng · rows", err=True, nl=False)

    try:
        with planning_of(load_settings()) as app:
            done = import_inventory(app, path, agent_of(app, by), progress)
    except ListRefusedError as refused:
        for problem in refused.problems:
            say(f"{path.name}: {problem}")
        say(f"digitizer: {refused}")
        return NEEDS_PERSON
    if manner.json:
        _print_json(asdict(done))
    elif not manner.quiet:
        typer.echo(
            f"{done.added} hồ sơ mới, {done.changed} thay đổi, {done.same} như cũ; {done.fonds} phông · "
            f"{done.added} dossiers new, {done.changed} changed, {done.same} as before; {done.fonds} fonds"
        )
    return 0


def make_template(path: Path, form: str) -> int:
    """Write an empty list; the exit status."""
    if form not in {Form.TT05, Form.TT02}:
        raise UsageError(f"unknown circular {form}: {Form.TT05} or {Form.TT02}")
    write_template(path, form)
    typer.echo(f"{path}: điền từ dòng 3, rồi `digitizer inventory import` · fill it in from row 3")
    return 0


def show_inventory(fonds: str, manner: Manner) -> int:
    """Print fonds, or the dossiers of one; the exit status."""
    if not fonds:
        return show_figures(manner)
    with planning_of(load_settings()) as app:
        return _show_dossiers(app, fonds, manner)


def _show_dossiers(app: PlanApp, fonds: str, manner: Manner) -> int:
    after = ""
    while some := app.book.dossiers(fonds, after):
        for each in some:
            if manner.json:
                _print_json(_values(each))
            else:
                kind = "*" if each.valuable else " "
                typer.echo(f"{each.code:<24}{kind} {each.pages:>6} {each.metres:>8.3f} m  {each.title}")
        after = some[-1].code
    return 0


def _values(dossier: Dossier) -> dict[str, Any]:
    return asdict(dossier) | {"described": dict(dossier.described), "metres": dossier.metres}


def link_documents(by: str, manner: Manner) -> int:
    """Put documents into their dossiers; the exit status."""
    with planning_of(load_settings()) as app:
        linked, left = link_by_path(app, agent_of(app, by))
    if manner.json:
        _print_json({"linked": linked, "left": left})
    elif not manner.quiet:
        typer.echo(
            f"{linked} tài liệu đã gắn vào hồ sơ, {left} chưa rõ hồ sơ · "
            f"{linked} documents linked, {left} name no dossier"
        )
    return 0


def freeze_inventory(name: str, by: str, manner: Manner) -> int:
    """Keep the inventory under a name; the exit status."""
    with planning_of(load_settings()) as app:
        made = app.book.freeze(name, agent_of(app, by))
    if manner.json:
        _print_json(asdict(made))
    else:
        typer.echo(f"«{made.name}», {made.at}: đã chốt · frozen")
    return 0


def advance_dossier(station: str, dossier: str, by: str, manner: Manner) -> int:
    """Note that documents passed a station; the exit status."""
    fonds, _, code = dossier.partition("/")
    known = {each.value: each for each in tuple(Station)[2:]}
    if station != "back" and station not in known:
        raise UsageError(f"unknown station {station}: {', '.join(known)} or back")
    with planning_of(load_settings()) as app:
        ids = [each.document_id for each in app.book.dossier(fonds, code).passages]
        if station == "back":
            app.book.send_back(ids, "by-hand", agent_of(app, by))
        else:
            app.book.advance(ids, known[station], agent_of(app, by))
    if manner.json:
        _print_json({"documents": len(ids), "station": station})
    else:
        typer.echo(f"{len(ids)} tài liệu · documents: {station}")
    return 0


def report_progress(folder: Path, by: str, manner: Manner) -> int:
    """Write the report; the exit status."""
    from digitizer.services.progress_report import write_report

    with planning_of(load_settings()) as app:
        made = write_report(app, folder, agent_of(app, by))
    files = [str(path) for path in (made.workbook, made.pdf, *made.charts)]
    if manner.json:
        _print_json({"files": files, "month": made.month, "snapshot": made.kept})
    else:
        typer.echo("\n".join(files))
    return 0
