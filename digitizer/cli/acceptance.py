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
    unit: Annotated[str, typer.Option(help="documents, pages or fields. Đơn vị kiểm.")] = "documents",
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make a lot of described documents and draw its sample. Lập lô, rút mẫu."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through
    from digitizer.errors import UsageError
    from digitizer.services.lots import LotUnit, Terms

    def run() -> int:
        if unit not in tuple(LotUnit):
            raise UsageError(f"unknown unit {unit}: {', '.join(LotUnit)}")
        return body.draw(name, dossier, Terms(aql, level, seed, LotUnit(unit)), by, Manner(json=json))

    through(run, verbose=verbose)


@lots.command()
def show(name: Name, json: Json = False, verbose: Verbose = False) -> None:
    """Show a lot, its sample and results. Xem lô."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.show(name, Manner(json=json)), verbose=verbose)


@lots.command()
def result(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    name: Name,
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="A unit of the sample, as `show` names it.")],
    error: Annotated[str, typer.Option(help="Kind of error; none: it is good.")] = "",
    class_: Annotated[str, typer.Option("--class", help="Class; none: the unit's own.")] = "",
    field: Annotated[str, typer.Option(help="Field with the error.")] = "",
    by: By = "",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Note what was found on one unit. Ghi kết quả kiểm."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through
    from digitizer.services.lots import Result

    its = Result(unit, error, class_, field)
    through(lambda: body.note(name, its, by, Manner(json=json)), verbose=verbose)


@lots.command()
def judge(name: Name, by: By = "", json: Json = False, verbose: Verbose = False) -> None:
    """End a lot: accepted, or rejected and checked again whole. Kết luận lô."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.judge(name, by, Manner(json=json)), verbose=verbose)


@lots.command("list")
def list_(json: Json = False, verbose: Verbose = False) -> None:
    """Show the lots that were judged, and how strictly the next is inspected. Các lô."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.list_lots(Manner(json=json)), verbose=verbose)


@lots.command()
def errors(
    name: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Lots; none: all judged.")
    ] = None,
    of: Annotated[str, typer.Option("--of", help="operator, class, field or error.")] = "operator",
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show error rates by operator, class, field or kind. Tỷ lệ lỗi."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import Manner, through

    through(lambda: body.errors(of, name or [], Manner(json=json)), verbose=verbose)


@lots.command()
def resume(by: By = "", verbose: Verbose = False) -> None:
    """Go on after five rejected lots, once the work is mended. Tiếp tục sau khi đã khắc phục."""
    from digitizer.cli import handover as body
    from digitizer.cli.door import through

    through(lambda: body.resume(by), verbose=verbose)


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
