"""Number and notation of a paper (`Số: 123/QĐ-BTP`): grammar of the domain reference 3.3, OCR-tolerant."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from digitizer.model import Word
from digitizer.understanding.segments import Segment, capitals
from digitizer.understanding.segments import segment as whole

__all__ = ["THIN_BARS", "Reference", "read_reference", "type_code"]

THIN_BARS = str.maketrans("Il1", "TTT")  # a T whose bar is thin: `TIr` stands for `TTr`

REACH = 6  # heights of a line that the slot of a number may be wide
_LABEL = re.compile(
    r"^[^\w]{0,3}(?:(?:bản án|luật|quyết định|nghị quyết|pháp lệnh)\s)?s[o06óôốồổỗộòỏõọỐ][\s]*[:;.,]*\s*",
    re.IGNORECASE,
)
_LABEL_KEY = re.compile(r"^(?:(?:ban an|luat|quyet dinh|nghi quyet|phap lenh) )?(so|s6|s0)\b")
_ORG = r"[A-ZĐƠƯ][\w&.]*(?:-[\w&.]+)*"
_STATE = re.compile(rf"^(?P<num>[^/]*?)/{{1,2}}(?:(?P<year>\d{{4}})/{{1,2}})?(?P<sym>{_ORG})")
_PARTY = re.compile(r"^(?P<num>[^/\-]*?)-(?P<sym>[A-ZĐ][A-Za-zĐđ]{0,4}/[A-ZĐ][\w&\-/]*)")
_JOINED = re.compile(r"^(?P<num>\d{1,6})(?P<sym>[A-ZĐ]{1,5}-[A-ZĐ][\w&\-]*)")
_LOOSE = re.compile(r"^(?P<num>[^A-ZĐ]{0,16}?)(?P<sym>[A-ZĐ][A-Za-zĐđ]{0,4}-[A-ZĐ][\w&.\-]+)$")
_FUSED = re.compile(
    r"^\W*\d{1,5}\s?/[A-ZĐ]{2,8}\b|^\W*\S{0,8}\s?/(?:QĐ|QÐ|TB|CT|BC|TTr|KH|NQ|HD|GM|BB|[A-ZĐ]{2,8})-[A-ZĐ]"
)
_SLASH_READ = re.compile(r"^[Z7IlJ1](?:QĐ|TB|BC|CT|TTr|KH|NQ|NĐ|BB|GM|UBND)-")
_LONE = re.compile(
    r"^\W*[^\W\da-z]\S{0,2}\s*[:.;]?|^[^:]{0,12}:"
)  # a bare number stands behind `Số`, not in a sentence
_NUMBER = re.compile(r"^\d{1,6}[a-zA-ZĐđ]?$")
_DIGIT_LIKE = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "§": "8"})


@dataclass(frozen=True, slots=True)
class Reference:
    """A number line taken apart.

    `number` is empty where the slot holds no plain figure; `raw_number` is what was read in it. `year` is the
    year between number and notation (`28/2021/NĐ-CP`), empty where there is none. `number_words` and
    `notation_words` are where they stand; `mended` says that look-alike letters were taken as figures.
    """

    segment: Segment
    number: str
    raw_number: str
    year: str
    notation: str
    number_words: tuple[Word, ...]
    notation_words: tuple[Word, ...]
    mended: bool = False


def read_reference(segments: Sequence[Segment], *, unlabelled: bool = False) -> Reference | None:
    """The first number line among the segments that reads as one; one without a notation as a last choice.

    `unlabelled` takes a line by its notation alone, for segments that stand where a number line does.
    """
    bare: Reference | None = None
    for segment in segments:
        label = _LABEL.match(segment.text)
        if (
            label is None
            and not _LABEL_KEY.match(segment.key)
            and not (unlabelled and _FUSED.match(segment.text))
        ):
            continue
        found = _parsed(segment, label.end() if label else 0)
        if found is None or not found.notation:
            joined = _along(segment, segments)
            found = (_parsed(joined, label.end() if label else 0) if joined else None) or found
        if found is None:
            continue
        if found.notation:
            return found
        if _LONE.match(segment.text):
            bare = bare or found
    return bare


def _along(first: Segment, segments: Sequence[Segment]) -> Segment | None:
    """The label with what stands right of it on its printed line, a wide slot between."""
    words = first.words
    row = (s for s in segments if s.row == first.row and s.page == first.page)
    for nxt in sorted(row, key=lambda s: s.box.left):
        gap = nxt.box.left - words[-1].box.right
        if nxt.box.left > first.box.left and 0 <= gap <= REACH * first.box.height:
            words = (*words, *nxt.words)
    return whole(words, first.page, first.row) if len(words) > len(first.words) else None


def type_code(notation: str) -> str:
    """The first part of a notation: the type (`QĐ`) or, on an official letter, the organ (`UBND`).

    >>> type_code("QĐ-BTP"), type_code("CV/VPTW")
    ('QĐ', 'CV')
    """
    return re.split(r"[-/]", notation, maxsplit=1)[0]


def _parsed(segment: Segment, start: int) -> Reference | None:
    offsets, text = _compact(segment, start)
    match = _PARTY.match(text) or _STATE.match(text) or _JOINED.match(text) or _LOOSE.match(text)
    if match is None:
        figures = re.match(r"^\d{1,6}(?!\w)", text)
        if figures is None:
            return None
        words = _words(segment, offsets, 0, figures.end())
        return Reference(segment, figures[0], figures[0], "", "", words, ())
    groups = match.groupdict()
    raw = groups["num"].strip(".…_ ")
    number, mended = _number(raw)
    notation = _notation(groups["sym"])
    if not any(c.isalpha() for c in notation) or ("-" not in notation and capitals(notation) < 0.5):
        return None
    return Reference(
        segment,
        number,
        raw,
        groups.get("year") or "",
        notation,
        _words(segment, offsets, match.start("num"), match.end("num")),
        _words(segment, offsets, match.start("sym"), match.end("sym")),
        mended,
    )


def _compact(segment: Segment, start: int) -> tuple[list[int], str]:
    """The text from `start` without spaces and with plain signs; the word each sign is of."""
    owners: list[int] = []
    signs: list[str] = []
    position = 0
    for index, word in enumerate(segment.words):
        for sign in word.text:
            if position >= start:
                plain = _plain(sign)
                owners += [index] * len(plain)
                signs.append(plain)
            position += 1
        position += 1
    return owners, "".join(signs)


def _plain(sign: str) -> str:
    return unicodedata.normalize(
        "NFC", {"Ð": "Đ", "ð": "đ", "–": "-", "—": "-", "−": "-", "⁄": "/", "\\": "/"}.get(sign, sign)
    )


def _words(segment: Segment, owners: list[int], begin: int, end: int) -> tuple[Word, ...]:
    return tuple(segment.words[k] for k in sorted(set(owners[begin:end])))


def _number(raw: str) -> tuple[str, bool]:
    if _NUMBER.match(raw):
        return raw, False
    mapped = raw.translate(_DIGIT_LIKE)
    real = sum(c.isdigit() for c in raw)
    if _NUMBER.match(mapped) and real * 2 >= len(raw) and mapped != raw:
        return mapped, True
    return "", False


def _notation(text: str) -> str:
    """The notation with the doubled Đ of `QĐÐ` taken back, a slash read as a letter and edge signs off."""
    clean = re.sub("ĐĐ", "Đ", text).strip(".,;:-_…")
    return clean[1:] if _SLASH_READ.match(clean) else clean
