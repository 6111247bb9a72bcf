"""PDFs: scans are taken out unchanged and shown upright, dangers are named, bombs and lies are refused."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from pikepdf import Array, Dictionary, Name
from PIL import Image

from digitizer.intake import raster
from digitizer.intake.opener import Intake
from digitizer.intake.scans import KeepPlan, PageScan

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 400, 560  # pixels of the scan: 96 x 134.4 points at 300 dpi


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as door:
        yield door


def _paper() -> Image.Image:
    grey = np.tile(np.linspace(120, 250, WIDTH, dtype=np.uint8), (HEIGHT, 1))
    grey[:120, :80] = 20
    page = np.stack([grey] * 3, axis=-1)
    page[400:440, 40:300] = (200, 30, 30)
    return Image.fromarray(page)


def jpeg() -> bytes:
    buffer = io.BytesIO()
    _paper().save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def add_image(pdf: pikepdf.Pdf, data: bytes | None = None, **more: Any) -> pikepdf.Stream:
    stream = pdf.make_stream(jpeg() if data is None else data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = WIDTH, HEIGHT, 8
    stream.ColorSpace, stream.Filter = Name.DeviceRGB, Name.DCTDecode
    for key, value in more.items():
        stream[f"/{key}"] = value
    return stream


def add_page(pdf: pikepdf.Pdf, content: str, size: tuple[float, float] = (96, 134.4), **objects: Any) -> Any:
    page = pdf.add_blank_page(page_size=size)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(XObject=Dictionary({f"/{key}": value for key, value in objects.items()}))
    if "/F" in content:
        page.Resources.Font = Dictionary(F=font)
    page.Contents = pdf.make_stream(content.encode())
    return page


FULL = "q 96 0 0 134.4 0 0 cm /I Do Q "


def saved(pdf: pikepdf.Pdf, path: Path, **how: Any) -> Path:
    pdf.save(path, **how)
    return path


def _first(intake: Intake, path: Path) -> PageScan:
    (scan,) = intake.pages(path, [1])
    assert isinstance(scan, PageScan), scan
    return scan


def _drawn(path: Path) -> Pixels:
    document = pdfium.PdfDocument(path)
    pixels = np.array(document[0].render(scale=300 / 72, rev_byteorder=True).to_numpy()[..., :3])
    document.close()
    return pixels


def _close(a: Pixels, b: Pixels) -> None:
    """Equal but for the renderer's smoothing at edges."""
    small = [np.asarray(Image.fromarray(x).convert("RGB").resize((50, 50)), dtype=int) for x in (a, b)]
    assert np.abs(small[0] - small[1]).mean() < 3


MATRICES = ["96 0 0 134.4 0 0", "-96 0 0 134.4 96 0", "-96 0 0 -134.4 96 134.4", "96 0 0 -134.4 0 134.4"]
TURNED = ["0 134.4 -96 0 96 0", "0 -134.4 96 0 0 134.4", "0 134.4 96 0 0 0", "0 -134.4 -96 0 96 134.4"]


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("matrix", MATRICES + TURNED)
def test_a_scan_is_taken_out_as_stored_and_shown_as_a_viewer_shows_it(
    intake: Intake, tmp_path: Path, matrix: str, rotate: int
) -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, f"q {matrix} cm /I Do Q BT 3 Tr /F 8 Tf 10 10 Td (hidden) Tj ET", I=add_image(pdf))
    page.Rotate = rotate
    path = saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert scan.origin == "extracted"
    assert scan.image is not None
    assert scan.image.data == jpeg()
    _close(scan.pixels, _drawn(path))
    stored = np.array(Image.open(io.BytesIO(jpeg())))
    if matrix in MATRICES:  # the turned ones stretch the scan, so its pixels are resampled to squares
        assert np.array_equal(scan.pixels, raster.orient(stored, scan.image.orientation))
        assert scan.dpi == pytest.approx((300, 300), rel=0.001)
    assert not scan.text_words


def test_user_unit_box_offset_and_inherited_resources(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, "q 96 0 0 134.4 -20 50 cm /I Do Q", I=add_image(pdf))
    page.MediaBox = Array([-20, 50, 76, 184.4])
    page.UserUnit = 2
    pdf.Root.Pages.Resources = page.Resources
    del page.obj["/Resources"]
    scan = _first(intake, saved(pdf, tmp_path / "scan.pdf"))
    assert scan.origin == "extracted"
    assert scan.dpi == pytest.approx((150, 150), rel=0.001)


def test_a_crop_box_shows_only_its_part(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, FULL, I=add_image(pdf))
    page.CropBox = Array([0, 67.2, 48, 134.4])
    path = saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert scan.pixels.shape[:2] == (280, 200)
    assert scan.image is None
    _close(scan.pixels, _drawn(path))


def test_a_form_around_the_image_is_followed(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    form = pdf.make_stream(b"q 1 0 0 1 0 0 cm /I Do Q")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
    form.Matrix = Array([0.5, 0, 0, 0.5, 0, 0])
    form.Resources = Dictionary(XObject=Dictionary(I=add_image(pdf)))
    add_page(pdf, "q 192 0 0 268.8 0 0 cm /M Do Q", M=form)
    path = saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert scan.origin == "extracted"
    _close(scan.pixels, _drawn(path))


@pytest.mark.parametrize("predictor", [1, 15])
@pytest.mark.parametrize("space", ["grey", "indexed", "bits", "inverted-bits", "mask"])
def test_flate_scans_keep_their_bytes(intake: Intake, tmp_path: Path, space: str, predictor: int) -> None:
    pdf = pikepdf.new()
    grey = np.asarray(_paper().convert("L"))
    bits = space in {"bits", "inverted-bits", "mask"}
    rows = np.packbits(grey > 150, axis=1) if bits else grey
    raw = rows.tobytes() if predictor == 1 else b"".join(b"\0" + row.tobytes() for row in rows)
    more: dict[str, Any] = {"Filter": Name.FlateDecode, "ColorSpace": Name.DeviceGray}
    if bits:
        more["BitsPerComponent"] = 1
    if space == "indexed":
        table = pikepdf.String(bytes(v for n in range(256) for v in (n, n, 255 - n)))
        more["ColorSpace"] = Array([Name.Indexed, Name.DeviceRGB, 255, table])
    if space == "inverted-bits":
        more["Decode"] = Array([1, 0])
    if space == "mask":
        more["ImageMask"] = True
    if predictor == 15:
        parms = {"/Predictor": 15, "/Columns": WIDTH, "/Colors": 1, "/BitsPerComponent": 1 if bits else 8}
        more["DecodeParms"] = Dictionary(parms)
    image = add_image(pdf, zlib.compress(raw), **more)
    if space == "mask":
        del image.ColorSpace
    add_page(pdf, FULL, I=image)
    path = saved(pdf, tmp_path / "scan.pdf", compress_streams=False)
    scan = _first(intake, path)
    assert scan.origin == "extracted"
    assert scan.image is not None
    assert scan.image.data == zlib.compress(raw)
    _close(scan.pixels, _drawn(path))


def test_a_jpeg_wrapped_in_flate_is_unwrapped(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    both = Array([Name.FlateDecode, Name.DCTDecode])
    add_page(pdf, FULL, I=add_image(pdf, zlib.compress(jpeg()), Filter=both))
    scan = _first(intake, saved(pdf, tmp_path / "scan.pdf"))
    assert scan.image is not None
    assert (scan.image.filter, scan.image.data) == ("DCTDecode", jpeg())


@pytest.mark.parametrize(
    "over",
    [
        "BT /F 12 Tf 20 60 Td (stamped) Tj ET",
        "1 0 0 rg 10 10 30 30 re f",
        "q 20 0 0 20 5 5 cm /J Do Q",
    ],
)
def test_what_lies_over_a_scan_is_drawn_in(intake: Intake, tmp_path: Path, over: str) -> None:
    pdf = pikepdf.new()
    add_page(pdf, FULL + over, I=add_image(pdf), J=add_image(pdf))
    path = saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert (scan.origin, scan.born_digital, scan.image) == ("rendered", False, None)
    assert scan.dpi == pytest.approx((300, 300), rel=0.01)
    assert not scan.text_words
    _close(scan.pixels, _drawn(path))


def test_strips_that_make_a_page_are_drawn_at_their_resolution(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    content = "q 96 0 0 67.2 0 0 cm /I Do Q q 96 0 0 67.2 0 67.2 cm /I Do Q"
    add_page(pdf, content, I=add_image(pdf))
    scan = _first(intake, saved(pdf, tmp_path / "scan.pdf"))
    assert (scan.origin, scan.born_digital) == ("rendered", False)
    assert scan.dpi == pytest.approx((600, 600), rel=0.01)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_born_digital_page_gives_its_words_where_they_stand(
    intake: Intake, tmp_path: Path, rotate: int
) -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, "BT /F 20 Tf 72 700 Td (Hello archive) Tj ET", size=(595, 842))
    page.Rotate = rotate
    scan = _first(intake, saved(pdf, tmp_path / "born.pdf"))
    assert scan.born_digital
    assert [w.text for w in scan.text_words] == ["Hello", "archive"]
    for word in scan.text_words:
        inside = scan.pixels[word.box.top : word.box.bottom, word.box.left : word.box.right]
        assert inside.min() < 100
    outside = scan.pixels.copy()
    for box in (w.box for w in scan.text_words):
        outside[max(0, box.top - 3) : box.bottom + 3, max(0, box.left - 3) : box.right + 3] = 255
    assert outside.min() == 255


def test_what_signing_software_wrote_into_its_field_is_seen_and_is_text(
    intake: Intake, tmp_path: Path
) -> None:
    pdf = pikepdf.new()
    page = add_page(pdf, "BT /F 20 Tf 72 700 Td (So:) Tj ET", size=(595, 842))
    look = pdf.make_stream(b"BT /F 20 Tf 2 5 Td (507) Tj ET")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 60, 24])
    look.Resources = Dictionary(Font=page.Resources.Font)
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T="Signature1", F=132)
    field.Rect, field.AP = Array([120, 695, 180, 719]), Dictionary(N=look)
    page.Annots = Array([pdf.make_indirect(field)])
    pdf.Root.AcroForm = Dictionary(Fields=Array([page.Annots[0]]))
    scan = _first(intake, saved(pdf, tmp_path / "born.pdf"))
    assert [w.text for w in scan.text_words] == ["So:", "507"]
    box = scan.text_words[1].box
    assert scan.pixels[box.top : box.bottom, box.left : box.right].min() < 100


def test_a32_hidden_text_is_no_word_of_the_page(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, "BT /F 20 Tf 72 700 Td (Seen) Tj 3 Tr 0 -40 Td (ACQUITTED) Tj ET", size=(595, 842))
    scan = _first(intake, saved(pdf, tmp_path / "born.pdf"))
    assert [w.text for w in scan.text_words] == ["Seen"]


def test_a_blank_page_is_a_fine_result(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    scan = _first(intake, saved(pdf, tmp_path / "blank.pdf"))
    assert scan.pixels.min() == 255
    assert not scan.born_digital


def test_kept_pages_lose_what_acts_and_become_pdf_a(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, "1 0 0 rg 10 10 30 30 re f")
    add_page(pdf, FULL, I=add_image(pdf))
    root: Any = pdf.Root
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    source = saved(pdf, tmp_path / "source.pdf")
    scans = pikepdf.new()
    add_page(scans, FULL, I=add_image(scans))
    scan_pdf = saved(scans, tmp_path / "scans.pdf")
    plan = KeepPlan((("source", 1), ("scan", 1)), scan_pdf)
    outs = [tmp_path / "one.pdf", tmp_path / "two.pdf"]
    for out in outs:
        kept = intake.keep(source, out, plan)
        assert kept.passed, kept.findings
    assert outs[0].read_bytes() == outs[1].read_bytes()
    with pikepdf.open(outs[0]) as result:
        assert len(result.pages) == 2
        assert "/OpenAction" not in result.Root


def test_kept_pages_that_cannot_be_pdf_a_say_why_and_leave_nothing(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, "BT /F 20 Tf 10 40 Td (font not embedded) Tj ET")
    out = tmp_path / "out.pdf"
    kept = intake.keep(saved(pdf, tmp_path / "source.pdf"), out, KeepPlan((("source", 1),)))
    assert not kept.passed
    assert kept.findings
    assert not out.exists()
