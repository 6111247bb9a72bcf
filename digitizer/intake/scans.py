"""What the intake hands on: probes of files and scans of pages, already checked against the limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digitizer.errors import Code
from digitizer.model import EncodedImage, Fixity, MediaType, PageCode, Word

__all__ = ["KeepPlan", "Kept", "Limits", "PageFailure", "PageScan", "SourceProbe"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before memory is taken.

    Seconds are processor time; what hangs is ended after ten times as many on the clock. `max_members` is
    the most files of one ZIP, `max_ratio` the most bytes that one packed byte may become, `max_rows` the most
    rows of a table.
    """

    max_bytes: int = 2_000_000_000
    max_pages: int = 10_000
    max_pixels: int = 250_000_000
    max_decoded_bytes: int = 1_000_000_000
    probe_seconds: int = 20
    page_seconds: int = 20
    address_space_bytes: int = 4_000_000_000
    max_members: int = 10_000
    max_ratio: int = 250
    max_rows: int = 100_000


@dataclass(frozen=True, slots=True)
class SourceProbe:
    """What is known of a file before its pages are decoded.

    `flags` are lower-case words for the record: `signed`, `restrictions`, `active-content`,
    `embedded-files`, `repaired`, `incremental`, `xfa`, `optional-content`, `extension-mismatch`,
    `truncated` (the end is missing), `multi-frame` (only the first frame is taken), `not-fully-checked`.
    """

    media_type: MediaType
    fixity: Fixity
    page_count: int
    flags: tuple[str, ...] = ()

    @property
    def signed(self) -> bool:
        """Whether the input carries a digital signature."""
        return "signed" in self.flags


@dataclass(frozen=True, slots=True)
class PageScan:
    """One decoded page as a viewer shows the input (EXIF orientation, PDF /Rotate and crop applied).

    `pixels` is uint8, (H, W) grey or (H, W, 3) RGB, origin top left. `dpi` is (x, y). `origin` is
    `decoded` (image file), `extracted` (the page's own image taken out of a PDF, not re-rendered) or
    `rendered`. `image` is the page's compressed image where those very bytes can go into the PDF/A.
    `born_digital` is true for PDF pages made of text and drawings; `text_words` is the page's own visible
    text layer (boxes in pixels of `pixels`), a claim to be checked, never trusted. `codes` are the QR and bar
    codes on it, boxes likewise.
    `flags` as in SourceProbe plus `dpi-missing` (the resolution is a guess), `truncated` (part of the page is
    filler), `lossy-source`, `bilevel` (one bit a pixel), `resampled-square` (x and y differed),
    `resolution-reduced` (a huge page), `annotations` (notes over a scan are left out), `second-renderer`.
    """

    number: int
    pixels: NDArray[np.uint8]
    dpi: tuple[float, float]
    origin: str
    image: EncodedImage | None = None
    born_digital: bool = False
    text_words: tuple[Word, ...] = ()
    flags: tuple[str, ...] = ()
    codes: tuple[PageCode, ...] = ()


@dataclass(frozen=True, slots=True)
class PageFailure:
    """A page that could not be decoded; the others go on."""

    number: int
    code: Code
    message: str


@dataclass(frozen=True, slots=True)
class KeepPlan:
    """How to make a PDF/A that keeps born-digital pages as they are.

    `order` lists the pages of the result: `("source", n)` is page `n` of the input, `("scan", n)` page `n`
    of `scan_pdf`, the PDF/A that the writer made of the scanned pages (both 1-based).
    """

    order: tuple[tuple[str, int], ...]
    scan_pdf: Path | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """Whether the kept pages made a valid PDF/A-2b, and if not, which rules stood against it."""

    passed: bool
    findings: tuple[str, ...] = ()
