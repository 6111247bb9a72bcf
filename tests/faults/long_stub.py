"""Long documents whose reader is pretended: a form feed between pages, and each page may say what goes wrong.

A page's first line may be `die` (it kills its worker), `die once`, or `sleep SECONDS [once]`.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from digitizer.model import Derivative, PageRecord, RecordState
from digitizer.page_jobs import PageJobs, PageShelf
from digitizer.services.archive import Digitized, LongDocuments
from digitizer.services.digitize_plan import TooManyPagesError
from digitizer.services.digitize_work import PageFile, page_heads, save_page
from digitizer.writing.atomic import fixity_of
from tests.contracts.samples import page, record

PAGES_A_JOB = 3


def long_documents(
    jobs: PageJobs,
    shelf: PageShelf,
    digitize: Callable[[Path, Path], Digitized],
    marks: Path | None = None,
) -> LongDocuments:
    """Sharing of documents with more than `PAGES_A_JOB` pages; others go to `digitize`."""

    def whole(source: Path, out: Path) -> Digitized:
        count = len(_texts(source))
        if count > PAGES_A_JOB:
            raise TooManyPagesError(count)
        return digitize(source, out)

    def read(source: Path, out: Path, numbers: Sequence[int]) -> Path:
        texts = _texts(source)
        for number in numbers:
            if marks is not None:
                _obey(
                    texts[number - 1].partition("\n")[0].split(),
                    marks / f"{fixity_of(source).sha256}-{number}",
                )
            save_page(out, PageFile(page(number, texts[number - 1]), None, (200.0, 200.0), False, ()))
        return out

    return LongDocuments(jobs, shelf, "pretended-1", PAGES_A_JOB, whole, read, join)


def join(source: Path, out: Path, bring: Callable[[Path], None]) -> Digitized:
    """Put the pages that are brought into one record and one file."""
    folder = out / "pages"
    folder.mkdir()
    bring(folder)
    found = [head.record for head in page_heads(folder, len(_texts(source)))]
    pdf = out / "out.pdf"
    pdf.write_bytes(b"%PDF " + "\f".join(map(_printed, found)).encode())
    made = Derivative("pdf", "out.pdf", fixity_of(pdf), "2b")
    result = record(fixity_of(source), [_printed(each) for each in found], name=source.name)
    gaps = tuple(each.reason for each in found if each.reason)
    state = RecordState.DONE_WITH_GAPS if gaps else RecordState.DONE
    result = replace(result, pages=tuple(found), state=state, reasons=gaps, derivatives=(made,))
    return Digitized(result, {"pdf": pdf})


def _printed(found: PageRecord) -> str:
    return found.layer.text if found.layer else ""


def _texts(source: Path) -> list[str]:
    return source.read_bytes().removeprefix(b"%PDF-1.7\n").decode().split("\f")


def _obey(order: list[str], mark: Path) -> None:
    first = not mark.exists()
    mark.touch()
    if order[:1] == ["die"] and (first or order[1:] != ["once"]):
        os.kill(os.getpid(), signal.SIGKILL)
    if order[:1] == ["sleep"] and (first or order[2:] != ["once"]):
        time.sleep(float(order[1]))
