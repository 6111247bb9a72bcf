"""The intake's door: admits a file, counts its pages and hands them on one by one, through the sandbox."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from digitizer.errors import Code, Refusal
from digitizer.intake.ask import TRIES, ask, opened, refusal_in, wall_of
from digitizer.intake.page_wire import flags_of, receive_page
from digitizer.intake.sandbox import ChildLostError, Sandbox
from digitizer.intake.scans import KeepPlan, Kept, Limits, PageFailure, PageScan, SourceProbe
from digitizer.intake.sniff import HEAD_BYTES, TAIL_BYTES, gate
from digitizer.intake.wire import Header, ProtocolError, integer, text
from digitizer.model import Fixity, MediaType

__all__ = ["Intake"]

_CHUNK = 1 << 20
_PAGES_A_PROCESS = 25
_MAX_FINDINGS = 20


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
        with opened(path) as file:
            media_type, flags, _ = self._gate(path, file)
            fixity = _fixity(file)
            answer = ask(
                self._sandbox, {"verb": "probe", "media_type": media_type}, [file], self._limits.probe_seconds
            )
            pages, found = self._probed(answer)
        return SourceProbe(media_type, fixity, pages, tuple(dict.fromkeys((*flags, *found))))

    def pages(self, path: Path, numbers: Sequence[int]) -> Iterator[PageScan | PageFailure]:
        """Decode the pages `numbers` (1-based), in that order, one result each, one in memory at a time.

        Raises:
            Refusal: the file no longer passes the gate.
            MissingDependencyError: the sandbox does not start.
        """
        with opened(path) as file:
            media_type, _, _ = self._gate(path, file)
            remaining, strikes = list(numbers), 0
            while remaining:
                before = len(remaining)
                for result in self._batch(file, media_type, remaining[:_PAGES_A_PROCESS]):
                    remaining.pop(0)
                    yield result
                strikes = strikes + 1 if len(remaining) == before else 0
                if strikes == TRIES:
                    yield PageFailure(remaining.pop(0), Code.TOOL, "the page ended the whole sandbox twice")

    def keep(self, path: Path, out: Path, plan: KeepPlan) -> Kept:
        """Write the pages of `plan` to `out` as PDF/A-2b, text and drawings kept; no file where it fails.

        Raises:
            Refusal: an input cannot be opened or its pages cannot be copied.
            MissingDependencyError: the sandbox does not start.
        """
        with contextlib.ExitStack() as stack:
            files = [stack.enter_context(opened(path))]
            if plan.scan_pdf is not None:
                files.append(stack.enter_context(opened(plan.scan_pdf)))
            target = os.open(out, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, target)
            seconds = self._limits.probe_seconds + self._limits.page_seconds * len(plan.order)
            kept = Kept(False)
            try:
                answer = ask(
                    self._sandbox, {"verb": "keep", "order": list(plan.order)}, [*files, target], seconds
                )
                kept = self._kept(answer)
            finally:
                if not kept.passed:
                    out.unlink(missing_ok=True)
        return kept

    def _kept(self, answer: Header) -> Kept:
        if answer.get("kind") == "refusal":
            raise refusal_in(answer)
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
                    with call.guarded(wall_of(self._limits.page_seconds)) as stream:
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

    def _probed(self, answer: Header) -> tuple[int, tuple[str, ...]]:
        try:
            if answer.get("kind") == "refusal":
                raise refusal_in(answer)
            return integer(answer, "pages", 1, self._limits.max_pages), flags_of(answer)
        except ProtocolError as error:
            self._sandbox.kill()
            raise Refusal(Code.TOOL, "the parser's answer was not valid") from error


def _fixity(file: int) -> Fixity:
    """Digest the open file from its beginning to its end, in pieces."""
    digest, at = hashlib.sha256(), 0
    while chunk := os.pread(file, _CHUNK, at):
        digest.update(chunk)
        at += len(chunk)
    return Fixity(digest.hexdigest(), at)
