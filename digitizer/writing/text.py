"""The plain text of a document: UTF-8, NFC, one printed line a line, a form feed after each page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import BinaryIO

from digitizer.model import PageRecord

__all__ = ["write_text"]


def write_text(out: BinaryIO, pages: Iterable[PageRecord]) -> int:
    """Write the pages' text as they come and return how many there were.

    Every page ends in a form feed, blank and failed ones too, so the n-th form feed ends page n. A form
    feed inside a page's text becomes a space.
    """
    count = 0
    for page in pages:
        text = unicodedata.normalize("NFC", page.text).replace("\f", " ")
        out.write((text + ("\n\f" if text else "\f")).encode("utf-8", "replace"))
        count += 1
    return count
