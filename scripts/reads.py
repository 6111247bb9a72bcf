"""Reads a set once and keeps the words with their boxes, so that what follows reading can be measured again.

`digitize` does the reading; one file of pages for each input is kept in a folder under the input's stem.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from digitizer.bootstrap import tools_of
from digitizer.cli.progress import watch_for
from digitizer.model import Box as ModelBox
from digitizer.model import DocumentPart, EngineId, Line, PageRecord, PageStatus, TextLayer, Word
from digitizer.services.digitize import digitize
from digitizer.services.digitize_page import at_bench
from digitizer.services.digitize_plan import Order
from digitizer.services.pool import Crew
from digitizer.settings import load_settings
from digitizer.writing.record import page_from_json, page_to_json
from scripts.samples.model import Page

PRINTED = EngineId("printed", "1", "vie", "")


@dataclass(frozen=True)
class Keeper:
    """Stands in for understanding while a set is read: writes the pages down, says nothing of documents."""

    folder: Path

    def __call__(self, pages: Iterable[PageRecord]) -> tuple[DocumentPart, ...]:
        """Keep the pages of one input under a name made of their texts."""
        every = tuple(pages)
        text = json.dumps([page_to_json(page) for page in every], ensure_ascii=False)
        (self.folder / f"{_name(page.text for page in every)}.pages").write_text(text, "utf-8")
        return ()


def _name(texts: Iterable[str]) -> str:
    return hashlib.sha256("\f".join(texts).encode()).hexdigest()[:24]


def read_set(inputs: Path, cache: Path) -> float:
    """Digitize a folder with one worker and keep what was read in `cache`; CPU seconds of the reading.

    A set that was read before is not read again: then 0.
    """
    if (cache / "done").exists():
        return 0.0
    out = cache / "out"
    out.mkdir(parents=True, exist_ok=True)
    settings = load_settings({"jobs": 1})
    tools = tools_of(settings)
    kept = replace(tools, understand=Keeper(cache))
    begun = time.perf_counter()
    with Crew(1, partial(at_bench, kept), ()) as crew, watch_for(quiet=True) as watch:
        digitize(Order((inputs,), out, ("json",)), crew, watch)
    seconds = 0.0
    for path in sorted(out.rglob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        if "pages" not in record:
            continue
        kept_file = cache / f"{_name(page['text'] for page in record['pages'])}.pages"
        shutil.copyfile(kept_file, cache / f"{path.stem}.json")  # two inputs may say the same
        seconds += record["seconds"]["image"] + record["seconds"]["read"]
    for kept_file in cache.glob("*.pages"):
        kept_file.unlink()
    (cache / "done").write_text(f"{time.perf_counter() - begun:.1f}\n", "utf-8")
    (cache / "seconds").write_text(f"{seconds:.2f}\n", "utf-8")
    return seconds


def kept_pages(cache: Path) -> Iterator[tuple[str, tuple[PageRecord, ...]]]:
    """Stem and pages of every input that was kept."""
    for path in sorted(cache.glob("*.json")):
        yield path.stem, tuple(page_from_json(page) for page in json.loads(path.read_text("utf-8")))


def printed_page(page: Page, number: int) -> PageRecord:
    """A printed page as a reader without faults would give it."""
    lines = tuple(
        Line(tuple(Word(mark.text, ModelBox(*mark.box), 0.97) for mark in marks))
        for marks in page.marks
        if marks
    )
    height, width = page.ink.shape
    status = PageStatus.BLANK if page.blank else PageStatus.TEXT
    layer = TextLayer(PRINTED, "printed", lines)
    return PageRecord(number, width, height, page.dpi, status, layer=layer)
