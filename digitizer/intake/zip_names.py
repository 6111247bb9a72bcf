"""Names in ZIP files: in which code page they were written, and which ones must not be used. Pure."""

from __future__ import annotations

import re
import unicodedata

from digitizer.errors import Code, Refusal
from digitizer.intake.encodings import strange

__all__ = ["objection_to", "readable"]

_DRIVE = re.compile(r"^[A-Za-z]:")
_OLD_PAGES = ("cp1258", "cp437")
_LONGEST_PART = 255
_LONGEST = 1024


def readable(raw: bytes) -> str:
    """A name that is not marked as UTF-8, in NFC: UTF-8 where it is that, else the likelier old code page.

    Packers on Vietnamese Windows write code page 1258, others 437, as the format once said; some write UTF-8
    and do not say so.

    >>> readable("quyết định.pdf".encode("utf-8"))
    'quyết định.pdf'
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    readings = [unicodedata.normalize("NFC", raw.decode(page, "replace")) for page in _OLD_PAGES]
    return min(readings, key=strange)


def objection_to(name: str) -> Refusal | None:
    """Why a member's name cannot be taken, or None; the name is data and no path is ever made of it.

    >>> objection_to("hồ sơ/a.pdf") is None
    True
    >>> objection_to("../a.pdf").code.value
    'E-NAME'
    """
    parts = name.split("/")
    if not name or "\0" in name:
        return Refusal(Code.NAME, "its name is empty or holds a zero byte")
    if name.startswith("/") or _DRIVE.match(name) or any(part in {"..", "."} for part in parts):
        return Refusal(Code.NAME, "its name points out of the ZIP")
    if len(name) > _LONGEST or any(len(part.encode("utf-8", "replace")) > _LONGEST_PART for part in parts):
        return Refusal(Code.NAME, "its name is longer than any file's may be")
    return None
