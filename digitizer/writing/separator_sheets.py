"""Separator sheets to print: one A4 page a dossier, with a QR code that carries the dossier's code."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib.resources import as_file, files

from digitizer.understanding.separators import Separator, payload

__all__ = ["separator_sheets"]

_CODE_MM = 60.0
_WIDTH_MM, _HEIGHT_MM = 210.0, 297.0
_EDGE_MM = 15.0


def separator_sheets(sheets: Iterable[Separator]) -> bytes:
    """A PDF with one A4 sheet for each; the code stands twice, so that one torn corner does not matter.

    Texts are Vietnamese and English. A separator without a dossier only says that the next one begins.
    """
    import numpy as np
    import zxingcpp
    from fpdf import FPDF
    from PIL import Image

    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    fonts = files("matplotlib").joinpath("mpl-data/fonts/ttf")  # DejaVu: all Vietnamese letters
    with as_file(fonts) as folder:
        pdf.add_font("DejaVu", "", folder / "DejaVuSans.ttf")
        pdf.add_font("DejaVu", "B", folder / "DejaVuSans-Bold.ttf")
    for sheet in sheets:
        pdf.add_page()
        code = zxingcpp.create_barcode(payload(sheet), zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
        picture = io.BytesIO()
        Image.fromarray(np.asarray(code.to_image(scale=8, add_quiet_zones=True))).save(picture, "PNG")
        right, low = _WIDTH_MM - _EDGE_MM - _CODE_MM, _HEIGHT_MM - _EDGE_MM - _CODE_MM
        pdf.image(picture, _EDGE_MM, _EDGE_MM, _CODE_MM)
        pdf.image(picture, right, low, _CODE_MM)
        pdf.set_y(_EDGE_MM + _CODE_MM + 20)
        for size, style, line in _lines(sheet):
            pdf.set_font("DejaVu", style, size)
            pdf.set_x(_EDGE_MM)
            pdf.multi_cell(
                _WIDTH_MM - 2 * _EDGE_MM, size * 0.5, line, align="C", new_x="LMARGIN", new_y="NEXT"
            )
    return bytes(pdf.output())


def _lines(sheet: Separator) -> Iterable[tuple[float, str, str]]:
    yield 34, "B", "TỜ PHÂN CÁCH"
    yield 18, "", "Separator sheet"
    yield 30, "", "\n"
    if sheet.dossier:
        yield 14, "", "Hồ sơ · Dossier"
        yield 26, "B", sheet.dossier
    if sheet.box:
        yield 14, "", "Hộp, cặp · Box"
        yield 22, "B", sheet.box
    yield 24, "", "\n"
    yield (
        12,
        "",
        "Đặt trước tờ đầu tiên của hồ sơ. Không tính vào số tờ.\nPut before the first sheet; not counted.",
    )
