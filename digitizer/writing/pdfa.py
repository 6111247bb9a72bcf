"""A lean, sequential writer of searchable PDF/A-2b: scans as they were stored, our words invisibly behind.

Page after page goes to the output as it is pulled, so memory does not grow with the document.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO, Final

from digitizer.model import EncodedImage, TextLayer
from digitizer.writing.glyphless import Codes, write_font
from digitizer.writing.icc import srgb_profile
from digitizer.writing.invisible_text import text_operators
from digitizer.writing.pdf_objects import Name, ObjectWriter, Ref, Value, number
from digitizer.writing.xml_text import xml_text
from digitizer.writing.xmp import xmp_packet

__all__ = ["PdfMetadata", "PdfPage", "combined_turn", "write_pdfa"]

# ISO 19005-2, 6.1.13: no page side under 3 or over 14 400 units.
_SIDE_MIN, _SIDE_MAX = 3.0, 14400.0
# Filters of ISO 32000-1, table 6, that hold images and that ISO 19005-2, 6.1.7 allows.
_FILTERS: Final = {"DCTDecode", "CCITTFaxDecode", "FlateDecode", "JPXDecode", "JBIG2Decode"}
_PAGES_A_NODE: Final = 64

# EXIF orientation -> the matrix that places the unit square of the stored image on a page of 1 x 1.
_PLACEMENTS: Final = {
    1: (1, 0, 0, 1, 0, 0),
    2: (-1, 0, 0, 1, 1, 0),
    3: (-1, 0, 0, -1, 1, 1),
    4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1),
    6: (0, -1, 1, 0, 0, 1),
    7: (0, 1, 1, 0, 0, 0),
    8: (0, 1, -1, 0, 1, 0),
}
# What a quarter turn clockwise makes of each orientation.
_QUARTER_TURN: Final = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}


def _side(points: float) -> float:
    """The side as it is written: broken numbers a thousandth of a point down, far less than a pixel.

    Readers round a side up to whole pixels. 595.2 points are 2480.00005 pixels at 300 dpi in single
    precision, and the page would be drawn on 2481, every pixel smeared over two.
    """
    points = round(points, 6)
    if not points.is_integer():
        points = math.floor(points * 1000 - 0.01) / 1000
    return max(points, _SIDE_MIN)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """One page to write.

    Attributes:
        width: Width of the upright page in pixels (as `PageRecord.width`).
        height: Height of the upright page in pixels.
        dpi: Dots an inch of the upright page, across and down.
        image: The stored pixels; their bytes go into the file unchanged.
        turn: The EXIF orientation (1-8) that turns the stored pixels into the upright page; it counts
            alone, `image.orientation` is not looked at (see `combined_turn`).
        layer: Words in pixels of the upright page, origin top left; None for a page without text.
    """

    width: int
    height: int
    dpi: tuple[float, float]
    image: EncodedImage
    turn: int
    layer: TextLayer | None

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"page has no pixels: {self.width} x {self.height}")
        if not all(math.isfinite(d) and d > 0 for d in self.dpi):
            raise ValueError(f"resolution is not a positive number: {self.dpi}")
        if self.turn not in _PLACEMENTS:
            raise ValueError(f"turn is not an EXIF orientation (1-8): {self.turn}")
        if self.image.filter not in _FILTERS:
            raise ValueError(f"filter is not allowed for an image in PDF/A-2: {self.image.filter}")

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points (1/72 inch), scaled as a whole into the bounds of PDF/A."""
        width, height = self.width * 72 / self.dpi[0], self.height * 72 / self.dpi[1]
        scale = min(_SIDE_MAX / max(width, height), max(1.0, _SIDE_MIN / min(width, height)))
        return _side(width * scale), _side(height * scale)


@dataclass(frozen=True, slots=True)
class PdfMetadata:
    """What the file says of itself; nothing here depends on the time.

    `language` is a BCP 47 tag (`vi`), `source_sha256` the input's digest in hexadecimal.
    """

    title: str
    producer: str
    language: str
    source_sha256: str


def combined_turn(orientation: int, rotation: int) -> int:
    """The EXIF orientation that equals `orientation` followed by `rotation` degrees clockwise.

    Args:
        orientation: EXIF orientation 1-8 (`EncodedImage.orientation`).
        rotation: 0, 90, 180 or 270 (`PageRecord.rotation`).

    Raises:
        ValueError: Another orientation or rotation.
    """
    if orientation not in _QUARTER_TURN or rotation not in {0, 90, 180, 270}:
        raise ValueError(f"no such turn: orientation {orientation}, rotation {rotation}")
    for _ in range(rotation // 90):
        orientation = _QUARTER_TURN[orientation]
    return orientation


def write_pdfa(out: BinaryIO, pages: Iterable[PdfPage], metadata: PdfMetadata) -> int:
    """Write a PDF/A-2b (ISO 19005-2) to `out` and return the number of pages.

    Pages are pulled one by one and written at once; `out` is only ever appended to. The same pages and
    metadata give the same bytes.

    Raises:
        ValueError: There is no page, or `source_sha256` is not hexadecimal.
    """
    permanent_id = bytes.fromhex(metadata.source_sha256)[:16]
    writer = ObjectWriter(out)
    codes = Codes()
    font = writer.reserve()
    root, count = _write_pages(writer, pages, codes, font)
    if count == 0:
        raise ValueError("a PDF needs at least one page")
    write_font(writer, codes, font)
    _write_document(writer, root, metadata, permanent_id)
    return count


def _write_pages(writer: ObjectWriter, pages: Iterable[PdfPage], codes: Codes, font: Ref) -> tuple[Ref, int]:
    """Write the pages and a page tree of two levels (7.7.3): one node for each 64 pages, then the root."""
    root = writer.reserve()
    nodes: list[tuple[Ref, list[Ref]]] = []
    for index, page in enumerate(pages):
        if index % _PAGES_A_NODE == 0:
            nodes.append((writer.reserve(), []))
        node, kids = nodes[-1]
        kids.append(_write_page(writer, page, codes, {"Parent": node, "Font": font}))
    count = sum(len(kids) for _, kids in nodes)
    for node, kids in nodes:
        writer.write({"Type": Name("Pages"), "Parent": root, "Kids": kids, "Count": len(kids)}, node)
    writer.write({"Type": Name("Pages"), "Kids": [node for node, _ in nodes], "Count": count}, root)
    return root, count


def _write_page(writer: ObjectWriter, page: PdfPage, codes: Codes, shared: dict[str, Ref]) -> Ref:
    image = writer.write_stream(_image_entries(page.image), page.image.data)
    content = writer.write_flate({}, _page_operators(page, codes))
    resources: dict[str, Value] = {"XObject": {"I": image}, "Font": {"F": shared["Font"]}}
    return writer.write(
        {
            "Type": Name("Page"),
            "Parent": shared["Parent"],
            "MediaBox": [0, 0, *page.size],
            "Resources": resources,
            "Contents": content,
        }
    )


def _image_entries(image: EncodedImage) -> dict[str, Value]:
    """The dictionary of the image XObject (ISO 32000-1, 8.9.5)."""
    entries: dict[str, Value] = {
        "Type": Name("XObject"),
        "Subtype": Name("Image"),
        "Width": image.width,
        "Height": image.height,
        "ColorSpace": _colour_space(image),
        "BitsPerComponent": image.bits,
        "Filter": Name(image.filter),
    }
    if image.decode_parms:
        entries["DecodeParms"] = dict(image.decode_parms)
    if image.decode:
        entries["Decode"] = list(image.decode)
    return entries


def _colour_space(image: EncodedImage) -> Value:
    if image.palette is None:
        return Name(image.colorspace)
    return [Name("Indexed"), Name("DeviceRGB"), len(image.palette) // 3 - 1, image.palette]


def _matrix(*values: float) -> bytes:
    return b" ".join(number(v) for v in values) + b" cm"


def _page_operators(page: PdfPage, codes: Codes) -> bytes:
    """The content stream: the image over the whole page, then the words in pixels."""
    width, height = page.size
    a, b, c, d, e, f = _PLACEMENTS[page.turn]
    ops = [b"q", _matrix(a * width, b * height, c * width, d * height, e * width, f * height), b"/I Do", b"Q"]
    if page.layer and (text := text_operators(page.layer, page.height, codes)):
        ops += [_matrix(width / page.width, 0, 0, height / page.height, 0, 0), text]
    return b"\n".join(ops)


def _write_document(writer: ObjectWriter, root: Ref, metadata: PdfMetadata, permanent_id: bytes) -> None:
    """Write what belongs to the file as a whole: output intent, XMP, catalogue, information, trailer."""
    title, producer = xml_text(metadata.title), xml_text(metadata.producer)
    packet = xmp_packet(title, producer, metadata.language, metadata.source_sha256)
    intent = writer.write(
        {
            "Type": Name("OutputIntent"),
            "S": Name("GTS_PDFA1"),
            "OutputConditionIdentifier": "sRGB",
            "DestOutputProfile": writer.write_flate({"N": 3}, srgb_profile()),
        }
    )
    catalogue = writer.write(
        {
            "Type": Name("Catalog"),
            "Pages": root,
            # Left uncompressed so that a plain search of the bytes finds it.
            "Metadata": writer.write_stream({"Type": Name("Metadata"), "Subtype": Name("XML")}, packet),
            "OutputIntents": [intent],
            "Lang": metadata.language,
            "ViewerPreferences": {"DisplayDocTitle": True},
        }
    )
    info = writer.write({"Title": title, "Producer": producer})
    writer.finish(catalogue, info, permanent_id)
