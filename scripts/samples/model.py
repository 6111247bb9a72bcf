"""The nouns of the generator: runs, paragraphs, tables, a paper, a printed page."""

from dataclasses import dataclass, field
from enum import Enum, auto

import numpy as np
from numpy.typing import NDArray

from scripts.samples.fonts import Family, Style

Grey = NDArray[np.uint8]
"""A page of black ink on white, one byte a pixel, row first."""


class Align(Enum):
    """Where the lines of a paragraph stand between its margins."""

    JUSTIFY = auto()
    LEFT = auto()
    CENTRE = auto()


@dataclass(frozen=True)
class Run:
    """Words in one cut."""

    text: str
    style: Style = Style.REGULAR


@dataclass(frozen=True)
class Para:
    """A paragraph; sizes and spaces in points, indent and rule in millimetres.

    `dots` fills the last line to the margin with a dotted guide; with `under` the guide also runs below
    everything that follows the first run, as where a value is typed onto the dotted line of a form.
    """

    runs: tuple[Run, ...]
    align: Align = Align.JUSTIFY
    size: float = 14
    before: float = 6
    indent: float = 0
    rule: float = 0
    dots: bool = False
    under: bool = False


@dataclass(frozen=True)
class Table:
    """A ruled table; cells break their text into lines; widths are shares of the text width."""

    widths: tuple[float, ...]
    rows: tuple[tuple[str, ...], ...]
    size: float = 12


@dataclass(frozen=True)
class Columns:
    """Two blocks side by side, read left first; the share is the width of the left one, the gap in mm."""

    left: tuple[Para, ...]
    right: tuple[Para, ...]
    share: float = 0.42
    gap: float = 3


Block = Para | Table | Columns


@dataclass(frozen=True)
class Paper:
    """One document before it is printed, with what is known about it.

    `fields` is what a record must hold. Any other field of the contract is an invention, but for those in
    `unjudged`, which the paper can be said to hold or not.
    """

    kind: str
    head: Columns
    body: tuple[Block, ...]
    close: Columns | None
    fields: dict[str, str] = field(default_factory=dict)
    unjudged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Look:
    """How a paper is printed; the size is that of the body in points."""

    family: Family = Family.TINOS
    size: float = 14
    dpi: int = 300
    leading: float = 1.32


@dataclass(frozen=True)
class Mark:
    """A printed word and its box in pixels: left, top, right, bottom."""

    text: str
    box: tuple[int, int, int, int]


@dataclass(frozen=True)
class Page:
    """One printed page: its ink, its lines in reading order, where the name is signed (x, y in pixels).

    `marks` are the words of each line: what a reader without faults would find.
    """

    ink: Grey
    lines: tuple[str, ...]
    dpi: int
    signed: tuple[int, int] | None = None
    marks: tuple[tuple[Mark, ...], ...] = ()

    @property
    def blank(self) -> bool:
        """Whether nothing is printed here."""
        return not self.lines


def para(text: str, style: Style = Style.REGULAR, **shape: object) -> Para:
    """A paragraph in one cut."""
    return Para((Run(text, style),), **shape)  # type: ignore[arg-type]  # shape names Para's own fields
