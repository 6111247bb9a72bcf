"""One document on its way through the engine: its pages, header, class, and the slots read by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.model import Box
from digitizer.understanding.classify import Verdict
from digitizer.understanding.headings import Head
from digitizer.understanding.references import Reference
from digitizer.understanding.segments import PageView
from digitizer.understanding.tables import Tables

__all__ = ["Paper", "SlotReading"]


@dataclass(frozen=True, slots=True)
class SlotReading:
    """What a reader of handwriting made of one slot of a printed line.

    `kind` is `number`, `day`, `month` or `year`; `box` is in pixels of the upright
    page; `value` figures alone.
    """

    page: int
    kind: str
    box: Box
    value: str
    confidence: float
    source: str = "handwritten"


@dataclass(frozen=True, slots=True)
class Paper:
    """A document's pages in order, the first of them with its header taken apart."""

    views: tuple[PageView, ...]
    head: Head
    reference: Reference | None
    verdict: Verdict
    tables: Tables
    slots: Sequence[SlotReading] = ()

    @property
    def first(self) -> PageView:
        """The page the header is on."""
        return self.views[0]
