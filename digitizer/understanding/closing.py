"""The end of a paper: who signs with what title, and who gets it (zones 7 and 9 of Decree 30/2020)."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from digitizer.model import FieldValue
from digitizer.understanding.found import field_of
from digitizer.understanding.names import with_surname
from digitizer.understanding.organs import with_marks
from digitizer.understanding.paper import Paper
from digitizer.understanding.segments import PageView, Segment, across_gaps, capitals, letters
from digitizer.understanding.tables import Tables
from digitizer.understanding.values import plain
from digitizer.understanding.vietnamese import canonical, fold, is_syllable

__all__ = [
    "Signature",
    "addressees",
    "recipients",
    "signatures",
    "signer_name",
    "signer_title",
    "starts_closing",
]

_AUTHORITY = re.compile(r"^(tm|t/m|kt|k/t|tl|t/l|tuq|q|ct|tm\s*va kt)\s*[.,]\s*", re.IGNORECASE)
_BEHALF = re.compile(r"^(tm|t/m|kt|k/t|tl|t/l|tuq|ct)\s*[.,]\s*", re.IGNORECASE)
_RECIPIENTS = re.compile(r"^\S{0,3}\s?(noi nhan|noi gui|noi nhan)\b|^.{0,3}oi nhan\b")
_NAME_ONLY = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){1,5}")
_NOT_NAME = re.compile(r"(ky (va )?ghi|ghi ro|ho (va )?ten|da ky|dong dau|ky ten|noi nhan|luu vt)")
_BELOW = 0.24  # of the page's height: a name stands at most so far under its title


@dataclass(frozen=True, slots=True)
class Signature:
    """One who signs: lines of authority and title, the line of the name (None: not to be read)."""

    titles: tuple[Segment, ...]
    name: Segment | None


def starts_closing(segment: Segment) -> bool:
    """Whether a line opens the recipients or a signature."""
    return bool(_RECIPIENTS.match(segment.folded)) or bool(_AUTHORITY.match(segment.folded))


def signatures(views: Sequence[PageView], tables: Tables) -> tuple[Signature, ...]:
    """The signatures of the first page from which on one is found, left to right."""
    for view in views:
        found = tuple(_signatures(view, tables))
        if any(s.name for s in found):
            return found
    beside = (_beside_recipients(view, tables) for view in views)
    return next(((one,) for one in beside if one is not None), ())


def signer_title(paper: Paper) -> Iterator[FieldValue]:
    """The title under the last line of authority, once for each who signs."""
    for signature in _signed(paper):
        if not signature.titles:
            continue
        last = signature.titles[-1]
        text = plain(_BEHALF.sub("", last.text)) if len(signature.titles) == 1 else plain(last.text)
        text = " ".join(re.sub(r"(?<=\w)[.,](?=\w)", " ", text).split())
        own = _AUTHORITY.match(last.folded)
        if own and len(signature.titles) == 1 and own[1].replace("/", "") in {"tm"}:
            continue  # on behalf of a body, by nobody named
        if own and own[1].replace("/", "") in {"tl", "kt", "tuq"}:
            continue  # the line of who really signs was not read
        text = with_marks(text, paper.tables, ("signer_titles",))
        known = best_title(_AUTHORITY.sub("", text), paper.tables)
        text = _with_dash(text, paper.tables)
        fit = 1.0 if known else 0.6
        yield field_of("signer_title", text, last, fit=fit)


def _with_dash(text: str, tables: Tables) -> str:
    """A known title with its dash, which small print often loses."""
    for title in tables.lists.get("signer_titles", ()):
        if " - " in title and " - " not in text and letters(fold(title)) == letters(fold(text)):
            return title.upper() if text.isupper() else title
    return text


def signer_name(paper: Paper) -> Iterator[FieldValue]:
    """The printed name under each signature."""
    for signature in _signed(paper):
        if signature.name is not None:
            value, doubt = _name(signature.name, paper.tables)
            if value:
                yield field_of("signer_name", value, signature.name, doubt=doubt)


def recipients(paper: Paper) -> Iterator[FieldValue]:
    """The list under `Nơi nhận`, its items joined by semicolons."""
    for view in paper.views:
        lines = _recipient_lines(view)
        items = [plain(re.sub(r"^[\s\-–—+*•]+", "", s.text)) for s in lines]
        if any(items):
            yield field_of("recipients", "; ".join(i for i in items if i), lines)
            return


def addressees(paper: Paper) -> Iterator[FieldValue]:
    """Who a letter is to: behind `Kính gửi`, or the list under it."""
    view = paper.first
    lines = [s for s in view.above(0.6) if s.key]
    for at, line in enumerate(lines):
        match = re.match(r"^\W*k[ií]nh\s+g[ửửừưúùủuứ]i\s*[:;.]*\s*", line.text, re.IGNORECASE)
        if match is None and not line.key.startswith("kinh gui"):
            continue
        rest = line.text[match.end() :] if match else line.text.split(":", 1)[-1]
        taken = [line]
        for nxt in lines[at + 1 : at + 12]:
            listed = re.match(r"^\W*[-–—+•]\s*\S", nxt.text)
            goes_on = nxt.box.left > line.box.right - 2 * line.box.height and nxt.box.top > line.box.top
            if not listed and not goes_on and not (len(taken) == 1 and not plain(rest)):
                break
            if nxt.row != taken[-1].row and nxt.box.top - taken[-1].box.bottom > 2 * line.box.height:
                break
            taken.append(nxt)
        items = [plain(rest), *(plain(re.sub(r"^[\s\-–—+*•]+", "", s.text)) for s in taken[1:])]
        value = "; ".join(i for i in items if i)
        if value:
            yield field_of("addressees", with_marks(value, paper.tables), taken)
        return


def best_title(text: str, tables: Tables) -> str:
    """The known title a line begins with, or nothing."""
    key = letters(fold(text))
    titles = _keys(tables.lists.get("signer_titles", ()))
    named = canonical(text.split(" ", 1)[0]) in _surnames(tables.lists.get("surnames", ()))  # `Vũ Trọng Hùng`
    fits = [
        t
        for t in titles
        if key.startswith(t) or (not named and fuzz.ratio(key[: len(t)], t) >= 85 and _one_start(key, t))
    ]
    return max(fits, key=len, default="")


def _one_start(key: str, title: str) -> bool:
    """Whether the first words are one but for a letter: `Trần Thanh Trang` is no `Chánh Thanh tra`."""
    return Levenshtein.distance(key.split(" ", 1)[0], title.split(" ", 1)[0]) <= 1


@functools.lru_cache(maxsize=8)
def _keys(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(letters(fold(i)) for i in items)


@functools.lru_cache(maxsize=8)
def _surnames(items: tuple[str, ...]) -> frozenset[str]:
    """Family names with their marks, in one writing."""
    return frozenset(map(canonical, items))


def _signed(paper: Paper) -> tuple[Signature, ...]:
    return signatures(paper.views, paper.tables)


def _signatures(view: PageView, tables: Tables) -> Iterator[Signature]:
    """Blocks of capitals that open with authority or a known title, with the name under each."""
    view = replace(view, segments=_with_titles(view.segments, tables))
    floor = _end_of_body(view)
    starts = [s for s in view.segments if s.box.top > floor and _opens_signature(s, view, tables)]
    used: set[int] = set()
    for start in sorted(starts, key=lambda s: (s.box.left > view.width / 2, s.box.top)):
        if id(start) in used:
            continue
        block = _title_lines(start, view, tables)
        used.update(id(s) for s in block)
        name = _name_under(block, view, tables)
        if name is not None or _AUTHORITY.match(start.folded):
            yield Signature(tuple(block), name)


def _with_titles(segments: Sequence[Segment], tables: Tables) -> tuple[Segment, ...]:
    """The segments, those joined that are one known title with a dash between that was not read."""
    known = frozenset(_keys(tables.lists.get("signer_titles", ())))
    joined = [s for s in across_gaps(segments) if s.key in known]
    held = {id(word) for one in joined for word in one.words}
    rest = [s for s in segments if not any(id(word) in held for word in s.words)]
    return tuple(sorted((*rest, *joined), key=lambda s: (s.row, s.box.left)))


def _beside_recipients(view: PageView, tables: Tables) -> Signature | None:
    """A name right of the recipients where the seal has swallowed the titles above it."""
    start = next((s for s in view.segments if _RECIPIENTS.match(s.folded)), None)
    if start is None:
        return None
    right = (s for s in view.segments if s.box.top > start.box.top and s.centre > 0.56 * view.width)
    names = [s for s in right if _looks_like_name(s, tables) and _name(s, tables)[1] < 0.3]
    best = max(names, key=lambda s: (_name_score(s, tables), s.box.top), default=None)
    return Signature((), best) if best is not None else None


def _end_of_body(view: PageView) -> float:
    """The top of the last line of running text, from one margin to the other, in pixels."""
    wide = (s for s in view.segments if s.box.width > 0.5 * view.width and capitals(s.text) < 0.5)
    return max((s.box.top for s in wide), default=0.0)


def _opens_signature(segment: Segment, view: PageView, tables: Tables) -> bool:
    if segment.box.top < 0.05 * view.height or capitals(segment.text) < 0.7 or len(segment.key) > 60:
        return False
    if _AUTHORITY.match(segment.folded):
        return True
    title = best_title(segment.text, tables)
    return bool(title) and len(segment.key) <= len(title) + 34


def _title_lines(start: Segment, view: PageView, tables: Tables) -> list[Segment]:
    block = [start]
    below = sorted((s for s in view.segments if s.box.top > start.box.top), key=lambda s: s.box.top)
    for nxt in below:
        last = block[-1]
        if nxt.box.top - last.box.bottom > 1.3 * last.box.height:
            break
        beside = abs(nxt.centre - start.centre) > 0.17 * view.width
        if beside or capitals(nxt.text) < 0.7 or nxt.box.top < last.box.top + 0.5 * last.box.height:
            continue
        if sum(c.isalpha() for c in nxt.text) < 4 or not (
            best_title(nxt.text, tables) or _goes_on(last, nxt)
        ):
            continue
        block.append(nxt)
    return block


def _goes_on(last: Segment, nxt: Segment) -> bool:
    """Whether a line in capitals goes on with the one above (a title over two lines)."""
    return nxt.box.top - last.box.bottom < 0.5 * last.box.height and nxt.box.height < 1.5 * last.box.height


def _name_under(block: Sequence[Segment], view: PageView, tables: Tables) -> Segment | None:
    last = block[-1]
    centre = sum(s.centre for s in block) / len(block)
    limit = last.box.bottom + _BELOW * view.height
    below = [
        s
        for s in view.segments
        if last.box.bottom - 0.3 * last.box.height < s.box.top < limit
        and abs(s.centre - centre) < 0.16 * view.width
        and _looks_like_name(s, tables)
    ]
    return max(below, key=lambda s: (_name_score(s, tables), s.box.top), default=None)


def _looks_like_name(segment: Segment, tables: Tables) -> bool:
    name = _core_name(segment.text)
    return (
        bool(name)
        and not best_title(name, tables)
        and not _NOT_NAME.search(segment.key)
        and not best_title(segment.text, tables)
    )


def _core_name(text: str) -> str:
    """The words of a name in a line, signs and stray letters around it aside; empty where it holds none."""
    found = _NAME_ONLY.findall(plain(text))
    best = max(found, key=len, default="")
    words = best.split()
    if not 2 <= len(words) <= 6 or len(best) < 0.6 * len(plain(text)):
        return ""
    return best if sum(w[0].isupper() for w in words) >= len(words) - 1 else ""


def _name_score(segment: Segment, tables: Tables) -> float:
    words = _core_name(segment.text).split()
    if not words:
        return -1.0
    first = fold(words[0])
    known = first in _keys(tables.lists.get("surnames", ()))
    real = sum(is_syllable(w.lower()) for w in words) / len(words)
    return 1.0 * known + real + segment.confidence - (0.5 if capitals(segment.text) > 0.9 else 0.0)


def _name(segment: Segment, tables: Tables) -> tuple[str, float]:
    """The name and its doubt; a lost first letter comes back where one family name alone fits."""
    name = _core_name(segment.text)
    if not name:
        return "", 1.0
    first, *rest = name.split()
    surnames = tables.lists.get("surnames", ())
    if any(fold(s) == fold(first) for s in surnames):
        return with_surname(name, tables)
    ends = [s for s in surnames if s[1:].lower() == first.lower() and len(first) >= 2]
    if len(set(ends)) == 1:
        return " ".join([ends[0], *rest]), 0.25
    return name, 0.35


def _recipient_lines(view: PageView) -> list[Segment]:
    for at, line in enumerate(view.segments):
        if not _RECIPIENTS.match(line.folded):
            continue
        taken: list[Segment] = []
        last = line
        for nxt in view.segments[at + 1 :]:
            near = nxt.box.top - last.box.bottom < 2.2 * max(last.box.height, 1)
            if not near or nxt.box.left > line.box.left + 0.2 * view.width or nxt.box.top < last.box.top:
                break
            taken.append(nxt)
            last = nxt
            if "luu" in nxt.key.split()[:2]:
                break
        return taken
    return []
