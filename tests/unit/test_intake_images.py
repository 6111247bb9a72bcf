"""Image files leave the sandbox with the right pixels, resolution and, where possible, their own bytes."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from numpy.typing import NDArray
from PIL import Image, TiffImagePlugin

from digitizer.errors import Code, Refusal
from digitizer.intake import raster
from digitizer.intake.opener import Intake
from digitizer.intake.scans import Limits, PageFailure, PageScan
from digitizer.model import EncodedImage

Pixels = NDArray[np.uint8]
_PDF_SPACES = {"DeviceGray": pikepdf.Name.DeviceGray, "DeviceRGB": pikepdf.Name.DeviceRGB}


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as door:
        yield door


def _paper(colour: bool = True) -> Image.Image:
    """A page no turn or flip of which equals another: a ramp with a dark corner and a red bar."""
    grey = np.tile(np.linspace(120, 250, 210, dtype=np.uint8), (297, 1))
    grey[:60, :40] = 20
    page = np.stack([grey] * 3, axis=-1)
    page[200:220, 20:150] = (200, 30, 30) if colour else (90, 90, 90)
    return Image.fromarray(page if colour else page[..., 0])


def _bits() -> Image.Image:
    return _paper(False).point(lambda v: 255 * (v > 150)).convert("1")


def _only(intake: Intake, path: Path) -> PageScan:
    probe = intake.probe(path)
    (scan,) = intake.pages(path, range(1, probe.page_count + 1))
    assert isinstance(scan, PageScan), scan
    return scan


def _through_pdf(image: EncodedImage) -> Pixels:
    """What a viewer makes of the encoded image: the stored pixels in a PDF, drawn one to one by pdfium."""
    pdf = pikepdf.new()
    stream = pdf.make_stream(image.data)
    stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    stream.Width, stream.Height, stream.BitsPerComponent = image.width, image.height, image.bits
    stream.Filter = pikepdf.Name("/" + image.filter)
    if image.colorspace == "Indexed":
        assert image.palette is not None
        top = len(image.palette) // 3 - 1
        stream.ColorSpace = pikepdf.Array(
            [pikepdf.Name.Indexed, pikepdf.Name.DeviceRGB, top, pikepdf.String(image.palette)]
        )
    else:
        stream.ColorSpace = _PDF_SPACES[image.colorspace]
    if image.decode_parms:
        stream.DecodeParms = pikepdf.Dictionary({f"/{key}": value for key, value in image.decode_parms})
    if image.decode:
        stream.Decode = pikepdf.Array(list(image.decode))
    page = pdf.add_blank_page(page_size=(image.width, image.height))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(I=stream))
    page.Contents = pdf.make_stream(f"{image.width} 0 0 {image.height} 0 0 cm /I Do".encode())
    buffer = io.BytesIO()
    pdf.save(buffer)
    document = pdfium.PdfDocument(buffer.getvalue())
    drawn = np.array(document[0].render(scale=1, rev_byteorder=True).to_numpy()[..., :3])
    document.close()
    return raster.orient(raster.grey_if_grey(drawn), image.orientation)


def _same(a: Pixels, b: Pixels, tolerance: int = 0) -> None:
    assert a.shape == b.shape
    assert int(np.abs(a.astype(int) - b.astype(int)).max()) <= tolerance


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "tif", "png"])
def test_exif_orientation_is_applied_once(
    intake: Intake, tmp_path: Path, orientation: int, suffix: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"turned.{suffix}"
    extra = {"quality": 95, "subsampling": 0} if suffix == "jpg" else {}
    _paper().save(path, exif=exif, dpi=(150, 100), **extra)
    scan = _only(intake, path)
    shown = raster.orient(np.array(Image.open(path).convert("RGB")), orientation)
    if suffix == "tif":
        shown = np.array(Image.open(path).convert("RGB"))  # Pillow turns TIFFs itself
    square = np.array(Image.fromarray(shown).resize(scan.pixels.shape[1::-1], Image.Resampling.BICUBIC))
    _same(scan.pixels, square, 2)
    assert scan.dpi == pytest.approx((150, 150), rel=0.01)
    assert (scan.pixels.shape[0] > scan.pixels.shape[1]) is (orientation < 5)
    if scan.image is not None:
        assert scan.image.orientation == orientation


@pytest.mark.parametrize(
    "compression", ["raw", "group4", "group3", "tiff_lzw", "tiff_adobe_deflate", "packbits"]
)
def test_bilevel_tiff_in_each_compression(intake: Intake, tmp_path: Path, compression: str) -> None:
    path = tmp_path / "fax.tif"
    _bits().save(path, compression=compression, dpi=(300, 300), tiffinfo={278: 297})
    scan = _only(intake, path)
    _same(scan.pixels, np.array(_bits().convert("L")))
    assert set(np.unique(scan.pixels)) == {0, 255}
    assert "bilevel" in scan.flags
    assert (scan.image is not None) is (compression == "group4")


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "jpeg"])
@pytest.mark.parametrize("big", [False, True])
def test_colour_tiff_in_each_compression(intake: Intake, tmp_path: Path, compression: str, big: bool) -> None:
    path = tmp_path / "colour.tif"
    _paper().save(path, compression=compression, dpi=(300, 300), big_tiff=big)
    _same(_only(intake, path).pixels, np.array(_paper()), 60 if compression == "jpeg" else 0)


@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("fill_order", [1, 2])
def test_a_g4_strip_goes_along_unchanged_and_reads_the_same(
    intake: Intake, tmp_path: Path, photometric: int, fill_order: int
) -> None:
    path = tmp_path / "g4.tif"
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[262], info[278] = photometric, 297
    _bits().save(path, compression="group4", dpi=(300, 300), tiffinfo=info)
    if fill_order == 2:
        path.write_bytes(_reversed_bits(path))
    scan = _only(intake, path)
    assert scan.image is not None
    assert scan.image.filter == "CCITTFaxDecode"
    _same(_through_pdf(scan.image), scan.pixels)
    _same(scan.pixels, np.array(_bits().convert("L")))


def _reversed_bits(path: Path) -> bytes:
    """The same fax with the bits of each byte the other way round and FillOrder 2 in the directory."""
    with Image.open(path) as image:
        offset, count = image.tag_v2[273][0], image.tag_v2[279][0]
    data = bytearray(path.read_bytes())
    data[offset : offset + count] = bytes(int(f"{b:08b}"[::-1], 2) for b in data[offset : offset + count])
    (directory,) = struct.unpack("<I", data[4:8])
    (entries,) = struct.unpack("<H", data[directory : directory + 2])
    for at in range(directory + 2, directory + 2 + 12 * entries, 12):
        if struct.unpack("<H", data[at : at + 2])[0] == 278:  # RowsPerStrip: not needed for one strip
            data[at : at + 12] = struct.pack("<HHIHH", 266, 3, 1, 2, 0)
    return bytes(data)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_png_data_goes_along_unchanged_and_reads_the_same(intake: Intake, tmp_path: Path, mode: str) -> None:
    path = tmp_path / "page.png"
    (_bits() if mode == "1" else _paper().convert(mode)).save(path, dpi=(300, 300))
    scan = _only(intake, path)
    assert scan.image is not None
    _same(_through_pdf(scan.image), scan.pixels)


def test_jpeg_goes_along_byte_for_byte(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "page.jpg"
    _paper().save(path, dpi=(300, 300))
    scan = _only(intake, path)
    assert scan.image is not None
    assert (scan.image.data, scan.image.filter) == (path.read_bytes(), "DCTDecode")


def test_transparency_lies_on_white_and_sixteen_bits_are_scaled(intake: Intake, tmp_path: Path) -> None:
    clear = tmp_path / "clear.png"
    Image.new("RGBA", (40, 60), (0, 0, 0, 0)).save(clear)
    assert _only(intake, clear).pixels.min() == 255
    deep = tmp_path / "deep.png"
    Image.fromarray(np.full((60, 40), 0x80FF, np.uint16)).save(deep)
    assert set(np.unique(_only(intake, deep).pixels)) == {0x80}


def test_cmyk_is_shown_as_rgb_and_re_encoded(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "cmyk.jpg"
    Image.new("CMYK", (40, 60), (0, 0, 0, 0)).save(path)
    scan = _only(intake, path)
    assert scan.pixels.min() > 250
    assert scan.image is None


def test_a_missing_resolution_is_guessed_from_a4_and_said(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "a4.png"
    Image.new("L", (1240, 1754), 255).save(path)
    scan = _only(intake, path)
    assert scan.dpi == pytest.approx((150, 150), rel=0.01)
    assert "dpi-missing" in scan.flags


def test_a_fax_is_made_square(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    Image.new("1", (1728, 1078), 1).save(path, compression="group4", dpi=(204, 98))
    scan = _only(intake, path)
    assert scan.pixels.shape == (2244, 1728)
    assert {"resampled-square", "bilevel"} <= set(scan.flags)


def _pages_tiff(path: Path, count: int) -> list[int]:
    """A TIFF of `count` deflated pages; returns where each page's pixels begin."""
    pages = [Image.new("L", (80, 120), 40 * n + 20) for n in range(count)]
    pages[0].save(
        path, save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate", dpi=(300, 300)
    )
    with Image.open(path) as image:
        offsets = []
        for number in range(count):
            image.seek(number)
            offsets.append(image.tag_v2[273][0])
    return offsets


def test_a14_a_broken_page_in_the_middle_leaves_the_others(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "many.tif"
    offsets = _pages_tiff(path, 5)
    data = bytearray(path.read_bytes())
    data[offsets[2] : offsets[2] + 12] = b"\xff" * 12
    path.write_bytes(data)
    assert intake.probe(path).page_count == 5
    results = list(intake.pages(path, range(1, 6)))
    assert [type(r) is PageFailure for r in results] == [False, False, True, False, False]
    assert [int(r.pixels[0, 0]) for r in results if isinstance(r, PageScan)] == [20, 60, 140, 180]


def test_a_tiff_cut_within_its_chain_counts_the_lost_page(intake: Intake, tmp_path: Path) -> None:
    path = tmp_path / "cut.tif"
    _pages_tiff(path, 3)
    with Image.open(path) as image:
        image.seek(2)
        last = image.tag_v2.offset
    path.write_bytes(path.read_bytes()[: last + 1])
    probe = intake.probe(path)
    assert probe.page_count == 3
    assert "truncated" in probe.flags
    results = list(intake.pages(path, [1, 2, 3]))
    assert isinstance(results[2], PageFailure)
    assert results[2].code is Code.TRUNC


def _chained_tiff(pages: int, loop: bool = False) -> bytes:
    """A TIFF of nothing but directories; `loop` lets each point to itself."""
    entries = struct.pack("<HHHII", 2, 256, 4, 1, 9) + struct.pack("<HHII", 257, 4, 1, 9)
    size = len(entries) + 4
    nexts = [8 + size * (n if loop else (n + 1) % pages) for n in range(pages)]
    if not loop:
        nexts[-1] = 0
    return b"II*\0" + struct.pack("<I", 8) + b"".join(entries + struct.pack("<I", n) for n in nexts)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (_chained_tiff(1, loop=True), Code.MALFORMED),
        (_chained_tiff(100_000), Code.PAGES),
        (_chained_tiff(1).replace(struct.pack("<HHII", 256, 4, 1, 9), bytes(12)), Code.MALFORMED),
    ],
)
def test_a13_hostile_tiff_directories(intake: Intake, tmp_path: Path, data: bytes, code: Code) -> None:
    path = tmp_path / "hostile.tif"
    path.write_bytes(data)
    with pytest.raises(Refusal) as caught:
        intake.probe(path)
    assert caught.value.code is code


def test_a16_a_cut_jpeg_is_a_gap_and_a_mostly_missing_one_fails(intake: Intake, tmp_path: Path) -> None:
    whole = io.BytesIO()
    noise = np.random.default_rng(5).integers(0, 255, (600, 400), np.uint8)
    Image.fromarray(noise).save(whole, "JPEG", dpi=(100, 100))
    data = whole.getvalue()
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: len(data) * 9 // 10])
    scan = _only(intake, path)
    assert "truncated" in scan.flags
    assert scan.image is None
    path.write_bytes(data[: len(data) // 5])
    (failure,) = intake.pages(path, [1])
    assert isinstance(failure, PageFailure)
    assert failure.code is Code.TRUNC


def test_a16_a_scan_bomb_runs_into_the_clock(tmp_path: Path) -> None:
    """A progressive JPEG that repeats one empty refinement scan: small, and endless to decode."""
    buffer = io.BytesIO()
    Image.new("L", (4000, 4000), 128).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    scans = data.split(b"\xff\xda")
    bomb = data[:-2] + (b"\xff\xda" + scans[-1].removesuffix(b"\xff\xd9")) * 4000 + b"\xff\xd9"
    path = tmp_path / "bomb.jpg"
    path.write_bytes(bomb)
    with Intake(Limits(page_seconds=1)) as quick:
        (result,) = quick.pages(path, [1])
        assert isinstance(result, PageFailure)
        assert result.code is Code.TIMEOUT
        assert quick.probe(path).page_count == 1


def test_a11_a_real_pixel_bomb_is_never_decoded(intake: Intake, tmp_path: Path) -> None:
    """With the limit raised past the header gate, the sandbox's own check still comes before the decoder."""
    chunk = zlib.compress(bytes(7501) * 100)
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0)), (b"IDAT", chunk)):
        data += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    path = tmp_path / "bomb.png"
    path.write_bytes(data)
    with pytest.raises(Refusal) as caught:
        intake.probe(path)
    assert caught.value.code is Code.PIXELS
