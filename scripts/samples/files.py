"""Writes scans as the files that reach an archive: PDF, TIFF, PNG, JPEG; same scans, same bytes."""

import io
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image, TiffImagePlugin

from scripts.samples.levels import Scan

ORIENTATION = 0x0112
STRIP = 1 << 30
"""Larger than any page, so that a G4 page is one strip and can go into a PDF as it is."""


def as_image(scan: Scan) -> Image.Image:
    """The scan as a picture, one bit a pixel when it has only two tones."""
    image = Image.fromarray(scan.pixels)
    return image.convert("1", dither=Image.Dither.NONE) if scan.bilevel else image


def jpeg_bytes(scan: Scan, exif_orientation: int = 1) -> bytes:
    """The scan as a JPEG file, with an EXIF orientation when it is not the usual one."""
    image, sink = as_image(scan).convert("L" if scan.pixels.ndim == 2 else "RGB"), io.BytesIO()
    exif = Image.Exif()
    if exif_orientation != 1:
        exif[ORIENTATION] = exif_orientation
    image.save(sink, "JPEG", quality=scan.quality, dpi=(scan.dpi, scan.dpi), exif=exif)
    return sink.getvalue()


def write_jpeg(path: Path, scan: Scan, exif_orientation: int = 1) -> None:
    """Write one scan as a JPEG file."""
    path.write_bytes(jpeg_bytes(scan, exif_orientation))


def write_png(path: Path, scan: Scan) -> None:
    """Write one scan as a PNG file."""
    as_image(scan).save(path, "PNG", dpi=(scan.dpi, scan.dpi))


def write_tiff(path: Path, scans: Sequence[Scan], compression: str) -> None:
    """Write scans as one TIFF; compression is 'group4' (two tones only) or 'tiff_lzw'."""
    images = [as_image(scan) for scan in scans]
    dpi = (scans[0].dpi, scans[0].dpi)
    images[0].save(path, "TIFF", compression=compression, dpi=dpi, save_all=True, append_images=images[1:])


def write_pdf(path: Path, scans: Sequence[Scan]) -> None:
    """Write scans as one PDF: two-tone pages as CCITT G4, all others as JPEG."""
    with pikepdf.new() as pdf:
        for scan in scans:
            _add_page(pdf, scan)
        pdf.save(path, static_id=True, linearize=False)


def _add_page(pdf: pikepdf.Pdf, scan: Scan) -> None:
    height, width = scan.pixels.shape[:2]
    points = (width / scan.dpi * 72, height / scan.dpi * 72)
    page = pdf.add_blank_page(page_size=(round(points[0], 2), round(points[1], 2)))
    picture = pdf.make_stream(_g4_strip(scan) if scan.bilevel else jpeg_bytes(scan))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height = width, height
    if scan.bilevel:
        picture.ColorSpace, picture.BitsPerComponent = pikepdf.Name.DeviceGray, 1
        picture.Filter = pikepdf.Name.CCITTFaxDecode
        picture.DecodeParms = pikepdf.Dictionary(K=-1, Columns=width, Rows=height, BlackIs1=True)
    else:
        picture.ColorSpace = pikepdf.Name.DeviceGray if scan.pixels.ndim == 2 else pikepdf.Name.DeviceRGB
        picture.BitsPerComponent, picture.Filter = 8, pikepdf.Name.DCTDecode
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = pdf.make_stream(f"q {points[0]:.2f} 0 0 {points[1]:.2f} 0 0 cm /Im0 Do Q".encode())


def _g4_strip(scan: Scan) -> bytes:
    """The page's CCITT G4 data, taken out of a TIFF of one strip."""
    sink = io.BytesIO()
    info = TiffImagePlugin.ImageFileDirectory_v2()
    info[TiffImagePlugin.ROWSPERSTRIP] = scan.pixels.shape[0]
    as_image(scan).save(sink, "TIFF", compression="group4", tiffinfo=info, strip_size=STRIP)
    with Image.open(sink) as tiff:
        tags = tiff.tag_v2  # type: ignore[attr-defined]  # a TIFF image has it; the stub's Image does not
        offsets, lengths = tags[TiffImagePlugin.STRIPOFFSETS], tags[TiffImagePlugin.STRIPBYTECOUNTS]
    start = int(offsets[0])
    return sink.getvalue()[start : start + int(lengths[0])]
