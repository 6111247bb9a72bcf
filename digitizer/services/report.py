"""What became of each input of a run, and `report.json` (`digitizer.report/1`), which sums it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from digitizer.model import PageStatus, Reason, Record, RecordState

__all__ = ["REPORT_SCHEMA", "Entry", "Totals", "entry_of", "report_to_json", "totals_of"]

REPORT_SCHEMA: Final = "digitizer.report/1"
BINS: Final = 10
NEEDS_PERSON = frozenset({RecordState.REFUSED, RecordState.DONE_WITH_GAPS})


@dataclass(frozen=True, slots=True)
class Entry:
    """One input in the report; `quality` and `confidence` are means over the pages that hold text.

    `histogram` counts those pages by quality in ten bins from 0 to 1. `seconds` is the work spent on it,
    also where that was in an earlier run (`skipped`).
    """

    path: str
    state: RecordState
    reasons: tuple[Reason, ...]
    pages: int
    seconds: float
    outputs: tuple[str, ...]
    by_status: tuple[tuple[str, int], ...] = ()
    quality: float | None = None
    confidence: float | None = None
    classes: tuple[str, ...] = ()
    needs_review: bool = False
    signed: bool = False
    histogram: tuple[int, ...] = (0,) * BINS
    thumbnail: bytes = b""
    skipped: bool = False

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to act on it: it was refused, or pages are missing."""
        return self.state in NEEDS_PERSON


@dataclass(frozen=True, slots=True)
class Totals:
    """The run in numbers; `read` counts the pages of this run alone, without those finished earlier."""

    inputs: Mapping[str, int]
    pages: Mapping[str, int]
    seconds: float
    histogram: tuple[int, ...]
    read: int = 0

    @property
    def page_count(self) -> int:
        """Pages of all inputs."""
        return sum(self.pages.values())

    @property
    def pages_a_minute(self) -> float:
        """Pages of this run by the clock on the wall."""
        return 60 * self.read / self.seconds if self.seconds > 0 else 0.0


def entry_of(
    record: Record, outputs: tuple[str, ...], thumbnail: bytes = b"", *, skipped: bool = False
) -> Entry:
    """What the report says of a finished or refused input."""
    counts = Counter(page.status.value for page in record.pages)
    read = [page for page in record.pages if page.status is PageStatus.TEXT]
    bins = Counter(min(BINS - 1, int(page.quality * BINS)) for page in read)
    return Entry(
        path=record.source.path,
        state=record.state,
        reasons=record.reasons,
        pages=len(record.pages),
        seconds=round(sum((round(value, 3) for _, value in record.seconds), 0.0), 3),
        outputs=outputs,
        by_status=tuple(sorted(counts.items())),
        quality=_mean([page.quality for page in read]),
        confidence=_mean([page.confidence for page in read]),
        classes=tuple(dict.fromkeys(part.document_class for part in record.documents)),
        needs_review=any(part.needs_review for part in record.documents),
        signed=record.source.signed,
        histogram=tuple(bins.get(k, 0) for k in range(BINS)),
        thumbnail=thumbnail,
        skipped=skipped,
    )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def totals_of(entries: Sequence[Entry], seconds: float) -> Totals:
    """Count inputs by state and pages by status; every state and status is there, also with 0."""
    inputs = {state.value: 0 for state in RecordState}
    pages = {status.value: 0 for status in PageStatus}
    histogram = [0] * BINS
    for entry in entries:
        inputs[entry.state.value] += 1
        for status, count in entry.by_status:
            pages[status] += count
        histogram = [a + b for a, b in zip(histogram, entry.histogram, strict=True)]
    read = sum(entry.pages for entry in entries if not entry.skipped)
    return Totals(inputs, pages, round(seconds, 3), tuple(histogram), read)


def report_to_json(entries: Sequence[Entry], totals: Totals) -> dict[str, Any]:
    """`report.json` by the contract; nothing but `seconds` differs from run to run of the same inputs."""
    return {
        "schema": REPORT_SCHEMA,
        "inputs": [_entry_to_json(entry) for entry in entries],
        "totals": {
            "inputs": {"all": len(entries), **totals.inputs},
            "pages": {"all": totals.page_count, **totals.pages},
            "quality_histogram": list(totals.histogram),
            "seconds": totals.seconds,
        },
    }


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "state": entry.state.value,
        "reasons": [{"code": r.code.value, "message": r.message, "page": r.page} for r in entry.reasons],
        "pages": entry.pages,
        "page_status": dict(entry.by_status),
        "quality": entry.quality,
        "confidence": entry.confidence,
        "classes": list(entry.classes),
        "needs_review": entry.needs_review,
        "signed": entry.signed,
        "seconds": entry.seconds,
        "outputs": list(entry.outputs),
    }
