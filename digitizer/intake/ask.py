"""Asking the sandbox about an open file: one question, one answer or a refusal, tried again where it died."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from digitizer.errors import Code, Refusal
from digitizer.intake.find import safe_display
from digitizer.intake.page_wire import code_of
from digitizer.intake.sandbox import ChildLostError, Sandbox
from digitizer.intake.wire import Header, text

__all__ = ["TRIES", "ask", "ask_on", "opened", "refusal_in", "wall_of"]

TRIES = 2  # of a request whose whole sandbox ended without a verdict
_BUSY = 10.0  # a machine with so many times its load is busy; a parser that takes longer hangs
_GRACE_SECONDS = 2.0  # over the processor's limit, so that the kernel's own verdict comes first


def wall_of(processor_seconds: float) -> float:
    """How long to wait, on the clock, for what may use so much processor time (the kernel ends it then)."""
    return processor_seconds * _BUSY + _GRACE_SECONDS


def ask(sandbox: Sandbox, request: Header, files: Sequence[int], seconds: float) -> Header:
    """The one answer to `request` about the open `files`, which may take so many seconds of the processor.

    Raises:
        Refusal: the process that parsed the file was lost.
        MissingDependencyError: the sandbox does not start.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return next(ask_on(sandbox, request, files, seconds))
        except ChildLostError as lost:
            if not lost.sandbox_gone or attempt == TRIES:
                raise Refusal(lost.code, lost.message) from lost
    raise AssertionError("not reached")


def ask_on(sandbox: Sandbox, request: Header, files: Sequence[int], seconds: float) -> Iterator[Header]:
    """The answers to `request` in the order they come, for as many as the caller takes.

    Raises:
        ChildLostError: the process ended before the next answer, or hung: took far more time than
            `seconds` of the processor need.
        MissingDependencyError: the sandbox does not start.
    """
    with contextlib.closing(sandbox.call(request, files)) as call:
        while True:
            with call.guarded(wall_of(seconds)) as stream:
                header = stream.header()
                if header is None:
                    raise call.lost()
            yield header


def refusal_in(answer: Header) -> Refusal:
    """The refusal that an answer of kind `refusal` holds."""
    return Refusal(code_of(answer), text(answer, "message"))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
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
