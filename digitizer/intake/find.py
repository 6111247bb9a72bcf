"""Walks what the person named: every file met, in the order a person would list them, none opened."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitizer.errors import Code, Refusal, UsageError

__all__ = ["FoundInput", "find_inputs", "safe_display"]

_DIGITS = re.compile(r"(\d+)")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class FoundInput:
    """A file met on the walk.

    `relative` is the path below the folder that was given (for a file: its name), with `/` between parts,
    safe to print and to store: bytes that are no UTF-8, control and direction-changing characters are
    written as escapes. `refusal` says why the path must not be opened (a link, a device, no permission).
    """

    path: Path
    relative: str
    refusal: Refusal | None = None


def find_inputs(paths: Sequence[Path]) -> Iterator[FoundInput]:
    """Yield every file below `paths`, recursively and in natural order (1, 2, 10).

    Hidden files and folders below a given folder are left out; links, pipes and devices are yielded with a
    refusal and never opened.

    Raises:
        UsageError: a given path does not exist.
    """
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"there is no such file or folder: {safe_display(str(path))}")
    return _walk_all(paths)


def _walk_all(paths: Sequence[Path]) -> Iterator[FoundInput]:
    for path in paths:
        if path.is_dir():  # a folder the person named may be a link; what lies below it may not
            yield from _walk(path, "")
        else:
            yield _met(path, path.lstat(), path.name)


def _walk(folder: Path, prefix: str) -> Iterator[FoundInput]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: _natural(entry.name))
    except OSError:
        yield FoundInput(folder, safe_display(prefix), Refusal(Code.DENIED, "the folder cannot be listed"))
        return
    for entry in listed:
        if entry.name.startswith("."):
            continue
        relative = f"{prefix}/{entry.name}" if prefix else entry.name
        path = folder / entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(path, relative)
            continue
        try:
            facts = entry.stat(follow_symlinks=False)
        except OSError:
            continue  # gone since it was listed
        yield _met(path, facts, relative)


def _met(path: Path, facts: os.stat_result, relative: str) -> FoundInput:
    return FoundInput(path, safe_display(relative), _objection(facts.st_mode))


def _objection(mode: int) -> Refusal | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISLNK(mode):
        return Refusal(Code.NAME, "is a link; links are not followed: give the file itself")
    return Refusal(Code.TYPE, "is no regular file (a pipe, socket or device)")


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts as people count; names that differ only in case or normal form get a fixed order."""
    folded = unicodedata.normalize("NFC", name).casefold()
    parts = _DIGITS.split(folded)
    key = tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in parts if p)
    return (*key, (-1, 0, name))


def safe_display(name: str) -> str:
    """`name` with everything escaped that a terminal, a log or JSON could trip over."""
    return "".join(_shown(c) for c in name)


def _shown(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that was no UTF-8 (surrogateescape)
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} or character in _BIDI:
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character
