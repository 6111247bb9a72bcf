"""What a receiving archive gets: lists of dossiers and documents (Circular 05/2025) and their PDF/A."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Final

from digitizer.errors import UsageError
from digitizer.inventory import DossierProgress, Passage
from digitizer.planning.handover import (
    document_columns,
    document_row,
    dossier_columns,
    dossier_row,
    lacks,
)
from digitizer.planning.tables import Column, Form
from digitizer.ports import object_key
from digitizer.services.plan import PlanApp
from digitizer.words import word
from digitizer.writing.atomic import write_atomically
from digitizer.writing.part_pdf import write_pages
from digitizer.writing.workbook import Sheet, write_workbook

__all__ = ["TEMPLATE", "HandedOver", "hand_over", "missing_in"]

TEMPLATE: Final = "{fonds}/{dossier}/{dossier}.{ordinal:07d}.pdf"
_MORE: Final = (("fileCode", "Mã hồ sơ"), ("docOrdinal", "Số thứ tự"), ("path", "Tệp"))


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What was written: dossiers, documents, and what is missing, one line each in Vietnamese."""

    dossiers: int
    documents: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Document:
    """A document of an input: its class, the pages of the input it is on (none known: all), what was read."""

    paper: Passage
    document_class: str
    pages: tuple[int, ...]
    written: int
    whole: bool
    read: Mapping[str, str]


def missing_in(progress: DossierProgress) -> Iterator[str]:
    """What is not there yet of a dossier, in Vietnamese."""
    name = f"Hồ sơ {progress.dossier.code}"
    if not progress.passages:
        yield f"{name}: chưa có tài liệu nào"
    elif not progress.complete_on:
        yield f"{name}: chưa đủ tài liệu được nghiệm thu"


def hand_over(
    app: PlanApp, fonds: str, codes: Sequence[str], folder: Path, template: str = TEMPLATE
) -> HandedOver:
    """Write lists and files of some dossiers of a fonds into a new or empty folder; a file a document.

    Raises:
        UsageError: the folder is not empty, or the template does not fit.
        NotFoundError: no such dossier, or a file is gone.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: hand over into a new folder")
    _place(template, fonds, "x", 1)
    dossiers, papers, missing = [], [], list[str]()
    for code in codes:
        progress = app.book.dossier(fonds, code)
        documents = [each for paper in progress.passages for each in _documents(app, paper)]
        row = dossier_row(progress, len(documents))
        missing += [*lacks("dossier", f"Hồ sơ {code}", row), *missing_in(progress)]
        dossiers.append([row[c.to] for c in dossier_columns()])
        for ordinal, each in enumerate(documents, start=1):
            path = _place(template, fonds, code, ordinal)
            words = word("vi", "class", each.document_class)
            values = document_row(progress.dossier, ordinal, words, each.read, each.written)
            name = f"Tài liệu {values['docCode']}"
            missing += lacks("document", name, values)
            missing += [f"{name}: {lack}" for lack in _write(app, each, folder / path)]
            papers.append([*(values.get(c.to, "") for c in document_columns()), code, ordinal, path])
    folder.mkdir(parents=True, exist_ok=True)
    sheets = (
        _sheet("Hồ sơ", dossier_columns(), (), dossiers),
        _sheet("Tài liệu", document_columns(), _MORE, papers),
    )
    write_workbook(folder / "danh-muc-ban-giao.xlsx", sheets)
    return HandedOver(len(dossiers), len(papers), tuple(missing))


def _sheet(
    name: str, form: Sequence[Column], more: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]
) -> Sheet:
    codes = [*(column.code(Form.TT05) for column in form), *(code for code, _ in more)]
    words = [*(column.vi for column in form), *(words for _, words in more)]
    return Sheet(name, (codes, words), ["text"] * len(codes), rows)


def _place(template: str, fonds: str, dossier: str, ordinal: int) -> str:
    try:
        path = template.format(fonds=fonds, dossier=dossier, ordinal=ordinal)
    except (KeyError, ValueError, IndexError) as error:
        raise UsageError(f"file name {template}: use {{fonds}}, {{dossier}}, {{ordinal:07d}}") from error
    if path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"file name {path} leads out of the folder")
    return path


def _documents(app: PlanApp, paper: Passage) -> list[_Document]:
    """Every document of an input, from what was read and confirmed of it; one where nothing was."""
    record = app.catalogue.record(paper.document_id)
    pages = record.get("pages", [])
    blank = {number for number, page in enumerate(pages, start=1) if page.get("status") == "blank"}
    found = []
    for part in record.get("documents", []):
        its = tuple(part["pages"])
        read = {each["name"]: each["value"] for each in part.get("fields", [])}
        whole = len(its) == len(pages)
        written = len(set(its) - blank)
        found.append(_Document(paper, part["class"], its, written, whole, read))
    return found or [_Document(paper, "", (), paper.pages, True, {})]


def _write(app: PlanApp, document: _Document, target: Path) -> Iterator[str]:
    """Write the PDF/A of a document, its own pages alone; what is wrong with it, in Vietnamese."""
    every = app.catalogue.derivatives(document.paper.document_id)
    made = next((each for each in every if each.kind == "pdf"), None)
    if made is None:
        yield "chưa có tệp PDF/A"
        return
    if not made.pdfa:
        yield "tệp PDF không phải là PDF/A: chạy lại việc số hóa tài liệu này"
    target.parent.mkdir(parents=True, exist_ok=True)
    with app.derivatives.open(object_key(made.fixity.sha256)) as source:

        def body(out: BinaryIO) -> None:
            if document.whole:
                shutil.copyfileobj(source, out)
            else:
                write_pages(source, out, document.pages)

        write_atomically(target, body)
