"""The commands by which paper and files come in by themselves; their work is in modules of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["scan", "separators", "watch"]

Fonds = Annotated[str, typer.Option(metavar="CODE", help="Fonds they belong to. Phông.")]
Batch = Annotated[str | None, typer.Option(metavar="NAME", help="Name of the batch. Lô.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what needs a person.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]


def watch(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder to watch.")],
    fonds: Fonds = "main",
    batch: Batch = None,
    settle: Annotated[float, typer.Option(min=0, metavar="S", help="Seconds a file must be still.")] = 5.0,
    once: Annotated[bool, typer.Option("--once", help="Take what is there, then end.")] = False,
    begin_anew: Annotated[
        bool, typer.Option("--begin-anew", help="The folder is meant to be another.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take in what is put into FOLDER, then move it to done/ or refused/. Theo dõi thư mục."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.watch import Watching, watch_folder

    asked = Watching(folder, fonds, batch, settle, once, begin_anew)
    through(lambda: watch_folder(asked, Manner(quiet=quiet, json=json)), verbose=verbose)


def separators(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    out: Annotated[Path, typer.Option(metavar="FILE", help="The PDF to write.")],
    dossiers: Annotated[list[str] | None, typer.Argument(metavar="[DOSSIER]...", help="Their codes.")] = None,
    box: Annotated[str, typer.Option(metavar="BOX", help="The box these dossiers are in. Hộp.")] = "",
    manifest: Annotated[Path | None, typer.Option(metavar="FILE", help="A sheet for each in it.")] = None,
    count: Annotated[int, typer.Option(min=0, max=1000, help="So many sheets without a code.")] = 0,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Make separator sheets to print. In tờ phân cách hồ sơ."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.separators import Sheets, print_sheets

    asked = Sheets(out, tuple(dossiers or ()), box, manifest, count)
    through(lambda: print_sheets(asked, Manner(quiet=quiet)), verbose=verbose)


def scan(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    list_: Annotated[bool, typer.Option("--list", help="List the scanners that are found.")] = False,
    device: Annotated[str, typer.Option(metavar="NAME", help="Scanner (default: the first).")] = "",
    resolution: Annotated[int, typer.Option(min=50, max=1200, metavar="DPI", help="Dots an inch.")] = 300,
    mode: Annotated[str, typer.Option(metavar="MODE", help="Lineart, Gray or Color.")] = "",
    source: Annotated[str, typer.Option(metavar="NAME", help="Flatbed or feeder, as it says.")] = "",
    duplex: Annotated[bool, typer.Option("--duplex", help="Both sides. Hai mặt.")] = False,
    pages: Annotated[int, typer.Option(min=0, help="Most pages; 0: till the feeder is empty.")] = 0,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Another setting of it.")
    ] = None,
    fonds: Fonds = "main",
    batch: Batch = None,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Scan a pile of paper into the archive, a document a dossier. Quét vào kho."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.scan import Scan, list_scanners
    from digitizer.cli.scan import scan as scan_pile
    from digitizer.intake.scanner import ScanOrder

    manner = Manner(quiet=quiet, json=json)
    if list_:
        through(lambda: list_scanners(manner), verbose=verbose)
    order = ScanOrder(device, resolution, mode, source, duplex, pages, tuple(settings or ()))
    through(lambda: scan_pile(Scan(order, fonds, batch), manner), verbose=verbose)
