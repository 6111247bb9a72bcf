"""Values behind printed labels: forms with dotted lines, several labels a line, values over lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from digitizer.model import FieldValue
from digitizer.understanding.found import field_of
from digitizer.understanding.segments import PageView, Segment, letters, segment
from digitizer.understanding.tables import FieldRow
from digitizer.understanding.values import GRAMMARS
from digitizer.understanding.vietnamese import fold

__all__ = ["Label", "find_labels", "label_fields"]

_LIKE = 84.0
_FILLER = re.compile(r"^[.…_·•:;,\-–|\s]+$")


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label found on the page: its line, the words it takes, and how well it fits (0 to 100)."""

    key: str
    line: Segment
    first: int
    last: int  # exclusive
    fit: float


def find_labels(views: Iterable[PageView], keys: Iterable[str]) -> tuple[Label, ...]:
    """Every label of `keys` on the pages, in reading order; of two that overlap the longer."""
    wanted = sorted(set(keys), key=len, reverse=True)
    return tuple(label for view in views for line in view.lines for label in _in_line(line, wanted))


def label_fields(
    views: Sequence[PageView], rows: Sequence[FieldRow], stops: Sequence[str]
) -> Iterator[FieldValue]:
    """The first sound value of each row, in the rows' order."""
    keys = {k for row in rows for k in (*row.labels, *row.sections, *row.ends)} | set(stops)
    labels = find_labels(views, keys)
    lines = [line for view in views for line in view.lines]
    for row in rows:
        found = next(_values(row, labels, lines), None)
        if found is not None:
            yield found


def _values(row: FieldRow, labels: Sequence[Label], lines: Sequence[Segment]) -> Iterator[FieldValue]:
    grammar = GRAMMARS[row.grammar]
    inside = not row.sections
    for at, label in enumerate(labels):
        if label.key in row.sections:
            inside = True
        elif label.key in row.ends:
            inside = False
        if not inside or label.key not in row.labels:
            continue
        after = labels[at + 1] if at + 1 < len(labels) else None
        for words in _spans(label, after, lines, row.lines):
            value = grammar(words.text) if words else None
            if value is not None:
                yield field_of(row.name, value.text, words, fit=label.fit / 100, doubt=value.doubt)
                break


def _spans(label: Label, after: Label | None, lines: Sequence[Segment], most: int) -> Iterator[Segment]:
    """What stands behind a label: as many lines as the value may take, and then fewer."""
    line = label.line
    same = after is not None and after.line is line
    first = line.words[label.last : after.first if same and after else None]
    parts = list(first)
    at = next(k for k, each in enumerate(lines) if each is line)
    spans = [tuple(parts)] if _says(parts) else []
    for nxt in lines[at + 1 : at + most + (not _says(parts))]:
        if same or (after is not None and nxt is after.line and after.first == 0):
            break
        stop = after.first if after is not None and nxt is after.line else None
        parts = [*parts, *nxt.words[:stop]]
        spans.append(tuple(parts))
        if stop is not None:
            break
    for words in reversed(spans):
        yield segment(words, line.page, line.row)


def _says(words: Sequence[object]) -> bool:
    return any(not _FILLER.match(getattr(w, "text", "")) for w in words)


def _in_line(line: Segment, wanted: Sequence[str]) -> list[Label]:
    keys = [letters(fold(w.text)) for w in line.words]
    text = " ".join(k for k in keys if k)
    fits = [label for want in wanted for label in _places(line, want, text, keys)]
    found: list[Label] = []
    for label in sorted(fits, key=lambda f: (f.fit < 100, -len(f.key), -f.fit)):
        if all(label.last <= f.first or label.first >= f.last for f in found):
            found.append(label)
    return sorted(found, key=lambda label: label.first)


def _places(line: Segment, want: str, text: str, keys: list[str]) -> Iterator[Label]:
    if len(want) > len(text) + 2:
        return
    if want not in text and fuzz.partial_ratio(want, text, score_cutoff=_LIKE) < _LIKE:
        return
    size = want.count(" ") + 1
    for first in range(len(keys)):
        fits = [_fit(line, keys, want, (first, first + size + more)) for more in (0, 1, -1)]
        best = max((label for label in fits if label is not None), key=lambda f: f.fit, default=None)
        if best is not None:
            yield best


def _fit(line: Segment, keys: list[str], want: str, span: tuple[int, int]) -> Label | None:
    """The words of the span as the label, or None."""
    first, last = span
    if not first < last <= len(keys) or not keys[first]:
        return None
    part = " ".join(k for k in keys[first:last] if k)
    fit = 100.0 if part == want else fuzz.ratio(want, part)
    if fit < 100.0 and (fit < _LIKE or len(want) <= 7):
        return None
    return Label(want, line, first, last, fit) if _stands_free(line, first, last) else None


def _stands_free(line: Segment, first: int, last: int) -> bool:
    """Whether the words may be a label: first or after a value, then a colon or dots."""
    closed = line.words[last - 1].text.endswith((":", ";", ".", "…"))
    nxt = line.words[last].text if last < len(line.words) else ":"
    opens = (
        first == 0
        or line.words[first].text[:1].isupper()
        or line.words[first - 1].text.endswith((".", ":", ";"))
    )
    return opens and (closed or nxt[:1] in ":.…_" or first == 0)
