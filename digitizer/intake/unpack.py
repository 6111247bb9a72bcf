"""ZIP files among the inputs: each member comes out by itself, as `x.zip/inner.pdf`, one at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from digitizer.errors import Code, Refusal
from digitizer.intake.ask import ask, ask_on, opened, refusal_in
from digitizer.intake.find import FoundInput, safe_display
from digitizer.intake.page_wire import code_of
from digitizer.intake.sandbox import ChildLostError, Sandbox
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header, ProtocolError, integer, text

__all__ = ["Member", "Unpacker", "is_zip"]

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_LARGEST = 1 << 62
_SECONDS_A_GIGABYTE = 60


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a ZIP as its directory declares it; `refusal` says why it must not be unpacked."""

    name: str
    offset: int
    method: int
    packed: int
    bytes: int
    crc: int
    refusal: Refusal | None = None


def is_zip(path: Path) -> bool:
    """Whether a file says by its name and its first bytes that it is a ZIP; office files are none here."""
    if not path.name.lower().endswith(".zip"):
        return False
    with contextlib.suppress(Refusal), opened(path) as file:
        return os.pread(file, 4, 0) in _MAGIC
    return False


class Unpacker:
    """Takes members out of ZIP files through a sandbox of its own; use as a context manager.

    `scratch` is where a member lies while it is taken in; it is gone when the next one is asked for.
    """

    def __init__(self, limits: Limits, scratch: Path) -> None:
        self._limits = limits
        self._scratch = scratch
        self._sandbox = Sandbox(limits)

    def __enter__(self) -> Self:
        _sweep(self._scratch)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.kill()

    def expanded(self, found: Iterable[FoundInput]) -> Iterator[FoundInput]:
        """Every input, a ZIP as its members; what cannot be unpacked has its refusal, the rest goes on.

        Raises:
            MissingDependencyError: the sandbox does not start.
        """
        for each in found:
            if each.refusal is None and is_zip(each.path):
                yield from self._inner(each)
            else:
                yield each

    def _inner(self, found: FoundInput) -> Iterator[FoundInput]:
        try:
            held = self.members(found.path)
        except Refusal as refusal:
            yield FoundInput(found.path, found.relative, refusal)
            return
        if not held:
            yield FoundInput(found.path, found.relative, Refusal(Code.EMPTY, "the ZIP holds no files"))
        for member in held:
            relative = f"{found.relative}/{safe_display(member.name)}"
            with tempfile.TemporaryDirectory(prefix=f"zip-{os.getpid()}-", dir=self._scratch) as folder:
                inside = Path(folder) / "member"
                try:
                    self.unpack(found.path, member, inside)
                except Refusal as refusal:
                    yield FoundInput(inside, relative, refusal)
                    continue
                yield FoundInput(inside, relative, _nested(inside))

    def members(self, path: Path) -> tuple[Member, ...]:
        """What the ZIP at `path` holds, folders and hidden files left out.

        Raises:
            Refusal: it is cut off, damaged, larger than allowed, or a bomb.
            MissingDependencyError: the sandbox does not start.
        """
        found: list[Member] = []
        with opened(path) as file:
            if os.fstat(file).st_size > self._limits.max_bytes:
                raise Refusal(Code.SIZE, f"is longer than the {self._limits.max_bytes} bytes allowed")
            answers = ask_on(self._sandbox, {"verb": "zip"}, [file], self._limits.probe_seconds)
            try:
                for answer in answers:
                    if answer.get("kind") == "end":
                        break
                    found += self._rows(answer, self._limits.max_members - len(found))
            except ChildLostError as lost:
                raise Refusal(lost.code, lost.message) from lost
            except ProtocolError as error:
                raise self._distrust() from error
            finally:
                answers.close()  # type: ignore[attr-defined]  # a generator
        return tuple(found)

    def unpack(self, path: Path, member: Member, out: Path) -> None:
        """Write one member of the ZIP at `path` to the new file `out`.

        Raises:
            Refusal: it must not or cannot be unpacked.
            MissingDependencyError: the sandbox does not start.
        """
        if member.refusal is not None:
            raise member.refusal
        request: Header = {"verb": "unzip", "offset": member.offset, "method": member.method}
        request |= {"packed": member.packed, "bytes": member.bytes, "crc": member.crc}
        seconds = self._limits.probe_seconds + _SECONDS_A_GIGABYTE * (member.bytes >> 30)
        target = os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with opened(path) as file:
                answer = ask(self._sandbox, request, [file, target], seconds)
            if answer.get("kind") == "refusal":
                raise refusal_in(answer)
            if answer.get("kind") != "unpacked" or os.fstat(target).st_size != member.bytes:
                raise self._distrust()
        finally:
            os.close(target)

    def _rows(self, answer: Header, most: int) -> Iterator[Member]:
        if answer.get("kind") == "refusal":
            raise refusal_in(answer)
        rows = answer.get("members")
        if answer.get("kind") != "members" or not isinstance(rows, list) or len(rows) > most:
            raise ProtocolError("not a list of members")
        yield from map(_member, rows)

    def _distrust(self) -> Refusal:
        self._sandbox.kill()
        return Refusal(Code.TOOL, "the parser's answer was not valid")


def _sweep(scratch: Path) -> None:
    """Remove what a killed process left: it had its number in the folder's name."""
    for folder in scratch.glob("zip-*"):
        owner = folder.name.split("-")[1]
        if owner.isdecimal() and not Path("/proc", owner).exists():
            shutil.rmtree(folder, ignore_errors=True)


def _member(row: Any) -> Member:
    if not isinstance(row, dict):
        raise ProtocolError("not a member")
    name = row.get("name")
    if not isinstance(name, str):
        raise ProtocolError("a member has no name")
    refusal = Refusal(code_of(row), text(row, "message")) if "code" in row else None
    sizes = {key: integer(row, key, 0, _LARGEST) for key in ("offset", "method", "packed", "bytes", "crc")}
    return Member(name, refusal=refusal, **sizes)


def _nested(inside: Path) -> Refusal | None:
    with inside.open("rb") as file:
        if file.read(4) in _MAGIC:
            return Refusal(Code.TYPE, "is a ZIP within a ZIP (or an office file): unpack it first")
    return None
