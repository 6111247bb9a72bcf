"""Empty lists to be filled in: the columns of a circular, what each takes, and the codes it knows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from digitizer.planning.tables import Column, Form, code_list, columns
from digitizer.writing.workbook import Sheet, write_workbook

__all__ = ["write_template"]

_TYPES = {
    "text": "chữ",
    "count": "số nguyên",
    "decimal": "số",
    "flag": "1 hoặc 0",
    "date": "DD/MM/YYYY",
    "codes": "mã",
}


def write_template(target: Path, form: str = Form.TT05) -> None:
    """Write an empty workbook with the columns of a circular: dossiers, fonds, and a guide.

    Raises:
        OSError: it cannot be written.
    """
    write_workbook(target, (_empty("Hồ sơ", "dossier", form), _empty("Phông", "fonds", form), _guide(form)))


def _known(level: str, form: str) -> list[Column]:
    return [column for column in columns(level) if column.code(form)]


def _empty(name: str, level: str, form: str) -> Sheet:
    every = _known(level, form)
    lists: dict[int, Sequence[str]] = {
        number: ("1", "0") for number, column in enumerate(every) if column.type == "flag"
    }
    lists |= {
        number: tuple(code_list(column.type.partition(":")[2]))
        for number, column in enumerate(every)
        if column.to in {"use", "basis"}
    }
    return Sheet(
        name,
        ([column.code(form) for column in every], [column.vi for column in every]),
        ["text"] * len(every),
        lists=lists,
        widths=[max(14, min(30, len(column.vi) + 3)) for column in every],
    )


def _guide(form: str) -> Sheet:
    rows = []
    for level, name in (("dossier", "Hồ sơ"), ("fonds", "Phông")):
        for column in _known(level, form):
            kind, _, codes = column.type.partition(":")
            listed = "; ".join(f"{code} {vi}" for code, vi in code_list(codes).items()) if codes else ""
            must = "bắt buộc" if column.required else ""
            rows.append(
                (name, column.code(form), column.vi, column.en, _TYPES[kind], str(column.max), must, listed)
            )
    head = ("Trang", "Mã trường", "Tên trường", "Field", "Kiểu", "Độ dài", "", "Danh mục mã")
    lead = (
        f"Mẫu nhập mục lục hồ sơ theo Thông tư {form}/TT-BNV",
        "Dòng 1 là mã trường, dòng 2 là tên trường, nhập từ dòng 3. Được bỏ cột không dùng.",
    )
    return Sheet(
        "Hướng dẫn", (head,), ["text"] * len(head), rows, lead, widths=(10, 20, 32, 32, 12, 9, 10, 90)
    )
