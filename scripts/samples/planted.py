"""An archive with faults that are known: papers that come twice, registers with gaps, papers that contradict.

What `digitizer quality` must find of it is written down while it is made, never taken from what it found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scripts.samples.births import Birth, Entry, birth, birth_certificate_current, birth_extract
from scripts.samples.civil import civil_status_change, death_extract
from scripts.samples.model import Paper
from scripts.samples.papers import decision, notice
from scripts.samples.sets import rng_for
from scripts.samples.strays import application
from scripts.samples.words import Rng

__all__ = ["PLANTED", "Archive", "planted"]

PLANTED = frozenset(
    {
        "person-event",
        "same-reference",
        "near-duplicate",
        "register-gap",
        "superseded",
        "change-base",
        "person-differs",
        "no-class",
    }
)
"""The checks of which every finding is planted or false."""
_STREAM = 41
_FIRST, _LAST = 2017, 2021


@dataclass(frozen=True)
class Archive:
    """Papers by the stem of their file, and the findings: the check and the papers that prove it."""

    papers: dict[str, Paper]
    findings: frozenset[tuple[str, frozenset[str]]]


def planted(seed: int) -> Archive:
    """An archive of 52 papers of this seed."""
    papers: dict[str, Paper] = {}
    findings: set[tuple[str, frozenset[str]]] = set()
    for turn, part in enumerate((_events, _copies, _registers, _changes, _contradictions, _strays, _whole)):
        for stem, paper, proves in part(rng_for(seed, _STREAM, turn)):
            papers[stem] = paper
            findings |= {(check, frozenset((stem, *others))) for check, *others in proves}
    return Archive(papers, frozenset(findings))


Made = Iterator[tuple[str, Paper, Sequence[tuple[str, ...]]]]


def _events(rng: Rng) -> Made:
    """The certificate and an extract of the same birth."""
    for turn in range(4):
        facts = birth(rng, _FIRST, _LAST)
        yield f"event-{turn}", birth_certificate_current(rng, 1, facts), []
        yield f"event-{turn}-again", birth_extract(rng, 1, facts), [("person-event", f"event-{turn}")]


def _copies(rng: Rng) -> Made:
    """The same decision scanned twice."""
    for turn in range(4):
        paper = decision(rng, 1)
        yield f"copy-{turn}", paper, []
        first = f"copy-{turn}"
        yield f"copy-{turn}-again", paper, [("same-reference", first), ("near-duplicate", first)]


def _registers(rng: Rng) -> Made:
    """Two communes' registers of a year, each with numbers that are missing."""
    for book, numbers in enumerate(((11, 12, 15, 16), (101, 104, 105))):
        first = birth(rng, _FIRST, _LAST)
        for before, number in zip((0, *numbers), numbers, strict=False):
            day = date(first.entry.day.year, 3 + book, number % 20 + 1)
            facts = _entered(birth(rng, day.year, day.year), Entry(first.entry.where, day, str(number), "01"))
            gap = before and number - before > 1
            proves = [("register-gap", f"book-{book}-{before}")] if gap else []
            yield f"book-{book}-{number}", birth_certificate_current(rng, 1, facts), proves


def _entered(facts: Birth, entry: Entry) -> Birth:
    child = replace(facts.child, born=date.fromordinal(entry.day.toordinal() - 20))
    return replace(facts, entry=entry, child=child)


def _changes(rng: Rng) -> Made:
    """Changes of what the register held, two of what it never held, and deaths."""
    for turn in range(5):
        facts = birth(rng, _FIRST, _LAST)
        said = facts.child.ethnicity if turn < 3 else "Hoa"
        yield f"base-{turn}", birth_certificate_current(rng, 1, facts), []
        proves = [("superseded", f"base-{turn}")] + ([("change-base", f"base-{turn}")] if turn >= 3 else [])
        yield f"change-{turn}", civil_status_change(rng, 1, (facts.entry, facts.child, said)), proves
    for turn in range(2):
        facts = birth(rng, _FIRST, _LAST)
        yield f"life-{turn}", birth_certificate_current(rng, 1, facts), []
        yield f"death-{turn}", death_extract(rng, 1, facts.child), [("superseded", f"life-{turn}")]


def _contradictions(rng: Rng) -> Made:
    """Two papers of the same birth that say different things of the child."""
    for turn in range(2):
        facts = birth(rng, _FIRST, _LAST)
        other = replace(facts.child, ethnicity="Hoa" if turn else "Chăm")
        yield f"said-{turn}", birth_certificate_current(rng, 1, facts), []
        proves: list[tuple[str, ...]] = [("person-event", f"said-{turn}"), ("person-differs", f"said-{turn}")]
        yield f"said-{turn}-otherwise", birth_extract(rng, 1, replace(facts, child=other)), proves


def _strays(rng: Rng) -> Made:
    """Papers of no class."""
    for turn in range(2):
        yield f"stray-{turn}", application(rng, 1), [("no-class",)]


def _whole(rng: Rng) -> Made:
    """Papers without a fault."""
    for turn in range(3):
        yield f"whole-birth-{turn}", birth_certificate_current(rng, 1), []
        yield f"whole-decision-{turn}", decision(rng, 1), []
        yield f"whole-notice-{turn}", notice(rng, 1), []
