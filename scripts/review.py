"""Learns from which confidence a field is believed without a person's look, and shows what that costs.

    python -m scripts.review --learn OUT TRUTH [--learn OUT TRUTH ...] --check OUT TRUTH [...] [--write]

OUT holds records that `digitizer digitize` wrote, or pages that `scripts.fields` kept (`WORK/wear0/read`),
which are understood anew; TRUTH the `<stem>.gt.json` of the same papers. Thresholds are set on the first sets
and shown on the others, which have no part in setting them; `--write` stores them with their figures in
`digitizer/understanding/data/review.toml`.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitizer.model import DocumentPart, FieldValue
from digitizer.understanding.review import NEVER, Thresholds, is_sure
from digitizer.understanding.understand import Understanding
from digitizer.writing.record import record_from_json
from scripts.reads import kept_pages
from scripts.score import canonical

TARGET = 0.99
ENOUGH = 250
"""Values of a field from which on it gets a threshold of its own below the common one."""
LOWEST = 0.6
"""However few errors were met, what is read with less is looked at."""
PROVING = frozenset({"date-words", "amount-words"})
"""Checks by which the paper or a list says a value a second time."""
PROVEN = 0.6
"""What such a value needs: none of those met with it or more was wrong."""
SHARE = 0.35
"""Of the errors that the target allows: sets not learned on have more than those learned on."""
MARGIN = 0.004
"""Kept above the most confident error."""
FILE = Path(__file__).parent.parent / "digitizer" / "understanding" / "data" / "review.toml"


@dataclass(frozen=True)
class Judged:
    """A value with what the truth says of it."""

    field: FieldValue
    right: bool


def judged(out: Path, truth: Path) -> list[Judged]:
    """The first value of each field of each document that has truth, fields without truth left out."""
    found: list[Judged] = []
    for stem, documents in _understood(out):
        file = truth / f"{stem}.gt.json"
        truths = json.loads(file.read_text("utf-8")).get("documents", []) if file.exists() else []
        for true in truths:
            document = next((d for d in documents if min(true["pages"]) in d.pages), None)
            wanted = true.get("fields", {})
            first: dict[str, FieldValue] = {}
            for value in document.fields if document else ():
                first.setdefault(value.name, value)
            found += [
                Judged(value, canonical(value.value) == canonical(wanted[name]))
                for name, value in first.items()
                if name in wanted
            ]
    return found


def _understood(out: Path) -> Iterator[tuple[str, tuple[DocumentPart, ...]]]:
    """Stem and documents of every record, or of every input whose pages were kept."""
    if (out / "done").exists():
        engine = Understanding()
        yield from ((stem, engine(pages)) for stem, pages in kept_pages(out))
        return
    for path in sorted(out.glob("*.json")):
        value = json.loads(path.read_text("utf-8"))
        if "documents" in value:
            yield path.stem, record_from_json(value).documents


def learn(values: Iterable[Judged]) -> Thresholds:
    """The least thresholds above which at most a third of the allowed errors stay."""
    proof = Thresholds(TARGET, NEVER, {}, proven=PROVEN, proving=PROVING)
    # no check speaks against them, none proves them
    clear = [
        v for v in values if is_sure(v.field, Thresholds(TARGET, 0.0, {})) and not is_sure(v.field, proof)
    ]
    by_name: dict[str, list[Judged]] = defaultdict(list)
    for value in clear:
        by_name[value.field.name].append(value)
    few = [v for those in by_name.values() if len(those) < ENOUGH for v in those]
    other = _least(few)
    fields = {name: _of_field(those, other) for name, those in sorted(by_name.items())}
    return Thresholds(TARGET, other, fields, proven=PROVEN, proving=PROVING)


def _of_field(values: Sequence[Judged], other: float) -> float:
    own = _least(values)
    return max(LOWEST, own if len(values) >= ENOUGH else max(own, other))


def _least(values: Sequence[Judged]) -> float:
    """The lowest confidence from which on the errors are a third of what is allowed."""
    errors, threshold = 0, NEVER
    ordered = sorted(values, key=lambda v: -v.field.confidence)
    for count, value in enumerate(ordered, start=1):
        errors += not value.right
        if errors <= count * (1 - TARGET) * SHARE:
            threshold = value.field.confidence
        elif threshold == value.field.confidence:
            threshold = round(threshold + MARGIN, 4)  # an error as confident as the last right value
    return round(threshold if threshold <= 1 else NEVER, 3)


def figures(values: Sequence[Judged], thresholds: Thresholds) -> dict[str, float]:
    """How many values, the share sent to a person, and the share right among the others."""
    sure = [v for v in values if is_sure(v.field, thresholds)]
    return {
        "values": len(values),
        "to_review": round(1 - len(sure) / len(values), 4) if values else 0.0,
        "right_unseen": round(sum(v.right for v in sure) / len(sure), 4) if sure else 1.0,
        "right_all": round(sum(v.right for v in values) / len(values), 4) if values else 1.0,
    }


def as_toml(thresholds: Thresholds, said: Mapping[str, Mapping[str, float]]) -> str:
    """The file of thresholds, with the figures of each set it was shown on."""
    lines = [
        "# Confidence from which a field is believed without a look; made by `python -m scripts.review`.",
        "",
        "[review]",
        f"target = {thresholds.target}",
        f"other = {thresholds.other}",
        f"proven = {thresholds.proven}",
        f"proving = {json.dumps(sorted(thresholds.proving))}",
        "",
        "[review.fields]",
        *(f"{name} = {{ threshold = {value} }}" for name, value in sorted(thresholds.fields.items())),
    ]
    for name, row in said.items():
        lines += ["", f'[figures."{name}"]', *(f"{key} = {value}" for key, value in row.items())]
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Learn, show, and write if asked; 1 where the target is missed on a set that had no part in it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.review", description=__doc__)
    for name in ("--learn", "--check"):
        parser.add_argument(name, nargs=2, action="append", type=Path, metavar=("OUT", "TRUTH"), default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(argv)
    thresholds = learn([value for out, truth in options.learn for value in judged(out, truth)])
    said: dict[str, dict[str, float]] = {}
    missed = False
    for part, sets in (("learned on", options.learn), ("checked on", options.check)):
        for out, truth in sets:
            row = figures(judged(out, truth), thresholds)
            said[f"{part} {truth.parent.name}"] = row
            missed |= part == "checked on" and row["right_unseen"] < TARGET
            print(f"{part} {truth.parent.name}: {json.dumps(row)}")
    pooled = [value for out, truth in options.check for value in judged(out, truth)]
    if pooled:
        said["checked on all"] = figures(pooled, thresholds)
        print(f"checked on all: {json.dumps(said['checked on all'])}")
    if options.write:
        FILE.write_text(as_toml(thresholds, said), "utf-8")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
