"""Settings -> how long documents are shared among workers: page jobs, their shelf, and who reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from digitizer.errors import UsageError
from digitizer.fixity import Shelf
from digitizer.model import PageRecord
from digitizer.services.archive import Digitized, LongDocuments
from digitizer.settings import Settings

if TYPE_CHECKING:
    from digitizer.page_jobs import PageShelf
    from digitizer.services.digitize_plan import Tools
    from digitizer.services.pool import Crew

__all__ = ["long_documents", "made_by", "makes_again", "reads"]


@contextmanager
def long_documents(
    settings: Settings, url: str, reading: tuple[Crew, Tools, tuple[str, ...]] | None
) -> Iterator[LongDocuments]:
    """Page jobs in the catalogue at `url`; `reading` is who reads, with what, into which formats.

    Without `reading` only the queue can be looked after. With no `pages_a_job` nothing is split any more;
    what was split before is read to its end.
    """
    from storage.page_jobs import SqlPageJobs

    jobs = SqlPageJobs(url)
    most = settings.pages_a_job
    try:
        if reading is None:
            yield LongDocuments(jobs, _shelf(settings), "", most, _no_crew, _no_crew, _no_crew)
        else:
            from digitizer.services.digitize_one import digitize_one, digitize_read, read_some

            crew, tools, formats = reading
            yield LongDocuments(
                jobs,
                _shelf(settings),
                made_by(tools),
                most,
                digitize=partial(digitize_one, crew, formats, most_pages=most),
                read=partial(read_some, crew),
                join=partial(digitize_read, crew, formats),
            )
    finally:
        jobs.close()


def reads(crew: Crew, formats: tuple[str, ...]) -> Callable[[Path, Path], Digitized]:
    """What reads a whole document with this crew."""
    from digitizer.services.digitize_one import digitize_one

    return partial(digitize_one, crew, formats)


def makes_again(crew: Crew) -> Callable[[tuple[str, ...], Path, Path, Sequence[PageRecord]], Digitized]:
    """What makes a document's files again without reading it."""
    from digitizer.services.digitize_one import files_again

    return partial(files_again, crew)


def made_by(tools: Tools) -> str:
    """What pages are read with: what two versions read differently is never mixed in one document."""
    readers = (tools.engine().identity, *tools.beside)
    parts = (
        tools.producer,
        tools.recipe.id,
        *(part for e in readers for part in (e.name, e.version, e.model_sha256)),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _shelf(settings: Settings) -> PageShelf:
    from storage.page_shelf import DirectoryShelf

    if not settings.store_url:
        return DirectoryShelf(settings.home.absolute())
    from storage.page_shelf_s3 import S3Shelf
    from storage.s3 import parse_store_url

    at = parse_store_url(settings.store_url)
    keys = (settings.store_access_key.get_secret_value(), settings.store_secret_key.get_secret_value())
    return S3Shelf(at, at.bucket(Shelf.DERIVATIVES.value), *keys)


def _no_crew(*_args: object) -> NoReturn:
    raise UsageError("this command does not read pages: run `digitizer work`")
