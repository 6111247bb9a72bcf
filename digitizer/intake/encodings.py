"""What a text file is written in: Unicode in its forms; an old Vietnamese code page is told. Pure."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final

from digitizer.errors import Code, Refusal

__all__ = ["decoded", "strange"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes that carry a letter in TCVN 5712-3 (the ABC fonts); the others above 0x7F carry none.
_TCVN3_GAPS: Final = frozenset(range(0x80, 0xA1)) | frozenset((0xAF, *range(0xB0, 0xB5), 0xBA, 0xBF, 0xFF))
_SAVE = 'save it as "CSV UTF-8" or as Excel (.xlsx) · hãy lưu lại dạng "CSV UTF-8" hoặc Excel'


def decoded(data: bytes) -> str:
    """The text of `data`: UTF-8 or UTF-16, with or without a byte order mark.

    Raises:
        Refusal: `E-MALFORMED` with the code page it seems to be written in: a guess would corrupt names.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data, encoding)
    zeros = (data[0::2].count(0), data[1::2].count(0))
    if sum(zeros) > len(data) // 8:
        return _decoded(data, "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(Code.MALFORMED, f"is written in {_old_page(data)}, not in Unicode: {_SAVE}") from None


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Refusal(Code.MALFORMED, f"is damaged at byte {error.start}: {_SAVE}") from None


def _old_page(data: bytes) -> str:
    high = {byte for byte in data if byte > 0x7F}
    if strange(unicodedata.normalize("NFC", data.decode("cp1258", "replace"))) == 0:
        return "code page 1258 (Windows Vietnamese)"
    return "TCVN3 (ABC fonts, .VnTime)" if not high & _TCVN3_GAPS else "an unknown code page"


def strange(text: str) -> int:
    """How many characters are neither ASCII nor Latin letters: the mark of a wrong code page.

    >>> strange("Hồ sơ"), strange("Hå s¬")
    (0, 1)
    """
    return sum(not c.isascii() and not unicodedata.name(c, "").startswith("LATIN ") for c in text)
