"""The tables of form that lie beside this module: columns of lists and lists of codes."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Column", "Form", "code_list", "columns", "plain", "rows_of"]


class Form:
    """The circulars whose columns are known."""

    TT05 = "05/2025"
    TT02 = "02/2019"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column of a list: what it fills (`to`), its heading in each circular, its type and longest text.

    `type` is `text`, `count`, `decimal`, `flag`, `date`, or `codes:` and the name of a code list.
    """

    to: str
    codes: tuple[tuple[str, str], ...]
    type: str
    max: int
    required: bool
    vi: str
    en: str

    def code(self, form: str) -> str:
        """The heading in a circular, empty where it has none."""
        return dict(self.codes).get(form, "")


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a table of this package; lines that begin with # are its comments."""
    text = files("digitizer.planning").joinpath(name).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


@cache
def columns(level: str, table: str = "fields.tsv") -> tuple[Column, ...]:
    """The columns of a list of `dossier`, `fonds` or `document`."""
    return tuple(
        Column(
            row["to"],
            ((Form.TT05, row["code_05_2025"]), (Form.TT02, row["code_02_2019"])),
            row["type"],
            int(row["max"]),
            row["required"] == "yes",
            row["vi"],
            row["en"],
        )
        for row in rows_of(table)
        if row["level"] == level
    )


@cache
def code_list(name: str) -> dict[str, str]:
    """A code list: the words of each code."""
    return {row["code"]: row["vi"] for row in rows_of("codes.tsv") if row["list"] == name}


def plain(text: str) -> str:
    """A heading or a word without case, marks, spaces and signs, so that small differences do not matter.

    >>> plain("Số  lượng trang*") == plain("so luong TRANG")
    True
    """
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in folded if letter.isalnum())
