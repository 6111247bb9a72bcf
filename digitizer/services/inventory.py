"""Take inventories in, change them, link what was received to their dossiers."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TextIO

from digitizer.errors import Code, DigitizerError, NotFoundError, Refusal
from digitizer.intake.sheets import SheetRow, sheet_rows
from digitizer.inventory import BOX, METRE, Basis, Dossier, Fonds, Imported, Use
from digitizer.model import Agent
from digitizer.planning.listing import Problem, Row, RowReader, dossier_of, fonds_of, heading, is_labels
from digitizer.planning.tables import plain
from digitizer.services.plan import PlanApp
from digitizer.writing.atomic import fixity_of

__all__ = ["ListRefusedError", "change_dossier", "import_inventory", "link_by_path"]

_MOST_PROBLEMS: Final = 1000
_LINKED_AT_ONCE: Final = 500
_FONDS_SHEETS: Final = frozenset({"phong", "fonds", "danhsachphong"})
_PASSED_OVER: Final = frozenset({"huongdan", "guide", "help"})
_FIELDS: Final = tuple(each.name for each in fields(Dossier))
_values_of: Final = attrgetter(*_FIELDS)
_packed: Final = json.JSONEncoder(ensure_ascii=False).encode
_USES: Final = {each.value: each for each in Use}
_BASES: Final = {each.value: each for each in Basis}
_Box = tuple[str, str, str]


class ListRefusedError(DigitizerError):
    """A list that does not fit: nothing of it was taken in; `problems` names the rows, up to a thousand."""

    def __init__(self, name: str, problems: Sequence[Problem], count: int) -> None:
        super().__init__(
            f"{name}: {count} lỗi, chưa nhập dòng nào: sửa rồi nhập lại · "
            f"{count} errors, nothing was taken in: mend them and import again"
        )
        self.problems = tuple(problems)
        self.count = count


@dataclass(slots=True)
class _Reading:
    """What is known of a list while it is read; dossiers lie in a file of ours until all of it fits."""

    name: str
    spool: TextIO
    fonds: dict[str, Fonds] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)
    boxes: Counter[_Box] = field(default_factory=Counter)
    needed: dict[str, int] = field(default_factory=dict)
    wrong: list[Problem] = field(default_factory=list)
    count: int = 0

    def say(self, problems: Sequence[Problem]) -> None:
        """Keep the first of many problems, count all."""
        self.count += len(problems)
        self.wrong += problems[: max(0, _MOST_PROBLEMS - len(self.wrong))]


def import_inventory(
    app: PlanApp, path: Path, by: Agent, progress: Callable[[int], None] = lambda _rows: None
) -> Imported:
    """Take in an Excel or CSV list of dossiers (and, on a sheet of its own, of fonds): all of it, or nothing.

    `progress` is told of the rows read, now and then.

    Raises:
        ListRefusedError: rows do not fit.
        Refusal: the file is no list.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
        reading = _Reading(path.name, spool)
        _read(app, reading, sheet_rows(path), progress)
        _require_fonds(app, reading)
        if reading.count:
            raise ListRefusedError(path.name, reading.wrong, reading.count)
        if not reading.rows and not reading.fonds:
            raise Refusal(
                Code.EMPTY, f"{path.name}: holds no rows under a heading · không có dòng nào dưới tiêu đề"
            )
        spool.seek(0)
        source = fixity_of(path).sha256
        return app.book.take_in(tuple(reading.fonds.values()), _spooled(app, reading), source, by)


def _read(app: PlanApp, reading: _Reading, rows: Iterator[SheetRow], progress: Callable[[int], None]) -> None:
    sheet, head, level, labels = None, None, "dossier", False
    reader: RowReader = _no_reader
    for done, (name, number, cells) in enumerate(rows, start=1):
        if done % 1000 == 0:
            progress(done)
        if name != sheet:
            sheet, head, labels = name, None, False
            level = "fonds" if plain(name) in _FONDS_SHEETS else "dossier"
        if plain(name) in _PASSED_OVER:
            continue
        if head is None:
            head, labels = heading(level, cells), True
            if head is None:
                vi = "không thấy dòng tiêu đề: dùng tệp mẫu 05/2025 hoặc 02/2019"
                reading.say([Problem(number, "", vi, "no heading that is known: use the template")])
                return
            reader = head.reader()
        elif labels and is_labels(head, cells):
            labels = False
        else:
            labels = False
            wrong: list[Problem] = []
            _take_row(app, reading, level, reader(number, cells, wrong), wrong)


def _no_reader(_number: int, _cells: Sequence[str], _wrong: list[Problem]) -> Row:
    raise AssertionError("a row before its heading")


def _take_row(app: PlanApp, reading: _Reading, level: str, row: Row, wrong: list[Problem]) -> None:
    number = row.number
    if level == "fonds":
        fonds = None if wrong else fonds_of(row, wrong)
        if fonds:
            reading.fonds[fonds.code] = fonds
    else:
        dossier = None if wrong else dossier_of(row, app.plan.electronic_from, wrong)
        if dossier and (before := reading.rows.get((dossier.fonds, dossier.code))):
            vi, en = f"trùng mã hồ sơ với dòng {before}", f"the same dossier code as row {before}"
            wrong.append(Problem(number, "fileCode", vi, en))
        elif dossier:
            _keep(reading, dossier, number, str(row.values.get("fonds_name", "")))
    if wrong:
        reading.say(wrong)


def _keep(reading: _Reading, dossier: Dossier, number: int, fonds_name: str) -> None:
    reading.rows[dossier.fonds, dossier.code] = number
    reading.needed.setdefault(dossier.fonds, number)
    if fonds_name:
        reading.named.setdefault(dossier.fonds, fonds_name)
    if dossier.box and not dossier.box_parts:
        reading.boxes[dossier.fonds, dossier.inventory, dossier.box] += 1
    reading.spool.write(f"{_packed(_values_of(dossier))}\n")


def _require_fonds(app: PlanApp, reading: _Reading) -> None:
    """A fonds is known, on its sheet, or named beside its dossiers; else it may be a typing error."""
    known = {each.code for each in app.book.fonds()}
    for code, number in reading.needed.items():
        if code in known or code in reading.fonds:
            continue
        if code in reading.named:
            reading.fonds[code] = Fonds(code, reading.named[code])
            continue
        vi = f"chưa có phông {code}: thêm vào trang «Phông» hoặc ghi tên ở cột fondName"
        en = f"fonds {code} is not known: add it on the sheet «Phông» or name it in the column fondName"
        reading.say([Problem(number, "organId", vi, en)])


def _spooled(app: PlanApp, reading: _Reading) -> Iterator[Dossier]:
    for line in reading.spool:
        its = dict(zip(_FIELDS, json.loads(line), strict=True))
        sharing = reading.boxes.get((its["fonds"], its["inventory"], its["box"]), 0)
        parts = its["box_parts"] or (round(BOX / sharing) if its["box"] and sharing else 0)
        its["box_parts"] = parts
        its["shelf"] = its["shelf"] or round(parts * METRE / BOX / app.boxes_per_metre)
        its["use"], its["basis"] = _USES[its["use"]], _BASES[its["basis"]]
        its["described"] = tuple([(name, value) for name, value in its["described"]])
        yield Dossier(**its)


def change_dossier(app: PlanApp, fonds: str, code: str, changes: dict[str, Any], by: Agent) -> Dossier:
    """Change a dossier's fields, as `Dossier` names them; the dossier as it is then.

    Raises:
        NotFoundError: no such dossier.
        Refusal: a field is not there or its value does not fit.
    """
    before = app.book.dossier(fonds, code).dossier
    if {"fonds", "code"} & set(changes):
        raise Refusal(Code.MALFORMED, f"dossier {code}: fonds and code are its name: they stay")
    try:
        after = replace(before, **changes)
    except (TypeError, ValueError) as error:
        raise Refusal(Code.MALFORMED, f"dossier {code}: {error}") from error
    app.book.take_in((), (after,), "edited", by)
    return after


def link_by_path(app: PlanApp, by: Agent) -> tuple[int, int]:
    """Put received documents into the dossier that their path names; (linked, left as they are).

    The name is that of `domain.md` 5.1: the code of the dossier, a point and an ordinal, or the code alone;
    else the nearest folder that is a dossier's code.
    """
    waiting: dict[str, list[str]] = {}
    linked = left = 0
    for document_id, fonds, path in app.book.unfiled():
        code = _named_in(app, fonds, path)
        if not code:
            left += 1
            continue
        waiting.setdefault(code, []).append(document_id)
        linked += 1
    for code, ids in waiting.items():
        for start in range(0, len(ids), _LINKED_AT_ONCE):
            app.book.file(ids[start : start + _LINKED_AT_ONCE], code, by)
    return linked, left


def _named_in(app: PlanApp, fonds: str, path: str) -> str:
    *folders, name = path.split("/")
    stem = name.rpartition(".")[0] or name
    for code in filter(None, (stem, stem.rpartition(".")[0], *reversed(folders))):
        try:
            return app.book.dossier(fonds, code).dossier.code
        except NotFoundError:
            continue
    return ""
