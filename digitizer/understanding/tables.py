"""The tables the engine works by, parsed: what classes there are, how they look, what fields they hold.

A new class or field is rows in `data/classes.toml` and `data/fields.toml`; nothing here or in the engine
names one.
"""

from __future__ import annotations

import dataclasses
import functools
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from digitizer.understanding.segments import letters
from digitizer.understanding.vietnamese import fold

__all__ = ["Anchor", "ClassRow", "FieldRow", "Tables", "Title", "default_tables", "parse_tables"]

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Title:
    """One printed form of a title: as written, and its letters folded."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A phrase that speaks for a class: folded letters, the zone it counts in, its weight in log odds."""

    key: str
    zone: str
    weight: float


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One way a class looks. A class may have several rows, each with its years of validity.

    `heading` is `state`, `party`, `any` or `none`: what stands over the paper. `notations` are the type
    codes of its notation (`QĐ`), `-` for a notation without one, or the last part after a hyphen (`-BS`).
    """

    name: str
    group: str
    titles: tuple[Title, ...]
    notations: tuple[str, ...]
    anchors: tuple[Anchor, ...]
    heading: str
    first_year: int
    last_year: int
    tag: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """How one field is found: `how` names the finder, `labels` its folded labels, `grammar` its value.

    `sections` are labels after which alone the field may stand, `ends` labels that end such a section.
    `column`: of two people side by side, the section in the label's column holds it.
    `lines` is how many printed lines a value may take. `importance` weighs its errors in review.
    """

    name: str
    classes: frozenset[str]
    how: str
    labels: tuple[str, ...]
    grammar: str
    sections: tuple[str, ...]
    ends: tuple[str, ...]
    lines: int
    importance: float
    tag: str
    column: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """All rows, and the code lists beside them."""

    classes: tuple[ClassRow, ...]
    fields: tuple[FieldRow, ...]
    stops: Mapping[str, tuple[str, ...]]
    lists: Mapping[str, tuple[str, ...]]
    masks: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def fields_of(self, document_class: str) -> tuple[FieldRow, ...]:
        """The rows of a class, in the order of the table."""
        return tuple(row for row in self.fields if document_class in row.classes)

    def mandatory(self, document_class: str, importance: float) -> frozenset[str]:
        """Fields of a class from that importance on, but for those that may rightly be absent."""
        rows = self.fields_of(document_class)
        return frozenset(row.name for row in rows if row.importance >= importance) - set(
            self.lists.get("optional", ())
        )

    def group_of(self, document_class: str) -> str:
        """The group of a class, empty for `unknown`."""
        return next((row.group for row in self.classes if row.name == document_class), "")


@functools.cache
def default_tables() -> Tables:
    """The tables that come with the system, read once."""
    folder = resources.files("digitizer.understanding.data")
    files = sorted(f.name for f in folder.iterdir() if f.name.endswith(".toml"))
    return parse_tables((folder / name).read_text("utf-8") for name in files)


def parse_tables(texts: Iterable[str]) -> Tables:
    """The tables of several TOML texts, rows in order.

    Raises:
        ValueError: a row lacks a key, names an unknown class, or is no TOML.
    """
    classes: list[ClassRow] = []
    raw_fields: list[dict[str, Any]] = []
    stops: dict[str, tuple[str, ...]] = {}
    lists: dict[str, tuple[str, ...]] = {}
    masks: dict[str, tuple[str, ...]] = {}
    for text in texts:
        value = tomllib.loads(text)
        classes += [_class_row(row) for row in value.get("class", ())]
        raw_fields += value.get("field", ())
        stops |= {
            name: tuple(_key(label) for label in labels) for name, labels in value.get("stops", {}).items()
        }
        lists |= {name: tuple(items) for name, items in value.get("lists", {}).items()}
        masks |= {how: tuple(names) for how, names in value.get("masks", {}).items()}
    return Tables(tuple(classes), tuple(_field_row(row, classes) for row in raw_fields), stops, lists, masks)


def _class_row(row: dict[str, Any]) -> ClassRow:
    try:
        return ClassRow(
            name=row["name"],
            group=row["group"],
            titles=tuple(Title(t, _key(t)) for t in row.get("titles", ())),
            notations=tuple(row.get("notations", ())),
            anchors=tuple(_anchor(a) for a in row.get("anchors", ())),
            heading=row.get("heading", "any"),
            first_year=row.get("first_year", 0),
            last_year=row.get("last_year", 9999),
            tag=row.get("tag", "M"),
        )
    except KeyError as error:
        raise ValueError(f"a class row lacks {error}") from error


def _anchor(value: str | dict[str, Any]) -> Anchor:
    if isinstance(value, str):
        return Anchor(_key(value), "any", 0.6)
    return Anchor(_key(value["text"]), value.get("zone", "any"), float(value.get("weight", 0.6)))


def _field_row(row: dict[str, Any], classes: Iterable[ClassRow]) -> FieldRow:
    known = {c.name for c in classes}
    wanted = set(row.get("classes", ()))
    wanted |= {c.name for c in classes if c.group in row.get("groups", ())}
    if wanted - known or not wanted:
        raise ValueError(f"field {row.get('name')} is of no known class: {sorted(wanted - known)}")
    try:
        return FieldRow(
            name=row["name"],
            classes=frozenset(wanted - {UNKNOWN}),
            how=row.get("how", "label"),
            labels=tuple(_key(label) for label in row.get("labels", ())),
            grammar=row.get("grammar", "text"),
            sections=tuple(_key(label) for label in row.get("sections", ())),
            ends=tuple(_key(label) for label in row.get("ends", ())),
            lines=row.get("lines", 1),
            importance=float(row.get("importance", 1.0)),
            tag=row.get("tag", "M"),
            column=bool(row.get("column", False)),
        )
    except KeyError as error:
        raise ValueError(f"a field row lacks {error}") from error


def _key(text: str) -> str:
    return letters(fold(text))
