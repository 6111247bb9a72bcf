"""A fake intake, engine and reader for tests of the spine, which `run_as_process` runs on them.

An input is a JSON file: `{"pages": 6, "die": [4]}`. Lists of page numbers say what goes wrong: `die` and
`hang` while the page is read with any effort, `die_full` only with full effort, `broken` while it is
decoded, `lost` is not handed on, `blank` has no text, `born` is born digital. `refuse` is a code; `slow`
seconds a page.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pikepdf
import typer

from digitizer.cli.door import through
from digitizer.errors import Code, MissingDependencyError, PageError, Refusal
from digitizer.imaging.recipe import DEFAULT
from digitizer.intake.scans import KeepPlan, Kept, PageFailure, PageScan, SourceProbe
from digitizer.model import (
    Box,
    DocumentPart,
    EngineId,
    Fixity,
    Line,
    MediaType,
    PageRecord,
    PageStatus,
    TextLayer,
    Word,
)
from digitizer.services.digitize import Run, digitize
from digitizer.services.digitize_one import Unwatched
from digitizer.services.digitize_page import at_bench
from digitizer.services.digitize_plan import Order, Tools
from digitizer.services.pool import Crew
from digitizer.services.read_page import PageReading

HEIGHT, WIDTH, DPI = 280, 200, 200.0
FAULTS = ("die", "hang", "wait", "spin", "die_full", "fail", "fail_full", "bug", "blank", "no_model")


class FakeIntake:
    """Hands on drawn pages by what the input's JSON says."""

    def probe(self, path: Path) -> SourceProbe:
        data = path.read_bytes()
        script = json.loads(data) if data[:1] == b"{" else {"refuse": "E-TYPE"}
        if script.get("die_probe"):
            os.kill(os.getpid(), signal.SIGKILL)
        if "refuse" in script:
            raise Refusal(Code(script["refuse"]), "is not to our taste")
        fixity = Fixity(hashlib.sha256(data).hexdigest(), script.get("bytes", 50_000))
        flags = ("signed",) if script.get("signed") else ()
        return SourceProbe(MediaType.PDF, fixity, script["pages"], flags)

    def pages(self, path: Path, numbers: Sequence[int]) -> Iterator[PageScan | PageFailure]:
        script = json.loads(path.read_bytes())
        for number in numbers:
            time.sleep(script.get("slow", 0))
            if number in script.get("lost", ()):
                return
            if number in script.get("broken", ()):
                yield PageFailure(number, Code.TRUNC, "breaks off")
                continue
            born = number in script.get("born", ())
            flags = tuple(fault for fault in FAULTS if number in script.get(fault, ()))
            yield PageScan(
                number,
                drawn(number),
                (DPI, DPI),
                "decoded",
                None,
                born,
                _words(number) if born else (),
                flags,
            )

    def keep(self, path: Path, out: Path, plan: KeepPlan) -> Kept:
        if json.loads(path.read_bytes()).get("unkeepable"):
            return Kept(False, ("a rule",))
        with pikepdf.new() as pdf:
            for origin, _ in plan.order:
                pdf.add_blank_page(page_size=(99, 99) if origin == "source" else (50, 50))
            pdf.save(out, deterministic_id=True)
        return Kept(True)


def _words(number: int) -> tuple[Word, ...]:
    return Word("Trang", Box(10, 10, 50, 20), 0.9), Word(str(number), Box(60, 10, 70, 20), 0.8)


def drawn(number: int) -> np.ndarray:
    """A page with some grey in it, another one for each number."""
    pixels = np.full((HEIGHT, WIDTH), 255, np.uint8)
    pixels[20 : 30 + number % 100, 20:180] = 60 + number % 100
    return pixels


class FakeEngine:
    """Only says who it is; `fake_read` needs no more."""

    @property
    def identity(self) -> EngineId:
        return EngineId("fake", "1", "vie", "0" * 64)


def fake_read(scan: PageScan, _engine: FakeEngine, recipe: object) -> PageReading:
    """Text by the page's number, or the fault its flags ask for."""
    _strike(scan, full=scan.dpi[0] == DPI)
    height, width = scan.pixels.shape[:2]
    blank = "blank" in scan.flags
    words = () if blank else _words(scan.number)
    layer = TextLayer(FakeEngine().identity, DEFAULT.id, (Line(words),) if words else ())
    status = PageStatus.BLANK if blank else PageStatus.TEXT
    record = PageRecord(scan.number, width, height, round(scan.dpi[0]), status, quality=0.9, layer=layer)
    return PageReading(record, 1, (("read", 0.001),))


def _strike(scan: PageScan, *, full: bool) -> None:
    if "die" in scan.flags or ("die_full" in scan.flags and full):
        os.kill(os.getpid(), signal.SIGKILL)
    if "hang" in scan.flags:
        time.sleep(600)
    if "wait" in scan.flags:
        time.sleep(1.5)
    while "spin" in scan.flags:
        pass
    if "fail" in scan.flags or ("fail_full" in scan.flags and full):
        raise PageError(Code.TOOL, "the fake engine failed")
    if "bug" in scan.flags:
        raise ZeroDivisionError("bí mật")
    if "no_model" in scan.flags:
        raise MissingDependencyError("no model: install it")


@dataclass(frozen=True)
class Bench:
    """A folder for inputs, one for outputs, and runs of the spine over them."""

    root: Path
    jobs: int = 2
    page_seconds: float = 20.0
    page_wall_seconds: float = 60.0

    @property
    def inputs(self) -> Path:
        return self.root / "in"

    @property
    def out(self) -> Path:
        return self.root / "out"

    def put(self, name: str, **script: object) -> Path:
        path = self.inputs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(script))
        return path

    def run(self, **order: object) -> Run:
        asked = Order(**{"inputs": (self.inputs,), "out": self.out, **order})
        with crew(self.jobs, self.page_seconds, self.page_wall_seconds) as workers:
            return digitize(asked, workers, Unwatched())

    def record(self, stem: str) -> dict:
        return json.loads((self.out / f"{stem}.json").read_text("utf-8"))

    def files(self) -> set[str]:
        return {p.relative_to(self.out).as_posix() for p in self.out.rglob("*") if p.is_file()}

    def contents(self) -> dict[str, object]:
        """All outputs but the report's page, without the times."""
        return {name: timeless(self.out / name) for name in self.files() if name != "report.html"}


def timeless(path: Path) -> object:
    return _without_seconds(json.loads(path.read_bytes())) if path.suffix == ".json" else path.read_bytes()


def _without_seconds(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_seconds(part) for name, part in value.items() if name != "seconds"}
    return [_without_seconds(part) for part in value] if isinstance(value, list) else value


def unclassified(pages: Iterable[PageRecord]) -> tuple[DocumentPart, ...]:
    """All pages as one document of no known class."""
    return (DocumentPart(tuple(page.number for page in pages), "unknown", 0.0, needs_review=True),)


def tools(page_seconds: float = 20.0, page_wall_seconds: float = 60.0) -> Tools:
    return Tools(
        FakeIntake,
        FakeEngine,
        fake_read,
        unclassified,
        DEFAULT,
        "Digitizer test",
        page_seconds=page_seconds,
        page_wall_seconds=page_wall_seconds,
    )


def crew(jobs: int, page_seconds: float = 20.0, page_wall_seconds: float = 60.0) -> Crew:
    preload = ("digitizer.bootstrap", "digitizer.services.digitize", "tests.unit.digitize_fakes")
    return Crew(jobs, partial(at_bench, tools(page_seconds, page_wall_seconds)), preload)


def main(root: str) -> int:
    """Digitize `root`/in into `root`/out; 0 or 1."""
    ended = Bench(Path(root)).run()
    return int(any(entry.needs_person for entry in ended.entries))


def run_as_process() -> None:
    """Do so as a command does: with its exit status and its one line for an error."""
    try:
        through(lambda: main(sys.argv[1]), verbose=False)
    except typer.Exit as left:
        sys.exit(left.exit_code)
