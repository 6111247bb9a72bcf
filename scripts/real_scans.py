"""What is said of the real scans alone: printed pages of 300 dpi, numbers and days that clerks filled in."""

import json
import re
from pathlib import Path
from typing import Any

from scripts.score import Score, canonical

__all__ = ["GROUP", "by_group", "handwritten"]

GROUP = "printed 300 dpi"
DPI = (290, 310)
WIDE = 2000  # pixels of an upright A4 page at 300 dpi, with room for cut edges; A4 is 2480
CONFIDENT = 0.9
Json = dict[str, Any]


def _read(path: Path) -> Json:
    record: Json = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return record


def by_group(truth: Path, ours: Path, out: Path) -> Json | None:
    """Figures of `out` over the pages that are scans of 300 dpi by their file and by their pixels.

    Both are taken from our own records in `ours`, so that every reader is scored over the same pages.
    """
    total = Score()
    for path in sorted(truth.glob("*.gt.json")):
        stem = path.name.removesuffix(".gt.json")
        seen = {page["number"]: page for page in _read(ours / f"{stem}.json").get("pages", [])}
        found = {page["number"]: page for page in _read(out / f"{stem}.json").get("pages", [])}
        for number, page in enumerate(_read(path)["pages"], 1):
            scan = seen.get(number, {})
            sharp = DPI[0] <= (scan.get("dpi") or 0) <= DPI[1]
            if sharp and min(scan["width"], scan["height"]) >= WIDE and page.get("text"):
                record = {"pages": [{**found.get(number, {}), "number": 1}] if number in found else []}
                total.add_file(f"{stem} {number}", {"pages": [page]}, record)
    figures = total.figures()
    return {key: figures[key] for key in ("pages", "cer", "tone_cer", "word_f1")} if total.pages else None


def handwritten(truth: Path, out: Path) -> list[str]:
    """A table of the documents' numbers and days: how many are exact, and of the confident ones how many."""
    counts = {name: [0, 0, 0, 0, 0] for name in ("number", "day")}
    for path in sorted(truth.glob("*.gt.json")):
        documents = _read(out / path.name.replace(".gt.json", ".json")).get("documents", [])
        for document in _read(path).get("documents") or []:
            match: Json = next((d for d in documents if min(document["pages"]) in d.get("pages", [])), {})
            fields = {field["name"]: field for field in reversed(match.get("fields", []))}
            for name, field in (("number", "number"), ("day", "date")):
                if want := document.get("fields", {}).get(field):
                    _count(counts[name], name, str(want), fields.get(field))
    lines = [
        f"| slot | documents | exact | given | confident (from {CONFIDENT}) | of these right |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, (true, hit, given, sure, right) in counts.items():
        lines.append(f"| {name} | {true} | {hit} | {given} | {sure} | {right} |")
    return lines


def _count(counts: list[int], name: str, want: str, field: Json | None) -> None:
    counts[0] += 1
    if field is None:
        return
    right = _value(name, str(field["value"])) == _value(name, want)
    sure = field["confidence"] >= CONFIDENT
    for at, true in ((1, right), (2, True), (3, sure), (4, sure and right)):
        counts[at] += true


def _value(name: str, text: str) -> str:
    value = canonical(text)
    return re.split(r"-", value)[-1] if name == "day" else value
