"""Rows of the inventory and the ledger, to and from their nouns."""

from __future__ import annotations

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
    plain = ("fonds", "code", *_TEXTS, *_SIZES, *_FLAGS, "closed")
    return {
        **{name: getattr(dossier, name) for name in plain},
        "use": dossier.use.value,
        "basis": dossier.basis.value,
        "described": [list(each) for each in dossier.described],
    }


def dossier_of(row: Row[Any]) -> Dossier:
    """The dossier of a row of `dossier`, or, without its texts, of `frozen`."""
    found = row._mapping
    plain = ("fonds", "code", *_TEXTS, *_SIZES, *_FLAGS, "closed")
    return Dossier(
        **{name: found[name] for name in plain if name in found},
        use=Use(found["use"]),
        basis=Basis(found["basis"]),
        described=tuple((name, value) for name, value in found.get("described") or ()),
    )


def dossier_changes(before: Dossier | None, after: Dossier) -> tuple[tuple[str, str], ...]:
    """What an event tells of a change: numbers and flags before and after, texts by their name alone.

    A new dossier tells all its numbers and flags: the denominator can be computed from the events.
    """
    told = []
    for name in (*_SIZES, *_FLAGS, "closed", "use", "basis"):
        old, new = getattr(before, name, None), getattr(after, name)
        if old != new:
            told.append((name, f"{new}" if before is None else f"{old} -> {new}"))
    if before is not None:
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
