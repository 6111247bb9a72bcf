"""Separator sheets: which codes on a page say that a new dossier begins, and what such a code holds. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from digitizer.model import PageCode

__all__ = ["CODE_FLAG", "SEPARATOR_FLAG", "Separator", "flags_for", "payload", "separator_of"]

SEPARATOR_FLAG = "separator"
CODE_FLAG = "code"
_SCHEME = "digitizer-separator:"
_PATCH_T = "PATCHT"  # what printed patch-T sheets carry as Code 39, Code 128 or QR
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Separator:
    """A sheet after which a new dossier begins; `dossier` and `box` are empty where it does not say them."""

    dossier: str = ""
    box: str = ""


def payload(separator: Separator) -> str:
    """The text of the QR code on a separator sheet: a version, then what it says, percent-encoded.

    >>> payload(Separator("H49.64.33.2001.160", "12"))
    'digitizer-separator:v=1&dossier=H49.64.33.2001.160&box=12'
    """
    said = {"v": "1", "dossier": separator.dossier, "box": separator.box}
    return _SCHEME + urlencode({name: value for name, value in said.items() if value})


def separator_of(codes: Iterable[PageCode]) -> Separator | None:
    """What the codes on one page say: the separator it is, or None. A sheet of ours goes before a patch.

    >>> separator_of([PageCode("Code39", "PATCHT")])
    Separator(dossier='', box='')
    """
    found = [read for code in codes if (read := _read(code.text)) is not None]
    return max(found, key=lambda each: (bool(each.dossier), bool(each.box)), default=None)


def flags_for(codes: tuple[PageCode, ...]) -> tuple[str, ...]:
    """The flags of a page with these codes: `separator`, or `code` where they say something else."""
    if not codes:
        return ()
    return (CODE_FLAG,) if separator_of(codes) is None else (SEPARATOR_FLAG,)


def _read(text: str) -> Separator | None:
    if text.strip().upper() == _PATCH_T:
        return Separator()
    if not text.startswith(_SCHEME):
        return None
    said = dict(parse_qsl(text[len(_SCHEME) :], max_num_fields=10))
    return Separator(_plain(said.get("dossier", "")), _plain(said.get("box", "")))


def _plain(value: str) -> str:
    """One line in NFC: the code may have been printed by anybody."""
    return unicodedata.normalize("NFC", "".join(c for c in value if c.isprintable()))[:_LONGEST].strip()
