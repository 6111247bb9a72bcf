"""What a receiving archive gets: lists of dossiers and documents (Circular 05/2025) and their PDF/A."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from digitizer.errors import UsageError
from digitizer.inventory import DossierProgress
from digitizer.planning.tables import Form, columns
from digitizer.ports import object_key
from digitizer.services.plan import PlanApp
from digitizer.writing.atomic import write_atomically
from digitizer.writing.workbook import Sheet, write_workbook

__all__ = ["TEMPLATE", "HandedOver", "hand_over", "missing_in"]

TEMPLATE: Final = "{fonds}/{dossier}/{dossier}.{ordinal:07d}.pdf"
_OWN: Final = frozenset(
    {"box", "boxes", "metres", "valuable", "arranged", "use", "basis", "closed", "fonds_name"}
)
_NEEDED: Final = {
    "maintenance": "thời hạn lưu trữ",
    "mode": "chế độ sử dụng",
    "language": "ngôn ngữ",
    "startDate": "thời gian bắt đầu",
    "endDate": "thời gian kết thúc",
    "paperFileCode": "mã hồ sơ gốc giấy",
}
_DOCUMENT: Final = (
    ("docCode", "Mã lưu trữ của tài liệu"),
    ("fileCode", "Mã hồ sơ"),
    ("docOrdinal", "Số thứ tự"),
    ("codeNumber", "Số"),
    ("codeNotation", "Ký hiệu"),
    ("issuedDate", "Ngày tháng năm"),
    ("organName", "Cơ quan ban hành"),
    ("subject", "Trích yếu nội dung"),
    ("numberOfPage", "Số lượng trang"),
    ("path", "Tệp"),
)
_FIELDS: Final = {
    "codeNumber": "number",
    "codeNotation": "notation",
    "issuedDate": "date",
    "organName": "organ_name",
    "subject": "subject",
}


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was written: dossiers, documents, and what is missing, one line each in Vietnamese."""

    dossiers: int
    documents: int
    missing: tuple[str, ...]


def missing_in(progress: DossierProgress) -> Iterator[str]:
    """What a dossier lacks for a handover, in Vietnamese."""
    its, described = progress.dossier, dict(progress.dossier.described)
    for name, words in _NEEDED.items():
        if not described.get(name):
            yield f"Hồ sơ {its.code}: thiếu {words} ({name})"
    if not progress.passages:
        yield f"Hồ sơ {its.code}: chưa có tài liệu nào"
    elif not progress.complete_on:
        yield f"Hồ sơ {its.code}: chưa đủ tài liệu được nghiệm thu"


def hand_over(
    app: PlanApp, fonds: str, codes: Sequence[str], folder: Path, template: str = TEMPLATE
) -> HandedOver:
    """Write lists and files of some dossiers of a fonds into a new or empty folder.

    Raises:
        UsageError: the folder is not empty, or the template does not fit.
        NotFoundError: no such dossier, or a file is gone.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: hand over into a new folder")
    every = [app.book.dossier(fonds, code) for code in codes]
    missing = [line for each in every for line in missing_in(each)]
    papers = []
    for each in every:
        for ordinal, paper in enumerate(each.passages, start=1):
            path = _place(template, fonds, each.dossier.code, ordinal)
            row, lacks = _document(app, each.dossier.code, ordinal, paper.document_id)
            papers.append([*row, paper.pages, path])
            missing += lacks
            if not _copy(app, paper.document_id, folder / path):
                missing.append(f"Tài liệu {row[0]}: chưa có tệp PDF/A")
    level = [c for c in columns("dossier") if c.code(Form.TT05) and c.to not in _OWN]
    dossiers = [[_value(each, column.to) for column in level] for each in every]
    heads = [column.code(Form.TT05) for column in level], [column.vi for column in level]
    kinds = ["text"] * len(_DOCUMENT)
    names = [code for code, _ in _DOCUMENT], [words for _, words in _DOCUMENT]
    folder.mkdir(parents=True, exist_ok=True)
    sheets = (Sheet("Hồ sơ", heads, ["text"] * len(level), dossiers), Sheet("Tài liệu", names, kinds, papers))
    write_workbook(folder / "danh-muc-ban-giao.xlsx", sheets)
    return HandedOver(len(every), len(papers), tuple(missing))


def _place(template: str, fonds: str, dossier: str, ordinal: int) -> str:
    try:
        path = template.format(fonds=fonds, dossier=dossier, ordinal=ordinal)
    except (KeyError, ValueError, IndexError) as error:
        raise UsageError(f"file name {template}: use {{fonds}}, {{dossier}}, {{ordinal:07d}}") from error
    if path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"file name {path} leads out of the folder")
    return path


def _document(app: PlanApp, dossier: str, ordinal: int, document_id: str) -> tuple[list[Any], list[str]]:
    """The row of a document from what was read and confirmed of it, and what it lacks."""
    code = f"{dossier}.{ordinal:07d}"
    parts = app.catalogue.record(document_id).get("documents", [])
    known = {each["name"]: each["value"] for part in parts[:1] for each in part.get("fields", [])}
    values = [known.get(name, "") for name in _FIELDS.values()]
    words = dict(_DOCUMENT)
    lacks = [
        f"Tài liệu {code}: thiếu {words[name].lower()} ({name})"
        for name, value in zip(_FIELDS, values, strict=True)
        if not value
    ]
    return [code, dossier, ordinal, *values], lacks


def _copy(app: PlanApp, document_id: str, target: Path) -> bool:
    """Copy the PDF/A of a document; whether there is one."""
    made = next((each for each in app.catalogue.derivatives(document_id) if each.kind == "pdf"), None)
    if made is None:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with app.derivatives.open(object_key(made.fixity.sha256)) as source:
        write_atomically(target, lambda out: shutil.copyfileobj(source, out))
    return True


def _value(progress: DossierProgress, name: str) -> Any:
    its = progress.dossier
    if name == "documents":
        return len(progress.passages)
    if name == "confidenceLevel":
        return dict(its.described).get(name, "02")
    return getattr(its, name, None) or dict(its.described).get(name, "")
