"""Inside the sandbox: one open PDF, read by two libraries that check each other (qpdf and pdfium)."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from digitizer.errors import Code, Refusal
from digitizer.intake import child_pdf_probe, raster
from digitizer.intake.child_pdf_image import UnsuitableError, extract
from digitizer.intake.child_pdf_render import poppler_page, render
from digitizer.intake.child_pdf_survey import Survey, survey
from digitizer.intake.scans import Limits, PageScan

__all__ = ["PdfReader"]


class PdfReader:
    """One open PDF; pages are closed as soon as they are read."""

    def __init__(self, file: int, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._path = f"/proc/self/fd/{file}"
        self._broken = False
        self._qpdf = self._open_qpdf()
        self._pdfium = self._open_pdfium()
        if self._qpdf is None and self._pdfium is None:
            raise child_pdf_probe.unreadable(file)

    def _open_qpdf(self) -> pikepdf.Pdf | None:
        try:
            return pikepdf.open(self._path, access_mode=pikepdf.AccessMode.mmap)
        except pikepdf.PasswordError as error:
            raise Refusal(Code.ENCRYPTED, "needs a password: remove it and send the file again") from error
        except (pikepdf.PdfError, OSError, ValueError):
            self._broken = True
            return None

    def _open_pdfium(self) -> pdfium.PdfDocument | None:
        # By the raw call: the helper resolves the path, which leads out of the sandbox.
        handle = pdfium_c.FPDF_LoadDocument(self._path.encode("ascii"), None)
        return pdfium.PdfDocument(handle) if handle else self._repaired()

    def _repaired(self) -> pdfium.PdfDocument | None:
        """What qpdf could save of a file that pdfium does not open."""
        self._broken = True
        if self._qpdf is None:
            return None
        try:
            buffer = io.BytesIO()
            self._qpdf.save(buffer)
            return pdfium.PdfDocument(buffer.getvalue())
        except (pikepdf.PdfError, pdfium.PdfiumError, RuntimeError, ValueError):
            return None

    def probe(self) -> tuple[int, list[str]]:
        """Count pages and list what the record must say about the file.

        Raises:
            Refusal: it cannot be taken.
        """
        counts = [len(self._qpdf.pages) if self._qpdf else 0, self._pdfium_count()]
        pages, agree = self._settle(*counts)
        if pages == 0:
            raise child_pdf_probe.unreadable(self._file)
        if pages > self._limits.max_pages:
            raise Refusal(Code.PAGES, f"has {pages} pages, more than the {self._limits.max_pages} allowed")
        flags = child_pdf_probe.inspect(self._file, self._qpdf, pages, self._limits)
        if (self._broken or not agree) and "repaired" not in flags:
            flags.append("repaired")
        return pages, flags

    def _pdfium_count(self) -> int:
        return len(self._pdfium) if self._pdfium is not None else 0

    def _settle(self, by_qpdf: int, by_pdfium: int) -> tuple[int, bool]:
        """Where the two counts differ, the larger one whose last page can really be loaded."""
        if by_pdfium > by_qpdf and not self._loads(by_pdfium - 1):
            return by_qpdf, False
        return max(by_qpdf, by_pdfium), by_qpdf == by_pdfium

    def _loads(self, index: int) -> bool:
        try:
            assert self._pdfium is not None
            self._pdfium[index].close()
        except (pdfium.PdfiumError, AssertionError, IndexError):
            return False
        return True

    def page(self, number: int) -> PageScan:
        """Decode page `number` (1-based): its own image where it is one, else a rendering.

        Raises:
            PageError: neither library nor poppler can make anything of it.
        """
        if self._pdfium is None:
            return poppler_page(self._file, number, self._limits)
        try:
            page = self._pdfium[number - 1]
        except (pdfium.PdfiumError, IndexError):
            return poppler_page(self._file, number, self._limits)
        try:
            return self._read(page, number)
        except pdfium.PdfiumError:
            return poppler_page(self._file, number, self._limits)
        finally:
            page.close()

    def _read(self, page: pdfium.PdfPage, number: int) -> PageScan:
        entry = self._entry(number)
        seen = survey(page, _user_unit(entry), self._has_layers())
        for placed in seen.images:
            raster.check_size(placed.width, placed.height, self._limits.max_pixels)
        if seen.single is not None and entry is not None:
            try:
                return extract(page, entry, seen, (number, self._limits))
            except UnsuitableError:
                pass
        if seen.born_digital and pdfium_c.FPDFPage_GetAnnotCount(page) > 0:
            return self._with_notes(page, seen, number)
        return render(page, seen, number, self._limits)

    def _with_notes(self, page: pdfium.PdfPage, seen: Survey, number: int) -> PageScan:
        """The page with its annotations: signing software puts number, date and stamp there."""
        assert self._pdfium is not None
        if pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY) != pdfium_c.FLATTEN_SUCCESS:
            return render(page, seen, number, self._limits)
        flat = self._pdfium[number - 1]
        try:
            return render(flat, seen, number, self._limits)
        finally:
            flat.close()

    def _entry(self, number: int) -> Any:
        """The page's dictionary as qpdf sees it, None where qpdf sees another document."""
        if (
            self._qpdf is None
            or number > len(self._qpdf.pages)
            or len(self._qpdf.pages) != self._pdfium_count()
        ):
            return None
        return self._qpdf.pages[number - 1].obj

    def _has_layers(self) -> bool:
        return self._qpdf is not None and "/OCProperties" in self._qpdf.Root


def _user_unit(entry: Any) -> float:
    try:
        value = float(entry["/UserUnit"]) if entry is not None and "/UserUnit" in entry else 1.0
    except (TypeError, ValueError):
        return 1.0
    return value if 0.01 <= value <= 1000 else 1.0
