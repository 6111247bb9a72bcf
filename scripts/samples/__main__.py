"""The generator's door: `python -m scripts.samples OUT --seed 1 --pages 20 --wear mix --kind accuracy`.

With `--classes all` (or names of classes, separated by commas) it writes `--each` papers of every class
and `--bundles` files of many papers for each level of wear instead.
"""

import argparse
import sys
from pathlib import Path

import cv2

from scripts.samples.bundles import bundle_set, class_set
from scripts.samples.catalogue import chosen
from scripts.samples.fonts import SampleError
from scripts.samples.levels import Wear
from scripts.samples.pile import demo
from scripts.samples.sets import accuracy


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.samples", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to write into; made when missing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pages", type=int, default=20, help="in all for demo, a level for accuracy")
    parser.add_argument("--wear", choices=["0", "1", "2", "3", "mix"], default="mix")
    parser.add_argument("--kind", choices=["demo", "accuracy"], default="accuracy")
    parser.add_argument("--classes", help="'all' or classes of the contract, separated by commas")
    parser.add_argument("--each", type=int, default=2, help="papers of each class, a level")
    parser.add_argument("--bundles", type=int, default=0, help="files of many papers, a level")
    return parser.parse_args(argv)


def by_class(options: argparse.Namespace, levels: tuple[Wear, ...]) -> int:
    """One folder a level with papers of each class, then the bundles; how many pages."""
    names, pages = chosen(options.classes), 0
    for level in levels:
        root = options.out / f"wear{int(level)}"
        pages += class_set(root, options.seed, names, options.each, level)
        pages += bundle_set(root, options.seed, names, options.bundles, level)
    return pages


def main(argv: list[str]) -> int:
    """Write the samples; 0, or 2 with one line that says what is wrong."""
    options = parse(argv)
    cv2.setNumThreads(1)
    levels = tuple(Wear) if options.wear == "mix" else (Wear(int(options.wear)),)
    try:
        if options.classes:
            pages = by_class(options, levels)
        elif options.kind == "demo":
            pages = demo(options.out, options.seed, options.pages)
        else:
            pages = accuracy(options.out, options.seed, options.pages, levels)
    except (SampleError, OSError) as error:
        print(f"samples: {error}", file=sys.stderr)
        return 2
    print(f"{pages} pages written under {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
