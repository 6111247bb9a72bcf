"""Sheets and shared texts as spreadsheet programs write them, taken apart by one pattern.

Several times as fast as a parser of XML, which calls back for every tag. What is written in any other way
is no error: `OddError` says so, and the parser reads it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

__all__ = ["OddError", "PlainCell", "plain_rows", "plain_texts"]

_MOST_ROW: Final = 4_000_000
_TEXT: Final = r"([^<\x00-\x08\x0b\x0c\x0e-\x1f]*)"
_T: Final = rf'<t(?: xml:space="preserve")?>{_TEXT}</t>'
_CELL: Final = re.compile(
    r'(<c r="([A-Z]{1,3})\d+"(?: s="(\d+)")?(?: t="(\w+)")?'
    rf"(?:/>|>(?:<v>{_TEXT}</v>|<is>{_T}</is>|<v/>)?</c>))"
)
_ROW: Final = re.compile(r'\s*<row (?:[^<>]* )?r="(\d+)"(?:[^<>]*[^<>/])?>')
_SHARED: Final = re.compile(rf"(<si>{_T}</si>)")
_HEAD: Final = re.compile(r'\s*(?:<\?xml version="1.0"(?: encoding="[Uu][Tt][Ff]-8")?[^<>]*\?>)?\s*<[^!?]')
_ENTITY: Final = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w{2,4}));")
_NAMED: Final = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}
PlainCell = tuple[str, str, str, str, str, str]
"""The cell as it is written, the letters of its column, style, type, value, text written in place."""


class OddError(Exception):
    """It is not written in the plain way."""


def plain_rows(chunks: Iterable[bytes]) -> Iterator[tuple[int, Sequence[PlainCell]]]:
    """Numbers and cells of the rows of a sheet.

    Raises:
        OddError: something is written in another way; the rows that came before stand.
        UnicodeDecodeError: it is no UTF-8.
    """
    for part in _parts(chunks, re.compile("<sheetData>"), "</row>", "</sheetData>"):
        head = _ROW.match(part)
        if head is None:
            raise OddError
        cells = _CELL.findall(part, head.end())
        _require_whole(len(part) - head.end(), cells)
        yield int(head[1]), cells


def plain_texts(chunks: Iterable[bytes]) -> Iterator[str]:
    """The shared texts of a workbook.

    Raises:
        OddError: something is written in another way; the texts that came before stand.
        UnicodeDecodeError: it is no UTF-8.
    """
    for part in _parts(chunks, re.compile("<sst(?: [^<>]*)?>"), "</si>", "</sst>"):
        found = _SHARED.fullmatch(f"{part}</si>")
        if found is None:
            raise OddError
        yield unescaped(found[2])


def _require_whole(length: int, cells: Sequence[PlainCell]) -> None:
    """Whether nothing stands between the cells."""
    if sum([len(cell[0]) for cell in cells]) != length:
        raise OddError


def _parts(chunks: Iterable[bytes], opening: re.Pattern[str], closing: str, end: str) -> Iterator[str]:
    """What stands before each `closing`, after `opening`, up to `end`."""
    decoder, rest, begun = codecs.getincrementaldecoder("utf-8-sig")(), "", False
    for chunk in chunks:
        rest += decoder.decode(chunk)
        if not begun:
            found = opening.search(rest)
            if found is None or "<!" in rest[: found.end()] or not _HEAD.match(rest):
                raise OddError
            begun, rest = True, rest[found.end() :]
        *whole, rest = rest.split(closing)
        yield from whole
        if rest.startswith(end):
            return
        if len(rest) > _MOST_ROW:
            raise OddError
    raise OddError


def unescaped(text: str) -> str:
    """Text with the entities and the line ends of XML resolved.

    Raises:
        OddError: an entity that is none of XML's own.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ENTITY.sub(_letter, text) if "&" in text else text


def _letter(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    number = int(decimal or hexadecimal or "0", 10 if decimal else 16)
    if name not in _NAMED if name else number < 32 or number > 0x10FFFF or 0xD800 <= number < 0xE000:
        raise OddError
    return _NAMED[name] if name else chr(number)
