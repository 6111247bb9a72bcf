"""What a handover says of each dossier and document (Circular 05/2025), and what it lacks, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from digitizer.inventory import Dossier, DossierProgress
from digitizer.planning.listing import Heading
from digitizer.planning.tables import Column, Form, code_list, columns, plain

__all__ = ["document_columns", "document_row", "dossier_columns", "dossier_row", "lacks", "type_code"]

_OWN: Final = frozenset(
    {"box", "boxes", "metres", "valuable", "arranged", "use", "basis", "closed", "fonds_name"}
)
_NEEDED: Final = ("maintenance", "mode", "language", "startDate", "endDate", "paperFileCode")
_FROM_DOSSIER: Final = (
    "maintenance",
    "mode",
    "language",
    "keyword",
    "format",
    "inforSign",
    "riskRecovery",
    "riskRecoveryStatus",
)
_READ: Final = {
    "codeNumber": "number",
    "codeNotation": "notation",
    "issuedDate": "date",
    "organName": "organ_name",
    "subject": "subject",
}
_LONGEST_SUBJECT: Final = 500  # the circular's; the record keeps the whole text
_OTHER: Final = "32"
_PERMANENT: Final = "01"


def dossier_columns() -> tuple[Column, ...]:
    """The columns of the sheet of dossiers."""
    return tuple(c for c in columns("dossier") if c.code(Form.TT05) and c.to not in _OWN)


def document_columns() -> tuple[Column, ...]:
    """The columns of the sheet of documents: the 21 of a SIP."""
    return columns("document")


def type_code(words: str) -> str:
    """The code of a kind of document, by the words people call it with; 32 where the list has none.

    >>> type_code("Quyết định xử phạt"), type_code("Giấy khai sinh")
    ('02', '32')
    """
    known = ((code, name) for code, name in code_list("typeName").items() if code != _OTHER)
    fits = [(len(name), code) for code, name in known if plain(words).startswith(plain(name))]
    return max(fits)[1] if fits else _OTHER


def dossier_row(progress: DossierProgress, documents: int) -> dict[str, str]:
    """The values of a dossier with so many documents; what was not said is empty."""
    its, described = progress.dossier, dict(progress.dossier.described)
    row = {c.to: str(getattr(its, c.to, "") or described.get(c.to, "")) for c in dossier_columns()}
    pages = sum(each.pages for each in progress.passages) or its.pages
    row |= {"documents": str(documents), "pages": str(pages)}
    row["confidenceLevel"] = described.get("confidenceLevel") or ("01" if its.born_digital else "02")
    return row


def document_row(
    dossier: Dossier, ordinal: int, words: str, read: Mapping[str, str], pages: int
) -> dict[str, str]:
    """The values of a document: its class in `words`, its fields as they were `read` and confirmed."""
    described = dict(dossier.described)
    row = {name: described.get(name, "") for name in _FROM_DOSSIER}
    row |= {name: read.get(field, "") for name, field in _READ.items()}
    return row | {
        "docId": f"{dossier.code}.{ordinal}",
        "docCode": f"{dossier.code}.{ordinal:07d}",
        "typeName": type_code(words),
        "subject": read.get("subject", "")[:_LONGEST_SUBJECT],
        "numberOfPage": str(pages),
        "confidenceLevel": "01" if dossier.born_digital else "02",
        "process": "0",
    }


def lacks(level: str, name: str, row: Mapping[str, str]) -> Iterator[str]:
    """What a row of `dossier` or `document` lacks or has wrong, a line each in Vietnamese."""
    form = dossier_columns() if level == "dossier" else document_columns()
    needed = {c.to for c in form if c.required} | (set(_NEEDED) if level == "dossier" else set())
    for column in form:
        if column.to in needed and not row.get(column.to):
            yield f"{name}: thiếu {column.vi.lower()} ({column.code(Form.TT05)})"
    wrong = Heading(Form.TT05, tuple(form)).problems([row.get(c.to, "") for c in form])
    titles = {c.code(Form.TT05): c.vi for c in form}
    for each in wrong:
        yield f"{name}: {titles.get(each.column, each.column).lower()} ({each.column}) {each.vi}"
    if level == "dossier" and row.get("maintenance") not in {None, "", _PERMANENT}:
        yield f"{name}: thời hạn lưu trữ không phải vĩnh viễn (01): lưu trữ lịch sử chỉ nhận hồ sơ vĩnh viễn"
    if row.get("riskRecovery") == "1" and not row.get("riskRecoveryStatus"):
        yield f"{name}: thiếu tình trạng dự phòng (riskRecoveryStatus) vì đã ghi có dự phòng"
