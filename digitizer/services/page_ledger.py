"""The page ledger of a batch: what was declared against what arrived and how each page ended."""

from __future__ import annotations

import functools
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from digitizer.accession import Accessions, Arrived, Declared, Placement
from digitizer.errors import NotFoundError, UsageError
from digitizer.services.archive import ArchiveApp
from digitizer.services.ingest import Into

__all__ = [
    "CountRule",
    "Difference",
    "Ledger",
    "balance",
    "count_rule",
    "match",
    "place_declared",
    "placing",
    "reconcile",
]


@dataclass(frozen=True, slots=True)
class CountRule:
    """How counted sheets (tờ) and pages (trang) stand to scanned sides."""

    name: str
    sides: tuple[int, ...]
    between: bool
    blank_is_page: bool

    def fits(self, declared: Declared, scanned: int, blank: int) -> bool:
        """Whether `scanned` sides, `blank` of them without a mark, are what a row declares."""
        pages = scanned if self.blank_is_page else scanned - blank
        if declared.pages is not None and declared.pages != pages:
            return False
        if declared.sheets is None:
            return True
        possible = [declared.sheets * sides for sides in self.sides]
        return min(possible) <= scanned <= max(possible) if self.between else scanned in possible


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not add up: `kind` is a stable word, `row` the manifest's (0: none)."""

    kind: str
    row: int
    path: str
    english: str
    vietnamese: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The sums of a batch in files, sheets and pages, and every difference by name.

    `received` counts scanned sides; it is `read` + `blank` + `failed`, unless documents are `waiting`.
    Separator sheets are counted apart. `gaps` names what is accounted for and still wants a person's look.
    """

    batch: str
    fonds: str
    rule: str
    declared_files: int
    declared_sheets: int
    declared_pages: int
    arrived_files: int
    received: int
    read: int
    blank: int
    failed: int
    separators: int
    waiting: int
    differences: tuple[Difference, ...]
    gaps: tuple[Difference, ...] = ()

    @property
    def adds_up(self) -> bool:
        """Whether every page is accounted for."""
        return not self.differences


def count_rule(name: str) -> CountRule:
    """The rule of this name.

    Raises:
        UsageError: there is none.
    """
    rules = _rules()
    if name not in rules:
        raise UsageError(f"count_rule {name!r} is unknown: use one of {', '.join(rules)}")
    return CountRule(name, tuple(rules[name]["sides"]), rules[name]["between"], rules[name]["blank_is_page"])


@functools.cache
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("digitizer.services").joinpath("counting.toml").read_text("utf-8"))


def reconcile(accessions: Accessions, fonds: str, batch: str, rule: CountRule) -> Ledger:
    """The ledger of a batch as it stands now.

    Raises:
        NotFoundError: nothing was declared and nothing arrived under this name.
    """
    declared = accessions.declared(fonds, batch)
    arrived = tuple(accessions.arrived(fonds, batch))
    if not declared and not arrived:
        raise NotFoundError(
            f"nothing came in as batch {batch!r} of fonds {fonds!r}: `digitizer status` lists batches with "
            "their fonds (--fonds CODE); what was moved is accounted for in the batch it came in with"
        )
    return balance((fonds, batch), declared, arrived, rule)


def balance(
    name: tuple[str, str], declared: Sequence[Declared], arrived: Sequence[Arrived], rule: CountRule
) -> Ledger:
    """Add up a batch (fonds, name). Without a manifest only what arrived is held against how it ended."""
    matched, ambiguous = match(declared, [each.path for each in arrived])
    by_path = {each.path: each for each in arrived}
    differences = [*ambiguous, *_of_arrivals(arrived)]
    for row in declared:
        differences += _of_row(row, [by_path[p] for p in matched[row.row] if p], matched[row.row], rule)
    if declared:
        taken = {path for paths in matched.values() for path in paths}
        differences += [_extra(each.path) for each in arrived if each.path not in taken]
    return Ledger(
        batch=name[1],
        fonds=name[0],
        rule=rule.name,
        declared_files=sum(len(row.files) for row in declared),
        declared_sheets=sum(row.sheets or 0 for row in declared),
        declared_pages=sum(row.pages or 0 for row in declared),
        arrived_files=sum(each.document_id is not None for each in arrived),
        received=sum(each.pages for each in arrived),
        read=sum(each.read for each in arrived),
        blank=sum(each.blank for each in arrived),
        failed=sum(each.failed for each in arrived),
        separators=sum(each.separators for each in arrived),
        waiting=sum(each.outcome != "refused" and not each.finished for each in arrived),
        differences=tuple(sorted(differences, key=lambda each: (each.row, each.path, each.kind))),
        gaps=tuple(_gap(each) for each in arrived if each.gaps),
    )


def match(
    declared: Iterable[Declared], paths: Iterable[str]
) -> tuple[dict[int, tuple[str, ...]], list[Difference]]:
    """By row, the path each declared file arrived under ("" if it did not), and names that fit several.

    A file is meant by its whole path, or by its last parts where only one path ends in them.
    """
    known = list(dict.fromkeys(paths))
    whole = set(known)
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in known:
        by_name[path.rpartition("/")[2]].append(path)
    matched: dict[int, tuple[str, ...]] = {}
    ambiguous: list[Difference] = []
    for row in declared:
        found = []
        for name in row.files:
            ends = [p for p in by_name[name.rpartition("/")[2]] if p == name or p.endswith(f"/{name}")]
            if name not in whole and len(ends) > 1:
                several = ", ".join(ends[:5])
                ambiguous.append(
                    Difference(
                        "ambiguous", row.row, name, f"fits several files: {several}", "trùng tên nhiều tệp"
                    )
                )
            found.append(name if name in whole else ends[0] if len(ends) == 1 else "")
        matched[row.row] = tuple(found)
    return matched, ambiguous


def placing(declared: Sequence[Declared], paths: Iterable[str]) -> dict[str, Placement]:
    """Where the manifest says that each arrived path belongs."""
    matched, _ = match(declared, paths)
    return {path: row.placement for row in declared for path in matched[row.row] if path and row.placement}


def place_declared(app: ArchiveApp, into: Into) -> tuple[Difference, ...]:
    """Give every arrival of a batch the place its manifest declares; what is missing, extra or ambiguous."""
    assert into.accessions is not None
    declared = into.accessions.declared(into.fonds, into.batch)
    arrived = tuple(into.accessions.arrived(into.fonds, into.batch))
    documents = {each.path: each.document_id for each in arrived if each.document_id}
    for path, placement in placing(declared, documents).items():
        document = app.catalogue.document(documents[path])
        into.accessions.place(document, path, into.batch, placement, into.by)
    ledger = balance((into.fonds, into.batch), declared, arrived, count_rule("whole"))
    return tuple(each for each in ledger.differences if each.kind in {"missing", "extra", "ambiguous"})


def _of_arrivals(arrived: Iterable[Arrived]) -> Iterable[Difference]:
    for each in arrived:
        if each.outcome == "refused":
            yield Difference("refused", 0, each.path, f"was refused: {_why(each)}", "bị từ chối")
        elif not each.finished:
            what = f"has not been read yet{': ' + each.note if each.note else ''}"
            yield Difference("waiting", 0, each.path, what, "chưa xử lý xong")


def _gap(arrived: Arrived) -> Difference:
    said = f"has gaps: {_why(arrived)}"
    return Difference("gap", 0, arrived.path, said, "còn trang hoặc phần phải xem lại")


def _why(arrived: Arrived) -> str:
    return arrived.note or f"`digitizer quarantine show {arrived.document_id}` says why"


def _of_row(
    row: Declared, came: Sequence[Arrived], paths: Sequence[str], rule: CountRule
) -> Iterable[Difference]:
    missing = [name for name, path in zip(row.files, paths, strict=True) if not path]
    for name in missing:
        yield Difference(
            "missing", row.row, name, "is declared and did not arrive", "có kê khai nhưng không có"
        )
    whole = all(each.finished for each in came) and not any(each.outcome == "refused" for each in came)
    scanned, blank = sum(each.pages for each in came), sum(each.blank for each in came)
    if missing or not whole or rule.fits(row, scanned, blank):
        return
    parts = ((row.sheets, "sheets", "tờ"), (row.pages, "pages", "trang"))
    english = ", ".join(f"{count} {name}" for count, name, _ in parts if count is not None)
    vietnamese = ", ".join(f"{count} {name}" for count, _, name in parts if count is not None)
    yield Difference(
        "count",
        row.row,
        "; ".join(row.files),
        f"declares {english}; {scanned} sides arrived, {blank} of them blank",
        f"kê khai {vietnamese}; nhận {scanned} mặt, trong đó {blank} mặt trắng",
    )


def _extra(path: str) -> Difference:
    return Difference("extra", 0, path, "arrived and is not declared", "có tệp nhưng không kê khai")
