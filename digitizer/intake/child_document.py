"""Inside the sandbox: answers one request about one open file, page by page, each under its own caps."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from digitizer.errors import Code, PageError, Refusal
from digitizer.intake.page_wire import send_failure, send_scan
from digitizer.intake.scans import Limits, PageFailure, PageScan
from digitizer.intake.wire import Header, Stream
from digitizer.model import MediaType

__all__ = ["answer"]

_T = TypeVar("_T")


class _Reader(Protocol):
    """One open document: what it is, and its pages one at a time."""

    def probe(self) -> tuple[int, list[str]]: ...

    def page(self, number: int) -> PageScan: ...


def answer(request: Header, files: Sequence[int], limits: Limits, replies: Stream) -> None:
    """Do what `request` asks for and stream the answer; a failed parse is an answer too."""
    if request["verb"] == "keep":
        from digitizer.intake.child_keep import keep

        _allow_cpu(limits.probe_seconds + limits.page_seconds * len(request["order"]))
        result = _attempt(lambda: keep(request, files))
        replies.send(result if isinstance(result, dict) else _refusal(result))
        return
    if request["verb"] in _BESIDES_PAGES:
        _allow_cpu(limits.probe_seconds)
        _stream(_BESIDES_PAGES[request["verb"]](request, files, limits), replies)
        return
    reader = _attempt(lambda: _open(MediaType(request["media_type"]), files[0], limits))
    if request["verb"] == "probe":
        _probe(reader, limits, replies)
        return
    for number in request["numbers"]:
        _allow_cpu(limits.page_seconds)
        scan = reader if isinstance(reader, Exception) else _attempt(partial(reader.page, number))
        if isinstance(scan, Exception):
            send_failure(replies, _failure(number, scan))
        else:
            send_scan(replies, _with_codes(scan))
        if isinstance(scan, MemoryError):
            return  # the heap is full of the page that broke it; the parent asks a fresh process for the rest


def _with_codes(scan: PageScan) -> PageScan:
    """The page with its codes; a page they cannot be looked for on goes on without."""
    from digitizer.intake.child_codes import find_codes

    codes = _attempt(partial(find_codes, scan.pixels, max(scan.dpi)))
    return scan if isinstance(codes, Exception) else replace(scan, codes=codes)


def _zip(_request: Header, files: Sequence[int], limits: Limits) -> Iterator[Header]:
    from digitizer.intake.child_zip import members

    return members(files[0], limits)


def _unzip(request: Header, files: Sequence[int], _limits: Limits) -> Iterator[Header]:
    from digitizer.intake.child_zip import unpack

    _allow_cpu(60 + 60 * (int(request["bytes"]) >> 30))
    yield unpack(request, files)


def _table(request: Header, files: Sequence[int], limits: Limits) -> Iterator[Header]:
    from digitizer.intake.child_table import rows

    return rows(files[0], request["excel"] is True, limits)


def _collate(_request: Header, files: Sequence[int], limits: Limits) -> Iterator[Header]:
    from digitizer.intake.child_collate import collate

    _allow_cpu(4 * limits.probe_seconds)
    yield collate(files)


_BESIDES_PAGES: dict[str, Callable[[Header, Sequence[int], Limits], Iterator[Header]]] = {
    "zip": _zip,
    "unzip": _unzip,
    "table": _table,
    "collate": _collate,
}


def _stream(answers: Iterator[Header], replies: Stream) -> None:
    """Send answers as they are made; an error ends them as a refusal."""
    while True:
        result = _attempt(lambda: next(answers, None))
        if isinstance(result, Exception):
            replies.send(_refusal(result))
        if not isinstance(result, dict):
            return
        replies.send(result)


def _probe(reader: _Reader | Exception, limits: Limits, replies: Stream) -> None:
    _allow_cpu(limits.probe_seconds)
    found = _attempt(reader.probe) if not isinstance(reader, Exception) else reader
    if isinstance(found, Exception):
        replies.send(_refusal(found))
    else:
        replies.send({"kind": "probe", "pages": found[0], "flags": found[1]})


def _open(media_type: MediaType, file: int, limits: Limits) -> _Reader:
    if media_type is MediaType.PDF:
        from digitizer.intake.child_pdf import PdfReader

        return PdfReader(file, limits)
    from digitizer.intake.child_image import ImageReader

    return ImageReader(file, media_type, limits)


def _attempt(work: Callable[[], _T]) -> _T | Exception:
    """Run a parser on hostile bytes: whatever it throws is a finding about the file, not a fault of ours."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - the outermost frame: parsers raise what they like
        return error


def _explain(error: Exception) -> tuple[Code, str]:
    if isinstance(error, (Refusal, PageError)):
        return error.code, error.message
    if isinstance(error, MemoryError):
        return Code.OOM, "needs more memory than allowed"
    return Code.MALFORMED, f"cannot be decoded ({type(error).__name__})"


def _refusal(error: Exception) -> Header:
    code, message = _explain(error)
    return {"kind": "refusal", "code": code, "message": message}


def _failure(number: int, error: Exception) -> PageFailure:
    code, message = _explain(error)
    return PageFailure(number, code, message)


def _allow_cpu(seconds: int) -> None:
    """Let this process use `seconds` more of the processor; the kernel ends it after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))
