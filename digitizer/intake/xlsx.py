"""The cells of an Excel workbook as text, in one pass with bounded memory (ECMA-376 part 1, 18.3).

openpyxl reads such a file twice where its writer left out the dimensions, and takes four times as long.
Parts written as the usual programs write them go a shorter way (`xlsx_plain`), all others through expat.
"""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar
from xml.parsers import expat

from digitizer.intake.xlsx_plain import OddError, plain_rows, plain_texts, unescaped

__all__ = ["workbook_rows"]

_T = TypeVar("_T")
_CHUNK: Final = 1 << 18
_MOST_COLUMNS: Final = 1000
_EPOCH: Final = datetime.date(1899, 12, 30)
_DATE_IDS: Final = frozenset(range(14, 23)) | frozenset(range(45, 48))
_DATE_FORMAT: Final = re.compile(r"[dy]", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_REL: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships:id"


def workbook_rows(path: Path) -> Iterator[tuple[str, int, Sequence[str]]]:
    """Name of the sheet, number of the row from 1, its cells; sheets in their order.

    Raises:
        ValueError, KeyError, expat.ExpatError, zipfile.BadZipFile: it is no workbook, or damaged.
    """
    with zipfile.ZipFile(path) as packed:
        texts = list(_texts(packed)) if "xl/sharedStrings.xml" in packed.namelist() else []
        dates = _date_styles(packed)
        for name, part in _sheets(packed):
            for number, cells in _rows(packed, part, texts, dates):
                yield name, number, cells


def _texts(packed: zipfile.ZipFile) -> Iterator[str]:
    return _plainly(plain_texts(_chunks(packed, "xl/sharedStrings.xml")), lambda: _shared(packed))


def _rows(
    packed: zipfile.ZipFile, part: str, texts: Sequence[str], dates: frozenset[str]
) -> Iterator[tuple[int, list[str]]]:
    plain = _of_plain(packed, part, texts, dates)
    return _plainly(plain, lambda: _Cells(texts, dates).rows(packed, part))


def _plainly(plain: Iterator[_T], parsed: Callable[[], Iterator[_T]]) -> Iterator[_T]:
    """What the short way gives; from where it stops, what the parser gives."""
    done = 0
    try:
        for each in plain:
            yield each
            done += 1
    except OddError:
        yield from islice(parsed(), done, None)


def _of_plain(
    packed: zipfile.ZipFile, part: str, texts: Sequence[str], dates: frozenset[str]
) -> Iterator[tuple[int, list[str]]]:
    """Rows that hold anything, the short way."""
    for number, cells in plain_rows(_chunks(packed, part)):
        row: list[str] = []
        for _, letters, style, kind, value, inline in cells:
            if not (text := value or inline):
                continue
            column = _column(letters)
            if column >= _MOST_COLUMNS:
                raise ValueError("more columns than a list has")
            if column != len(row):
                row.extend([""] * (column - len(row)))
            if kind == "s":
                row.append(texts[int(text)])
            else:
                row.append(_shown(kind or "n", style in dates, unescaped(text)))
        if row:
            yield number, row


def _shown(kind: str, is_date: bool, value: str) -> str:
    """A cell as a person reads it: whole numbers without a point, dates as DD/MM/YYYY."""
    if kind != "n" or (not is_date and value.isdigit() and value.isascii() and value[0] != "0"):
        return value
    number = float(value)
    if is_date:
        return f"{_EPOCH + datetime.timedelta(days=int(number)):%d/%m/%Y}"
    return str(int(number)) if number.is_integer() else f"{number:.6f}".rstrip("0")


def _sheets(packed: zipfile.ZipFile) -> list[tuple[str, str]]:
    links = {
        found["Id"]: found["Target"]
        for tag, found in _tags(packed, "xl/_rels/workbook.xml.rels")
        if tag == "Relationship"
    }
    names = [
        (found["name"], links[found[_REL]])
        for tag, found in _tags(packed, "xl/workbook.xml")
        if tag == "sheet"
    ]
    return [(name, part.lstrip("/") if part.startswith("/") else f"xl/{part}") for name, part in names]


def _date_styles(packed: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the cell styles that show a date."""
    if "xl/styles.xml" not in packed.namelist():
        return frozenset()
    own, styles, inside = set(_DATE_IDS), list[int](), False
    for tag, found in _tags(packed, "xl/styles.xml"):
        if tag == "numFmt" and _DATE_FORMAT.search(_QUOTED.sub("", found["formatCode"])):
            own.add(int(found["numFmtId"]))
        elif tag in {"cellXfs", "cellStyles"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            styles.append(int(found.get("numFmtId", 0)))
    return frozenset(str(number) for number, form in enumerate(styles) if form in own)


def _parser() -> expat.XMLParserType:
    """Namespaces apart, text whole; a document type, and with it entities, is refused."""
    parser = expat.ParserCreate(namespace_separator=":")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_: object) -> None:
    raise ValueError("a workbook has no document type")


def _local(tag: str) -> str:
    return tag.rpartition(":")[2]


def _tags(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda tag, its: found.append((_local(tag), its))
    parser.Parse(packed.read(part), True)
    return found


def _shared(packed: zipfile.ZipFile) -> Iterator[str]:
    """The texts that cells refer to by number; phonetic hints are left out."""
    done: list[str] = []
    state = {"text": "", "in": False, "hint": False}

    def start(tag: str, _its: dict[str, str]) -> None:
        name = _local(tag)
        if name == "si":
            state["text"] = ""
        elif name == "rPh":
            state["hint"] = True
        state["in"] = name == "t" and not state["hint"]

    def end(tag: str) -> None:
        name = _local(tag)
        if name == "si":
            done.append(str(state["text"]))
        elif name == "rPh":
            state["hint"] = False
        state["in"] = False

    def text(data: str) -> None:
        if state["in"]:
            state["text"] = f"{state['text']}{data}"

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    for chunk in _chunks(packed, "xl/sharedStrings.xml"):
        parser.Parse(chunk, False)
        yield from done
        done.clear()
    parser.Parse(b"", True)
    yield from done


def _chunks(packed: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with packed.open(part) as file:
        while chunk := file.read(_CHUNK):
            yield chunk


class _Cells:
    """The rows of one sheet while it is read."""

    def __init__(self, texts: Sequence[str], dates: frozenset[str]) -> None:
        self._texts, self._dates = texts, dates
        self._done: list[tuple[int, list[str]]] = []
        self._row: list[str] = []
        self._number = self._column = 0
        self._kind = self._style = self._value = ""
        self._inside = False

    def rows(self, packed: zipfile.ZipFile, part: str) -> Iterator[tuple[int, list[str]]]:
        """Rows that hold anything."""
        parser = _parser()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        for chunk in _chunks(packed, part):
            parser.Parse(chunk, False)
            yield from self._done
            self._done.clear()
        parser.Parse(b"", True)
        yield from self._done

    def _start(self, tag: str, its: dict[str, str]) -> None:
        name = tag[tag.rfind(":") + 1 :]
        if name == "c":
            self._kind, self._style, self._value = its.get("t", "n"), its.get("s", ""), ""
            self._column = _column(its["r"].rstrip("0123456789")) if "r" in its else len(self._row)
        elif name in {"v", "t"}:
            self._inside = True
        elif name == "row":
            self._number = int(its["r"]) if "r" in its else self._number + 1
            self._row = []

    def _text(self, data: str) -> None:
        if self._inside:
            self._value += data

    def _end(self, tag: str) -> None:
        name = tag[tag.rfind(":") + 1 :]
        if name in {"v", "t"}:
            self._inside = False
        elif name == "c":
            if self._value:
                if self._column >= _MOST_COLUMNS:
                    raise ValueError("more columns than a list has")
                self._row.extend([""] * (self._column - len(self._row)))
                self._row.append(self._cell())
        elif name == "row" and self._row:
            self._done.append((self._number, self._row))

    def _cell(self) -> str:
        if self._kind == "s":
            return self._texts[int(self._value)]
        return _shown(self._kind, self._style in self._dates, self._value)


@lru_cache(2 * _MOST_COLUMNS)
def _column(letters: str) -> int:
    """The number from 0 of a column, by its letters.

    >>> _column("AB")
    27
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
