"""Values behind printed labels: forms with dotted lines, several labels a line, values over lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from digitizer.model import Box, FieldValue, Word
from digitizer.understanding.address_values import with_units
from digitizer.understanding.form_values import FORM_GRAMMARS, undotted
from digitizer.understanding.found import field_of
from digitizer.understanding.segments import PageView, Segment, letters, segment
from digitizer.understanding.tables import FieldRow
from digitizer.understanding.values import GRAMMARS
from digitizer.understanding.vietnamese import fold

__all__ = ["Label", "find_labels", "label_fields"]

_GRAMMARS = {**GRAMMARS, **FORM_GRAMMARS}
_LIKE = 84.0
_BEHEADED = 95.0
_SHORT = 10  # letters of a label up to which one that is not read exactly must end in its colon
_ITEM = re.compile(r"^\W*\d{1,2}[.),]$")
_APART = 1.6  # of a line's height: the gap between the columns of a form
_BELOW = 1.1  # of a line's height: the farthest a value's next line stands below it
_STROKES = re.compile(r"/?[⁄∕]/?")
_FIGURED = re.compile(r"\d{1,2}[/.-]\d")
_FILLER = re.compile(r"^[.…_·•:;,\-–|\s]+$")


@dataclass(frozen=True, slots=True)
class Label:
    """A printed label found on the page: its line, the words it takes, and how well it fits (0 to 100)."""

    key: str
    line: Segment
    first: int
    last: int  # exclusive
    fit: float


def find_labels(
    views: Iterable[PageView], keys: Iterable[str], loose: Iterable[str] = ()
) -> tuple[Label, ...]:
    """Every label of `keys` on the pages, in reading order; of two that overlap the longer.

    The `loose` ones may stand within a sentence: words that open or end a section.
    """
    wanted, free = sorted(set(keys), key=len, reverse=True), frozenset(loose)
    broken = _halves(wanted)
    found: list[Label] = []
    for view in views:
        before: Segment | None = None
        for line in view.lines:
            here = _in_line(line, wanted, free)
            if before is not None and (not here or here[0].first > 0):
                here = [*_over_break(before, line, broken), *here]
            found += here
            before = line
    return tuple(found)


def label_fields(
    views: Sequence[PageView], rows: Sequence[FieldRow], stops: Sequence[str]
) -> Iterator[FieldValue]:
    """The first sound value of each row, in the rows' order."""
    keys = {k for row in rows for k in (*row.labels, *row.sections, *row.ends)} | set(stops)
    sections = {k for row in rows for k in (*row.sections, *row.ends)}
    labels = find_labels(views, keys, sections - {k for row in rows for k in row.labels} | set(stops))
    lines = [line for view in views for line in _cells_beside(view.lines)]
    for row in rows:
        found = next(_values(row, labels, lines), None)
        if found is not None:
            yield found


def _cells_beside(lines: Sequence[Segment]) -> list[Segment]:
    """The lines, the cell right of a label that ends its line right behind it, wherever it was read."""
    order = list(lines)
    for line in lines:
        if not line.words[-1].text.endswith(":"):
            continue
        tall, last = _tall(line), line.words[-1].box
        right = [
            cell
            for cell in order
            if not any(w.text.endswith(":") for w in cell.words)
            and cell.box.left >= last.right
            and abs(cell.words[0].box.top - last.top) < 0.6 * tall
        ]
        if right:
            cell = min(right, key=lambda each: each.box.left)
            order.remove(cell)
            order.insert(order.index(line) + 1, cell)
    return order


def _halves(wanted: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Each way a label may break over two lines: by the first word of its second half, both halves."""
    halves: dict[str, list[tuple[str, str]]] = {}
    for want in wanted:
        words = want.split()
        for at in range(1, len(words)):
            pair = (" ".join(words[:at]), " ".join(words[at:]))
            halves.setdefault(words[at], []).append(pair)
    return halves


def _over_break(
    before: Segment, line: Segment, halves: Mapping[str, Sequence[tuple[str, str]]]
) -> Iterator[Label]:
    """A label that begins at the end of one line and ends, with its colon, at the start of the next."""
    keys = [letters(fold(w.text)) for w in line.words[:10]]
    for head, tail in halves.get(keys[0], ()) if keys else ():
        size = tail.count(" ") + 1
        whole = before.key == head or before.key.endswith(f" {head}")
        if whole and " ".join(keys[:size]) == tail and line.words[size - 1].text.endswith((":", "…")):
            yield Label(f"{head} {tail}", line, 0, size, 100.0)
            return


def _values(row: FieldRow, labels: Sequence[Label], lines: Sequence[Segment]) -> Iterator[FieldValue]:
    grammar = _GRAMMARS[row.grammar]
    inside = not row.sections
    for at, label in enumerate(labels):
        if label.key in row.sections:
            inside = True
        elif label.key in row.ends:
            inside = False
        held = _owned(at, labels, row) if row.column else inside
        if not held or label.key not in row.labels:
            continue
        for words in _spans(at, labels, lines, row.lines):
            value = grammar(undotted(_STROKES.sub("/", words.text))) if words else None
            if value is not None:
                found = field_of(row.name, value.text, words, fit=label.fit / 100, doubt=value.doubt)
                yield with_units(found, words) if row.grammar == "address" else found
                break


def _owned(at: int, labels: Sequence[Label], row: FieldRow) -> bool:
    """Whether a label's section is the row's: the last before it, of two side by side the nearer."""
    marks = [each for each in labels[:at] if each.key in row.sections or each.key in row.ends]
    if not marks:
        return False
    last = _place(marks[-1])
    beside = [each for each in marks if abs(_place(each).top - last.top) < last.height]
    left = _place(labels[at]).left
    return min(beside, key=lambda each: abs(_place(each).left - left)).key in row.sections


def _place(label: Label) -> Box:
    return label.line.words[label.first].box


def _spans(place: int, labels: Sequence[Label], lines: Sequence[Segment], most: int) -> Iterator[Segment]:
    """What stands behind the label at a place: as many lines as the value may take, and then fewer."""
    label = labels[place]
    line = label.line
    after = next((each for each in labels[place + 1 : place + 2] if each.line is line), None)
    beside = _beside(label, after) if after else None
    first = line.words[label.last : _opening(after) if after else None]
    parts = list(first)
    at = next(k for k, each in enumerate(lines) if each is line)
    spans = [tuple(parts)] if _says(parts) else []
    left, last = _column(label) if place and labels[place - 1].line is line else 0.0, line
    more = most - bool(_says(parts))
    for nxt in lines[at + 1 : at + most + 1 + (not _says(parts))]:
        if not more or (after and beside is None) or not _continues(last, nxt, bool(spans)):
            break
        held = [w for w in nxt.words if left <= w.box.left and (beside is None or w.box.left < beside)]
        if not held and left:
            continue  # a line of the column left of it
        more -= 1
        if held and not _begins_cell(nxt, held[0]):
            break
        told = _until_label(held, nxt, labels)
        if told:
            parts = [*parts, *told]
            spans.append(tuple(parts))
        if len(told) < len(held):
            break
        last = nxt
    for words in reversed(spans):
        yield segment(words, line.page, line.row)


def _begins_cell(line: Segment, word: Word) -> bool:
    """Whether a column's words are a cell of the line and no rest of a sentence that began left of it."""
    at = next(k for k, each in enumerate(line.words) if each is word)
    return at == 0 or _set_apart(line.words, at)


def _until_label(held: Sequence[Word], line: Segment, labels: Sequence[Label]) -> list[Word]:
    """The words of a line's column up to the first label in it."""
    opening = [line.words[_opening(each)] for each in labels if each.line is line]
    stop = next((k for k, word in enumerate(held) if any(word is each for each in opening)), len(held))
    return list(held[:stop])


def _opening(label: Label) -> int:
    """The place of a label's first word, or of the item's number before it."""
    before = label.line.words[label.first - 1].text if label.first else ""
    return label.first - 1 if _ITEM.match(before) else label.first


def _tall(line: Segment) -> float:
    """The usual height of a word; a leaning line's box is taller."""
    tall = sorted(w.box.height for w in line.words)
    return float(max(1, tall[len(tall) // 2]))


def _column(label: Label) -> float:
    """The left edge of the column a label opens behind another; of the page where it opens none."""
    words, tall = label.line.words, _tall(label.line)
    first = _opening(label)
    if first and _set_apart(words, first):
        return float(words[first].box.left) - tall
    return 0.0


def _set_apart(words: Sequence[Word], at: int) -> bool:
    """Whether a column begins at a word: its gap is wide for the height, and wider than the others."""
    gaps = sorted(two.box.left - one.box.right for one, two in pairwise(words))
    gap = words[at].box.left - words[at - 1].box.right
    tall = sorted(word.box.height for word in words)[len(words) // 2]
    return gap > _APART * 0.6 * max(1, tall) and gap > 1.8 * gaps[len(gaps) // 2]


def _beside(label: Label, after: Label) -> float | None:
    """The left edge of the next column, where the label after this one on its line begins a column."""
    words, tall = label.line.words, _tall(label.line)
    return float(words[after.first].box.left) - 0.3 * tall if _set_apart(words, after.first) else None


def _continues(line: Segment, nxt: Segment, told: bool) -> bool:
    """Whether a value may go on in the next line: right below it, and not a heading set apart."""
    if nxt.page != line.page:
        return False
    tall = max(min(_tall(line), _tall(nxt)), 0.75 * max(_tall(line), _tall(nxt)))  # `Sơn` has no long letters
    over = min(line.words, key=lambda w: abs(w.box.left - nxt.box.left)).box  # lines may lean
    if (
        not told
        and nxt.box.left >= line.box.right
        and abs(nxt.words[0].box.top - line.words[-1].box.top) < tall
    ):
        return True  # the cell to the right
    if not -0.5 * tall < nxt.words[0].box.top - over.bottom < 1.3 * _BELOW * tall:
        return False
    return not told or nxt.box.left < line.box.left + 0.35 * max(line.box.width, nxt.box.width)


def _says(words: Sequence[object]) -> bool:
    return any(not _FILLER.match(getattr(w, "text", "")) for w in words)


def _in_line(line: Segment, wanted: Sequence[str], loose: frozenset[str]) -> list[Label]:
    keys = [letters(fold(w.text)) for w in line.words]
    text = " ".join(k for k in keys if k)
    fits = [label for want in wanted for label in _places(line, want, text, keys)]
    fits += [label for want in wanted if (label := _beheaded(line, keys, want)) is not None]
    fits = [f for f in fits if _stands_free(line, f.first, f.last, f.key in loose)]
    found: list[Label] = []
    for label in sorted(fits, key=lambda f: (f.fit < 100, -len(f.key), -f.fit)):
        if all(label.last <= f.first or label.first >= f.last for f in found):
            found.append(label)
    ordered = sorted(found, key=lambda label: label.first)
    return [label for at, label in enumerate(ordered) if not (at and _is_value(label, ordered[at - 1]))]


def _is_value(label: Label, before: Label) -> bool:
    """Whether words of a label are the value of one before: `Nội dung thay đổi: Ngày, tháng, năm sinh`."""
    words = label.line.words
    alone = (
        before.last == label.first and words[before.last - 1].text.endswith(":") and label.last == len(words)
    )
    return alone and not _closed(label.line, label.last)


def _beheaded(line: Segment, keys: list[str], want: str) -> Label | None:
    """A long label whose first word was not read, closed: `chữ đệm, tên người mẹ:`."""
    lost, *words = want.split()
    size = len(words)
    for first in range(len(keys) - size + 1) if size > 3 else (0,):
        if size < 3 or keys[first : first + size] != words or not _closed(line, first + size):
            continue
        if not first or keys[first - 1] != lost:
            return Label(want, line, first, first + size, _BEHEADED)
    return None


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
    if not first < last <= len(keys) or not keys[first] or keys[first].isdigit():
        return None
    part = " ".join(k for k in keys[first:last] if k)
    fit = 100.0 if part == want else fuzz.ratio(want, part)
    if fit < 100.0 and (
        fit < _LIKE
        or len(want) <= 7
        or (len(want) <= _SHORT and not line.words[last - 1].text.endswith((":", ";")))
    ):
        return None
    return Label(want, line, first, last, fit)


def _closed(line: Segment, last: int) -> bool:
    return line.words[last - 1].text.rstrip(")>").endswith((":", ";", ".", "…", "-"))  # a colon, or read as


def _stands_free(line: Segment, first: int, last: int, loose: bool) -> bool:
    """Whether the words may be a label: first or after a value, then a colon or dots."""
    before = line.words[first - 1].text if first else ""
    leads = first == 0 or bool(_ITEM.match(before))
    if line.words[last - 1].text.endswith(","):
        return False  # within a sentence
    closed = _closed(line, last)
    nxt = line.words[last].text if last < len(line.words) else ":" if leads else ""
    if last - first == 1 and not line.words[first].text.endswith((":", ";")) and not _FIGURED.match(nxt):
        return False  # a word alone, as `ngày` in a date in words
    upper = line.words[first].text.lstrip("(<")[:1].isupper()
    opens = leads or upper or before.endswith((".", ":", ";", "("))
    opens = opens or line.words[first].text[:1] in "(<" or (closed and last - first != 2)
    if loose:
        return leads or closed or (nxt[:1] or "-") in ":.…_<" or (opens and last - first > 3)
    if last == len(line.words) and last - first > 2 and not leads and _set_apart(line.words, first):
        return True  # a heading in a corner, its value below it
    return opens and (closed or (nxt[:1] or "-") in ":.…_" or (leads and (upper or nxt[:1].isdigit())))
