"""Sets by class and bundles: many papers in one file, with covers, lists, separators and blank backs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from scripts.samples.catalogue import writer_of
from scripts.samples.levels import Wear
from scripts.samples.model import Look
from scripts.samples.sets import LOOKS, Leaf, Order, duplex, make_leaf, produce, rng_for
from scripts.samples.words import Rng, pick

BY_CLASS, BUNDLE = 21, 22
"""Keys that keep the streams of these sets apart from those of the accuracy sets."""
NOT_INSIDE = frozenset({"file_cover", "document_list", "separator", "unknown"})
"""Papers that stand at the head of a bundle or between its papers, not among them."""


def _look(turn: int, level: Wear, rng: Rng) -> Look:
    look = LOOKS[turn % len(LOOKS)]
    return Look(look.family, look.size, 200) if level > Wear.CLEAN and rng.random() < 0.2 else look


def papers_of(
    seed: int, names: Sequence[str], each: int, level: Wear
) -> Iterator[tuple[str, tuple[Leaf, ...]]]:
    """So many papers of each class, printed: the stem of each file and what is in it."""
    for place, name in enumerate(names):
        for turn in range(each):
            rng = rng_for(seed, BY_CLASS, level, place, turn, 0)
            look = _look(place + turn + seed, level, rng)
            leaf = make_leaf(writer_of(name, turn + seed), look, int(rng.integers(1, 4)), rng)
            if rng.random() < 0.15:
                leaf = duplex(leaf)
            yield f"w{int(level)}-{name}-{turn:02d}", (leaf,)


def bundles_of(
    seed: int, names: Sequence[str], count: int, level: Wear
) -> Iterator[tuple[str, tuple[Leaf, ...]]]:
    """So many files of many papers each, printed."""
    for turn in range(count):
        leaves = _bundle(rng_for(seed, BUNDLE, level, turn, 0), names, level, turn)
        yield f"w{int(level)}-bundle-{turn:02d}", leaves


def class_set(root: Path, seed: int, names: Sequence[str], each: int, level: Wear) -> int:
    """Write papers of each class, one a file; how many pages were written."""
    written = 0
    for at, (stem, leaves) in enumerate(papers_of(seed, names, each, level)):
        rng = rng_for(seed, BY_CLASS, level, at, 1)
        form = "pdf" if len(leaves[0].pages) > 1 else pick(rng, ("jpg", "pdf"))
        written += produce(Order(stem, leaves, level, form), root, rng)
    return written


def bundle_set(root: Path, seed: int, names: Sequence[str], count: int, level: Wear) -> int:
    """Write files of many papers each; how many pages were written."""
    written = 0
    for turn, (stem, leaves) in enumerate(bundles_of(seed, names, count, level)):
        written += produce(Order(stem, leaves, level, "pdf"), root, rng_for(seed, BUNDLE, level, turn, 1))
    return written


def _bundle(rng: Rng, names: Sequence[str], level: Wear, turn: int) -> tuple[Leaf, ...]:
    """A cover and a list at times, then papers in the ways they lie in a file."""
    inside = [name for name in names if name not in NOT_INSIDE] or list(names)
    separated = "separator" in names and turn % 3 == 1
    leaves: list[Leaf] = []

    def add(name: str, length: int) -> None:
        leaf = make_leaf(
            writer_of(name, int(rng.integers(60))), _look(len(leaves) + turn, level, rng), length, rng
        )
        leaves.append(duplex(leaf) if rng.random() < 0.25 and name != "separator" else leaf)

    for front in ("file_cover", "document_list"):
        if front in names and rng.random() < 0.6:
            add(front, 1)
    previous = ""
    for _ in range(int(rng.integers(5, 10))):
        if separated and previous:
            add("separator", 1)
        again = bool(previous) and rng.random() < 0.25
        previous = previous if again else pick(rng, inside)
        add(previous, int(rng.integers(1, 5)))
    return tuple(leaves)
