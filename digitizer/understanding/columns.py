"""Two persons side by side on a form: lines read across both columns, taken apart into the two.

The form says of both the same things (`Ngày, tháng, năm sinh: … Ngày, tháng, năm sinh: …`): where a label of
the left edge begins again on its own line, and on another line at the same place, a second column begins.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.model import Line, Word
from digitizer.understanding.vietnamese import fold

__all__ = ["in_columns"]

NEAR = 0.4  # of a word's height: how far the edge of a column wavers
STEP = 2.6  # of a word's height: the farthest from one line of the form to the next
ENOUGH = 2  # labels that both columns have
LONGEST = 9  # words of a label
_NOT_LETTERS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where the second column begins, its first and last label from the top, the height of a word; pixels.

    `labels` are those both columns have.
    """

    left: float
    margin: float
    top: float
    foot: float
    tall: float
    labels: frozenset[str]

    def begins(self, word: Word) -> bool:
        """Whether a word stands at the edge."""
        return abs(word.box.left - self.left) <= NEAR * self.tall and bool(_key(word))

    def opens(self, line: Line) -> bool:
        """Whether one of the line's words stands at the edge."""
        return any(map(self.begins, line.words))

    def crossed(self, line: Line) -> bool:
        """Whether a line runs from the first column into the second with no word at the edge."""
        words = line.words
        return words[0].box.left < self.left - self.tall < self.left + self.tall < words[-1].box.right and (
            not self.opens(line)
        )


def in_columns(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines in reading order, those of two columns of one form first the left, then the right."""
    edge = _edge(lines)
    if edge is None:
        return tuple(lines)
    held = _held(lines, edge)
    mixed = [k for k in held if edge.opens(lines[k]) and lines[k].words[0].box.left < edge.left - edge.tall]
    if not mixed:
        return tuple(lines)  # cells, each read by itself
    parts = [_halves(lines[k], edge) for k in held]
    left = sorted((words for words, _ in parts if words), key=lambda words: words[0].box.top)
    right = sorted((words for _, words in parts if words), key=lambda words: words[0].box.top)
    first, inside = min(held), frozenset(held)
    rest = [line for k, line in enumerate(lines) if k > first and k not in inside]
    return (*lines[:first], *(Line(words) for words in (*left, *right)), *rest)


def _edge(lines: Sequence[Line]) -> _Edge | None:
    """The edge of the second column, where labels of the left margin begin again, at one place."""
    margin = min((line.words[0].box.left for line in lines), default=0)
    extent = max((line.words[-1].box.right for line in lines), default=0) - margin
    own = {
        label
        for line in lines
        if line.words[0].box.left < margin + 0.2 * extent
        if (label := _label(line.words))
    }
    again: list[tuple[Word, str]] = []
    for line in lines:
        for at, word in enumerate(line.words):
            if 0.35 < (word.box.left - margin) / max(1, extent) < 0.65:
                label = _label(line.words[at:])
                if label in own:
                    again.append((word, label))
    for word, _ in again:
        same = [(w, label) for w, label in again if abs(w.box.left - word.box.left) <= NEAR * word.box.height]
        if len({label for _, label in same}) >= ENOUGH:
            tops = [w.box.top for w, _ in same]
            lefts = sorted(w.box.left for w, _ in same)
            left, tall = float(lefts[len(lefts) // 2]), float(word.box.height)
            return _Edge(left, margin, min(tops), max(tops), tall, frozenset(label for _, label in same))
    return None


def _label(words: Sequence[Word]) -> str:
    """The letters of the words up to the first that ends in a colon; empty where none near does."""
    for at, word in enumerate(words[:LONGEST]):
        if word.text.endswith(":"):
            keys = [_key(each) for each in words[: at + 1]]
            return " ".join(keys) if all(keys) and at else ""
    return ""


def _key(word: Word) -> str:
    return _NOT_LETTERS.sub("", fold(word.text))


def _held(lines: Sequence[Line], edge: _Edge) -> list[int]:
    """The lines of both columns: between the labels, and on from them up and down while none crosses."""
    order = sorted(range(len(lines)), key=lambda k: _top(lines[k]))
    inside = [k for k in order if edge.top - edge.tall < _top(lines[k]) < edge.foot + edge.tall]
    above = [k for k in reversed(order) if _top(lines[k]) <= edge.top - edge.tall]
    below = [k for k in order if _top(lines[k]) >= edge.foot + edge.tall]
    return [*_on(above, lines, edge, edge.top), *inside, *_on(below, lines, edge, edge.foot, below=True)]


def _on(
    places: Sequence[int], lines: Sequence[Line], edge: _Edge, start: float, *, below: bool = False
) -> list[int]:
    """The next lines of the columns, step by step; below, a label that only the margin has ends them."""
    taken: list[int] = []
    last = start
    for k in places:
        first = lines[k].words[0]
        own = abs(first.box.left - edge.margin) < 2 * edge.tall
        label = _label(lines[k].words) if below and own else ""
        ended = edge.crossed(lines[k]) or bool(label and label not in edge.labels)
        if abs(_top(lines[k]) - last) > STEP * edge.tall or ended or not (own or edge.begins(first)):
            break
        taken.append(k)
        last = _top(lines[k])
    return taken


def _halves(line: Line, edge: _Edge) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words left and right of the edge; a sign alone right before it is neither's."""
    border = edge.left - NEAR * edge.tall
    left = [
        w for w in line.words if w.box.left < border and (_key(w) or w.box.right < border - 2 * edge.tall)
    ]
    return tuple(left), tuple(w for w in line.words if w.box.left >= border)


def _top(line: Line) -> float:
    return float(min(word.box.top for word in line.words))
