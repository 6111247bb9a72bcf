"""Reading order of Vietnamese papers: header left, header right, body, recipients, signature.

Works on found line pieces of a levelled page. Pieces on one level form a row; rows that keep a common
vertical gutter form a two-column zone. A zone is read column by column only where the papers are laid out
so (the header of Decree 30/2020, zones 1-5, its recipients beside the signature, zones 7-9, and running
text in columns); everything else, forms and tables above all, is read row by row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from digitizer.understanding.vietnamese import fold

__all__ = ["Block", "Piece", "TableCell", "reading_order"]

HEADER_ANCHORS = (
    "cong hoa xa hoi chu nghia viet nam",
    "doc lap - tu do - hanh phuc",
    "dang cong san viet nam",
)
RECIPIENTS_ANCHOR = "noi nhan"
SIGNING = re.compile(r"^(t/?m|k/?t|t/?l|tuq|q|tm)\s*[.,]", re.IGNORECASE)
SAME_LABELS = 3  # in both columns of a form
BODY_STARTS = ("kinh gui", "can cu")


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a ruled table: the number of its table and its box in pixels of the levelled page."""

    table: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a printed line: its text and its box in pixels of the levelled page.

    `top` and `bottom` bound the small letters, so that marks and descenders do not make lines overlap.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    cell: TableCell | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Printed lines that belong together, each a tuple of indices into the pieces, left to right."""

    lines: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class _Row:
    members: list[int]
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class _Zone:
    first: int
    last: int  # inclusive
    gutter: tuple[float, float]


def reading_order(pieces: Sequence[Piece], letter: float) -> tuple[Block, ...]:
    """Order the pieces of one page; `letter` is the height of a small letter in pixels."""
    tables: dict[int, list[int]] = {}
    for index, piece in enumerate(pieces):
        if piece.cell is not None:
            tables.setdefault(piece.cell.table, []).append(index)
    free = [index for index, piece in enumerate(pieces) if piece.cell is None]
    blocks: list[Block] = []
    for members in sorted(tables.values(), key=lambda m: min(pieces[i].top for i in m)):
        middle = sum(pieces[i].top + pieces[i].bottom for i in members) / (2 * len(members))
        above = [i for i in free if pieces[i].bottom <= middle]
        free = [i for i in free if pieces[i].bottom > middle]
        blocks += _in_open(pieces, above, letter)
        blocks.append(_table(pieces, members, letter))
    return tuple(blocks + _in_open(pieces, free, letter))


def _table(pieces: Sequence[Piece], members: Sequence[int], letter: float) -> Block:
    """A ruled table: row by row, in a row cell by cell, in a cell line by line."""
    cells: dict[TableCell, list[int]] = {}
    for index in members:
        cell = pieces[index].cell
        if cell is not None:
            cells.setdefault(cell, []).append(index)
    lines: list[tuple[int, ...]] = []
    for row in _levels(sorted(cells, key=lambda c: c.top), letter):
        for cell in sorted(row, key=lambda c: c.left):
            chosen = cells[cell]
            rows = _rows([pieces[i] for i in chosen])
            lines += [tuple(chosen[k] for k in r.members) for r in rows]
    return Block(tuple(lines))


def _levels(cells: Sequence[TableCell], letter: float) -> list[list[TableCell]]:
    """Cells that begin on one level, from top to bottom; `cells` are sorted by their tops."""
    rows: list[list[TableCell]] = []
    for cell in cells:
        if rows and cell.top - rows[-1][0].top < letter:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _in_open(pieces: Sequence[Piece], members: Sequence[int], letter: float) -> list[Block]:
    """Order pieces that stand on open paper."""
    if not members:
        return []
    chosen = [pieces[i] for i in members]
    rows = _rows(chosen)
    zones = [
        zone for found in _zones(chosen, rows, letter) if (zone := _as_columns(chosen, rows, found, letter))
    ]
    blocks: list[Block] = []
    at = 0
    for zone in zones:
        blocks += _body(rows[at : zone.first])
        blocks += _columns(chosen, rows, zone)
        at = zone.last + 1
    blocks += _body(rows[at:])
    return [Block(tuple(tuple(members[k] for k in line) for line in block.lines)) for block in blocks]


def _rows(pieces: Sequence[Piece]) -> list[_Row]:
    """Group pieces that stand on one level, from top to bottom."""
    rows: list[_Row] = []
    for index in sorted(range(len(pieces)), key=lambda i: pieces[i].top + pieces[i].bottom):
        piece = pieces[index]
        row = _row_of(piece, pieces, rows)
        if row is None:
            rows.append(_Row([index], piece.top, piece.bottom))
        else:
            row.members.append(index)
    for row in rows:
        row.members.sort(key=lambda i: pieces[i].left)
    return rows


def _row_of(piece: Piece, pieces: Sequence[Piece], rows: Sequence[_Row]) -> _Row | None:
    for row in reversed(rows[-3:]):
        overlap = min(piece.bottom, row.bottom) - max(piece.top, row.top)
        level = overlap > 0.45 * min(piece.bottom - piece.top, row.bottom - row.top)
        free = all(
            piece.left >= pieces[i].right - 1 or piece.right <= pieces[i].left + 1 for i in row.members
        )
        if level and free:
            return row
    return None


def _gaps(pieces: Sequence[Piece], row: _Row) -> list[tuple[float, float]]:
    return [(pieces[a].right, pieces[b].left) for a, b in zip(row.members, row.members[1:], strict=False)]


def _narrowed(pieces: Sequence[Piece], row: _Row, gutter: tuple[float, float]) -> tuple[float, float] | None:
    """The widest part of the gutter that no piece of the row enters, or None."""
    free = [gutter]
    for index in row.members:
        left, right = pieces[index].left, pieces[index].right
        free = [
            part
            for begin, end in free
            for part in ((begin, min(end, left)), (max(begin, right), end))
            if part[1] > part[0]
            and not (right <= begin and part[1] != end)
            and not (left >= end and part[0] != begin)
        ]
    return max(free, key=lambda part: part[1] - part[0], default=None)


def _zones(pieces: Sequence[Piece], rows: Sequence[_Row], letter: float) -> list[_Zone]:
    """Maximal runs of rows that keep a common gutter, found from rows that have a gap."""
    zones: list[_Zone] = []
    at = 0
    while at < len(rows):
        gaps = [g for g in _gaps(pieces, rows[at]) if g[1] - g[0] > 1.2 * letter]
        if not gaps:
            at += 1
            continue
        floor = zones[-1].last + 1 if zones else 0
        candidates = [_grow(pieces, rows, at, gap, (floor, 0.8 * letter, letter)) for gap in gaps]
        zone = max(candidates, key=lambda z: z.last - z.first)
        zones.append(zone)
        at = zone.last + 1
    return zones


def _grow(
    pieces: Sequence[Piece],
    rows: Sequence[_Row],
    seed: int,
    gutter: tuple[float, float],
    bounds: tuple[int, float, float],
) -> _Zone:
    floor, least, letter = bounds
    first = last = seed
    for at in range(seed + 1, len(rows)):
        narrowed = _narrowed(pieces, rows[at], gutter)
        if narrowed is None or narrowed[1] - narrowed[0] < least or _starts_body(pieces, rows[at]):
            break
        if _left_behind(pieces, rows, (first, last, at), gutter, letter):
            break
        gutter, last = narrowed, at
    for at in range(seed - 1, floor - 1, -1):
        narrowed = _narrowed(pieces, rows[at], gutter)
        far = rows[at + 1].top - rows[at].bottom > 4 * letter
        if narrowed is None or narrowed[1] - narrowed[0] < least or far or _is_page_number(pieces, rows[at]):
            break
        gutter, first = narrowed, at
    return _Zone(first, last, gutter)


def _left_behind(
    pieces: Sequence[Piece],
    rows: Sequence[_Row],
    place: tuple[int, int, int],
    gutter: tuple[float, float],
    letter: float,
) -> bool:
    """Whether a row of the left side alone lies too far below the rest to belong to the zone."""
    first, last, at = place
    middle = sum(gutter) / 2
    if any(pieces[i].left > middle for i in rows[at].members):
        return False
    bottom = max(pieces[i].bottom for row in rows[first : last + 1] for i in row.members)
    return rows[at].top - bottom > 2.6 * letter


def _as_columns(pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone, letter: float) -> _Zone | None:
    """The part of a zone that is to be read column by column; None where it is to be read row by row."""
    if _is_columns(pieces, rows, zone, letter):
        return _below_body(pieces, rows, _below_notes(pieces, rows, zone))
    middle = sum(zone.gutter) / 2
    for at in range(zone.first, zone.last):
        sides = {pieces[i].left > middle for i in rows[at].members}
        if len(sides) == 2:
            lower = _Zone(at, zone.last, zone.gutter)
            return lower if _is_signatures(pieces, *_sides(pieces, rows, lower)) else None
    return None


def _below_notes(pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone) -> _Zone:
    """A header without what signing software or a clerk put above its right half: received marks, times."""
    middle = sum(zone.gutter) / 2
    for at in range(zone.first, zone.last):
        text = fold(" ".join(pieces[i].text for i in rows[at].members))
        if any(pieces[i].left < middle for i in rows[at].members) or _names_the_state(text):
            return _Zone(at, zone.last, zone.gutter)
    return zone


def _below_body(pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone) -> _Zone:
    """A foot without the last lines of the body, which a wide gap in them lets in above the recipients."""
    middle = sum(zone.gutter) / 2
    lefts = [
        (at, " ".join(pieces[i].text for i in row.members if pieces[i].left < middle))
        for at, row in enumerate(rows[zone.first : zone.last + 1], zone.first)
    ]
    if any(_names_the_state(fold(" ".join(pieces[i].text for i in rows[at].members))) for at, _ in lefts):
        return zone
    foot = next((at for at, text in lefts if fold(text).startswith(RECIPIENTS_ANCHOR)), zone.first)
    first = max((at + 1 for at, text in lefts if text and at < foot), default=zone.first)
    return _Zone(first, zone.last, zone.gutter)


def _names_the_state(text: str) -> bool:
    return len(text) >= 12 and any(fuzz.partial_ratio(anchor, text) >= 75 for anchor in HEADER_ANCHORS)


def _is_page_number(pieces: Sequence[Piece], row: _Row) -> bool:
    text = pieces[row.members[0]].text.strip("-–. ")
    return len(row.members) == 1 and len(text) <= 4 and text.isdigit()


def _starts_body(pieces: Sequence[Piece], row: _Row) -> bool:
    text = fold(pieces[row.members[0]].text)
    return any(text.startswith(word) or fuzz.ratio(text[: len(word)], word) >= 80 for word in BODY_STARTS)


def _sides(
    pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone
) -> tuple[list[list[int]], list[list[int]]]:
    middle = sum(zone.gutter) / 2
    left, right = [], []
    for row in rows[zone.first : zone.last + 1]:
        on_left = [i for i in row.members if (pieces[i].left + pieces[i].right) / 2 < middle]
        on_right = [i for i in row.members if i not in on_left]
        if on_left:
            left.append(on_left)
        if on_right:
            right.append(on_right)
    return left, right


def _is_columns(pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone, letter: float) -> bool:
    """Whether the zone is laid out to be read column by column."""
    left, right = _sides(pieces, rows, zone)
    if not left or not right:
        return False
    texts = [fold(" ".join(pieces[i].text for i in line)) for line in left + right]
    right_texts = [" ".join(pieces[i].text for i in line) for line in right]
    if any(_names_the_state(text) for text in texts):
        return len(left) + len(right) >= 3
    if any(fuzz.partial_ratio(RECIPIENTS_ANCHOR, text[:12]) >= 85 for text in texts if len(text) >= 6):
        return True
    if any(SIGNING.match(text) for text in right_texts) and len(left) >= 2:
        return True
    if _asks_the_same(pieces, left, right):
        return True
    return _is_running_text(pieces, left, right, letter)


def _asks_the_same(pieces: Sequence[Piece], left: list[list[int]], right: list[list[int]]) -> bool:
    """Two persons side by side, as on papers of marriage: both columns carry the same labels."""
    asked = [
        {
            fold(" ".join(pieces[i].text for i in line).partition(":")[0])
            for line in side
            if _is_item(pieces, line)
        }
        for side in (left, right)
    ]
    return len(asked[0] & asked[1]) >= SAME_LABELS


def _is_item(pieces: Sequence[Piece], line: Sequence[int]) -> bool:
    """Whether a line begins with a label."""
    return 3 <= " ".join(pieces[i].text for i in line).find(":") < 40


def _is_signatures(pieces: Sequence[Piece], left: list[list[int]], right: list[list[int]]) -> bool:
    """Two who sign side by side: on each side a title in capitals above a name."""
    if min(len(left), len(right)) < 2 or max(len(left), len(right)) > 5:
        return False
    for side in (left, right):
        title, name = (" ".join(pieces[i].text for i in line) for line in (side[0], side[-1]))
        words = name.split()
        if not title.isupper() or not 2 <= len(words) <= 6 or not all(word[:1].isupper() for word in words):
            return False
        if any(not (word.isalpha() or word.endswith(".")) for word in words):
            return False
    return True


def _is_running_text(
    pieces: Sequence[Piece], left: list[list[int]], right: list[list[int]], letter: float
) -> bool:
    """Two columns of prose: many lines on both sides, most of one piece and filling their column."""
    if min(len(left), len(right)) < 8:
        return False
    for side in (left, right):
        widths = sorted(pieces[line[-1]].right - pieces[line[0]].left for line in side)
        full = widths[-1]
        if full < 18 * letter or sum(w > 0.8 * full for w in widths) < 0.5 * len(widths):
            return False
        if sum(len(line) > 1 for line in side) > 0.2 * len(side):
            return False
    return True


def _columns(pieces: Sequence[Piece], rows: Sequence[_Row], zone: _Zone) -> list[Block]:
    left, right = _sides(pieces, rows, zone)
    return [Block(tuple(tuple(line) for line in left)), Block(tuple(tuple(line) for line in right))]


def _body(rows: Sequence[_Row]) -> list[Block]:
    return [Block(tuple(tuple(row.members) for row in rows))] if rows else []
