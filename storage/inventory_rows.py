"""Rows of the inventory and the ledger, to and from their nouns."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

from sqlalchemy import Row

from digitizer.inventory import Basis, Dossier, Fonds, Passage, Station, Stratum, Use

__all__ = [
    "FROZEN_COLUMNS",
    "dossier_changes",
    "dossier_of",
    "dossier_row",
    "fonds_of",
    "fonds_row",
    "passage_of",
    "stratum_row",
]

_FONDS_TEXTS: Final = (
    "archive",
    "history",
    "period",
    "key_groups",
    "other_types",
    "language",
    "lookup_tools",
    "description",
)
_SIZES: Final = ("box_parts", "sheets", "pages", "shelf", "documents")
_FLAGS: Final = ("valuable", "arranged", "electronic", "born_digital")
FROZEN_COLUMNS: Final = ("fonds", "code", *_SIZES, *_FLAGS, "use", "basis")
_TEXTS: Final = ("title", "inventory", "box")
_PLAIN: Final = ("fonds", "code", *_TEXTS, *_SIZES, *_FLAGS, "closed")
_plain_of: Final = attrgetter(*_PLAIN)
_TOLD: Final = (*_SIZES, *_FLAGS, "closed", "use", "basis")
_told_of: Final = attrgetter(*_TOLD)


def fonds_row(fonds: Fonds) -> dict[str, Any]:
    """The row of a fonds."""
    return {
        "code": fonds.code,
        "name": fonds.name,
        "paper_total": fonds.paper_total,
        "paper_digital": fonds.paper_digital,
        "copies": fonds.copies,
        "described": {name: value for name in _FONDS_TEXTS if (value := getattr(fonds, name))},
    }


def fonds_of(row: Row[Any]) -> Fonds:
    """The fonds of a row."""
    return Fonds(
        row.code,
        row.name,
        paper_total=row.paper_total,
        paper_digital=row.paper_digital,
        copies=row.copies,
        **row.described,
    )


def dossier_row(dossier: Dossier) -> dict[str, Any]:
    """The row of a dossier."""
    row = dict(zip(_PLAIN, _plain_of(dossier), strict=True))
    row["use"], row["basis"] = dossier.use.value, dossier.basis.value
    row["described"] = dossier.described
    return row


def dossier_of(row: Row[Any]) -> Dossier:
    """The dossier of a row of `dossier`, or, without its texts, of `frozen`."""
    found = row._mapping
    return Dossier(
        **{name: found[name] for name in _PLAIN if name in found},
        use=Use(found["use"]),
        basis=Basis(found["basis"]),
        described=tuple((name, value) for name, value in found.get("described") or ()),
    )


def dossier_changes(before: Dossier | None, after: Dossier) -> tuple[tuple[str, str], ...]:
    """What an event tells of a change: numbers and flags before and after, texts by their name alone.

    A new dossier tells all its numbers and flags: the denominator can be computed from the events.
    """
    if before is None:
        return tuple((name, str(new)) for name, new in zip(_TOLD, _told_of(after), strict=True))
    changed = zip(_TOLD, _told_of(before), _told_of(after), strict=True)
    told = [(name, f"{old} -> {new}") for name, old, new in changed if old != new]
    told += [
        ("text", name) for name in (*_TEXTS, "described") if getattr(before, name) != getattr(after, name)
    ]
    return tuple(told)


def passage_of(row: Row[Any]) -> Passage:
    """The passage of a row."""
    return Passage(
        document_id=row.document_id,
        fonds=row.fonds,
        dossier=row.dossier,
        pages=row.pages,
        a4_halves=row.a4_halves,
        days=tuple(row._mapping[station.value] for station in Station),
        described_by=row.described_by,
    )


def stratum_row(stratum: Stratum) -> dict[str, Any]:
    """The columns of a stratum."""
    return {
        "fonds": stratum.fonds,
        "valuable": stratum.valuable,
        "arranged": stratum.arranged,
        "electronic": stratum.electronic,
        "use": stratum.use.value,
    }
