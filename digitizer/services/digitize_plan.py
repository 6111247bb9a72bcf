"""What is asked of a run, and the names of its outputs: safe, no two alike, none an input's own."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from digitizer.errors import Refusal, UsageError
from digitizer.imaging.recipe import Recipe
from digitizer.intake.find import FoundInput, find_inputs
from digitizer.intake.scans import KeepPlan, Kept, PageFailure, PageScan, SourceProbe
from digitizer.model import DocumentPart, EngineId, PageRecord
from digitizer.ports import OcrEngine
from digitizer.services.pool import PATIENCE_SECONDS
from digitizer.services.read_page import PageReading

__all__ = ["FORMATS", "Opener", "Order", "Planned", "TooManyPagesError", "Tools", "plan_outputs"]

FORMATS = {"pdf": ".pdf", "txt": ".txt", "json": ".json", "alto": ".alto.xml", "hocr": ".hocr"}
TAKEN_SUFFIXES = frozenset(
    [
        ".pdf",
        ".tif",
        ".tiff",
        ".jpg",
        ".jpeg",
        ".jpe",
        ".png",
        ".bmp",
        ".webp",
        ".jp2",
        ".j2k",
        ".jpx",
        ".jpf",
    ]
)
_NAME_BYTES = 255 - len(".alto.xml") - len("-99999")


class Opener(Protocol):
    """One worker's way to untrusted files (`digitizer.intake.opener.Intake`)."""

    def probe(self, path: Path) -> SourceProbe:
        """Admit the file and count its pages; raises `Refusal`."""
        ...

    def pages(self, path: Path, numbers: Sequence[int]) -> Iterator[PageScan | PageFailure]:
        """Decode pages, one result each."""
        ...

    def keep(self, path: Path, out: Path, plan: KeepPlan) -> Kept:
        """Write born-digital pages to `out` as they are."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a worker works with; every part can be sent to another process. `understand` tells documents.

    `beside` names the readers that `read` uses beside the engine. A page is ended after `page_seconds` of
    processor time, or `page_wall_seconds` of the clock.
    """

    intake: Callable[[], Opener]
    engine: Callable[[], OcrEngine]
    read: Callable[[PageScan, OcrEngine, Recipe], PageReading]
    understand: Callable[[Iterable[PageRecord]], tuple[DocumentPart, ...]]
    recipe: Recipe
    producer: str
    language: str = "vi"
    beside: tuple[EngineId, ...] = ()
    page_seconds: float = 30.0
    page_wall_seconds: float = PATIENCE_SECONDS
    memory_bytes: int = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Order:
    """What the person asked for: inputs, output folder, kinds of file, whether finished work counts.

    The first `thumbnails` inputs get a picture in the report. `keep_pages`: leave the page files behind.
    `only`: read these pages, put nothing together. `most_pages`: do not begin an input with more; 0: any.
    `readings`: a folder with what stands on each page (`digitize_work.save_reading`): nothing is read again.
    """

    inputs: tuple[Path, ...]
    out: Path
    formats: tuple[str, ...] = ("pdf", "txt", "json")
    resume: bool = True
    thumbnails: int = 60
    keep_pages: bool = False
    only: tuple[int, ...] | None = None
    most_pages: int = 0
    readings: Path | None = None

    def __post_init__(self) -> None:
        for name in self.formats:
            if name not in FORMATS:
                raise UsageError(f"unknown format {name!r}: choose from {', '.join(FORMATS)}")


class TooManyPagesError(Exception):
    """An input has more pages than one worker is to read; none of them was begun."""

    def __init__(self, pages: int) -> None:
        super().__init__(f"{pages} pages")
        self.pages = pages


@dataclass(frozen=True, slots=True)
class Planned:
    """One input and the name of its outputs: `stem` is relative to the output folder, without suffix."""

    number: int
    path: Path
    relative: str
    stem: str
    refusal: Refusal | None = None


def plan_outputs(order: Order) -> tuple[Planned, ...]:
    """Find all inputs and name their outputs, in natural order; the same inputs get the same names again.

    Files of a kind we take are named first, so that `notes.doc` cannot push `notes.pdf` to `notes-2`.

    Raises:
        UsageError: an input does not exist, or the output folder is an input folder itself.
    """
    found = list(_outside(order))
    taken = {"report"} | {_key(_inside(f.path, order.out)) for f in found}
    stems: dict[int, str] = {}
    for at in sorted(range(len(found)), key=lambda at: not _is_taken_kind(found[at].relative)):
        stems[at] = _free_stem(_safe_stem(found[at].relative), taken)
    return tuple(Planned(at, f.path, f.relative, stems[at], f.refusal) for at, f in enumerate(found))


def _is_taken_kind(relative: str) -> bool:
    return PurePosixPath(relative).suffix.lower() in TAKEN_SUFFIXES


def _outside(order: Order) -> Iterator[FoundInput]:
    """The inputs, without what lies in the output folder."""
    out = Path(os.path.realpath(order.out))
    folders = [Path(os.path.realpath(path)) for path in order.inputs if path.is_dir()]
    if out in folders:
        raise UsageError("the output folder is an input folder: choose another --out")
    within = any(out.is_relative_to(folder) for folder in folders)
    for found in find_inputs(order.inputs):
        if not (within and _real(found.path).is_relative_to(out)):
            yield found


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path.parent)) / path.name


def _inside(path: Path, out: Path) -> str:
    """The stem an input's own file would block if it lay in the output folder."""
    real, root = _real(path), Path(os.path.realpath(out))
    return real.relative_to(root).with_suffix("").as_posix() if real.is_relative_to(root) else ""


def _key(stem: str) -> str:
    """Names that some file system takes for the same are the same here."""
    return unicodedata.normalize("NFC", stem).casefold()


def _free_stem(stem: str, taken: set[str]) -> str:
    number, name = 1, stem
    while _key(name) in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(_key(name))
    return name


def _safe_stem(relative: str) -> str:
    """The relative path without its suffix: NFC, no part that leads elsewhere, no part too long."""
    path = PurePosixPath(unicodedata.normalize("NFC", relative))
    parts = [_safe_part(part) for part in (*path.parent.parts, path.stem)]
    return "/".join(parts)


def _safe_part(part: str) -> str:
    if part in {"", ".", ".."} or part.startswith("."):
        part = f"_{part}"
    raw = part.replace("/", "_").replace("\0", "_").encode("utf-8", "backslashreplace")
    if len(raw) <= _NAME_BYTES:
        return raw.decode()
    digest = hashlib.sha256(raw).hexdigest()[:8]
    return f"{raw[: _NAME_BYTES - 9].decode('utf-8', 'ignore')}-{digest}"
