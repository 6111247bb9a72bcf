"""Measures classes, borders and fields on generated papers of every class: `python -m scripts.fields`.

Makes a set (wears 0 to 2, single papers and bundles) with a seed that no table was tuned on, reads it once,
keeps the words, and scores what is understood from them; `--publish` puts the tables into docs/accuracy.md.
`--printed` measures on the words as printed, without reading: what the tables miss, at no cost.
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2

from digitizer.model import DocumentPart, FieldValue, PageRecord
from digitizer.understanding.review import is_sure
from digitizer.understanding.understand import Understanding
from scripts.reads import kept_pages, printed_page, read_set
from scripts.samples.bundles import bundle_set, bundles_of, class_set, papers_of
from scripts.samples.catalogue import CATALOGUE
from scripts.samples.levels import Wear
from scripts.samples.sets import truth_of
from scripts.score import Json, Score, canonical

ROOT = Path(__file__).parent.parent
SEED = 20261
"""Of the measured set. Tables are tuned on other seeds."""
REPORT = ROOT / "docs" / "accuracy.md"
BEGINS, ENDS = "<!-- fields:start -->\n", "<!-- fields:end -->"
Case = tuple[str, Json, tuple[PageRecord, ...]]


@dataclass
class Tallies:
    """What the contract's score does not count: inventions, review, time."""

    score: Score = field(default_factory=Score)
    invented: Counter[str] = field(default_factory=Counter)
    given: int = 0
    sent: int = 0
    kept_right: int = 0
    seconds: float = 0.0
    reading: float = 0.0
    pages: int = 0
    wrong: list[tuple[str, str, str, str]] = field(default_factory=list)

    def add(self, case: Case, engine: Understanding) -> None:
        """Understand one input and compare it with its truth."""
        stem, truth, pages = case
        begun = time.process_time()
        documents = engine(pages)
        self.seconds += time.process_time() - begun
        self.pages += len(pages)
        record = {"pages": [_page(page) for page in pages], "documents": [_document(d) for d in documents]}
        self.score.add_file(stem, truth, record)
        for true in truth["documents"]:
            first = min(true["pages"])
            found = next((d for d in documents if first in d.pages), None)
            self._compare(stem, true, found)

    def _compare(self, stem: str, true: Json, found: DocumentPart | None) -> None:
        where = f"{stem}:{min(true['pages'])}"
        name = found.document_class if found else "none"
        if name != true["class"]:
            self.wrong.append((where, "class", true["class"], name))
        if found and found.pages != tuple(true["pages"]):
            self.wrong.append((where, "pages", str(true["pages"]), str(list(found.pages))))
        if "fields" not in true:
            return
        values = {f.name: f for f in reversed(found.fields)} if found else {}
        for key in sorted({*values, *true["fields"]}):
            self._field((where, key, true), values.get(key))

    def _field(self, at: tuple[str, str, Json], value: FieldValue | None) -> None:
        where, key, true = at
        want = true["fields"].get(key)
        if want is None and key not in true.get("absent", ()):
            return
        if value is None:
            self.wrong.append((where, key, want, "-"))
            return
        right = want is not None and canonical(value.value) == canonical(want)
        if want is None:
            self.invented[key] += 1
        if not right:
            self.wrong.append((where, key, want or "ABSENT", value.value))
        self.given += 1
        if not is_sure(value):
            self.sent += 1
        else:
            self.kept_right += right

    def figures(self) -> Json:
        """One row of the table."""
        scored, kept = self.score.figures(), self.given - self.sent
        return {
            "pages": self.pages,
            "class_acc": scored["class_acc"],
            "split_f1": scored["split_f1"],
            "field_f1": scored["field_f1"],
            "invented": round(sum(self.invented.values()) / max(1, self.given), 4),
            "sent": round(self.sent / max(1, self.given), 3),
            "right_unsent": round(self.kept_right / max(1, kept), 4),
            "ms_a_page": round(1000 * self.seconds / max(1, self.pages), 1),
            "of_the_page": round(self.seconds / (self.seconds + self.reading), 4) if self.reading else None,
            "per_field": scored["per_field"],
        }


def _page(page: PageRecord) -> Json:
    return {"number": page.number, "text": page.text, "status": page.status.value}


def _document(part: DocumentPart) -> Json:
    fields = [{"name": f.name, "value": f.value} for f in part.fields]
    return {"pages": list(part.pages), "class": part.document_class, "fields": fields}


def printed_cases(seed: int, each: int, bundles: int) -> Iterator[Case]:
    """The papers of a set as printed."""
    names = tuple(CATALOGUE)
    for stem, leaves in (
        *papers_of(seed, names, each, Wear.CLEAN),
        *bundles_of(seed, names, bundles, Wear.CLEAN),
    ):
        pages = [page for leaf in leaves for page in leaf.pages]
        records = tuple(printed_page(page, number) for number, page in enumerate(pages, 1))
        yield stem, truth_of(leaves), records


def read_cases(truth: Path, cache: Path) -> Iterator[Case]:
    """The papers of a set as they were read."""
    for stem, pages in kept_pages(cache):
        yield stem, json.loads((truth / f"{stem}.gt.json").read_text("utf-8")), pages


def measure(cases: Iterable[Case]) -> Tallies:
    """Understand all cases."""
    engine, tallies = Understanding(), Tallies()
    for case in cases:
        tallies.add(case, engine)
    return tallies


def make_and_read(work: Path, seed: int, size: tuple[int, int], level: Wear) -> Path:
    """Make one level of the set and read it, each once; its folder."""
    folder = work / f"wear{int(level)}"
    if not (folder / "made").exists():
        names = tuple(CATALOGUE)
        class_set(folder, seed, names, size[0], level)
        bundle_set(folder, seed, names, size[1], level)
        (folder / "made").touch()
    read_set(folder / "in", folder / "read")
    return folder


def table(rows: Sequence[tuple[str, Json]], note: str) -> str:
    """The figures as Markdown."""
    heads = (
        "class_acc",
        "split_f1",
        "field_f1",
        "invented",
        "sent",
        "right_unsent",
        "ms_a_page",
        "of_the_page",
    )
    lines = [
        note,
        "",
        "| wear | pages | class | split F1 | field F1 | invented | sent | right unsent | ms | share |",
    ]
    lines.append("|---" * 10 + "|")
    for name, row in rows:
        lines.append(f"| {name} | {row['pages']} | " + " | ".join(str(row[head]) for head in heads) + " |")
    fields = sorted({name for _, row in rows for name in row["per_field"]})
    lines += ["", "| field | " + " | ".join(f"F1 at {name}" for name, _ in rows) + " |"]
    lines.append("|---" * (len(rows) + 1) + "|")
    for name in fields:
        lines.append(
            f"| `{name}` | " + " | ".join(str(row["per_field"].get(name, "-")) for _, row in rows) + " |"
        )
    return "\n".join(lines) + "\n"


def publish(text: str) -> None:
    """Put the tables between the marks in the report."""
    page = REPORT.read_text("utf-8")
    head, tail = page.partition(BEGINS)[0], page.partition(ENDS)[2]
    REPORT.write_text(f"{head}{BEGINS}{text}{ENDS}{tail}", "utf-8")


def main(argv: list[str]) -> int:
    """Measure and write the table, or print the figures of the printed words."""
    parser = argparse.ArgumentParser(prog="python -m scripts.fields", description=__doc__)
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "fields", help="folder of the set")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--each", type=int, default=1, help="papers of each class, a level")
    parser.add_argument("--bundles", type=int, default=2, help="files of many papers, a level")
    parser.add_argument("--wear", default="012", help="levels, as one string")
    parser.add_argument("--printed", action="store_true", help="the words as printed, nothing is read")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong")
    parser.add_argument("--publish", action="store_true", help="write the tables into docs/accuracy.md")
    options = parser.parse_args(argv)
    cv2.setNumThreads(1)
    rows: list[tuple[str, Json]] = []
    for name, cases, reading in _sets(options):
        tallies = measure(cases)
        tallies.reading = reading
        rows.append((name, tallies.figures()))
        for line in tallies.wrong if options.wrong else ():
            print(*line, sep=" | ")
    text = table(
        rows, f"Seed {options.seed}, {options.each} of each class and {options.bundles} bundles a level."
    )
    print(text)
    if options.publish:
        publish(text)
    return 0


def _sets(options: argparse.Namespace) -> Iterator[tuple[str, Iterator[Case], float]]:
    """Name, cases and the seconds that reading them took, level by level."""
    if options.printed:
        yield "printed", printed_cases(options.seed, options.each, options.bundles), 0.0
        return
    for level in (Wear(int(figure)) for figure in options.wear):
        folder = make_and_read(options.work, options.seed, (options.each, options.bundles), level)
        reading = float((folder / "read" / "seconds").read_text("utf-8"))
        yield str(int(level)), read_cases(folder / "truth", folder / "read"), reading


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
