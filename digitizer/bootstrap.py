"""Settings -> working parts: the only module that names adapters."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from digitizer import __version__
from digitizer.imaging.recipe import DEFAULT
from digitizer.intake.opener import Intake
from digitizer.intake.scans import Limits
from digitizer.model import DocumentPart, PageRecord
from digitizer.services.digitize_page import at_bench
from digitizer.services.digitize_plan import Tools
from digitizer.services.pool import Crew
from digitizer.services.read_page import read_page
from digitizer.settings import Settings
from ocr_models.tesseract import TesseractEngine

__all__ = ["crew_of", "jobs_of", "limits_of", "tools_of", "unclassified"]

_LANGUAGES = {"vie": "vi", "eng": "en", "fra": "fr"}
_PRELOAD = ("digitizer.bootstrap", "digitizer.services.digitize", "tesserocr", "digitizer.cli")


def limits_of(settings: Settings) -> Limits:
    """The bounds of the intake."""
    return Limits(max_bytes=settings.max_bytes, max_pages=settings.max_pages, max_pixels=settings.max_pixels)


def tools_of(settings: Settings) -> Tools:
    """What each worker works with."""
    engine: Callable[[], TesseractEngine] = partial(TesseractEngine, settings.language, settings.tessdata)
    return Tools(
        intake=partial(Intake, limits_of(settings)),
        engine=engine,
        read=read_page,
        understand=unclassified,
        recipe=DEFAULT,
        producer=f"Digitizer {__version__}",
        language=_LANGUAGES.get(settings.language.split("+")[0], "und"),
        page_seconds=settings.page_seconds,
        memory_bytes=settings.memory_bytes,
    )


def jobs_of(settings: Settings) -> int:
    """How many workers: as asked, else one a core that this process may use."""
    return settings.jobs or len(os.sched_getaffinity(0))


def crew_of(settings: Settings) -> Crew:
    """The workers, not started yet."""
    return Crew(jobs_of(settings), partial(at_bench, tools_of(settings)), _PRELOAD)


def unclassified(pages: Iterable[PageRecord]) -> tuple[DocumentPart, ...]:
    """All pages as one document of no known class, for a person to look at."""
    numbers = tuple(page.number for page in pages)
    return (DocumentPart(numbers, "unknown", 0.0, needs_review=True),)


def archive_paths(settings: Settings) -> dict[str, Path]:
    """Where the embedded archive keeps its parts."""
    home = settings.home
    return {name: home / name for name in ("masters", "derivatives", "index", "scratch")}
