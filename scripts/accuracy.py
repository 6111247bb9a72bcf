"""How well and at what cost each reader reads: `make accuracy`, in parts with `--only` and `--tools`.

Every figure is kept in out/accuracy/SEED-PAGES/results.json as soon as it is there, so a run that was
stopped, or whose `--minutes` are over, goes on; figures of ours with another recipe count as unknown. The
tables of docs/accuracy.md hold what is known of the usual seed and pages, and say what is not.
"""

import argparse
import datetime
import json
import re
import shutil
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from digitizer.imaging.recipe import DEFAULT
from scripts.readers import ABLATIONS, best_model, pictures
from scripts.real_scans import GROUP, by_group, handwritten
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
SETS = (*WEARS, "real", *defects.KINDS)
FIGURES = re.compile(r"\d+(?:[./]\d+)*")
ABLATED = ("wear3", "dotted", "seal", "photo", "font-typewriter", "real")
SEED, PAGES = 7, 4
BARS = {"wear0": 0.002, "wear1": 0.004, "wear2": 0.01, "wear3": 0.03, "real": 0.04}  # CER of ours
F1_BARS = {"real": 0.96, GROUP: 0.98}
COST_BARS = {"wear0": 1.1, "real": 2.0}  # CPU of ours, in those of one plain Tesseract pass
KEPT = ("pages", "cer", "tone_cer", "word_f1", "blank_wrong")
Json = dict[str, Any]


def work_of(options: argparse.Namespace) -> Path:
    """Where the sets of one seed and size lie, what was read of them, and the results."""
    return WORK / f"{options.seed}-{options.pages}"


def prepared(work: Path, name: str, seed: int, pages: int) -> Path:
    """The folder of a set, made when it is not there; real scans are linked to."""
    if name == "real":
        return SAMPLES
    folder = work / name
    whole = folder / "whole"  # written last, so that a set cut short is made again
    if not whole.exists():
        shutil.rmtree(folder, ignore_errors=True)
        if name in WEARS:
            accuracy(work, seed, 2 * pages, (WEARS[name],))
        else:
            defects.produce(folder, name, seed, pages)
        whole.touch()
    return folder


def command_of(tool: str, work: Path, name: str, out: Path, source: Path) -> list[str]:
    """The command that lets a tool read a set."""
    if tool == "ours":
        digitizer = str(ROOT / ".venv" / "bin" / "digitizer")
        return [digitizer, "digitize", str(source), "--out", str(out), "--jobs", "1", "--quiet"]
    if tool == "ocrmypdf":
        return [sys.executable, "-m", "scripts.bench", "--peer", str(source), str(out)]
    if tool in ABLATIONS:
        return [sys.executable, "-m", "scripts.readers", tool, str(source), str(out)]
    shown = work / "pictures" / name
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
    work = work_of(options)
    folder = prepared(work, name, options.seed, options.pages)
    out = work / "read" / name / tool.replace(" ", "-")
    cpu = _read(command_of(tool, work, name, out, folder / "in"), out)
    figures = score(folder / "truth", out)
    hit, true = figures_exact(folder / "truth", out)
    kept = {key: figures[key] for key in KEPT}
    if name == "real":
        kept["by_hand"] = handwritten(folder / "truth", out) if tool == "ours" else None
    return {
        **kept,
        "figures": round(hit / true, 4) if true else None,
        "cpu": round(cpu / figures["pages"], 2),
        **_stamp(),
    }


def _read(command: list[str], out: Path) -> float:
    """Run a reader into an empty folder; the CPU seconds of its whole process tree.

    Raises:
        SystemExit: it failed, so there is nothing to score.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    log = out.with_suffix(".log")
    usage = measure(command, log)
    if usage.status:
        raise SystemExit(f"accuracy: {command[:4]} ended with status {usage.status}; see {log}")
    return usage.cpu


def _stamp() -> Json:
    return {"recipe": DEFAULT.id, "day": datetime.datetime.now(datetime.UTC).date().isoformat()}


def cost(name: str, options: argparse.Namespace) -> Json:
    """CPU seconds of ours and of one plain Tesseract pass over a set, in turns, the least of some rounds.

    Other work on the machine slows both; taken in turns, and the least of each, it does not slow one alone.
    """
    work = work_of(options)
    source = prepared(work, name, options.seed, options.pages) / "in"
    least: dict[str, float] = {}
    for _ in range(options.cost):
        for tool in ("ours", "tesseract"):
            out = work / "cost" / name / tool
            spent = _read(command_of(tool, work, name, out, source), out)
            least[tool] = min(spent, least.get(tool, spent))
    return {tool: round(spent, 2) for tool, spent in least.items()} | {"rounds": options.cost} | _stamp()


def with_groups(results: Json, work: Path) -> Json:
    """The results with figures of the sharp real scans, which only our own records tell from the others."""
    read, ours = work / "read" / "real", work / "read" / "real" / "ours"
    if not ours.is_dir():
        return results
    tools = [tool for tool in TOOLS if f"real {tool}" in results and (read / tool).is_dir()]
    groups = {tool: by_group(SAMPLES / "truth", ours, read / tool) for tool in tools}
    return results | {f"real {t}": {**results[f"real {t}"], "group": groups[t]} for t in tools}


def known(work: Path) -> Json:
    """Results kept so far that still hold: ours only with the recipe of today."""
    path = work / "results.json"
    kept: Json = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return {key: result for key, result in kept.items() if _holds(key, result)}


def _holds(key: str, result: Json) -> bool:
    tool = key.partition(" ")[2]
    return result["recipe"] == DEFAULT.id or tool not in ("ours", "cost", *ABLATIONS)


def tables(results: Json) -> str:
    """The tables of the report: readers, parts of ours, bars, figures by hand, what is not known."""
    lines = _table("reader", TOOLS, results)
    lines += ["", "## What each part brings", "", *_table("reading", ABLATIONS, results)]
    lines += ["", "## Bars", "", *_bars(results)]
    if by_hand := results.get("real ours", {}).get("by_hand"):
        lines += ["", "## Numbers and days of the real scans", "", *by_hand]
    missing = [f"{n} {t}" for n, t in every() if f"{n} {t}" not in results]
    if missing:
        lines += [
            "",
            f"{len(missing)} of {len(every())} not measured yet; the first: {', '.join(missing[:5])}.",
        ]
    days = sorted({result["day"] for result in results.values()})
    return "\n".join([f"Recipe {DEFAULT.id}; measured {', '.join(days)}.", "", *lines])


def _table(what: str, tools: tuple[str, ...], results: Json) -> list[str]:
    lines = [
        f"| set | pages | {what} | CER | tones only | word F1 | figures exact | CPU, s a page |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in SETS:
        for tool in tools:
            if result := results.get(f"{name} {tool}"):
                lines.append(f"| {name} | {result['pages']} | {tool} | {_cells(result)} |")
                if group := result.get("group"):
                    figures = {**group, "figures": None, "cpu": result["cpu"]}
                    lines.append(f"| {GROUP} | {group['pages']} | {tool} | {_cells(figures)} |")
    return lines


def _bars(results: Json) -> list[str]:
    """One line a bar: held, failed or not measured."""
    ours = {name: results.get(f"{name} ours") for name in SETS}
    ours[GROUP] = (ours["real"] or {}).get("group")
    lines = ["| set | figure | bar | ours | |", "| --- | --- | --- | --- | --- |"]
    for figure, bars in (("cer", BARS), ("word_f1", F1_BARS)):
        for name, bar in bars.items():
            result = ours[name]
            value = None if result is None else result[figure]
            good = value is not None and (value <= bar if figure == "cer" else value >= bar)
            said = "not measured" if value is None else "held" if good else "**failed**"
            label = "CER, at most" if figure == "cer" else "word F1, at least"
            lines.append(f"| {name} | {label} | {bar} | {'-' if value is None else value} | {said} |")
    for name in WEARS:
        others = [results[f"{name} {tool}"]["cer"] for tool in TOOLS[1:] if f"{name} {tool}" in results]
        if others and (result := ours[name]):
            said = "held" if result["cer"] < min(others) else "**failed**"
            lines.append(
                f"| {name} | CER, below every other reader | {min(others)} | {result['cer']} | {said} |"
            )
    for name, bar in COST_BARS.items():
        if spent := results.get(f"{name} cost"):
            ratio = spent["ours"] / spent["tesseract"]
            said = "held" if round(ratio, 2) <= bar else "**failed**"
            label = f"CPU in Tesseract passes, in turns, least of {spent['rounds']}, at most"
            lines.append(f"| {name} | {label} | {bar} | {ratio:.2f} | {said} |")
    return lines


def every() -> list[tuple[str, str]]:
    """All that the report is to hold."""
    parts = [(name, tool) for name in ABLATED for tool in ABLATIONS]
    return [*((name, tool) for name in SETS for tool in TOOLS), *parts]


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
    parser.add_argument(
        "--ablate", action="store_true", help="only leave out one part of ours after the other"
    )
    parser.add_argument("--minutes", type=float, default=240, help="begin nothing more after that")
    parser.add_argument("--fresh", action="store_true", help="measure again what is known")
    parser.add_argument(
        "--cost", type=int, metavar="ROUNDS", help="only weigh ours against Tesseract, in turns"
    )
    parser.add_argument(
        "--pages", type=int, default=PAGES, help="pages of a set of one defect; twice that a wear"
    )
    parser.add_argument("--seed", type=int, default=SEED)
    return parser.parse_args(argv)


def wanted(options: argparse.Namespace) -> list[tuple[str, str]]:
    """Which tools on which sets: all readers set by set, then the parts of ours."""
    sets = [name for name in options.only if name != "real" or SAMPLES.is_dir()]
    whole = list(options.only) == list(SETS) and list(options.tools) == list(TOOLS)
    chosen: list[tuple[str, str]] = []
    if options.cost:
        return [(name, "cost") for name in COST_BARS if name in sets]
    if not options.ablate:
        chosen = [(name, tool) for name in sets for tool in TOOLS if tool in options.tools]
    if options.ablate or whole:
        chosen += [(name, tool) for name in ABLATED if name in sets for tool in ABLATIONS]
    return [(n, t) for n, t in chosen if t not in ("tesseract-best", "best model") or best_model()]


def main(argv: list[str]) -> int:
    """Measure what is not known yet, keep each figure, write the report."""
    options = parse(argv)
    work = work_of(options)
    work.mkdir(parents=True, exist_ok=True)
    results = known(work)
    until = time.monotonic() + 60 * options.minutes
    for name, tool in wanted(options):
        key = f"{name} {tool}"
        if key in results and not options.fresh:
            continue
        if time.monotonic() > until:
            print("accuracy: the minutes are over; the same command goes on from here", flush=True)
            break
        result = cost(name, options) if tool == "cost" else run(tool, name, options)
        results = known(work) | {key: result}  # another run may have put its own figures there meanwhile
        (work / "results.json").write_text(json.dumps(results, indent=1), "utf-8")
        said = results[key] if tool == "cost" else _cells(results[key])
        print(f"{name:16} {tool:28} {said}", flush=True)
    if (options.seed, options.pages) == (SEED, PAGES):
        publish(with_groups(results, work))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
