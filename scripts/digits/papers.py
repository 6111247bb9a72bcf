"""Score slots on real papers: `python -m scripts.digits.papers TRUTH RECORDS`.

TRUTH holds `<stem>.gt.json` with the fields `number` and `date` of each document, RECORDS the records that
`digitizer digitize` wrote. Counts, for the first page of each document, what its slots say of number, day
and month against the truth, and names what was read wrong, the confident ones first.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Judged", "judged", "main"]

CONFIDENT = 0.9


@dataclass(frozen=True)
class Judged:
    """One slot of one paper: what it holds, what was read (empty: nothing), how sure, whose hand."""

    paper: str
    kind: str
    truth: str
    read: str
    confidence: float
    source: str

    @property
    def right(self) -> bool:
        """Whether it was read exactly; a day or month counts by its value."""
        if self.kind == "number" or not self.read:
            return self.read == self.truth
        return int(self.read) == int(self.truth)


def judged(truth: Path, records: Path) -> Iterator[Judged]:
    """Every number, day and month the truth holds, with what the record's slots say of it."""
    for file in sorted(truth.glob("*.gt.json")):
        name = file.name.removesuffix(".gt.json")
        record = records / f"{name}.json"
        documents = json.loads(file.read_text("utf-8")).get("documents", [])
        if not documents or not record.exists():
            continue
        pages = json.loads(record.read_text("utf-8"))["pages"]
        for document in documents:
            page = next((p for p in pages if p["number"] == document["pages"][0]), None)
            if page is not None:
                yield from _of_page(name, page, document.get("fields", {}))


def _of_page(name: str, page: dict[str, Any], fields: dict[str, str]) -> Iterator[Judged]:
    day, month, _ = (fields.get("date") or "//").split("/")
    top = 0.45 * page["height"]
    for kind, truth in (("number", fields.get("number", "")), ("day", day), ("month", month)):
        if truth:
            slots = [s for s in page.get("slots", ()) if s["kind"] == kind and s["box"][3] < top]
            best = min(slots, key=lambda s: s["box"][1], default=None)
            read = ("", 0.0, "") if best is None else (best["text"], best["confidence"], best["source"])
            yield Judged(name, kind, truth, *read)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truth", type=Path)
    parser.add_argument("records", type=Path)
    asked = parser.parse_args()
    found = list(judged(asked.truth, asked.records))
    for kind in ("number", "day", "month"):
        for source in ("handwritten", "printed", ""):
            some = [j for j in found if j.kind == kind and j.source == source]
            sure = [j for j in some if j.confidence >= CONFIDENT]
            exact, good = sum(j.right for j in some), sum(j.right for j in sure)
            said = f"{kind} {source or 'nothing said'}"
            print(f"{said}: n {len(some)} exact {exact} sure {len(sure)} right {good}")
    for j in sorted(found, key=lambda j: -j.confidence):
        if not j.right:
            print(f"{j.paper} {j.kind}: is {j.truth}, read {j.read or '-'} at {j.confidence:.2f} {j.source}")


if __name__ == "__main__":
    main()
