"""Finding text lines from the letters up: chains of letters, then their marks, then straight strips of them.

Nearest-neighbour chains of components (O'Gorman's docstrum, 1993) find lines beside seals, signatures and
other columns where a page-wide layout analysis joins or loses them; every component belongs to one line, so
a strip shows its own letters and marks and nothing of its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from digitizer.imaging.components import PALEST_INK, Ink, binarize, components, text_height
from digitizer.imaging.guides import find_guides, without_guides
from digitizer.imaging.marks import dashes, stops
from digitizer.imaging.tables import Cell, Cells, find_cells
from digitizer.imaging.working import Array

__all__ = ["LineFinder", "PageLines", "TextLine", "line_slope"]

Ints = NDArray[np.int64]
DUST = 60  # specks of a page
SPECK = 0.25  # heights of a small letter
MIDDLE = (0.3, 0.75)  # of a small letter from its top: below the upper dot of a colon, above a stop
LEADER = 5  # dots in a row
WIDELY = 4.5  # widths of a dash between it and what it joins
CLOSE = 0.9  # heights of a small letter between a line's last letter and the stop after it
TALL = (
    0.35  # of the height of the taller of two letters: what they share at least when they stand on one line
)


@dataclass(frozen=True, slots=True)
class TextLine:
    """A found line in pixels of the working image.

    `band` is the (top, bottom) of its small letters as they would stand were the page's slope taken out;
    `letters` how many letters it was found from; `cell` the table cell it stands in, 0 = open paper.
    """

    index: int
    left: int
    top: int
    right: int
    bottom: int
    band: tuple[float, float]
    letters: int
    cell: int


@dataclass(frozen=True, slots=True)
class PageLines:
    """All lines of a page.

    `owner[label]` is the 1-based index of the line a component belongs to, 0 = none; `slope` what is left
    of the page's lean (pixels down a pixel to the right); `letter` the height of a small letter in pixels;
    `grey` the page to cut them out of: as it came, less the dots of guides.
    """

    grey: Array
    lines: tuple[TextLine, ...]
    ink: Ink
    owner: Ints
    letter: float
    slope: float
    rules: Array
    cells: dict[int, Cell]


@dataclass(slots=True)
class _Chain:
    members: list[int]
    left: int
    right: int
    top: float
    bottom: float
    cell: int
    dash: bool = False  # dashes and nothing else


@dataclass(frozen=True, slots=True)
class LineFinder:
    """Finds the lines of a levelled page. Lengths are in heights of a small letter (x-heights).

    `letter` is that height in pixels where it is known already, 0 where it is to be measured.
    """

    link_gap: float = 1.7
    join_gap: float = 2.2
    rule_length: float = 5.0
    palest: float = PALEST_INK
    letter: float = 0.0

    def __call__(self, grey: Array) -> PageLines | None:
        """Find lines on a prepared grey page (H, W); None when there is no text-like ink at all."""
        mask = binarize(grey, self.palest)
        rough = self.letter or text_height(components(mask))
        if rough == 0:
            return None
        rules = find_rules(mask, rough * self.rule_length)
        mask = cv2.bitwise_and(mask, cv2.bitwise_not(rules)).astype(np.uint8)
        ink = components(mask)
        letter = text_height(ink) or rough
        guides = find_guides(ink, letter)
        if guides is not None:
            grey, mask = without_guides(grey, mask, ink, guides)
            ink = components(mask)
        cells = find_cells(rules, ink, letter)
        chains = self._chains(ink, letter, cells)
        slope = _page_slope(chains, ink, letter)
        level = _levelled(ink, slope)
        chains = [_chain(c.members, level, c.cell) for c in chains]
        chains = self._join(_carried_on(chains, level, letter, cells), letter)
        owner = _owners(chains, level, letter, cells)
        lines = tuple(_line(k, owner, ink, chain) for k, chain in enumerate(chains, 1) if np.any(owner == k))
        return PageLines(grey, lines, ink, owner, letter, slope, rules, cells.cells)

    def _chains(self, ink: Ink, letter: float, cells: Cells) -> list[_Chain]:
        core = np.flatnonzero(_core(ink, letter))
        core = core[np.argsort(ink.left[core], kind="stable")]
        parent = _link(ink, core, cells, self.link_gap * letter)
        groups: dict[int, list[int]] = {}
        for component in core:
            groups.setdefault(_root(parent, int(component)), []).append(int(component))
        chains = [_chain(m, ink, int(cells.of_component[m[0]])) for m in groups.values()]
        # a dot or a comma alone is a mark of some line, not a line
        return [c for c in chains if not (len(c.members) <= 2 and c.bottom - c.top < 0.95 * letter)]

    def _join(self, chains: list[_Chain], letter: float) -> list[_Chain]:
        chains = sorted(chains, key=lambda c: c.left)
        while True:
            joined: list[_Chain] = []
            for chain in chains:
                partner = self._partner(chain, joined, letter)
                if partner is None:
                    joined.append(chain)
                else:
                    _absorb(partner, chain)
            if len(joined) == len(chains):
                return [chain for chain in joined if not chain.dash]
            chains = sorted(joined, key=lambda c: c.left)

    def _partner(self, chain: _Chain, candidates: list[_Chain], letter: float) -> _Chain | None:
        best: tuple[float, _Chain] | None = None
        for other in candidates:
            gap = chain.left - other.right
            reach = min(
                [self.join_gap * letter, *(WIDELY * (d.right - d.left) for d in (chain, other) if d.dash)]
            )
            if other.cell != chain.cell or not -2 * letter < gap < reach:
                continue
            overlap = min(chain.bottom, other.bottom) - max(chain.top, other.top)
            lower = min(chain.bottom - chain.top, other.bottom - other.top)
            few = min(len(chain.members), len(other.members)) <= 2 and not (chain.dash or other.dash)
            near = chain.top < other.bottom + 0.5 * letter and chain.bottom > other.top - 0.3 * letter
            if (overlap > 0.5 * lower or (few and near)) and (best is None or gap < best[0]):
                best = (gap, other)
        return best[1] if best else None


def find_rules(mask: Array, length: float) -> Array:
    """Mask of ruled lines: straight horizontal or vertical ink longer than `length` pixels."""
    reach = max(40, int(length))
    across = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (reach, 1)))
    down = cv2.morphologyEx(mask, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, (1, reach)))
    rules = cv2.bitwise_or(across, down)
    return cv2.dilate(rules, np.ones((3, 3), np.uint8)).astype(np.uint8)


def _core(ink: Ink, letter: float) -> NDArray[np.bool_]:
    """Which components are letters, as against marks, dots, rules and blobs."""
    core = (ink.height >= 0.55 * letter) & (ink.height <= 3.2 * letter) & (ink.width <= 12 * letter)
    core &= ink.area >= 0.1 * ink.width * ink.height
    core &= ~((ink.width > 6 * letter) & (ink.height < 0.7 * letter))
    core[0] = False
    return np.asarray(core)


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


def _link(ink: Ink, core: NDArray[np.int64], cells: Cells, reach: float) -> list[int]:
    """Link each letter to its neighbours on the right that stand on the same level, in the same cell."""
    cell = cells.of_component[core]
    parent = list(range(len(ink)))
    left = ink.left[core].astype(np.int64)
    right = left + ink.width[core]
    top = ink.top[core].astype(np.int64)
    bottom = top + ink.height[core]
    ends = np.searchsorted(left, right + reach)
    for place in range(len(core)):
        begin, end = place + 1, int(ends[place])
        if end <= begin:
            continue
        overlap = np.minimum(bottom[place], bottom[begin:end]) - np.maximum(top[place], top[begin:end])
        lower = np.minimum(bottom[place] - top[place], bottom[begin:end] - top[begin:end])
        higher = np.maximum(bottom[place] - top[place], bottom[begin:end] - top[begin:end])
        # letters of two lines that touch make one tall blob, which must not join the lines
        beside = (overlap > 0.5 * lower) & (overlap > TALL * higher) & (cell[begin:end] == cell[place])
        for neighbour in np.flatnonzero(beside)[:4]:
            a, b = _root(parent, int(core[place])), _root(parent, int(core[begin + neighbour]))
            if a != b:
                parent[a] = b
    return parent


def _chain(members: list[int], ink: Ink, cell: int) -> _Chain:
    index = np.array(members)
    return _Chain(
        members,
        int(ink.left[index].min()),
        int((ink.left + ink.width)[index].max()),
        float(np.median(ink.top[index])),
        float(np.median((ink.top + ink.height)[index])),
        cell,
    )


def line_slope(members: Ints, ink: Ink) -> float:
    """Slope (pixels down a pixel to the right) of a line through the feet of its letters, less outliers."""
    x = (ink.left + ink.width / 2)[members].astype(np.float64)
    y = (ink.top + ink.height)[members].astype(np.float64)
    keep = np.ones(len(x), bool)
    slope = 0.0
    for _ in range(3):
        slope, start = np.polyfit(x[keep], y[keep], 1)
        off = np.abs(y - slope * x - start)
        near = off <= max(2.0, 1.5 * float(np.median(off)))
        if near.sum() < 6:
            break
        keep = near
    return float(slope)


def _page_slope(chains: list[_Chain], ink: Ink, letter: float) -> float:
    slopes = [
        line_slope(np.array(c.members), ink)
        for c in chains
        if len(c.members) >= 12 and c.right - c.left > 15 * letter
    ]
    return float(np.median(slopes)) if slopes else 0.0


def _levelled(ink: Ink, slope: float) -> Ink:
    """The same components with the page's slope taken out of their heights on the page."""
    if slope == 0:
        return ink
    lean = slope * (ink.left + ink.width / 2)
    return replace(ink, top=np.round(ink.top - lean).astype(np.int32))


def _absorb(chain: _Chain, other: _Chain) -> None:
    if chain.dash != other.dash:
        larger = other if chain.dash else chain
    else:
        larger = chain if len(chain.members) >= len(other.members) else other
    chain.dash = larger.dash
    chain.top, chain.bottom = larger.top, larger.bottom
    chain.members.extend(other.members)
    chain.left, chain.right = min(chain.left, other.left), max(chain.right, other.right)


def _carried_on(chains: list[_Chain], ink: Ink, letter: float, cells: Cells) -> list[_Chain]:
    """The chains, each as wide as the stop that ends it, and every loose dash as a chain of its own.

    Where print is set wide, as typewriters do, a line would fall apart at each of these.
    """
    taken = np.zeros(len(ink), bool)
    for chain in chains:
        taken[chain.members] = True
    free = ~taken & ~_leaders(ink, letter)
    stop = np.flatnonzero(stops(ink, letter) & free)
    left, right = ink.left[stop], (ink.left + ink.width)[stop]
    middle, foot = (ink.top + ink.height / 2)[stop], (ink.top + ink.height)[stop]
    for chain in chains:
        half = (chain.top + chain.bottom) / 2
        beside = (left >= chain.right - 0.3 * letter) & (left <= chain.right + CLOSE * letter)
        beside &= (
            (middle > half) & (foot > chain.bottom - 0.3 * letter) & (middle < chain.bottom + 0.4 * letter)
        )
        beside &= cells.of_component[stop] == chain.cell
        if beside.any():
            chain.right = max(chain.right, int(right[beside].max()))
    dash = np.flatnonzero(dashes(ink, letter) & free)
    alone = (replace(_chain([int(k)], ink, int(cells.of_component[k])), dash=True) for k in dash)
    return [*chains, *alone]


def _owners(chains: list[_Chain], ink: Ink, letter: float, cells: Cells) -> Ints:
    """Give every letter to its line, then every mark, dot and dash to the nearest line that may have it."""
    owner = np.zeros(len(ink), np.int64)
    for k, chain in enumerate(chains, 1):
        owner[chain.members] = k
    loose = (owner == 0) & (ink.area >= max(3.0, (0.1 * letter) ** 2))
    loose &= (ink.height < 3.2 * letter) & (ink.width < 8 * letter)
    loose &= ~_leaders(ink, letter)
    loose[0] = False
    rest = np.flatnonzero(loose)
    if not len(rest) or not chains:
        return owner
    left, right, top, bottom = (
        np.array([getattr(c, name) for c in chains], np.float64)
        for name in ("left", "right", "top", "bottom")
    )
    x = (ink.left + ink.width / 2)[rest][:, None]
    y = (ink.top + ink.height / 2)[rest][:, None]
    above, below = np.maximum(0, top - y), np.maximum(0, y - bottom)
    aside = np.maximum(0, np.maximum(left - x, x - right))
    distance = np.where(above > 0, above, below * 1.3) + 0.3 * aside
    reachable = (x > left - 1.6 * letter) & (x < right + 1.2 * letter)
    reachable &= (above < 1.15 * letter) & (below < 0.7 * letter)
    reachable &= cells.of_component[rest][:, None] == np.array([c.cell for c in chains])
    if _is_dusty(ink, rest[~reachable.any(axis=1)], letter):
        between = (y > top + MIDDLE[0] * letter) & (y < top + MIDDLE[1] * letter)
        reachable &= ~(_specks(ink, rest, letter)[:, None] & between)
    distance = np.where(reachable, distance, np.inf)
    nearest = distance.argmin(axis=1)
    found = np.isfinite(distance[np.arange(len(rest)), nearest])
    owner[rest[found]] = nearest[found] + 1
    return owner


def _is_dusty(ink: Ink, lonely: Ints, letter: float) -> bool:
    """Whether dust lies all over the page: many small components far from any line."""
    small = (ink.width[lonely] < SPECK * letter) & (ink.height[lonely] < SPECK * letter)
    return int(small.sum()) >= DUST


def _specks(ink: Ink, which: Ints, letter: float) -> NDArray[np.bool_]:
    """Which loose components are no larger than dust, and no dot of a colon, which has its like beside it.

    At half the height of a line no other mark is that small.
    """
    small = (ink.width[which] < SPECK * letter) & (ink.height[which] < SPECK * letter)
    x, y = (ink.left + ink.width / 2)[which], (ink.top + ink.height / 2)[which]
    for k in np.flatnonzero(small):
        apart = np.abs(y - y[k])
        small[k] = not np.any(
            (np.abs(x - x[k]) < 0.2 * letter) & (apart > 0.35 * letter) & (apart < 1.2 * letter)
        )
    return np.asarray(small)


def _leaders(ink: Ink, letter: float) -> NDArray[np.bool_]:
    """Which components are dots of a leader: five or more small ones on one level, close together."""
    small = np.flatnonzero((ink.height < 0.4 * letter) & (ink.width < 0.5 * letter))
    leaders = np.zeros(len(ink), bool)
    if len(small) < 5:
        return leaders
    level = ((ink.top + ink.height)[small] / max(2.0, 0.3 * letter)).astype(np.int64)
    order = np.lexsort((ink.left[small], level))
    small, level = small[order], level[order]
    gap = np.diff(ink.left[small])
    close = (np.diff(level) == 0) & (gap > 0) & (gap < 0.9 * letter)
    run = 0
    for k in range(len(close) + 1):
        if k < len(close) and close[k]:
            run += 1
            continue
        if run >= LEADER - 1:
            leaders[small[k - run : k + 1]] = True
        run = 0
    return leaders


def _line(k: int, owner: Ints, ink: Ink, chain: _Chain) -> TextLine:
    index = np.flatnonzero(owner == k)
    return TextLine(
        k,
        int(ink.left[index].min()),
        int(ink.top[index].min()),
        int((ink.left + ink.width)[index].max()),
        int((ink.top + ink.height)[index].max()),
        (chain.top, chain.bottom),
        len(chain.members),
        chain.cell,
    )
