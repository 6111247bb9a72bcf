"""The commands: each parses, calls one service and tells how it went. Heavy parts load late."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitizer import __version__
from digitizer.cli.account import password
from digitizer.cli.describe import export, quality
from digitizer.cli.filing import move, withdraw
from digitizer.cli.planning import add_planning
from digitizer.cli.quarantine import quarantine, reconcile, retry
from digitizer.cli.ways_in import scan, separators, watch

__all__ = ["app", "run"]

app = typer.Typer(
    name="digitizer",
    help="Turn scans of paper into searchable PDF/A, text and records. Số hóa tài liệu giấy.",
    epilog="Exit status: 0 all good; 1 some inputs need a person; 2 wrong usage or settings; "
    "3 a dependency is missing or down; 130 interrupted, finished work is kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Inputs = Annotated[list[Path], typer.Argument(metavar="INPUT", help="Files or folders, searched through.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say only what needs a person.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Worker processes (default: the cores).")]
Fonds = Annotated[str, typer.Option(metavar="CODE", help="Fonds they belong to. Phông.")]
Batch = Annotated[str | None, typer.Option(metavar="NAME", help="Name of the batch. Lô.")]
Language = Annotated[str | None, typer.Option(help="Language model of the reader (default: vie).")]


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Turn scans of paper into searchable PDF/A, text and records. Số hóa tài liệu giấy."""
    if version:
        typer.echo(f"digitizer {__version__}")
        raise typer.Exit


@app.command()
def digitize(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    inputs: Inputs,
    out: Annotated[Path, typer.Option(help="Folder for the outputs; made if missing.")],
    jobs: Jobs = None,
    language: Language = None,
    resume: Annotated[bool, typer.Option(help="Skip inputs finished earlier; go on at the page.")] = True,
    formats: Annotated[
        str, typer.Option("--format", help="Kinds of file, with commas: pdf,txt,json,alto,hocr.")
    ] = "pdf,txt,json",
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Turn every PDF and picture found in INPUT into PDF/A, text and record. Số hóa hàng loạt."""
    from digitizer.cli.digitize import Digitize, run
    from digitizer.cli.door import through

    asked = Digitize(tuple(inputs), out, formats, resume, quiet=quiet, json=json, verbose=verbose)
    through(lambda: run(asked, {"jobs": jobs, "language": language}), verbose=verbose)


@app.command()
def ingest(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    inputs: Annotated[
        list[Path] | None, typer.Argument(metavar="INPUT", help="Files, folders, ZIP files.")
    ] = None,
    fonds: Fonds = "main",
    batch: Batch = None,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="CSV or Excel that lists the batch. Bảng kê.")
    ] = None,
    duplex: Annotated[
        tuple[Path, Path] | None, typer.Option(metavar="FRONTS BACKS", help="Two PDFs of one pile. Hai mặt.")
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take files, folders and ZIP files into the archive: masters, catalogue, work. Nhập vào kho."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.ingest import Ingest, ingest_inputs

    asked = Ingest(tuple(inputs or ()), fonds, batch, manifest, duplex)
    through(lambda: ingest_inputs(asked, Manner(quiet=quiet, json=json, verbose=verbose)), verbose=verbose)


@app.command()
def work(
    burst: Annotated[bool, typer.Option("--burst", help="End when no work is left.")] = False,
    jobs: Jobs = None,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Work the archive's queue. Xử lý hàng đợi."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.fleet import work_queue

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: work_queue(burst, jobs, manner), verbose=verbose)


@app.command()
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, with or without tones.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most pages shown.")] = 20,
    fonds: Annotated[list[str] | None, typer.Option(metavar="CODE", help="Only in these fonds.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Find pages: exact tones before folded ones. Tìm kiếm, gõ có dấu hoặc không dấu."""
    from digitizer.cli.archive import search_pages
    from digitizer.cli.door import Manner, through

    through(lambda: search_pages(query, limit, fonds, Manner(json=json)), verbose=verbose)


@app.command()
def status(json: Json = False, verbose: Verbose = False) -> None:
    """Show the queue, its rate and end, failures, and each batch. Tình trạng hàng đợi và các lô."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.look import show_status

    through(lambda: show_status(Manner(json=json)), verbose=verbose)


app.command()(password)
app.command()(retry)
app.command()(move)
app.command()(withdraw)
app.command()(reconcile)
app.command()(scan)
app.command()(separators)
app.command()(watch)
app.add_typer(quarantine, name="quarantine")
app.command()(quality)
app.add_typer(export, name="export")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port (default: 8080).")] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Serve the web application. Chạy ứng dụng web."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.serve import serve_site

    through(lambda: serve_site(host, port, Manner(quiet=quiet, verbose=verbose)), verbose=verbose)


@app.command()
def check(json: Json = False, verbose: Verbose = False) -> None:
    """Print the settings in force and try each dependency. Kiểm tra cấu hình."""
    from digitizer.cli.check import check_all
    from digitizer.cli.door import Manner, through

    through(lambda: check_all(Manner(json=json)), verbose=verbose)


@app.command()
def verify(
    items: Annotated[int | None, typer.Option(min=1, help="Read at most so many objects.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0, help="Begin no object after so long.")] = None,
    repair_from: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Mend what is damaged from these backups.")
    ] = None,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Read stored objects whole, the longest unchecked first. Kiểm tra toàn vẹn."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.keep import verify_objects
    from digitizer.services.verify import Budget

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: verify_objects(Budget(items, None, seconds), repair_from, manner), verbose=verbose)


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of backups; made if missing.")],
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Add a backup of catalogue and objects to DIR. Sao lưu."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.keep import backup_archive

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: backup_archive(folder, manner), verbose=verbose)


@app.command()
def restore(  # noqa: PLR0913, PLR0917 - typer reads the options from the signature
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of backups.")],
    home: Annotated[Path, typer.Argument(metavar="HOME", help="Empty or new folder for the archive.")],
    backup_id: Annotated[str, typer.Option("--id", help="Which backup (default: the newest).")] = "",
    servers: Annotated[
        bool, typer.Option("--servers", help="Onto the empty servers of the settings.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Restore a backup into an empty place and compare all of it. Phục hồi."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.keep import restore_archive

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: restore_archive(folder, home, backup_id, servers, manner), verbose=verbose)


@app.command("rebuild-index")
def rebuild_index(
    differing: Annotated[
        bool, typer.Option("--differing", help="Only what the catalogue contradicts.")
    ] = False,
    quiet: Quiet = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Make the search index again from the catalogue. Lập lại chỉ mục."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.keep import mend_search, rebuild_search

    manner = Manner(quiet=quiet, json=json, verbose=verbose)
    through(lambda: (mend_search if differing else rebuild_search)(manner), verbose=verbose)


add_planning(app)


def run() -> int:
    """Run the command that was asked for; its exit status."""
    try:
        status = app(standalone_mode=False)
    except typer.Abort:
        status = 130
    except typer.TyperException as error:  # wrong usage
        line = getattr(error, "format_message", error.__str__)()
        one_line = line if line.startswith("Usage:") else f"digitizer: {line} See: digitizer --help"
        typer.echo(one_line, err=True)
        status = 2
    return status if isinstance(status, int) else 0
