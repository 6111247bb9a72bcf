"""Near-duplicate texts: runs of words hashed, the smallest kept, likeness from what two texts share.

MinHash sketches after Broder (1997), with one hash and the smallest values kept (bottom-k).
"""

from __future__ import annotations

import hashlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from digitizer.understanding.vietnamese import tokens

__all__ = ["Sketch", "near_pairs", "near_sketches", "sketch"]

Sketch: TypeAlias = "array[int]"

RUN = 4  # words
KEPT = 64
ALIKE = 0.8
FEWEST = 40  # words: shorter texts are alike by their form alone
COMMONEST = 200  # texts that share a run: a form's own words, which prove nothing


def sketch(text: str) -> Sketch:
    """The smallest hashes of a text's runs of words, packed; empty for a text too short to compare."""
    words = tokens(text)
    if len(words) < FEWEST:
        return array("Q")
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return array("Q", sorted(map(_hash, runs))[:KEPT])


def near_pairs(texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Pairs of places whose texts are nearly the same, with their likeness (0 to 1), each pair once."""
    yield from near_sketches([sketch(text) for text in texts])


def near_sketches(sketches: Sequence[Sketch]) -> Iterator[tuple[int, int, float]]:
    """As `near_pairs`, where the texts themselves are not held any more."""
    holders: dict[int, list[int]] = defaultdict(list)
    for at, packed in enumerate(sketches):
        values = frozenset(packed)
        shared: Counter[int] = Counter()
        full = 0  # values that more texts may share than are kept: any of them may be in common too
        for value in values:
            if len(holders[value]) < COMMONEST:
                shared.update(holders[value])
                holders[value].append(at)
            else:
                full += 1
        fewest = ALIKE * min(KEPT, len(values)) - full  # with less in common no two texts are alike
        for other in sorted(each for each, common in shared.items() if common >= fewest):
            likeness = _likeness(frozenset(sketches[other]), values)
            if likeness >= ALIKE:
                yield other, at, likeness


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Estimated share of runs in common (Jaccard) from two sketches; 0.0 where it is below `ALIKE`."""
    common = len(one & other)
    if common < ALIKE * min(KEPT, len(one) + len(other) - common):
        return 0.0  # even if all they share were among the smallest; two papers on one form mostly end here
    smallest = sorted(one | other)[:KEPT]
    return sum(value in one and value in other for value in smallest) / len(smallest)


def _hash(run: str) -> int:
    return int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big")
