"""Inside the sandbox: keeps born-digital pages as they are, cleaned of all that acts, as PDF/A-2b."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pikepdf

from digitizer.errors import Code, Refusal
from digitizer.intake.wire import Header

__all__ = ["keep"]

_PAGE_KEYS = {"/Type", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"}
_MAX_FINDINGS = 20
_FIXED_DATE = (
    "2000-01-01T00:00:00+00:00"  # a derivative's date is in its record; here it would change each run
)


def keep(request: Header, files: Sequence[int]) -> Header:
    """Put the pages of `request["order"]` together and write them to the last of `files` if they validate.

    Raises:
        Refusal: the source cannot be opened.
    """
    from pikepdf import pdfa

    source = pikepdf.open(f"/proc/self/fd/{files[0]}")
    if "/OCProperties" in source.Root:
        return _answer(False, ["the source has optional layers, whose state would be lost"])
    sources = {"source": source}
    if len(files) > 2:
        sources["scan"] = pikepdf.open(f"/proc/self/fd/{files[1]}")
    _still(source)
    result = pikepdf.new()
    for origin, number in request["order"]:
        result.pages.append(_page(sources, origin, number))
    pdfa.prepare(result, "2b")
    with result.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        metadata["xmp:MetadataDate"] = _FIXED_DATE
    try:
        with os.fdopen(os.dup(files[-1]), "r+b") as target:
            pdfa.save(result, target, "2b", repair=False, deterministic_id=True)
    except pdfa.PdfaError as error:
        return _answer(False, [str(f) for f in error.report.findings] or [str(error)])
    return _answer(True, [])


def _answer(passed: bool, findings: list[str]) -> Header:
    return {"kind": "kept", "passed": passed, "findings": [f[:200] for f in findings[:_MAX_FINDINGS]]}


def _still(source: pikepdf.Pdf) -> None:
    """Draw form fields and notes into their pages, then leave a page nothing but what it shows."""
    source.generate_appearance_streams()
    source.flatten_annotations("all")
    for page in source.pages:
        for key in [k for k in page.obj.keys() if k not in _PAGE_KEYS]:  # noqa: SIM118 - no mapping
            if key != "/Parent":
                del page.obj[key]


def _page(sources: dict[str, pikepdf.Pdf], origin: Any, number: Any) -> pikepdf.Page:
    document = sources.get(origin)
    if document is None or not 1 <= number <= len(document.pages):
        raise Refusal(Code.MALFORMED, "the document has no such page to keep")
    page: pikepdf.Page = document.pages[number - 1]
    return page
