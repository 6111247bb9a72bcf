"""The commands that set things right again; `digitizer.cli.fleet` and `digitizer.cli.look` do their work."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["quarantine", "reconcile", "retry"]

quarantine = typer.Typer(
    help="What needs a person before it is worked on again. Tài liệu cần người xem.", no_args_is_help=True
)

Ids = Annotated[list[str] | None, typer.Argument(metavar="[DOCUMENT]...", help="Ids of documents.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]


@quarantine.command("list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Refused ones and those with gaps, too.")] = False,
    batch: Annotated[str | None, typer.Option(metavar="NAME", help="Only of this batch.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """List quarantined documents with the reason. Danh sách cách ly."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.look import list_quarantine

    through(lambda: list_quarantine(every, batch, Manner(json=json)), verbose=verbose)


@quarantine.command()
def show(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id of a document.")],
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Show a document and what happened to it. Xem một tài liệu."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.look import show_document

    through(lambda: show_document(document, Manner(json=json)), verbose=verbose)


@quarantine.command()
def release(
    documents: Ids = None,
    every: Annotated[bool, typer.Option("--all", help="All of them.")] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Let quarantined documents be worked on again. Cho xử lý lại."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.fleet import release as released

    through(lambda: released(documents or [], every, Manner(json=json)), verbose=verbose)


def retry(
    documents: Ids = None,
    state: Annotated[
        list[str] | None, typer.Option(metavar="STATE", help="All in this state; may be given several times.")
    ] = None,
    batch: Annotated[str | None, typer.Option(metavar="NAME", help="Of --state, only in this batch.")] = None,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Work documents again, by id or state; what is known of them stays till then. Xử lý lại."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.fleet import retry as retried

    through(lambda: retried(documents or [], state or [], batch, Manner(json=json)), verbose=verbose)


def reconcile(
    batch: Annotated[str | None, typer.Argument(metavar="[BATCH]", help="Account for its pages. Lô.")] = None,
    fonds: Annotated[str, typer.Option(metavar="CODE", help="The batch's fonds. Phông.")] = "main",
    grace: Annotated[float, typer.Option(min=0, metavar="S", help="Look again at unknown objects.")] = 60.0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what needs a person.")] = False,
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Account for every page of a batch, or compare catalogue, objects and index. Đối chiếu."""
    from digitizer.cli.door import Manner, through
    from digitizer.cli.fleet import reconcile_archive
    from digitizer.cli.page_ledger import show_ledger

    manner = Manner(quiet=quiet, json=json)
    if batch is not None:
        through(lambda: show_ledger(batch, fonds, manner), verbose=verbose)
    through(lambda: reconcile_archive(grace, manner), verbose=verbose)
