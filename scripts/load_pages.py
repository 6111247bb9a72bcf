"""Made-up pages for trials of load: syllables as often, and beside each other as often, as in legal texts.

People, organs and numbers are made up; the counts of syllables and pairs are those the reader ships with.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ocr_models.language import syllable_model
from scripts.samples.organs import any_organ
from scripts.samples.words import MEN, MEN_MIDDLE, SURNAMES, WOMEN, WOMEN_MIDDLE

__all__ = ["CLERK_FONDS", "FONDS", "PAGES_A_DOCUMENT", "Paper", "batch_names", "papers"]

FONDS: Final = tuple(f"P{number:02d}" for number in range(40))
CLERK_FONDS: Final = FONDS[::3]
"""What the pretended users may see."""
PAGES_A_DOCUMENT: Final = 3
_CLASSES: Final = ("decision", "official_letter", "report", "notice", "plan", "minutes", "unknown")
_SHARES: Final = (30, 28, 14, 10, 8, 6, 4)
_PAPERS_A_BATCH: Final = 500
_BATCHES: Final = 50
_ORGANS: Final = 300
_PAIRS_A_LINE: Final = 5
_LINES: Final = (8, 42)
_SINGLES: Final = 0.2  # of the draws are single syllables, the rare ones among them


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: its pages are lines of words. `day` is DD/MM/YYYY; `personal` is on the first page."""

    number: int
    id: str
    fonds: str
    batch: str
    document_class: str
    secrecy: int
    organ: str
    notation: str
    day: str
    person: str
    personal: str
    pages: tuple[tuple[tuple[str, ...], ...], ...]

    @property
    def state(self) -> str:
        """One of five hundred could not be read."""
        return "quarantined" if self.number % 500 == 3 else "done"


def papers(count: int, seed: int = 1) -> Iterator[Paper]:
    """`count` papers, the same for the same `seed`; the last of every thousand has one page."""
    rng = random.Random(seed)  # noqa: S311 - made-up data that can be made again
    draw = _Draw(seed)
    drawn = np.random.default_rng(seed)
    organs = sorted({any_organ(drawn).full_name for _ in range(_ORGANS)})
    for number in range(count):
        yield _paper(number, rng, draw, organs)


def batch_names(fonds: str, count: int) -> list[str]:
    """The batches of one fonds among `count` papers."""
    return [f"{fonds}-lo-{number:02d}" for number in range(min(_BATCHES, count // _PAPERS_A_BATCH + 1))]


def _paper(number: int, rng: random.Random, draw: _Draw, organs: list[str]) -> Paper:
    fonds = FONDS[min(int(rng.expovariate(1 / 8)), len(FONDS) - 1)]
    year = min(2025, 1960 + int(65 * rng.random() ** 0.5) + 1)
    organ = organs[min(int(rng.expovariate(6 / len(organs))), len(organs) - 1)]
    born = f"{rng.randrange(1, 97):03d}{rng.randrange(4)}{rng.randrange(40, 99)}{rng.randrange(10**6):06d}"
    abbreviation = rng.choice(("QĐ-UBND", "CV-UBND", "BC-SNV", "TB-VP", "KH-UBND"))
    made = Paper(
        number=number,
        id=hashlib.sha256(f"paper {number}".encode()).hexdigest()[:16],
        fonds=fonds,
        batch=f"{fonds}-lo-{number // _PAPERS_A_BATCH % _BATCHES:02d}",
        document_class=rng.choices(_CLASSES, _SHARES)[0],
        secrecy=rng.choices((0, 1, 2, 3), (955, 30, 12, 3))[0],
        organ=organ,
        notation=f"{rng.randrange(1, 4000)}/{abbreviation}",
        day=f"{rng.randrange(1, 29):02d}/{rng.randrange(1, 13):02d}/{year}",
        person=_person(rng),
        personal=born if rng.random() < 0.1 else "",
        pages=(),
    )
    pages = 1 if number % 1000 == 999 else PAGES_A_DOCUMENT
    body = [draw.lines(rng.randrange(*_LINES)) for _ in range(pages)]
    return _with_head(made, body)


def _person(rng: random.Random) -> str:
    middle, given = rng.choice(((MEN_MIDDLE, MEN), (WOMEN_MIDDLE, WOMEN)))
    return f"{rng.choice(SURNAMES)} {rng.choice(middle)} {rng.choice(given)}"


def _with_head(paper: Paper, body: list[list[tuple[str, ...]]]) -> Paper:
    day, month, year = paper.day.split("/")
    head = [
        tuple(paper.organ.split()),
        ("Số:", paper.notation, "ngày", day, "tháng", month, "năm", year),
        ("Ông", "(bà)", *paper.person.split(), *(("số", paper.personal) if paper.personal else ())),
    ]
    pages = tuple(tuple([*head, *lines] if not number else lines) for number, lines in enumerate(body))
    names = (name for name in Paper.__slots__ if name != "pages")
    return Paper(**{name: getattr(paper, name) for name in names}, pages=pages)


class _Draw:
    """Lines of pairs and single syllables, each as often as it was counted."""

    def __init__(self, seed: int) -> None:
        model = syllable_model()
        self._rng = np.random.default_rng(seed)
        self._pairs = [(first, second) for first, second in sorted(model.pairs)]
        self._singles = sorted(model.single)
        self._of_pairs = _shares([model.pairs[pair] for pair in self._pairs])
        self._of_singles = _shares([model.single[word] for word in self._singles])
        self._ready: Iterator[tuple[str, ...]] = iter(())

    def lines(self, count: int) -> list[tuple[str, ...]]:
        """`count` lines of about nine words."""
        found: list[tuple[str, ...]] = []
        while len(found) < count:
            found += [line for line, _ in zip(self._ready, range(count - len(found)), strict=False)]
            if len(found) < count:
                self._ready = self._more()
        return found

    def _more(self, lines: int = 20_000) -> Iterator[tuple[str, ...]]:
        size = lines * _PAIRS_A_LINE
        pairs = np.searchsorted(self._of_pairs, self._rng.random(size)).tolist()
        singles = np.searchsorted(self._of_singles, self._rng.random(size)).tolist()
        alone = (self._rng.random(size) < _SINGLES).tolist()
        for start in range(0, size, _PAIRS_A_LINE):
            words: list[str] = []
            for place in range(start, start + _PAIRS_A_LINE):
                if alone[place]:
                    words.append(self._singles[singles[place]])
                else:
                    words += self._pairs[pairs[place]]
            yield tuple(words)


def _shares(counts: list[int]) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = np.cumsum(np.array(counts, np.float64)) / sum(counts)
    return shares
