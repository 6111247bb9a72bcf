"""Text that may stand in XML 1.0: NFC, and without the characters the standard does not allow."""

from __future__ import annotations

import re
import unicodedata
from html import escape

__all__ = ["escaped", "xml_text"]

# Everything outside production [2] Char of XML 1.0, fifth edition.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """`text` in NFC without characters that are illegal in XML 1.0; not yet escaped."""
    return unicodedata.normalize("NFC", _ILLEGAL.sub("", text))


def escaped(text: str) -> str:
    """`text` as it may stand between tags or inside quotes; the entities are those of XML itself."""
    return escape(xml_text(text))
