"""Scores the records `digitize` wrote against a truth folder: `python -m scripts.score TRUTH OUT [--json]`.

Truth is one `<stem>.gt.json` for each input, `{"pages": [{"text", "blank"}], "documents": [{"pages", "class",
"fields", "absent"}]}`; documents and fields may be missing, a page nobody transcribed has the text null.
"""

import argparse
import json
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

Json = dict[str, Any]
TONED = {
    "oa": ("oàoáoảoãoạ", "òaóaỏaõaọa"),
    "oe": ("oèoéoẻoẽoẹ", "òeóeỏeõeọe"),
    "uy": ("uỳuýuỷuỹuỵ", "ùyúyủyũyụy"),
}
OLD_PLACE = {
    new[at : at + 2]: old[at : at + 2] for new, old in TONED.values() for at in range(0, len(new), 2)
}
NEW_TONES = re.compile(rf"(?<!q)({'|'.join(OLD_PLACE)})(?!\w)", re.IGNORECASE)
DATE = re.compile(r"(?:ngày )?(\d{1,2})(?:[/.\-]| tháng )(\d{1,2})(?:[/.\-]| năm )(\d{4})")
AMOUNT = re.compile(r"(\d{1,3}(?:[., ]\d{3})+|\d+)(?: ?(?:đồng|đ|vnđ|vnd))?")


def clean(text: str | None) -> str:
    """The text in NFC with every run of white space as one space."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text or "")).strip()


def unmarked(text: str) -> str:
    """The text without tone and vowel marks, đ as d."""
    apart = unicodedata.normalize("NFD", text.translate(str.maketrans("đĐ", "dD")))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def canonical(value: object) -> str:
    """A field's value in the form in which two honest readings of it are equal."""
    text = NEW_TONES.sub(lambda match: OLD_PLACE[match.group(1)], clean(str(value)).lower())
    if date := DATE.fullmatch(text):
        day, month, year = map(int, date.groups())
        return f"{year:04d}-{month:02d}-{day:02d}"
    if amount := AMOUNT.fullmatch(text):
        return re.sub(r"\D", "", amount[1]).lstrip("0") or "0"
    return text.strip(" .,;:")


@dataclass
class Tally:
    """How many were right, how many were found, how many there are."""

    hit: int = 0
    found: int = 0
    true: int = 0

    def add(self, hit: int, found: int, true: int) -> None:
        """Count some more."""
        self.hit, self.found, self.true = self.hit + hit, self.found + found, self.true + true

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 when there was nothing to find."""
        return 2 * self.hit / (self.found + self.true) if self.found + self.true else 1.0

    @property
    def share(self) -> float | None:
        """Right ones among all there are."""
        return self.hit / self.true if self.true else None


@dataclass
class Score:
    """The running sums of a whole folder."""

    pages: int = 0
    lost: int = 0
    edits: int = 0
    bare_edits: int = 0
    chars: int = 0
    blank_wrong: int = 0
    words: Tally = field(default_factory=Tally)
    blank: Tally = field(default_factory=Tally)
    spans: Tally = field(default_factory=Tally)
    classes: Tally = field(default_factory=Tally)
    fields: dict[str, Tally] = field(default_factory=dict)
    per_file: dict[str, float | None] = field(default_factory=dict)

    def add_file(self, stem: str, truth: Json, record: Json) -> None:
        """Compare one file's record with its truth."""
        edits, chars = self.edits, self.chars
        found = {page["number"]: page for page in record.get("pages", [])}
        for number, page in enumerate(truth["pages"], 1):
            self._add_page(page, found.get(number))
        more = self.chars - chars
        self.per_file[stem] = round((self.edits - edits) / more, 4) if more else None
        if truth.get("documents"):
            self._add_documents(truth["documents"], record.get("documents", []))

    def _add_page(self, true: Json, found: Json | None) -> None:
        self.pages += 1
        self.lost += found is None
        page = found or {"text": "", "status": "lost"}
        called_blank = page.get("status") == "blank"
        if true.get("blank"):
            self.blank.add(called_blank, 0, 1)
        elif true.get("text") is not None:
            self.blank_wrong += called_blank
            self._add_text(clean(true["text"]), clean(page.get("text")))

    def _add_text(self, want: str, got: str) -> None:
        self.edits += Levenshtein.distance(want, got)
        self.bare_edits += Levenshtein.distance(unmarked(want), unmarked(got))
        self.chars += len(want)
        true, found = Counter(want.split()), Counter(got.split())
        self.words.add((true & found).total(), found.total(), true.total())

    def _add_documents(self, true: list[Json], found: list[Json]) -> None:
        true_spans, spans = set(_spans(true)), set(_spans(found))
        self.spans.add(len(true_spans & spans), len(spans), len(true_spans))
        for document in true:
            first = min(document["pages"])
            match: Json = next((other for other in found if first in other.get("pages", [])), {})
            if "class" in document:
                self.classes.add(match.get("class") == document["class"], 1, 1)
            if "fields" in document:
                self._add_fields(document, match.get("fields", []))

    def _add_fields(self, document: Json, entries: list[Json]) -> None:
        """Count a document's fields; one given for a field the truth calls absent is an invention."""
        found: dict[str, str] = {}
        for entry in entries:
            found.setdefault(entry["name"], canonical(entry["value"]))
        for name, value in document["fields"].items():
            hit = found.get(name) == canonical(value)
            self.fields.setdefault(name, Tally()).add(hit, name in found, 1)
        for name in set(found) - set(document["fields"]):
            if name in document.get("absent", []):
                self.fields.setdefault(name, Tally()).add(0, 1, 0)

    def figures(self) -> Json:
        """The figures of the contract's scoring, rounded."""
        every = Tally()
        for tally in self.fields.values():
            every.add(tally.hit, tally.found, tally.true)
        tones = max(0, self.edits - self.bare_edits)
        return {
            "pages": self.pages,
            "lost": self.lost,
            "cer": _ratio(self.edits, self.chars),
            "tone_cer": _ratio(tones, self.chars),
            "word_f1": round(self.words.f1, 4),
            "blank_recall": _rounded(self.blank.share, 3),
            "blank_wrong": self.blank_wrong,
            "split_f1": round(self.spans.f1, 4),
            "class_acc": _rounded(self.classes.share, 4),
            "field_f1": round(every.f1, 4) if every.true else None,
            "per_field": {name: round(tally.f1, 3) for name, tally in sorted(self.fields.items())},
            "per_file_cer": self.per_file,
        }


def _spans(documents: list[Json]) -> Iterator[tuple[int, int]]:
    for document in documents:
        if document.get("pages"):
            yield min(document["pages"]), max(document["pages"])


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def score(truth: Path, out: Path) -> Json:
    """The figures of every truth file under a folder, a missing record counting as lost pages."""
    total = Score()
    for truth_file in sorted(truth.glob("*.gt.json")):
        stem = truth_file.name.removesuffix(".gt.json")
        record = out / f"{stem}.json"
        found = json.loads(record.read_text("utf-8")) if record.exists() else {}
        total.add_file(stem, json.loads(truth_file.read_text("utf-8")), found)
    return total.figures()


def show(figures: Json, console: Console) -> None:
    """Print the figures as tables."""
    main_table = Table("figure", "value", title="Against the truth")
    for name, value in figures.items():
        if not isinstance(value, dict):
            main_table.add_row(name, "-" if value is None else str(value))
    console.print(main_table)
    for name in ("per_field", "per_file_cer"):
        if figures[name]:
            table = Table(name, "value")
            for key, value in figures[name].items():
                table.add_row(key, "-" if value is None else str(value))
            console.print(table)


def main(argv: list[str]) -> int:
    """Score and print; 2 when there is nothing to score."""
    parser = argparse.ArgumentParser(prog="python -m scripts.score", description=__doc__)
    parser.add_argument("truth", type=Path, help="folder of <stem>.gt.json files")
    parser.add_argument("out", type=Path, help="folder of <stem>.json records")
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of tables")
    options = parser.parse_args(argv)
    if not any(options.truth.glob("*.gt.json")):
        print(f"score: no *.gt.json in {options.truth}", file=sys.stderr)
        return 2
    figures = score(options.truth, options.out)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        show(figures, Console())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
