"""Settings -> working parts: the only module that names adapters."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitizer import __version__
from digitizer.bootstrap_fleet import queue_of, queue_probe
from digitizer.bootstrap_pages import long_documents, makes_again, reads
from digitizer.bootstrap_place import SystemClock, database_url, make_folder
from digitizer.bootstrap_sound import soundness
from digitizer.errors import Code, MissingDependencyError, Refusal, UsageError
from digitizer.fixity import Census, Shelf
from digitizer.model import Agent, MediaType
from digitizer.ports import BlobStore, OcrEngine
from digitizer.services.archive import Amending, ArchiveApp, Digitized
from digitizer.services.backup import load_embedded
from digitizer.services.links import plain_links
from digitizer.services.scrub import scrubbed
from digitizer.settings import Secret, Settings

if TYPE_CHECKING:  # what reads is loaded where pages are read: a list or a state is there in a moment
    from digitizer.accession import Accessions
    from digitizer.filing import Filing
    from digitizer.intake.scans import Limits
    from digitizer.intake.unpack import Unpacker
    from digitizer.services.digitize_plan import Tools
    from digitizer.services.pool import Crew

__all__ = [
    "accessions_of",
    "archive_at",
    "archive_of",
    "catalogue_copier",
    "catalogue_loader",
    "crew_of",
    "database_url",
    "filing_of",
    "jobs_of",
    "limits_of",
    "links_of",
    "make_folder",
    "probes_of",
    "shelves_in",
    "tools_of",
    "unpacker_of",
]

_LANGUAGES = {"vie": "vi", "eng": "en", "fra": "fr"}
_PRELOAD = (
    *("digitizer.bootstrap", "digitizer.services.digitize", "tesserocr", "digitizer.cli"),
    *("digitizer.intake.opener", "digitizer.services.read_page", "digitizer.understanding.understand"),
    *("ocr_models.digits", "ocr_models.language", "ocr_models.tesseract"),
)
_EMBEDDED: dict[str, Any] = {"database_url": "", "store_url": "", "redis_url": Secret()}
_ARCHIVE_FORMATS = ("pdf", "txt", "json")


def limits_of(settings: Settings) -> Limits:
    """The bounds of the intake."""
    from digitizer.intake.scans import Limits

    return Limits(
        max_bytes=settings.max_bytes,
        max_pages=settings.max_pages,
        max_pixels=settings.max_pixels,
        max_members=settings.max_members,
    )


def reader_of(language: str, tessdata: Path | None) -> OcrEngine:
    """Tesseract; for Vietnamese with its doubtful tone marks weighed."""
    from digitizer.understanding.tone_model import ToneModel
    from ocr_models.language import WeighedEngine, syllable_model
    from ocr_models.tesseract import TesseractEngine

    engine = TesseractEngine(language, tessdata)
    return WeighedEngine(engine, ToneModel(syllable_model())) if "vie" in language.split("+") else engine


def tools_of(settings: Settings) -> Tools:
    """What each worker works with."""
    from digitizer.imaging.recipe import DEFAULT
    from digitizer.intake.opener import Intake
    from digitizer.services.digitize_plan import Tools
    from digitizer.services.read_page import read_page
    from digitizer.understanding.understand import understand
    from ocr_models.digits import DigitEngine

    digits = DigitEngine()
    return Tools(
        intake=partial(Intake, limits_of(settings)),
        engine=partial(reader_of, settings.language, settings.tessdata),
        read=partial(read_page, digits=digits),
        beside=(digits.identity,),
        understand=understand,
        recipe=DEFAULT,
        producer=f"Digitizer {__version__}",
        language=_LANGUAGES.get(settings.language.split("+")[0], "und"),
        page_seconds=settings.page_seconds,
        page_wall_seconds=settings.page_wall_seconds,
        memory_bytes=settings.memory_bytes,
    )


def jobs_of(settings: Settings) -> int:
    """How many workers: as asked, else one a core that this process may use."""
    return settings.jobs or len(os.sched_getaffinity(0))


def crew_of(settings: Settings) -> Crew:
    """The workers, not started yet.

    Raises:
        MissingDependencyError: there is no model for the language.
    """
    from digitizer.services.digitize_page import at_bench
    from digitizer.services.pool import Crew

    _ = reader_of(settings.language, settings.tessdata).identity
    prepare = partial(at_bench, tools_of(settings))
    return Crew(jobs_of(settings), prepare, _PRELOAD, settings.page_wall_seconds)


@contextmanager
def archive_of(settings: Settings, crew: Crew | None = None) -> Iterator[ArchiveApp]:
    """The archive, made on first use; only `work` needs the crew.

    Raises:
        UsageError: a server is named that this system has no body for, or without its keys.
        MissingDependencyError: the archive's folder cannot be used.
    """
    from storage.amendments import SqlAmendments
    from storage.catalogue import SqlCatalogue
    from storage.hit_pages import SqlHitPages
    from storage.search import TantivyIndex

    home = settings.home.absolute()
    make_folder(home / "scratch")
    catalogue, hits = SqlCatalogue(database_url(settings)), SqlHitPages(database_url(settings))
    reading = (crew, tools_of(settings), _ARCHIVE_FORMATS) if crew else None
    with (
        closing(catalogue),
        closing(hits),
        closing(SqlAmendments(database_url(settings))) as amendments,
        long_documents(settings, database_url(settings), reading) as long,
    ):
        yield ArchiveApp(
            masters=_store(settings, Shelf.MASTERS),
            derivatives=_store(settings, Shelf.DERIVATIVES),
            catalogue=catalogue,
            hit_pages=hits,
            index=TantivyIndex(home / "index"),
            queue=queue_of(settings),
            clock=SystemClock(),
            admit=partial(_admit, settings),
            digitize=reads(crew, _ARCHIVE_FORMATS) if crew else _no_crew,
            agent=Agent(f"software:digitizer/{__version__}"),
            scratch=home / "scratch",
            lease_seconds=settings.lease_seconds,
            secrecy_stop=settings.secrecy_stop,
            keeps_index=settings.keeps_index,
            long=long,
            amending=Amending(amendments, makes_again(crew) if crew else None),
        )


def unpacker_of(settings: Settings) -> Unpacker:
    """What takes ZIP files apart, in the archive's scratch folder."""
    from digitizer.intake.unpack import Unpacker

    scratch = settings.home.absolute() / "scratch"
    make_folder(scratch)
    return Unpacker(limits_of(settings), scratch)


@contextmanager
def accessions_of(settings: Settings) -> Iterator[Accessions]:
    """Manifests and placements, beside the catalogue."""
    from storage.accessions import SqlAccessions

    accessions = SqlAccessions(database_url(settings))
    try:
        yield accessions
    finally:
        accessions.close()


@contextmanager
def filing_of(settings: Settings) -> Iterator[Filing]:
    """Where documents are filed, beside the catalogue."""
    from storage.filing import SqlFiling

    with closing(SqlFiling(database_url(settings))) as filing:
        yield filing


def _store(settings: Settings, shelf: Shelf) -> BlobStore:
    if not settings.store_url:
        from storage.objects import DirectoryStore

        return DirectoryStore(settings.home.absolute() / shelf.value)
    from storage.s3 import S3Store, parse_store_url

    at = parse_store_url(settings.store_url)
    keys = (settings.store_access_key.get_secret_value(), settings.store_secret_key.get_secret_value())
    if not all(keys):
        raise UsageError("store_url needs the settings store_access_key and store_secret_key")
    return S3Store(at, at.bucket(shelf.value), *keys)


def shelves_in(folder: Path) -> dict[Shelf, BlobStore]:
    """The stores in a folder of backups."""
    from storage.objects import DirectoryStore

    make_folder(folder / "objects")
    return {shelf: DirectoryStore(folder.absolute() / "objects" / shelf.value) for shelf in Shelf}


def catalogue_copier(settings: Settings) -> tuple[Callable[[Path], Census], str]:
    """What copies the catalogue for a backup, and the kind of its database."""
    from storage.backup import copy_catalogue
    from storage.backup_postgresql import dump_catalogue

    url = database_url(settings)
    server = url.startswith("postgresql")
    return partial(dump_catalogue if server else copy_catalogue, url), "postgresql" if server else "sqlite"


def catalogue_loader(settings: Settings) -> Callable[[str, Path, Path], Callable[[], None]]:
    """What puts the copy of a catalogue where the archive of `settings` looks for it."""
    from storage.backup_postgresql import load_catalogue

    url = settings.database_url

    def load(database: str, copy: Path, home: Path) -> Callable[[], None]:
        if (database == "postgresql") != url.startswith("postgresql"):
            raise UsageError(f"this backup is of a catalogue in {database}: database_url names another kind")
        return load_catalogue(url, copy) if database == "postgresql" else load_embedded(database, copy, home)

    return load


def archive_at(
    settings: Settings, home: Path, *, servers: bool = False
) -> AbstractContextManager[ArchiveApp]:
    """The archive in another folder, embedded or on the servers of `settings`, for a restore."""
    return archive_of(replace(settings, home=home, **({} if servers else _EMBEDDED)))


def _admit(settings: Settings, path: Path) -> MediaType:
    """Look at a file's first and last bytes; no link is followed and nothing is decoded.

    Raises:
        Refusal: the file cannot be taken.
        OSError: it cannot be read.
    """
    from digitizer.intake.sniff import HEAD_BYTES, TAIL_BYTES, gate

    if path.is_symlink():
        raise Refusal(Code.NAME, "is a link; links are not followed: give the file itself")
    if not path.is_file():
        raise Refusal(Code.TYPE, "is no regular file")
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        size = os.fstat(handle).st_size
        head = os.pread(handle, HEAD_BYTES, 0)
        tail = os.pread(handle, TAIL_BYTES, max(0, size - TAIL_BYTES))
    finally:
        os.close(handle)
    return gate(path.name, head, tail, size, limits_of(settings))[0]


def _no_crew(_path: Path, _out: Path) -> Digitized:
    raise UsageError("this command does not read pages: run `digitizer work`")


def probes_of(settings: Settings) -> Mapping[str, Callable[[], str]]:
    """What `digitizer check` tries."""
    return {
        "reader": partial(_reader, settings),
        "sandbox": _sandbox,
        "poppler": _poppler,
        "catalogue": partial(soundness, settings),
        "archive": partial(_archive, settings),
        "store": partial(_stores, settings),
        "fixity": partial(_fixity, settings),
        "queue": partial(queue_probe, settings),
        "encryption": partial(_encryption, settings),
    }


def links_of(settings: Settings) -> tuple[str, ...]:
    """The settings whose address leads to another machine without TLS."""
    queue = settings.redis_url.get_secret_value()
    own = {name.strip() for name in settings.own_hosts.split(",")}
    return plain_links(
        {"database_url": settings.database_url, "store_url": settings.store_url, "redis_url": queue}, own
    )


def _encryption(settings: Settings) -> str:
    if plain := links_of(settings):
        raise MissingDependencyError(
            f"{', '.join(plain)}: other machines are reached without TLS, documents can be read on the way"
        )
    return "no connection to another machine goes without TLS"


def _reader(settings: Settings) -> str:
    from ocr_models.tesseract import TesseractEngine

    engine = TesseractEngine(settings.language, settings.tessdata).identity
    TesseractEngine("osd", settings.tessdata)
    return f"Tesseract {engine.version}, model {engine.model} {engine.model_sha256[:12]}"


def _sandbox() -> str:
    from digitizer.intake.sandbox import sandbox_level

    # the kernel holds root to no number of processes
    root = "" if os.geteuid() else "; run as a user of its own, root may start any number of processes"
    if sandbox_level() == "bubblewrap":
        return f"bubblewrap: files are parsed without network, home or other files{root}"
    return f"limits only: install bubblewrap and allow user namespaces for the full guard{root}"


def _poppler() -> str:
    tool = shutil.which("pdftoppm")
    if tool is None:
        raise MissingDependencyError("pdftoppm is not installed: apt-get install poppler-utils")
    done = subprocess.run([tool, "-v"], check=False, capture_output=True, text=True, timeout=10)
    return done.stderr.splitlines()[0] if done.stderr else "found"


def _archive(settings: Settings) -> str:
    if not settings.home.exists() and not settings.database_url:
        return f"{settings.home} does not exist yet: made by the first `digitizer ingest`"
    with archive_of(settings) as app:
        documents = sum(batch.documents for batch in app.catalogue.batches())
        return f"{settings.home}: catalogue {documents} documents, index {app.index.pages()} pages"


def _fixity(settings: Settings) -> str:
    if not settings.home.exists() and not settings.database_url:
        return "nothing is stored yet"
    with archive_of(settings) as app:
        return scrubbed(app)


def _stores(settings: Settings) -> str:
    if not settings.store_url:
        return f"folders in {settings.home}"
    locks = [_proven(_store(settings, shelf)) for shelf in Shelf]
    kept = f"object lock {locks[0]}" if locks[0] else "no object lock, so the key may delete (operations.md)"
    return f"{settings.store_url}: both buckets take objects once and check them; masters: {kept}"


def _proven(store: BlobStore) -> str:
    from storage.s3 import S3Store

    if not isinstance(store, S3Store):
        return ""
    store.prove()
    return store.lock()
