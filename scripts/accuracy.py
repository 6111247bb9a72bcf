"""How well and at what cost each reader reads: `make accuracy`, in parts with `--only` and `--tools`.

Every figure is kept in out/accuracy/results.json as soon as it is there, so a run that was stopped goes on;
the tables of docs/accuracy.md are written from all that is known.
"""

import argparse
import datetime
import json
import re
import shutil
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from digitizer.imaging.recipe import DEFAULT
from scripts.readers import ABLATIONS, best_model, pictures
from scripts.samples import defects
from scripts.samples.levels import Wear
from scripts.samples.sets import accuracy
from scripts.score import score
from scripts.usage import ROOT, measure

WORK = ROOT / "out" / "accuracy"
REPORT = ROOT / "docs" / "accuracy.md"
SAMPLES = ROOT.parent / "shared" / "samples"
TOOLS = ("ours", "ocrmypdf", "tesseract", "tesseract-best", "trueocr")
WEARS = {f"wear{int(level)}": level for level in Wear}
SETS = (*WEARS, *defects.KINDS, "real")
FIGURES = re.compile(r"\d+(?:[./]\d+)*")
ABLATED = ("wear3", "photo", "real")
Json = dict[str, Any]


def prepared(name: str, seed: int, pages: int) -> Path:
    """The folder of a set, made when it is not there; real scans are linked to."""
    if name == "real":
        return SAMPLES
    folder = WORK / name
    whole = folder / "whole"  # written last, so that a set cut short is made again
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if name in WEARS:
            accuracy(WORK, seed, 2 * pages, (WEARS[name],))
        else:
            defects.produce(folder, name, seed, pages)
        whole.touch()
    return folder


def command_of(tool: str, name: str, source: Path, out: Path) -> list[str]:
    """The command that lets a tool read a set."""
    if tool == "ours":
        digitizer = str(ROOT / ".venv" / "bin" / "digitizer")
        return [digitizer, "digitize", str(source), "--out", str(out), "--jobs", "1", "--quiet"]
    if tool == "ocrmypdf":
        return [sys.executable, "-m", "scripts.bench", "--peer", str(source), str(out)]
    if tool in ABLATIONS:
        return [sys.executable, "-m", "scripts.readers", tool, str(source), str(out)]
    shown = WORK / "pictures" / name
    if not shown.is_dir():
        pictures(source, shown)
    return [sys.executable, "-m", "scripts.readers", tool, str(shown), str(out)]


def figures_exact(truth: Path, out: Path) -> tuple[int, int]:
    """How many of the truth's strings of figures were read exactly, page by page, and how many there are."""
    hit = true = 0
    for path in truth.glob("*.gt.json"):
        record = out / path.name.replace(".gt.json", ".json")
        pages = json.loads(record.read_text("utf-8")).get("pages", []) if record.exists() else []
        found = {page["number"]: page.get("text") or "" for page in pages}
        for number, page in enumerate(json.loads(path.read_text("utf-8"))["pages"], 1):
            want = Counter(FIGURES.findall(page.get("text") or ""))
            hit += (want & Counter(FIGURES.findall(found.get(number, "")))).total()
            true += want.total()
    return hit, true


def run(tool: str, name: str, options: argparse.Namespace) -> Json:
    """Let a tool read a set and score it."""
    folder = prepared(name, options.seed, options.pages)
    out = WORK / "read" / name / tool.replace(" ", "-")
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    usage = measure(command_of(tool, name, folder / "in", out), out.with_suffix(".log"))
    figures = score(folder / "truth", out)
    hit, true = figures_exact(folder / "truth", out)
    kept = {key: figures[key] for key in ("pages", "cer", "tone_cer", "word_f1", "blank_wrong")}
    return {
        **kept,
        "figures": round(hit / true, 4) if true else None,
        "cpu": round(usage.cpu / figures["pages"], 2),
        "recipe": DEFAULT.id,
        "day": datetime.datetime.now(datetime.UTC).date().isoformat(),
    }


def known() -> Json:
    """Results kept so far."""
    path = WORK / "results.json"
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def tables(results: Json) -> str:
    """The tables of the report."""
    lines = [
        "| set | pages | reader | CER | tones only | word F1 | figures exact | CPU, s a page |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in SETS:
        for tool in TOOLS:
            if result := results.get(f"{name} {tool}"):
                lines.append(f"| {name} | {result['pages']} | {tool} | {_cells(result)} |")
    lines += ["", "## What each part brings", "", "| set | reading | CER | tones only | word F1 |"]
    lines[-1] += " figures exact | CPU, s a page |"
    lines.append("| --- | --- | --- | --- | --- | --- | --- |")
    for name in SETS:
        for tool in ABLATIONS:
            if result := results.get(f"{name} {tool}"):
                lines.append(f"| {name} | {tool} | {_cells(result)} |")
    used = sorted({f"recipe {r['recipe']}, {r['day']}" for r in results.values()})
    return "\n".join([f"Measured with {'; '.join(used)}.", "", *lines])


def _cells(result: Json) -> str:
    figures = "-" if result["figures"] is None else f"{result['figures']:.3f}"
    cells = [f"{result['cer'] or 0:.4f}", f"{result['tone_cer'] or 0:.4f}", f"{result['word_f1']:.4f}"]
    return " | ".join([*cells, figures, f"{result['cpu']:.2f}"])


def publish(results: Json) -> None:
    """Put the tables between their markers."""
    start, end = "<!-- accuracy:start -->", "<!-- accuracy:end -->"
    head, _, rest = REPORT.read_text("utf-8").partition(start)
    REPORT.write_text(f"{head}{start}\n{tables(results)}\n{end}{rest.partition(end)[2]}", "utf-8")


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.accuracy", description=__doc__)
    parser.add_argument("--only", nargs="*", choices=SETS, default=SETS, help="these sets")
    parser.add_argument("--tools", nargs="*", choices=TOOLS, default=TOOLS, help="these readers")
    parser.add_argument("--ablate", action="store_true", help="leave out one part of ours after the other")
    parser.add_argument("--fresh", action="store_true", help="measure again what is known")
    parser.add_argument(
        "--pages", type=int, default=3, help="pages of a set of one defect; twice that a wear"
    )
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args(argv)


def wanted(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Which tools on which sets."""
    sets = [name for name in options.only if name != "real" or SAMPLES.is_dir()]
    if options.ablate:
        chosen = [name for name in sets if name in ABLATED]
        return [(name, tool) for name in chosen for tool in ABLATIONS if tool != "best model" or best_model()]
    tools = [tool for tool in options.tools if tool != "tesseract-best" or best_model()]
    return [(name, tool) for name in sets for tool in tools]


def main(argv: list[str]) -> int:
    """Measure what is not known yet, keep each figure, write the report."""
    options = parse(argv)
    WORK.mkdir(parents=True, exist_ok=True)
    results = known()
    for name, tool in wanted(options):
        key = f"{name} {tool}"
        if key in results and not options.fresh:
            continue
        results[key] = run(tool, name, options)
        (WORK / "results.json").write_text(json.dumps(results, indent=1), "utf-8")
        print(f"{name:16} {tool:28} {_cells(results[key])}", flush=True)
    publish(results)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
