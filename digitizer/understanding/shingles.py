"""Near-duplicate texts: runs of words hashed, the smallest kept, likeness from what two texts share.

MinHash sketches after Broder (1997), with one hash and the smallest values kept (bottom-k).
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from digitizer.understanding.vietnamese import tokens

__all__ = ["near_pairs", "near_sketches", "sketch"]

RUN = 4  # words
KEPT = 64
ALIKE = 0.8
FEWEST = 40  # words: shorter texts are alike by their form alone
COMMONEST = 200  # texts that share a run: a form's own words, which prove nothing


def sketch(text: str) -> frozenset[int]:
    """The smallest hashes of a text's runs of words; empty for a text too short to compare."""
    words = tokens(text)
    if len(words) < FEWEST:
        return frozenset()
    runs = {" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1)}
    return frozenset(sorted(map(_hash, runs))[:KEPT])


def near_pairs(texts: Sequence[str]) -> Iterator[tuple[int, int, float]]:
    """Pairs of places whose texts are nearly the same, with their likeness (0 to 1), each pair once."""
    yield from near_sketches([sketch(text) for text in texts])


def near_sketches(sketches: Sequence[frozenset[int]]) -> Iterator[tuple[int, int, float]]:
    """As `near_pairs`, where the texts themselves are not held any more."""
    holders: dict[int, list[int]] = defaultdict(list)
    for at, values in enumerate(sketches):
        shared: Counter[int] = Counter()
        for value in values:
            if len(holders[value]) < COMMONEST:
                shared.update(holders[value])
                holders[value].append(at)
        for other, _ in sorted(shared.items()):
            likeness = _likeness(sketches[other], values)
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
