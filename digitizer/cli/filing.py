"""`digitizer move` and `withdraw`: where documents are filed, and that they are in use."""

from __future__ import annotations

import json as json_
from collections.abc import Callable
from typing import Annotated

import typer

from digitizer.holdings import StoredDocument

__all__ = ["move", "withdraw"]

Ids = Annotated[list[str], typer.Argument(metavar="DOCUMENT...", help="Ids of documents.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Log in detail; show where errors arose.")]


def move(
    documents: Ids,
    fonds: Annotated[str, typer.Option(metavar="CODE", help="The new fonds. Phông.")],
    batch: Annotated[str, typer.Option(metavar="NAME", help="The new batch. Lô.")],
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """File documents in another fonds or batch; rights follow at once. Chuyển phông, chuyển lô."""
    from digitizer.bootstrap import archive_of, filing_of
    from digitizer.cli.door import through
    from digitizer.services.refile import move as moved
    from digitizer.settings import load_settings

    def run() -> int:
        settings = load_settings()
        with archive_of(settings) as app, filing_of(settings) as filing:
            return _each(documents, lambda one: moved(app, filing, one, (fonds, batch), app.agent), json)

    through(run, verbose=verbose)


def withdraw(
    documents: Ids,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; names no person. Lý do.")],
    json: Json = False,
    verbose: Verbose = False,
) -> None:
    """Take documents out of use; masters and trail are kept, `retry` brings them back. Rút khỏi sử dụng."""
    from digitizer.bootstrap import archive_of, filing_of
    from digitizer.cli.door import through
    from digitizer.services.refile import withdraw as withdrawn
    from digitizer.settings import load_settings

    def run() -> int:
        settings = load_settings()
        with archive_of(settings) as app, filing_of(settings) as filing:
            return _each(documents, lambda one: withdrawn(app, filing, one, reason, app.agent), json)

    through(run, verbose=verbose)


def _each(documents: list[str], change: Callable[[str], StoredDocument], json: bool) -> int:
    for each in documents:
        now = change(each)
        told = {"document": now.id, "fonds": now.fonds, "batch": now.batch, "state": now.state}
        typer.echo(json_.dumps(told) if json else " ".join(told.values()))
    return 0
