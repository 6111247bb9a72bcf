"""A batch as a whole: sheets declared against sides that arrived, and every difference by name."""

from __future__ import annotations

from dataclasses import dataclass

from digitizer.accession import Accessions
from digitizer.batch_facts import BatchFacts, FactsBook
from digitizer.desk import BatchLedger
from digitizer.errors import NotFoundError
from digitizer.services.page_ledger import CountRule, Difference, count_rule, reconcile

__all__ = ["MOST_DOCUMENTS", "BatchBalance", "weigh"]

#: A larger batch is only summed up here; `digitizer reconcile` names its differences.
MOST_DOCUMENTS = 2_000
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class BatchBalance:
    """What was declared and what came; `least` to `most` sides fit the sheets declared (0, 0: none were).

    `missing` is how many sides are too few (below 0: too many); `waiting`: not all has been read yet.
    `by_name` is false where the batch is too large to look at each file here.
    """

    facts: BatchFacts | None
    arrived: int
    waiting: int
    least: int
    most: int
    differences: tuple[Difference, ...]
    more: int
    by_name: bool

    @property
    def missing(self) -> int:
        """How far what came is from what was declared, in sides."""
        if not self.most or self.least <= self.arrived <= self.most:
            return 0
        return self.least - self.arrived if self.arrived < self.least else self.most - self.arrived


def weigh(books: tuple[FactsBook, Accessions, str], counted: BatchLedger) -> BatchBalance:
    """The balance of the batch that `counted` counts; books are facts, accessions and the rule's name."""
    facts_book, accessions, rule_name = books
    rule = count_rule(rule_name)
    facts = facts_book.facts(counted.fonds, counted.batch)
    least, most = _sides(rule, facts.sheets if facts is not None else None)
    waiting = counted.documents - counted.ended
    if counted.documents > MOST_DOCUMENTS:
        return BatchBalance(facts, counted.pages, waiting, least, most, (), 0, by_name=False)
    try:
        ledger = reconcile(accessions, counted.fonds, counted.batch, rule)
    except NotFoundError:
        return BatchBalance(facts, counted.pages, waiting, least, most, (), 0, by_name=True)
    told = ledger.differences[:_SHOWN]
    more = len(ledger.differences) - len(told)
    return BatchBalance(facts, ledger.received, ledger.waiting, least, most, told, more, by_name=True)


def _sides(rule: CountRule, sheets: int | None) -> tuple[int, int]:
    """The sides that counted sheets may have: each dossier is scanned on one side or on both."""
    return (0, 0) if not sheets else (sheets * min(rule.sides), sheets * max(rule.sides))
