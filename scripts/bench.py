"""Measures this project and OCRmyPDF on the same pages in the same run: `make bench`, `--memory`, `--kill`.

Every figure is of the whole process tree: wall, CPU of all children, peak of their summed memory. The
tables are written between markers into docs/benchmarks.md.
"""

import argparse
import datetime
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from scripts.samples.files import write_pdf
from scripts.samples.levels import Scan, Wear
from scripts.samples.sets import accuracy
from scripts.score import score
from scripts.usage import ROOT, Usage, environment, killed_run, measure

WORK = ROOT / "out" / "bench"
REPORT = ROOT / "docs" / "benchmarks.md"
SAMPLES = ROOT.parent / "shared" / "samples"
DIGITIZER = str(ROOT / ".venv" / "bin" / "digitizer")
OCRMYPDF = str(ROOT / ".venv" / "bin" / "ocrmypdf")
PEER_WAYS = ("--rasterizer", "pypdfium", "--pdfa-backend", "internal")
"""OCRmyPDF without Ghostscript, which set-up does not install; its own automatic choice for the first."""
PEER_ARGS = ("-l", "vie", "--deskew", "--rotate-pages", "--output-type", "pdfa", *PEER_WAYS)
PEER_RETRY = ("--mode", "force", "--invalidate-digital-signatures")
IMAGES = {".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"}
JOBS = 2
KILLS = 10
MIB = 1 << 20


class BenchError(Exception):
    """The bench cannot go on; one line that says what to do."""


@dataclass(frozen=True)
class Result:
    """One tool on one set of pages."""

    usage: Usage
    pages: int
    bytes: int
    failures: int
    figures: dict[str, Any]


def ours(source: Path, out: Path) -> list[str]:
    """Our command for a folder."""
    return [DIGITIZER, "digitize", str(source), "--out", str(out), "--jobs", str(JOBS), "--quiet"]


def peer_command(source: Path, out: Path, extra: Sequence[str]) -> list[str]:
    """OCRmyPDF's command for one file; two files are worked on at a time, so each gets one job."""
    dpi = ("--image-dpi", "300") if source.suffix.lower() in IMAGES else ()
    target, sidecar = out / f"{source.stem}.pdf", out / f"{source.stem}.txt"
    command = [OCRMYPDF, *PEER_ARGS, *extra, *dpi, "--jobs", "1", "--quiet", "--sidecar", str(sidecar)]
    return [*command, str(source), str(target)]


def peer_file(source: Path, out: Path) -> str:
    """Run OCRmyPDF on one file, by force when it declines; 'done', 'forced' or 'failed'."""
    for answer, extra in (("done", ()), ("forced", PEER_RETRY)):
        run = subprocess.run(peer_command(source, out, extra), env=environment(), check=False)
        if run.returncode in (0, 10):
            return answer
    return "failed"


def peer(source: Path, out: Path) -> int:
    """Run OCRmyPDF on every file of a folder, two at a time, and write its text as records."""
    out.mkdir(parents=True, exist_ok=True)
    inputs = sorted(path for path in source.iterdir() if path.is_file())
    with ThreadPoolExecutor(JOBS) as pool:
        answers = list(pool.map(lambda path: peer_file(path, out), inputs))
    for path in inputs:
        sidecar = out / f"{path.stem}.txt"
        texts = sidecar.read_text("utf-8").split("\f") if sidecar.exists() else []
        pages = [{"number": at, "status": "text", "text": text} for at, text in enumerate(texts, 1)]
        (out / f"{path.stem}.json").write_text(json.dumps({"pages": pages}), "utf-8")
    states = dict(zip((path.name for path in inputs), answers, strict=True))
    (out / "states.json").write_text(json.dumps(states), "utf-8")
    return 0


def run_ours(source: Path, truth: Path, out: Path) -> Result:
    """Digitize a set."""
    usage = measure(ours(source, out), out.with_suffix(".log"))
    report = out / "report.json"
    if not report.exists():
        raise BenchError(
            f"digitize wrote no report.json for {source.parent.name}: see {out.with_suffix('.log')}"
        )
    entries = json.loads(report.read_text("utf-8"))["inputs"]
    failures = sum(not str(entry["state"]).startswith("done") for entry in entries)
    return _result(usage, truth, out, failures)


def run_peer(source: Path, truth: Path, out: Path) -> Result:
    """Let OCRmyPDF do the same set."""
    command = [sys.executable, "-m", "scripts.bench", "--peer", str(source), str(out)]
    usage = measure(command, out.with_suffix(".log"))
    states = json.loads((out / "states.json").read_text("utf-8"))
    return _result(usage, truth, out, list(states.values()).count("failed"))


def _result(usage: Usage, truth: Path, out: Path, failures: int) -> Result:
    figures = score(truth, out)
    size = sum(path.stat().st_size for path in out.rglob("*.pdf"))
    return Result(usage, figures["pages"], size, failures, figures)


ROWS: tuple[tuple[str, str, Callable[[Result], float]], ...] = (
    ("wall, s a page", "{:.2f}", lambda r: r.usage.wall / r.pages),
    ("CPU, s a page", "{:.2f}", lambda r: r.usage.cpu / r.pages),
    ("peak memory, MiB", "{:.0f}", lambda r: r.usage.peak / MIB),
    ("PDF, KiB a page", "{:.0f}", lambda r: r.bytes / 1024 / r.pages),
    ("CER", "{:.4f}", lambda r: r.figures["cer"] or 0.0),
    ("word F1", "{:.4f}", lambda r: r.figures["word_f1"]),
    ("files failed", "{:.0f}", lambda r: float(r.failures)),
)


def compare(name: str, mine: Result, theirs: Result) -> list[list[str]]:
    """The rows of one set: figure, ours, theirs, ours over theirs."""
    rows = []
    for label, form, figure in ROWS:
        one, two = figure(mine), figure(theirs)
        ratio = f"{one / two:.2f}" if two else "-"
        rows.append([name, str(mine.pages), label, form.format(one), form.format(two), ratio])
    return rows


def bench_sets(seed: int, pages: int) -> list[tuple[str, Path, Path]]:
    """The sets to run: name, folder of inputs, folder of truth."""
    pile = WORK / "pages"
    shutil.rmtree(WORK, ignore_errors=True)
    accuracy(pile, seed, pages, (Wear.CLEAN, Wear.LIGHT, Wear.MIDDLE))
    sets = [
        (f"generated, wear {level}", pile / f"wear{level}/in", pile / f"wear{level}/truth")
        for level in range(3)
    ]
    if (SAMPLES / "in").is_dir():
        sets.append(("real scans", SAMPLES / "in", SAMPLES / "truth"))
    return sets


def speed_and_accuracy(options: argparse.Namespace) -> tuple[list[str], list[list[str]], str]:
    """Both tools on every set, one after the other."""
    rows: list[list[str]] = []
    for index, (name, source, truth) in enumerate(bench_sets(options.seed, options.pages)):
        mine = run_ours(source, truth, WORK / f"ours{index}")
        theirs = run_peer(source, truth, WORK / f"peer{index}")
        rows += compare(name, mine, theirs)
    forced = sum(
        list(json.loads(path.read_text("utf-8")).values()).count("forced")
        for path in WORK.glob("peer*/states.json")
    )
    peer_words = f"ocrmypdf {shlex.join(PEER_ARGS)} --jobs 1, two files at a time"
    note = (
        f"Ours: `digitizer digitize IN --out OUT --jobs {JOBS}`. Theirs: `{peer_words}`; {forced} files "
        f"it first declined (signed, tagged or with text) were run again with `{shlex.join(PEER_RETRY)}`. "
        "Its text is its sidecar."
    )
    return ["set", "pages", "figure", "ours", "OCRmyPDF", "ours / theirs"], rows, note


def long_pdf(target: Path, pages: int, seed: int) -> None:
    """A PDF of many JPEG pages: a few generated ones repeated, each with a mark of its own in the corner."""
    pile = WORK / "long"
    accuracy(pile, seed, 6, (Wear.CLEAN,))
    images = [Image.open(path).convert("L") for path in sorted((pile / "wear0/in").glob("*.[jp][pn]g"))]
    if not images:
        raise BenchError("no single-page pictures were generated: raise --pages")
    scans = []
    for number in range(pages):
        small = images[number % len(images)].resize((1654, 2339))
        pixels = np.array(small)
        pixels[20 : 26 + number % 7, 20 : 30 + number] = 90
        scans.append(Scan(pixels, 200, 75))
    write_pdf(target, scans)


def memory_table(options: argparse.Namespace) -> tuple[list[str], list[list[str]], str]:
    """Peak memory of the whole tree on a short and on a long PDF."""
    shutil.rmtree(WORK, ignore_errors=True)
    rows = []
    for pages in (20, options.long_pages):
        source = WORK / f"memory{pages}"
        source.mkdir(parents=True)
        long_pdf(source / "long.pdf", pages, options.seed)
        usage = measure(ours(source, WORK / f"out{pages}"), WORK / f"memory{pages}.log")
        rows.append([str(pages), f"{usage.peak / MIB:.0f}", f"{usage.wall / pages:.2f}", str(usage.status)])
    note = "Peak of the summed proportional memory (PSS) of all processes; generated pages, 200 dpi, JPEG."
    return ["pages", "peak, MiB", "s a page", "exit status"], rows, note


def comparable(path: Path) -> str:
    """A digest of a file's bytes; of a JSON file without its times."""
    data = path.read_bytes()
    if path.suffix == ".json":
        data = json.dumps(_timeless(json.loads(data)), sort_keys=True).encode()
    return hashlib.sha256(data).hexdigest()


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {name: _timeless(part) for name, part in value.items() if name != "seconds"}
    return [_timeless(part) for part in value] if isinstance(value, list) else value


def digests(out: Path) -> dict[str, str]:
    """Each output and its digest; the HTML report repeats report.json with its times and is left out."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "report.html")
    return {str(path.relative_to(out)): comparable(path) for path in files}


def kill_table(options: argparse.Namespace) -> tuple[list[str], list[list[str]], str]:
    """Kill at ten seeded moments, resume, and hold the outputs against an undisturbed run's."""
    shutil.rmtree(WORK, ignore_errors=True)
    accuracy(WORK / "pages", options.seed, options.pages, (Wear.LIGHT,))
    source = WORK / "pages/wear1/in"
    calm = measure(ours(source, WORK / "calm"), WORK / "calm.log")
    rng, rows = np.random.default_rng(options.seed), []
    for index in range(KILLS):
        delay = float(rng.uniform(0.1, max(0.5, calm.wall * 0.3)))
        at_work = killed_run(ours(source, WORK / "killed"), delay)
        whole = digests(WORK / "killed") if (WORK / "killed").exists() else {}
        state = "killed at work" if at_work else "had already ended"
        rows.append([str(index + 1), f"{delay:.2f}", state, str(len(whole))])
    last = measure(ours(source, WORK / "killed"), WORK / "killed.log")
    want, got = digests(WORK / "calm"), digests(WORK / "killed")
    wrong = sorted(name for name in want.keys() | got.keys() if want.get(name) != got.get(name))
    rows.append(["resumed", f"{last.wall:.2f}", f"exit {last.status}", str(len(got))])
    verdict = "all equal byte for byte" if not wrong else f"{len(wrong)} differ: {', '.join(wrong[:8])}"
    note = f"{len(want)} outputs of a calm run against the killed and resumed one, times left out: {verdict}."
    return ["kill", "after, s", "what happened", "whole files"], rows, note


def machine() -> str:
    """The machine in words: cores and kind of processor, nothing that names it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{os.cpu_count()} cores, {names[0] if names else platform.machine()}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> str:
    """The section that goes between the markers."""
    git = [shutil.which("git") or "git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    table = [f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows)]
    return "\n".join([f"{today}, commit {commit or 'unknown'}, {machine()}.", "", *table, "", note])


def publish(section: str, text: str) -> None:
    """Put a section between its markers in the report, leaving the rest as it is."""
    start, end = f"<!-- {section}:start -->", f"<!-- {section}:end -->"
    page = REPORT.read_text("utf-8") if REPORT.exists() else "# Benchmarks\n"
    if start not in page or end not in page:
        page = f"{page.rstrip()}\n\n{start}\n{end}\n"
    head, _, rest = page.partition(start)
    REPORT.write_text(f"{head}{start}\n{text}\n{end}{rest.partition(end)[2]}", "utf-8")


def show(header: Sequence[str], rows: Sequence[Sequence[str]], note: str) -> None:
    """Print a table and its note."""
    table = Table(*header)
    for row in rows:
        table.add_row(*row)
    console = Console()
    console.print(table)
    console.print(note)


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pages", type=int, default=12, help="generated pages for each level of wear")
    parser.add_argument("--memory", action="store_true", help="peak memory on a short and a long PDF")
    parser.add_argument("--kill", action="store_true", help="kill at ten moments, resume, compare")
    parser.add_argument("--long-pages", type=int, default=500, help="pages of the long PDF of --memory")
    parser.add_argument("--peer", nargs=2, type=Path, metavar=("IN", "OUT"), help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """Run one of the benches, print its table and write it into the report."""
    options = parse(argv)
    if options.peer:
        return peer(*options.peer)
    section = "memory" if options.memory else "kill" if options.kill else "bench"
    benches = {"memory": memory_table, "kill": kill_table, "bench": speed_and_accuracy}
    try:
        header, rows, note = benches[section](options)
    except (BenchError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 3
    show(header, rows, note)
    publish(section, markdown(header, rows, note))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
