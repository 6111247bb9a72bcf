"""The commands of lots and handover; their bodies load late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["handover", "lots"]

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it. Người làm.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the lot. Lô nghiệm thu.")]

lots = typer.Typer(no_args_is_help=True, help="Acceptance by samples (ISO 2859-1). Nghiệm thu theo mẫu.")


@lots.command()
def draw(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    name: Name,
    dossier: Annotated[list[str], typer.Option(metavar="FONDS/CODE", help="Its documents; several times.")],
    aql: Annotated[str, typer.Option(help="Acceptance quality limit, per cent.")] = "1.0",
    level: Annotated[str, typer.Option(help="General level: I, II or III.")] = "II",
    seed: Annotated[str, typer.Option(help="The draw can be repeated with it.")] = "1",
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make a lot of described documents and draw its sample. Lập lô, rút mẫu."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.draw(name, dossier, (aql, level, seed), by, Manner(json=json)), verbose=verbose)


@lots.command()
def show(name: Name, json: Json = False, verbose: Verbose = False) -> None:
    """Show a lot, its sample and results. Xem lô."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.show(name, Manner(json=json)), verbose=verbose)


@lots.command()
def result(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    name: Name,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="A document of the sample.")],
    error: Annotated[str, typer.Option(help="Kind of error; none: it is good.")] = "",
    field: Annotated[str, typer.Option(help="Field with the error.")] = "",
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Note what was found on one document. Ghi kết quả kiểm."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through
    from digitizer.services.lots import Result

    its = Result(document, error, field=field)
    through(lambda: body.note(name, its, by, Manner(json=json)), verbose=verbose)


@lots.command()
def judge(name: Name, by: By = "", json: Json = False, verbose: Verbose = False) -> None:
    """End a lot: accepted, or rejected and checked again whole. Kết luận lô."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.judge(name, by, Manner(json=json)), verbose=verbose)


def handover(
    fonds: Annotated[str, typer.Argument(metavar="FONDS", help="Code of the fonds. Phông.")],
    dossier: Annotated[list[str], typer.Argument(metavar="CODE...", help="Codes of dossiers. Hồ sơ.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="New or empty folder.")],
    name: Annotated[
        str, typer.Option(help="Template of file names.")
    ] = "{fonds}/{dossier}/{dossier}.{ordinal:07d}.pdf",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Write the lists and PDF files of dossiers for a receiving archive. Bàn giao hồ sơ."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.give(fonds, dossier, out, name, Manner(json=json)), verbose=verbose)
