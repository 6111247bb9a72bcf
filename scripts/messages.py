"""List the texts of the web pages that the Vietnamese catalogue lacks or no longer needs."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from babel.messages.pofile import read_po

WEB = Path(__file__).parents[1] / "digitizer/web"
_MESSAGE = re.compile(r"""\b_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')\s*\)""")
_COUNTED = re.compile(r'\bngettext\(\s*"([^"]+)",\s*"([^"]+)"')
# Lines of our own that a page shows through a variable: `_(line)`, `_(wrong)`.
_TOLD = re.compile(r'(?:Error|_told|told)\(\s*(?:request, [\d\w.]+, )?"([^"{]+)"')


def wanted() -> set[str]:
    """Every text that templates and routes show."""
    found = set()
    for path in (*WEB.rglob("*.html"), *WEB.glob("*.py")):
        text = path.read_text("utf-8")
        found |= {double or single for double, single in _MESSAGE.findall(text)}
        found |= {one for one, _ in _COUNTED.findall(text)}
        if path.suffix == ".py":
            found |= set(_TOLD.findall(text))
    return found


def known() -> set[str]:
    """Every text that the catalogue turns into Vietnamese."""
    with (WEB / "locale/vi.po").open("rb") as file:
        catalogue = read_po(file, locale="vi")
    names = {m.id if isinstance(m.id, str) else m.id[0] for m in catalogue if m.string}
    return names - {""}


def main() -> int:
    """Print what is missing; 1 where anything is."""
    missing = sorted(wanted() - known())
    for text in missing:
        print(text)
    return bool(missing)


if __name__ == "__main__":
    sys.exit(main())
