"""Fields for use again ("declare once"): by class, personal number or register key; masked by default."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digitizer.errors import UsageError
from digitizer.services.archive import ArchiveApp
from digitizer.services.described import Described, described
from digitizer.understanding.masks import masked
from digitizer.understanding.review import is_sure
from digitizer.understanding.tables import default_tables
from digitizer.understanding.vietnamese import canonical

__all__ = ["Wanted", "as_csv", "export_fields"]

_OWN = ("document", "path", "fonds", "pages", "class", "needs_review")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to export: every part that is set must hold.

    `person` is a personal number; `register` is `NUMBER`, `NUMBER/YEAR` or `NUMBER, BOOK` of a register;
    `doubtful` takes values along that still want a person's look; `unmasked` shows personal data whole.
    """

    classes: tuple[str, ...] = ()
    fonds: str | None = None
    person: str = ""
    register: str = ""
    doubtful: bool = False
    unmasked: bool = False


def export_fields(app: ArchiveApp, wanted: Wanted) -> Iterator[dict[str, object]]:
    """One object a document: where it is, its class, its fields by name.

    Raises:
        UsageError: a class is asked for that no table knows.
    """
    known = {row.name for row in default_tables().classes}
    if unknown := sorted(set(wanted.classes) - known):
        raise UsageError(f"no such class: {', '.join(unknown)} (docs/glossary.md lists them)")
    for document in described(app, wanted.fonds, wanted.classes):
        if _matches(document, wanted):
            yield _object(document, wanted)


def as_csv(objects: Iterable[dict[str, object]]) -> str:
    """The objects as CSV, one column a field; what a table program would run is quoted with `'`."""
    rows = list(objects)
    names = sorted({name for row in rows for name in _fields(row)})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_OWN, *names])
    for row in rows:
        fields = _fields(row)
        writer.writerow(
            [*(_cell(row[own]) for own in _OWN), *(_cell(fields.get(name, "")) for name in names)]
        )
    return out.getvalue()


def _fields(row: dict[str, object]) -> dict[str, object]:
    fields = row["fields"]
    assert isinstance(fields, dict)
    return fields


def _cell(value: object) -> str:
    text = " ".join(str(v) for v in value) if isinstance(value, list) else str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _matches(document: Described, wanted: Wanted) -> bool:
    if wanted.person and document.value("personal_id") != wanted.person.replace(" ", ""):
        return False
    return not wanted.register or _in_register(document, wanted.register)


def _in_register(document: Described, key: str) -> bool:
    number, _, book = (part.strip() for part in key.partition(","))
    own, year = document.value("registration_number"), document.value("registration_date")[-4:]
    if own not in {number, number.partition("/")[0]}:
        return False
    if "/" in number and own != number and year != number.partition("/")[2]:
        return False
    return not book or canonical(book) == canonical(document.value("registration_book"))


def _object(document: Described, wanted: Wanted) -> dict[str, object]:
    tables = default_tables()
    fields: dict[str, str] = {}
    for field in document.fields:
        if wanted.doubtful or is_sure(field):
            shown = field.value if wanted.unmasked else masked(field.name, field.value, tables)
            fields.setdefault(field.name, shown)
    return {
        "document": document.document_id,
        "path": document.path,
        "fonds": document.fonds,
        "pages": list(document.pages),
        "class": document.document_class,
        "needs_review": document.needs_review,
        "fields": fields,
    }
