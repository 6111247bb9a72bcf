"""The searchable PDF/A of an input: scans with their own image bytes, born-digital pages kept as they are."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from digitizer.errors import Refusal
from digitizer.intake.scans import KeepPlan, SourceProbe
from digitizer.model import EncodedImage
from digitizer.services.digitize_page import bench, rendition
from digitizer.services.digitize_plan import Planned
from digitizer.services.digitize_work import PageFile, load_page
from digitizer.writing.atomic import write_atomically
from digitizer.writing.pdfa import PdfMetadata, PdfPage, combined_turn, write_pdfa

__all__ = ["PdfUnit", "image_cap", "page_budget", "pdf_limit", "write_pdf"]

FIXED_BYTES = 9_000  # what a PDF/A weighs without its pages: font, colour profile, metadata
LAYER_BYTES = 6_000  # the text layer and objects of a dense page
_BLANK = (1654, 2339, 200.0)  # a page of A4 in place of one without pixels


@dataclass(frozen=True, slots=True)
class PdfUnit:
    """An input, its page files and their heads, all pages in order."""

    planned: Planned
    probe: SourceProbe
    folder: Path
    heads: Sequence[PageFile]


def pdf_limit(source_bytes: int, pages: int) -> int:
    """No PDF may be larger than this: the input, 5 % and 20 kB a page."""
    return source_bytes * 105 // 100 + 20_000 * pages


def page_budget(probe: SourceProbe) -> int:
    """A page's share of the limit, for its image."""
    room = pdf_limit(probe.fixity.bytes, probe.page_count) - FIXED_BYTES
    return max(1000, room // probe.page_count - LAYER_BYTES)


def write_pdf(unit: PdfUnit, path: Path) -> int:
    """Write the PDF/A and return its pages; where pages cannot be kept as they are, their pictures go in."""
    if any(head.own for head in unit.heads) and _keep(unit, path):
        return len(unit.heads)
    return _write(unit, unit.heads, path)


def _keep(unit: PdfUnit, path: Path) -> bool:
    """Let the sandbox put kept pages and scanned ones together; False where PDF/A or the limit forbids it."""
    scans = [head for head in unit.heads if not head.own]
    scan_pdf = unit.folder / "staged-scans.pdf" if scans else None
    if scan_pdf is not None:
        _write(unit, scans, scan_pdf)
    try:
        kept = bench().intake.keep(unit.planned.path, path, KeepPlan(_order(unit.heads), scan_pdf))
    except Refusal:
        return False
    finally:
        if scan_pdf is not None:
            scan_pdf.unlink(missing_ok=True)
    limit = pdf_limit(unit.probe.fixity.bytes, unit.probe.page_count)
    return kept.passed and path.stat().st_size <= limit


def _order(heads: Sequence[PageFile]) -> tuple[tuple[str, int], ...]:
    scanned = 0
    order: list[tuple[str, int]] = []
    for head in heads:
        scanned += not head.own
        order.append(("source", head.record.number) if head.own else ("scan", scanned))
    return tuple(order)


def _write(unit: PdfUnit, heads: Sequence[PageFile], path: Path) -> int:
    return write_atomically(path, lambda out: write_pdfa(out, _pages(unit, heads), _metadata(unit)))


def _metadata(unit: PdfUnit) -> PdfMetadata:
    tools = bench().tools
    title = PurePosixPath(unit.planned.relative).stem
    return PdfMetadata(title, tools.producer, tools.language, unit.probe.fixity.sha256)


def _pages(unit: PdfUnit, heads: Sequence[PageFile]) -> Iterator[PdfPage]:
    """The pages with their images, one in memory at a time; those too large for the file made smaller."""
    share = page_budget(unit.probe)
    cap = image_cap([share if head.own else head.image_bytes for head in unit.heads], unit.probe)
    for head in heads:
        page = load_page(unit.folder, head.record.number) or head
        image = page.image
        if page.own or (image is not None and len(image.data) > cap):
            image = rendition(unit.planned.path, page.record.number, min(cap, share)) or image
        yield _page(page, image)


def image_cap(sizes: Sequence[int], probe: SourceProbe) -> int:
    """The size above which images must shrink, so that all together keep the limit of the file."""
    room = pdf_limit(probe.fixity.bytes, probe.page_count) - FIXED_BYTES - LAYER_BYTES * len(sizes)
    for left, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size * left > room:
            return max(1, room // left)
        room -= size
    return max(sizes, default=0)


def _page(page: PageFile, image: EncodedImage | None) -> PdfPage:
    record = page.record
    if image is None:
        width, height, dots = _BLANK
        return PdfPage(width, height, (dots, dots), _white(), 1, None)
    dpi = page.dpi[::-1] if record.rotation in (90, 270) else page.dpi
    turn = combined_turn(image.orientation, record.rotation)
    return PdfPage(record.width, record.height, (dpi[0], dpi[1]), image, turn, record.layer)


def _white() -> EncodedImage:
    return EncodedImage(zlib.compress(b"\xff"), "FlateDecode", 1, 1, 8, "DeviceGray")
