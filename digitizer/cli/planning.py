"""The commands of inventory, targets, reports, lots and handover; their bodies load late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitizer.cli.acceptance import handover, lots

__all__ = ["add_planning"]

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what needs a person.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; kept in the events. Người làm.")]

WhatIfs = Annotated[
    list[str] | None,
    typer.Option(metavar="STATION=NOW:THEN", help="More people, scanners or shifts there; several times."),
]

inventory = typer.Typer(no_args_is_help=True, help="The inventory: what is on the shelves. Mục lục hồ sơ.")


def add_planning(app: typer.Typer) -> None:
    """Put these commands beside the others."""
    app.add_typer(inventory, name="inventory")
    app.command()(targets)
    app.command()(report)
    app.add_typer(lots, name="lots")
    app.command()(handover)


@inventory.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Excel (.xlsx) or CSV in UTF-8.")],
    by: By = "",
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take in a list of dossiers: all of it, or nothing. Nhập mục lục hồ sơ."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import import_list

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: import_list(file, by, manner), verbose=verbose)


@inventory.command()
def template(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The workbook to write (.xlsx).")],
    form: Annotated[str, typer.Option(help="Circular: 05/2025 or 02/2019. Thông tư.")] = "05/2025",
    verbose: Verbose = False,
) -> None:
    """Write an empty list to be filled in. Tạo tệp mẫu."""
    from digitizer.cli.door import through
    from digitizer.cli.inventory import make_template

    through(lambda: make_template(file, form), verbose=verbose)


@inventory.command("list")
def list_(
    fonds: Annotated[str, typer.Option(metavar="CODE", help="Only its dossiers. Phông.")] = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show the fonds, or the dossiers of one, and how far they are. Xem mục lục."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import show_inventory

    through(lambda: show_inventory(fonds, Manner(json=json)), verbose=verbose)


@inventory.command()
def link(by: By = "", quiet: Quiet = False, json: Json = False, verbose: Verbose = False) -> None:
    """Put received documents into the dossiers that their paths name. Gắn tài liệu vào hồ sơ."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import link_documents

    through(lambda: link_documents(by, Manner(quiet=quiet, json=json)), verbose=verbose)


@inventory.command()
def freeze(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the frozen inventory.")],
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Keep the inventory as it stands, as a denominator. Chốt số liệu kiểm kê."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import freeze_inventory

    through(lambda: freeze_inventory(name, by, Manner(json=json)), verbose=verbose)


@inventory.command()
def advance(
    station: Annotated[str, typer.Argument(metavar="STATION", help="checked, described, accepted or back.")],
    dossier: Annotated[str, typer.Option(metavar="FONDS/CODE", help="All documents of this dossier.")],
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Note that a dossier's documents passed a station, or go back. Ghi nhận công đoạn."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import advance_dossier

    through(lambda: advance_dossier(station, dossier, by, Manner(json=json)), verbose=verbose)


def targets(
    what_if: WhatIfs = None,
    forecast: Annotated[bool, typer.Option("--forecast", help="Add when each is reached. Dự báo.")] = False,
    snapshot: Annotated[bool, typer.Option("--snapshot", help="Keep the month's figures, once.")] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show how far each target is, to the page. Tiến độ các chỉ tiêu."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.targets import Asked, show_targets

    asked = Asked(tuple(what_if or ()), forecast=forecast or bool(what_if), snapshot=snapshot)
    through(lambda: show_targets(asked, Manner(json=json)), verbose=verbose)


def report(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files; made if missing.")],
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Write the report of progress: Excel, PDF, charts; keep the month. Báo cáo tiến độ."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.inventory import report_progress

    through(lambda: report_progress(out, by, Manner(json=json)), verbose=verbose)
