"""`digitizer search`: the archive from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import typer

from digitizer.bootstrap import archive_of
from digitizer.cli.door import Manner
from digitizer.logs import configure_logs
from digitizer.services.archive import ArchiveApp
from digitizer.services.find import find, index_pending
from digitizer.settings import Settings, load_settings

__all__ = ["search_pages"]


def _set_up(manner: Manner) -> Settings:
    settings = load_settings()
    level = "info" if manner.verbose else settings.log_level
    configure_logs(level, settings.log_file, quiet=sys.stderr.isatty() and not manner.verbose)
    return settings


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=True))


def search_pages(query: str, limit: int, fonds: Sequence[str] | None, manner: Manner) -> int:
    """Find pages and print them; the exit status."""
    settings = _set_up(manner)
    with archive_of(settings) as app:
        index_pending(app)
        hits = [_hit(app, hit) for hit in find(app, query, limit, fonds)]
    if manner.json:
        _print_json({"query": query, "hits": hits})
        return 0
    for hit in hits:
        tones = "" if hit["exact"] else "  (without tones · không dấu)"
        typer.echo(f"{hit['path']}, page {hit['page']}{tones}")
        typer.echo("".join(f"    {line}\n" for line in str(hit["snippet"]).split("\n")), nl=False)
    typer.echo(f"{len(hits)} pages · trang")
    return 0


def _hit(app: ArchiveApp, hit: object) -> dict[str, object]:
    from digitizer.ports import SearchHit

    assert isinstance(hit, SearchHit)
    document = app.catalogue.document(hit.document_id)
    return {
        "document": hit.document_id,
        "path": document.path,
        "batch": document.batch,
        "fonds": document.fonds,
        "page": hit.page,
        "exact": hit.exact,
        "score": round(hit.score, 4),
        "snippet": hit.snippet,
        "boxes": [box.as_list() for box in hit.boxes],
    }
