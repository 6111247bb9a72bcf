"""What `digitizer quality` finds of faults that were planted in an archive, after real printing and reading.

`python -m scripts.planted DIR [--seed 1] [--wear 1]`: 52 generated papers (`scripts.samples.planted`) are
printed, worn, taken in, read and judged by the commands an operator uses; each finding is held against what
was planted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2

from scripts.samples.levels import Wear
from scripts.samples.planted import PLANTED, Archive, planted
from scripts.samples.press import print_paper
from scripts.samples.sets import LOOKS, Leaf, Order, produce, rng_for

__all__ = ["main"]

_STREAM = 42
Found = frozenset[tuple[str, frozenset[str]]]


def main() -> None:
    """Make the archive, judge it, print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wear", type=int, choices=[0, 1, 2, 3], default=1)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    archive = planted(asked.seed)
    pages = _printed(archive, asked.folder, asked.seed, Wear(asked.wear))
    found = _judged(asked.folder)
    told = {"papers": len(archive.papers), "pages": pages, "wear": asked.wear, "seed": asked.seed}
    print(json.dumps(told | _held(archive.findings, found), indent=1, ensure_ascii=False))


def _printed(archive: Archive, folder: Path, seed: int, wear: Wear) -> int:
    pages = 0
    for turn, (stem, paper) in enumerate(archive.papers.items()):
        leaf = Leaf(paper, tuple(print_paper(paper, LOOKS[turn % len(LOOKS)])))
        pages += produce(Order(stem, (leaf,), wear, "pdf"), folder, rng_for(seed, _STREAM, turn))
    return pages


def _judged(folder: Path) -> Found:
    def digitizer(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "digitizer.cli", *words],
            env={**os.environ, "DIGITIZER_HOME": str(folder / "archive")},
            stdout=subprocess.PIPE,
            check=False,  # 1: there is something for a person, as there must be
        )
        assert done.returncode in {0, 1}, words
        return done.stdout.decode()

    digitizer("ingest", str(folder / "in"), "--batch", "planted", "--quiet")
    digitizer("work", "--burst", "--quiet")
    told = json.loads(digitizer("quality", "--json", "--limit", "100000"))
    return frozenset(
        (each["check"], frozenset(paper.partition(".pdf")[0] for paper in each["papers"]))
        for each in told["findings"]
        if each["check"] in PLANTED
    )


def _held(wanted: Found, found: Found) -> dict[str, object]:
    """How much of what was planted was found, and what else was; by check."""
    counts = {
        name: Counter(check for check, _ in those)
        for name, those in (("planted", wanted), ("found", wanted & found), ("false", found - wanted))
    }
    return {
        "planted": len(wanted),
        "found": len(wanted & found),
        "false": len(found - wanted),
        "by_check": {check: {name: counts[name][check] for name in counts} for check in sorted(PLANTED)},
        "missed": sorted([check, *sorted(papers)] for check, papers in wanted - found),
        "not_planted": sorted([check, *sorted(papers)] for check, papers in found - wanted),
    }


if __name__ == "__main__":
    main()
