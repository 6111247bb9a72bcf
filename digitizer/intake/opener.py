"""The intake's door: admits a file, counts its pages and hands them on one by one, through the sandbox."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from digitizer.errors import Code, Refusal
from digitizer.intake.find import safe_display
from digitizer.intake.page_wire import code_of, flags_of, receive_page
from digitizer.intake.sandbox import ChildLostError, Sandbox
from digitizer.intake.scans import KeepPlan, Kept, Limits, PageFailure, PageScan, SourceProbe
from digitizer.intake.sniff import HEAD_BYTES, TAIL_BYTES, gate
from digitizer.intake.wire import Header, ProtocolError, integer, text
from digitizer.model import Fixity, MediaType

__all__ = ["Intake"]

_CHUNK = 1 << 20
_PAGES_A_PROCESS = 25
_MAX_FINDINGS = 20
_TRIES = 2  # of a request whose whole sandbox ended without a verdict
_GRACE_SECONDS = 2.0  # over the processor's limit, so that the kernel's own verdict comes first


class Intake:
    """One worker's way to untrusted files; owns one sandbox. Use as a context manager, from one thread."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._limits = limits
        self._sandbox = Sandbox(limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the sandbox and remove what it left."""
        self._sandbox.kill()

    @property
    def sandbox_pid(self) -> int | None:
        """Process number of the running sandbox, None where none runs."""
        return self._sandbox.pid

    def probe(self, path: Path) -> SourceProbe:
        """Admit `path`: gate, digest, then count pages and look for dangers in the sandbox.

        Raises:
            Refusal: the input cannot be taken; its code says why.
            MissingDependencyError: the sandbox does not start.
        """
        with _opened(path) as file:
            media_type, flags, _ = self._gate(path, file)
            fixity = _fixity(file)
            answer = self._ask(
                {"verb": "probe", "media_type": media_type}, [file], self._limits.probe_seconds
            )
            pages, found = self._probed(answer)
        return SourceProbe(media_type, fixity, pages, tuple(dict.fromkeys((*flags, *found))))

    def pages(self, path: Path, numbers: Sequence[int]) -> Iterator[PageScan | PageFailure]:
        """Decode the pages `numbers` (1-based), in that order, one result each, one in memory at a time.

        Raises:
            Refusal: the file no longer passes the gate.
            MissingDependencyError: the sandbox does not start.
        """
        with _opened(path) as file:
            media_type, _, _ = self._gate(path, file)
            remaining, strikes = list(numbers), 0
            while remaining:
                before = len(remaining)
                for result in self._batch(file, media_type, remaining[:_PAGES_A_PROCESS]):
                    remaining.pop(0)
                    yield result
                strikes = strikes + 1 if len(remaining) == before else 0
                if strikes == _TRIES:
                    yield PageFailure(remaining.pop(0), Code.TOOL, "the page ended the whole sandbox twice")

    def keep(self, path: Path, out: Path, plan: KeepPlan) -> Kept:
        """Write the pages of `plan` to `out` as PDF/A-2b, text and drawings kept; no file where it fails.

        Raises:
            Refusal: an input cannot be opened or its pages cannot be copied.
            MissingDependencyError: the sandbox does not start.
        """
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(_opened(path))]
            if plan.scan_pdf is not None:
                files.append(stack.enter_context(_opened(plan.scan_pdf)))
            target = os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, target)
            seconds = self._limits.probe_seconds + self._limits.page_seconds * len(plan.order)
            kept = Kept(False)
            try:
                answer = self._ask({"verb": "keep", "order": list(plan.order)}, [*files, target], seconds)
                kept = self._kept(answer)
            finally:
                if not kept.passed:
                    out.unlink(missing_ok=True)
        return kept

    def _kept(self, answer: Header) -> Kept:
        if answer.get("kind") == "refusal":
            raise _refusal(answer)
        findings = answer.get("findings")
        if answer.get("kind") != "kept" or not isinstance(findings, list):
            raise Refusal(Code.TOOL, "the parser's answer was not valid")
        lines = tuple(text({"line": line}, "line") for line in findings[:_MAX_FINDINGS])
        return Kept(answer.get("passed") is True, lines)

    def _batch(
        self, file: int, media_type: MediaType, numbers: list[int]
    ) -> Iterator[PageScan | PageFailure]:
        """The pages of `numbers` up to the first that ends its process; none where the whole sandbox died."""
        call = self._sandbox.call({"verb": "pages", "media_type": media_type, "numbers": numbers}, [file])
        with contextlib.closing(call):
            for number in numbers:
                try:
                    with call.guarded(self._limits.page_seconds + _GRACE_SECONDS) as stream:
                        header = stream.header()
                        result = receive_page(stream, header, number, self._limits) if header else None
                        if result is None and number == numbers[0]:
                            raise call.lost()
                except ChildLostError as lost:
                    if not lost.sandbox_gone:
                        yield PageFailure(number, lost.code, f"the page: {lost.message}")
                    return
                if result is None:
                    return
                yield result

    def _gate(self, path: Path, file: int) -> tuple[MediaType, tuple[str, ...], int]:
        size = os.fstat(file).st_size
        head = os.pread(file, HEAD_BYTES, 0)
        tail = os.pread(file, TAIL_BYTES, max(0, size - TAIL_BYTES))
        media_type, flags = gate(path.name, head, tail, size, self._limits)
        return media_type, flags, size

    def _ask(self, request: Header, files: list[int], seconds: float) -> Header:
        for attempt in range(1, _TRIES + 1):
            with contextlib.closing(self._sandbox.call(request, files)) as call:
                try:
                    with call.guarded(seconds + _GRACE_SECONDS) as stream:
                        header = stream.header()
                        if header is None:
                            raise call.lost()
                        return header
                except ChildLostError as lost:
                    if not lost.sandbox_gone or attempt == _TRIES:
                        raise Refusal(lost.code, lost.message) from lost
        raise AssertionError("not reached")

    def _probed(self, answer: Header) -> tuple[int, tuple[str, ...]]:
        try:
            if answer.get("kind") == "refusal":
                raise _refusal(answer)
            return integer(answer, "pages", 1, self._limits.max_pages), flags_of(answer)
        except ProtocolError as error:
            self._sandbox.kill()
            raise Refusal(Code.TOOL, "the parser's answer was not valid") from error


def _refusal(answer: Header) -> Refusal:
    return Refusal(code_of(answer), text(answer, "message"))


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    """Open a regular file for reading, following no link and waiting on no pipe.

    Raises:
        Refusal: it is none (`E-NAME`, `E-TYPE`) or may not be read (`E-DENIED`).
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if path.is_symlink():
            raise Refusal(Code.NAME, "is a link; links are not followed: give the file itself") from error
        raise Refusal(Code.DENIED, f"cannot be opened ({os.strerror(error.errno or 0)})") from error
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise Refusal(Code.TYPE, f"is no regular file: {safe_display(path.name)}")
        yield file
    finally:
        os.close(file)


def _fixity(file: int) -> Fixity:
    """Digest the open file from its beginning to its end, in pieces."""
    digest, at = hashlib.sha256(), 0
    while chunk := os.pread(file, _CHUNK, at):
        digest.update(chunk)
        at += len(chunk)
    return Fixity(digest.hexdigest(), at)
