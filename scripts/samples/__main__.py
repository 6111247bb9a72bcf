"""The generator's door: `python -m scripts.samples OUT --seed 1 --pages 20 --wear mix --kind accuracy`."""

import argparse
import sys
from pathlib import Path

import cv2

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
    return parser.parse_args(argv)


def main(argv: list[str]) -> int:
    """Write the samples; 0, or 2 with one line that says what is wrong."""
    options = parse(argv)
    cv2.setNumThreads(1)
    levels = tuple(Wear) if options.wear == "mix" else (Wear(int(options.wear)),)
    try:
        if options.kind == "demo":
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
