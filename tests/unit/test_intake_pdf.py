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

from digitizer.errors import Code, Refusal
from digitizer.intake import raster
from digitizer.intake.opener import Intake
from digitizer.intake.scans import KeepPlan, PageFailure, PageScan

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


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    _paper().save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def _image(pdf: pikepdf.Pdf, data: bytes | None = None, **more: Any) -> pikepdf.Stream:
    stream = pdf.make_stream(_jpeg() if data is None else data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = WIDTH, HEIGHT, 8
    stream.ColorSpace, stream.Filter = Name.DeviceRGB, Name.DCTDecode
    for key, value in more.items():
        stream[f"/{key}"] = value
    return stream


def _page(pdf: pikepdf.Pdf, content: str, size: tuple[float, float] = (96, 134.4), **objects: Any) -> Any:
    page = pdf.add_blank_page(page_size=size)
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(XObject=Dictionary({f"/{key}": value for key, value in objects.items()}))
    if "/F" in content:
        page.Resources.Font = Dictionary(F=font)
    page.Contents = pdf.make_stream(content.encode())
    return page


FULL = "q 96 0 0 134.4 0 0 cm /I Do Q "


def _saved(pdf: pikepdf.Pdf, path: Path, **how: Any) -> Path:
    pdf.save(path, **how)
    return path


def _first(intake: Intake, path: Path) -> PageScan:
    (scan,) = intake.pages(path, [1])
    assert isinstance(scan, PageScan), scan
    return scan


def _code(intake: Intake, path: Path) -> Code:
    with pytest.raises(Refusal) as caught:
        intake.probe(path)
    return caught.value.code


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
    page = _page(pdf, f"q {matrix} cm /I Do Q BT 3 Tr /F 8 Tf 10 10 Td (hidden) Tj ET", I=_image(pdf))
    page.Rotate = rotate
    path = _saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert scan.origin == "extracted"
    assert scan.image is not None
    assert scan.image.data == _jpeg()
    _close(scan.pixels, _drawn(path))
    stored = np.array(Image.open(io.BytesIO(_jpeg())))
    if matrix in MATRICES:  # the turned ones stretch the scan, so its pixels are resampled to squares
        assert np.array_equal(scan.pixels, raster.orient(stored, scan.image.orientation))
        assert scan.dpi == pytest.approx((300, 300), rel=0.001)
    assert not scan.text_words


def test_user_unit_box_offset_and_inherited_resources(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = _page(pdf, "q 96 0 0 134.4 -20 50 cm /I Do Q", I=_image(pdf))
    page.MediaBox = Array([-20, 50, 76, 184.4])
    page.UserUnit = 2
    pdf.Root.Pages.Resources = page.Resources
    del page.obj["/Resources"]
    scan = _first(intake, _saved(pdf, tmp_path / "scan.pdf"))
    assert scan.origin == "extracted"
    assert scan.dpi == pytest.approx((150, 150), rel=0.001)


def test_a_crop_box_shows_only_its_part(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    page = _page(pdf, FULL, I=_image(pdf))
    page.CropBox = Array([0, 67.2, 48, 134.4])
    path = _saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert scan.pixels.shape[:2] == (280, 200)
    assert scan.image is None
    _close(scan.pixels, _drawn(path))


def test_a_form_around_the_image_is_followed(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    form = pdf.make_stream(b"q 1 0 0 1 0 0 cm /I Do Q")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 1, 1])
    form.Matrix = Array([0.5, 0, 0, 0.5, 0, 0])
    form.Resources = Dictionary(XObject=Dictionary(I=_image(pdf)))
    _page(pdf, "q 192 0 0 268.8 0 0 cm /M Do Q", M=form)
    path = _saved(pdf, tmp_path / "scan.pdf")
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
    image = _image(pdf, zlib.compress(raw), **more)
    if space == "mask":
        del image.ColorSpace
    _page(pdf, FULL, I=image)
    path = _saved(pdf, tmp_path / "scan.pdf", compress_streams=False)
    scan = _first(intake, path)
    assert scan.origin == "extracted"
    assert scan.image is not None
    assert scan.image.data == zlib.compress(raw)
    _close(scan.pixels, _drawn(path))


def test_a_jpeg_wrapped_in_flate_is_unwrapped(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    both = Array([Name.FlateDecode, Name.DCTDecode])
    _page(pdf, FULL, I=_image(pdf, zlib.compress(_jpeg()), Filter=both))
    scan = _first(intake, _saved(pdf, tmp_path / "scan.pdf"))
    assert scan.image is not None
    assert (scan.image.filter, scan.image.data) == ("DCTDecode", _jpeg())


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
    _page(pdf, FULL + over, I=_image(pdf), J=_image(pdf))
    path = _saved(pdf, tmp_path / "scan.pdf")
    scan = _first(intake, path)
    assert (scan.origin, scan.born_digital, scan.image) == ("rendered", False, None)
    assert scan.dpi == pytest.approx((300, 300), rel=0.01)
    assert not scan.text_words
    _close(scan.pixels, _drawn(path))


def test_strips_that_make_a_page_are_drawn_at_their_resolution(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    content = "q 96 0 0 67.2 0 0 cm /I Do Q q 96 0 0 67.2 0 67.2 cm /I Do Q"
    _page(pdf, content, I=_image(pdf))
    scan = _first(intake, _saved(pdf, tmp_path / "scan.pdf"))
    assert (scan.origin, scan.born_digital) == ("rendered", False)
    assert scan.dpi == pytest.approx((600, 600), rel=0.01)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_born_digital_page_gives_its_words_where_they_stand(
    intake: Intake, tmp_path: Path, rotate: int
) -> None:
    pdf = pikepdf.new()
    page = _page(pdf, "BT /F 20 Tf 72 700 Td (Hello archive) Tj ET", size=(595, 842))
    page.Rotate = rotate
    scan = _first(intake, _saved(pdf, tmp_path / "born.pdf"))
    assert scan.born_digital
    assert [w.text for w in scan.text_words] == ["Hello", "archive"]
    for word in scan.text_words:
        inside = scan.pixels[word.box.top : word.box.bottom, word.box.left : word.box.right]
        assert inside.min() < 100
    outside = scan.pixels.copy()
    for box in (w.box for w in scan.text_words):
        outside[max(0, box.top - 3) : box.bottom + 3, max(0, box.left - 3) : box.right + 3] = 255
    assert outside.min() == 255


def test_a32_hidden_text_is_no_word_of_the_page(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    _page(pdf, "BT /F 20 Tf 72 700 Td (Seen) Tj 3 Tr 0 -40 Td (ACQUITTED) Tj ET", size=(595, 842))
    scan = _first(intake, _saved(pdf, tmp_path / "born.pdf"))
    assert [w.text for w in scan.text_words] == ["Seen"]


def test_a_blank_page_is_a_fine_result(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    scan = _first(intake, _saved(pdf, tmp_path / "blank.pdf"))
    assert scan.pixels.min() == 255
    assert not scan.born_digital


def test_a22_page_counts_up_to_the_limit(intake: Intake, tmp_path: Path) -> None:
    from digitizer.intake.scans import Limits

    pdf = pikepdf.new()
    for _ in range(12):
        pdf.add_blank_page(page_size=(20, 20))
    path = _saved(pdf, tmp_path / "many.pdf")
    assert intake.probe(path).page_count == 12
    with Intake(Limits(max_pages=11)) as small:
        assert _code(small, path) is Code.PAGES


def _raw_pdf(path: Path, *objects: bytes) -> Path:
    """A PDF written by hand, its first object the catalog."""
    body, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    path.write_bytes(
        body + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    return path


CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"


@pytest.mark.parametrize(
    "pages",
    [
        b"<</Type/Pages/Kids[2 0 R]/Count 1>>",
        b"<</Type/Pages/Kids[]/Count 2147483648>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
    ],
)
def test_a23_page_trees_that_lead_nowhere(intake: Intake, tmp_path: Path, pages: bytes) -> None:
    assert _code(intake, _raw_pdf(tmp_path / "tree.pdf", CATALOG, pages)) is Code.MALFORMED


@pytest.mark.parametrize(
    "extra",
    [
        b"/MediaBox[0 0 14400 14400]",
        b"/MediaBox[-100 -100 0 0]",
        b"/MediaBox[300 400 0 0]",
        b"/MediaBox[0 0 0 0]",
        b"/MediaBox[0 0 nan 400]",
        b"/MediaBox[0 0 300 400]/UserUnit 75000",
        b"/MediaBox[0 0 300 400]/Rotate 45",
    ],
)
def test_a23_strange_pages_end_as_a_page_or_a_reason(intake: Intake, tmp_path: Path, extra: bytes) -> None:
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    path = _raw_pdf(tmp_path / "odd.pdf", CATALOG, tree, b"<</Type/Page/Parent 2 0 R%b>>" % extra)
    assert intake.probe(path).page_count == 1
    (result,) = intake.pages(path, [1])
    assert isinstance(result, PageFailure) or result.pixels.size


def test_a24_a25_passwords(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(96, 96))
    user = _saved(pdf, tmp_path / "user.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))
    assert _code(intake, user) is Code.ENCRYPTED
    owner = _saved(pdf, tmp_path / "owner.pdf", encryption=pikepdf.Encryption(user="", owner="o"))
    assert "restrictions" in intake.probe(owner).flags
    assert isinstance(_first(intake, owner), PageScan)


def test_a26_a_certificate_or_corrupt_encryption(intake: Intake, tmp_path: Path) -> None:
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    path = _raw_pdf(tmp_path / "cert.pdf", CATALOG, tree, page, b"<</Filter/Adobe.PubSec/V 4/R 4>>")
    data = path.read_bytes().replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Encrypt 4 0 R/ID[(a)(a)]>>")
    path.write_bytes(data)
    assert _code(intake, path) in {Code.ENCRYPTED, Code.MALFORMED}


def test_a27_a28_a29_a30_a31_what_the_record_must_say(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    _page(pdf, FULL, I=_image(pdf))
    root: Any = pdf.Root
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    signature = pdf.make_indirect(Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=b"x"))
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=pikepdf.String("s"), V=signature))
    root.AcroForm = Dictionary(Fields=Array([field]), XFA=pdf.make_stream(b"<xdp/>"))
    pdf.attachments["a.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="a.exe")
    path = _saved(pdf, tmp_path / "all.pdf")
    data = path.read_bytes()
    path.write_bytes(data + data[data.rindex(b"startxref") :])
    probe = intake.probe(path)
    assert {"signed", "active-content", "xfa", "embedded-files", "incremental"} <= set(probe.flags)
    assert probe.signed


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a02_a_cut_pdf_never_passes_as_whole(intake: Intake, tmp_path: Path, share: float) -> None:
    pdf = pikepdf.new()
    for _ in range(4):
        _page(pdf, FULL, I=_image(pdf))
    path = _saved(pdf, tmp_path / "cut.pdf")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    try:
        flags = intake.probe(path).flags
    except Refusal as refusal:
        assert refusal.code in {Code.TRUNC, Code.MALFORMED}  # noqa: PT017 - either end is right
    else:
        assert {"repaired", "truncated"} <= set(flags)


def test_a18_a_huge_image_is_refused_by_its_declaration(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    huge = _image(pdf, b"x", Width=60_000, Height=60_000, BitsPerComponent=1, ColorSpace=Name.DeviceGray)
    _page(pdf, FULL, I=huge)
    assert _code(intake, _saved(pdf, tmp_path / "huge.pdf")) is Code.PIXELS
    _page(pdf, FULL, I=_image(pdf))
    path = _saved(pdf, tmp_path / "two.pdf")
    assert intake.probe(path).page_count == 2
    first, second = intake.pages(path, [1, 2])
    assert isinstance(first, PageFailure)
    assert first.code is Code.PIXELS
    assert isinstance(second, PageScan)


def test_a19_nested_compression_is_a_bomb(intake: Intake, tmp_path: Path) -> None:
    packed = zlib.compress(zlib.compress(bytes(100 << 20), 9), 9)
    assert len(packed) < 2000
    twice = Array([Name.FlateDecode, Name.FlateDecode])
    as_is = {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.none}
    pdf = pikepdf.new()
    _page(pdf, FULL, I=_image(pdf, packed, Filter=twice, Width=100, Height=100))
    assert _code(intake, _saved(pdf, tmp_path / "bomb.pdf", **as_is)) is Code.BOMB


def test_kept_pages_lose_what_acts_and_become_pdf_a(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    _page(pdf, "1 0 0 rg 10 10 30 30 re f")
    _page(pdf, FULL, I=_image(pdf))
    root: Any = pdf.Root
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    source = _saved(pdf, tmp_path / "source.pdf")
    scans = pikepdf.new()
    _page(scans, FULL, I=_image(scans))
    scan_pdf = _saved(scans, tmp_path / "scans.pdf")
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
    _page(pdf, "BT /F 20 Tf 10 40 Td (font not embedded) Tj ET")
    out = tmp_path / "out.pdf"
    kept = intake.keep(_saved(pdf, tmp_path / "source.pdf"), out, KeepPlan((("source", 1),)))
    assert not kept.passed
    assert kept.findings
    assert not out.exists()
