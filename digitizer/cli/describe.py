"""`digitizer quality` and `digitizer export fields`: what is known of the documents, judged and handed on."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digitizer.cli.door import NEEDS_PERSON, Manner, through
from digitizer.errors import UsageError

if TYPE_CHECKING:  # `--help` loads no settings
    from digitizer.settings import Settings

__all__ = ["export", "quality"]

export = typer.Typer(help="Hand on what is known. Xuất dữ liệu.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]
Fonds = Annotated[str | None, typer.Option(metavar="CODE", help="Only in this fonds.")]


def quality(
    fonds: Fonds = None,
    rule: Annotated[str | None, typer.Option(metavar="RULE", help="Only this rule.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Most findings shown.")] = 50,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Judge the documents by the six rules. Kiểm tra đúng, đủ, sạch, sống, thống nhất, dùng chung."""
    through(lambda: _quality(fonds, rule, limit, Manner(json=json)), verbose=verbose)


@export.command("fields")
def fields(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    classes: Annotated[
        list[str] | None, typer.Option("--class", metavar="CLASS", help="Only this class; several times.")
    ] = None,
    fonds: Fonds = None,
    person: Annotated[str, typer.Option(metavar="NUMBER", help="Papers of this personal number.")] = "",
    register: Annotated[str, typer.Option(metavar="KEY", help="NUMBER, NUMBER/YEAR or NUMBER, BOOK.")] = "",
    kind: Annotated[str, typer.Option("--format", help="json or csv.")] = "json",
    out: Annotated[Path | None, typer.Option(help="File to write; none: standard output.")] = None,
    doubtful: Annotated[bool, typer.Option("--doubtful", help="Also values that want a look.")] = False,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Show personal data whole.")] = False,
    verbose: Verbose = False,
) -> None:
    """Write fields as JSON or CSV, personal data masked. Xuất trường dữ liệu, có che."""
    from digitizer.services.export_fields import Wanted

    wanted = Wanted(tuple(classes or ()), fonds, person, register, doubtful, unmasked)
    through(lambda: _fields(wanted, kind, out), verbose=verbose)


@export.command("training")
def training(
    fonds: Fonds = None,
    out: Annotated[Path | None, typer.Option(help="File to write; none: standard output.")] = None,
    unmasked: Annotated[bool, typer.Option("--unmasked", help="Also places with personal data.")] = False,
    verbose: Verbose = False,
) -> None:
    """Write what people corrected, one JSON object a line. Xuất phần đã sửa để huấn luyện."""
    through(lambda: _training(fonds, out, unmasked), verbose=verbose)


def _quality(fonds: str | None, rule: str | None, limit: int, manner: Manner) -> int:
    from digitizer.bootstrap import archive_of
    from digitizer.services.described import described
    from digitizer.services.quality import RULES, counts
    from digitizer.services.quality import quality as judged
    from digitizer.settings import load_settings
    from digitizer.understanding.tables import default_tables

    if rule is not None and rule not in RULES:
        raise UsageError(f"no such rule: {rule} ({', '.join(RULES)})")
    with archive_of(load_settings()) as app:
        found = list(judged(described(app, fonds, with_text=True), default_tables()))
    told = counts(found)
    chosen = [each for each in found if rule in {None, each.rule}]
    if manner.json:
        value = {"counts": told, "findings": [asdict(each) for each in chosen[:limit]]}
        typer.echo(json.dumps(value, ensure_ascii=True))
    else:
        for name, count in told.items():
            typer.echo(f"{name}: {count}")
        for each in chosen[:limit]:
            typer.echo(f"[{each.rule}] {each.message}: {'; '.join(each.papers)}")
        if len(chosen) > limit:
            typer.echo(f"… {len(chosen) - limit} more: raise --limit · còn nữa: tăng --limit")
    return NEEDS_PERSON if chosen else 0


def _training(fonds: str | None, out: Path | None, unmasked: bool) -> int:
    from digitizer.bootstrap import archive_of
    from digitizer.bootstrap_desk import amendments_of
    from digitizer.services.training import training_rows
    from digitizer.settings import load_settings
    from digitizer.writing.atomic import write_atomically

    settings = load_settings()
    with archive_of(settings) as app, amendments_of(settings) as amendments:
        rows = list(training_rows(app, amendments, fonds=fonds, unmasked=unmasked))
    if unmasked:
        _note_unmasked(settings, app.clock.now(), "training", len(rows))
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, lambda file: file.write(text.encode()))
    return 0


def _note_unmasked(settings: Settings, at: str, what: str, rows: int) -> None:
    """Who took personal data out of the archive, and how much: before it leaves."""
    from digitizer.bootstrap_desk import note_export

    note_export(settings, at, what, rows)


def _fields(wanted: object, kind: str, out: Path | None) -> int:
    from digitizer.bootstrap import archive_of
    from digitizer.services.export_fields import Wanted, as_csv, export_fields
    from digitizer.settings import load_settings
    from digitizer.writing.atomic import write_atomically

    assert isinstance(wanted, Wanted)
    if kind not in {"json", "csv"}:
        raise UsageError(f"no such format: {kind} (json, csv)")
    settings = load_settings()
    with archive_of(settings) as app:
        rows = list(export_fields(app, wanted))
    if wanted.unmasked:
        _note_unmasked(settings, app.clock.now(), "fields", len(rows))
    text = as_csv(rows) if kind == "csv" else json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_atomically(out, lambda file: file.write(text.encode("utf-8-sig" if kind == "csv" else "utf-8")))
    return 0
