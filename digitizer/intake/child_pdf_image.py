"""Inside the sandbox: takes a scan out of a PDF page as it was stored, without drawing it again."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PIL import Image

from digitizer.intake import passthrough, raster
from digitizer.intake.child_pdf_colour import UnsuitableError, colour_of
from digitizer.intake.child_pdf_render import thumbnail
from digitizer.intake.child_pdf_survey import Placed, Survey
from digitizer.intake.scans import Limits, PageScan
from digitizer.model import EncodedImage

__all__ = ["UnsuitableError", "extract"]

_MAX_DEPTH = 5
_MAX_XOBJECTS = 2000
_MAX_TREE = 50
_DRAWN_SIDE = 384  # pixels pdfium draws: at fewer its shrinking of one-bit scans is too rough
_CHECK_SIDE = 48
_MAX_DIFFERENCE = 8.0  # mean grey levels at 48 pixels: real scans reach 3, an inverted one 200
_OUTSIDE = 0.005
_FAX_KEYS = ("K", "Columns", "Rows", "BlackIs1", "EncodedByteAlign", "EndOfLine", "EndOfBlock")
_FLATE_KEYS = ("Predictor", "Colors", "BitsPerComponent", "Columns")


def extract(page: pdfium.PdfPage, entry: Any, seen: Survey, what: tuple[int, Limits]) -> PageScan:
    """The page's one image, decoded, turned as shown, with its stored bytes where a PDF/A may hold them.

    Raises:
        UnsuitableError: draw the page instead.
    """
    number, limits = what
    placed = seen.single
    assert placed is not None
    assert placed.orientation is not None
    stream = _stream_of(placed, entry)
    stored, encoded = _decode(stream, placed, limits)
    pixels = raster.orient(stored, placed.orientation)
    dpi = _shown_dpi(placed, seen)
    cropped = _cropped(pixels, placed, seen)
    if cropped is not None:
        pixels, encoded = cropped, None
    if placed.nested or _filters(stream) != ["DCTDecode"]:
        _compare(pixels, page)
    resolution, guessed = (
        (dpi, False)
        if min(dpi) >= 20 and max(dpi) <= 10_000
        else raster.guess_dpi(None, pixels.shape[1], pixels.shape[0])
    )
    pixels, resolution, resampled = raster.square(pixels, resolution, limits.max_pixels)
    bilevel = _number(stream, "/BitsPerComponent", 8) == 1 or _is_mask(stream)
    flags = [
        *seen.flags,
        *["dpi-missing"] * guessed,
        *["resampled-square"] * resampled,
        *["bilevel"] * bilevel,
    ]
    flags += ["lossy-source"] * bool({"DCTDecode", "JPXDecode", "JBIG2Decode"} & set(_filters(stream)))
    image = replace(encoded, orientation=placed.orientation) if encoded else None
    return PageScan(number, pixels, resolution, "extracted", image, flags=tuple(flags))


def _shown_dpi(placed: Placed, seen: Survey) -> tuple[float, float]:
    x, y = (round(v / seen.user_unit, 2) for v in placed.dpi)
    return (y, x) if (placed.orientation or 1) >= 5 else (x, y)


def _cropped(pixels: raster.Pixels, placed: Placed, seen: Survey) -> raster.Pixels | None:
    """What the page shows of an image that goes beyond its edges; None where it shows all."""
    left, top, right, bottom = placed.box
    height, width = pixels.shape[:2]
    across, along = width / (right - left), height / (bottom - top)
    x0, y0 = round(max(0, -left) * across), round(max(0, -top) * along)
    x1 = width - round(max(0, right - seen.width) * across)
    y1 = height - round(max(0, bottom - seen.height) * along)
    if max(x0, width - x1) <= _OUTSIDE * width and max(y0, height - y1) <= _OUTSIDE * height:
        return None
    return np.ascontiguousarray(pixels[y0:y1, x0:x1])


def _compare(pixels: raster.Pixels, page: pdfium.PdfPage) -> None:
    """Hold our decoding against pdfium's drawing: inverted, flipped or wrongly mapped images do not pass."""
    drawn = Image.fromarray(thumbnail(page, _DRAWN_SIDE))
    width, height = (max(1, side * _CHECK_SIDE // _DRAWN_SIDE) for side in drawn.size)
    grey = Image.fromarray(pixels).convert("L")
    both = (grey.reduce(max(1, min(grey.size) // (4 * _CHECK_SIDE))), drawn)
    ours, theirs = (np.asarray(p.resize((width, height), Image.Resampling.BOX), np.int16) for p in both)
    if np.abs(ours - theirs).mean() > _MAX_DIFFERENCE:
        raise UnsuitableError("differs from the drawn page")


def _stream_of(placed: Placed, entry: Any) -> pikepdf.Stream:
    """The image's own object: by size, and by its raw bytes where several have that size."""
    same = [
        s
        for s in _images(_resources(entry), 0)
        if _number(s, "/Width", 0) == placed.width and _number(s, "/Height", 0) == placed.height
    ]
    if len(same) > 1:
        raw = _raw_of(placed)
        same = [s for s in same if bytes(s.read_raw_bytes()) == raw][:1]
    if not same:
        raise UnsuitableError("no such image object")
    return same[0]


def _resources(entry: Any) -> Any:
    """The page's resources, its own or those of a node above it."""
    node = entry
    for _ in range(_MAX_TREE):
        if not isinstance(node, pikepdf.Dictionary) or "/Resources" in node:
            break
        node = node.get("/Parent")
    return node.get("/Resources") if isinstance(node, pikepdf.Dictionary) else None


def _raw_of(placed: Placed) -> bytes:
    size = pdfium_c.FPDFImageObj_GetImageDataRaw(placed.handle, None, 0)
    buffer = bytearray(size)
    view = (pdfium_c.c_ubyte * size).from_buffer(buffer) if size else None
    pdfium_c.FPDFImageObj_GetImageDataRaw(placed.handle, view, size)
    return bytes(buffer)


def _images(resources: Any, depth: int) -> Iterator[pikepdf.Stream]:
    if not isinstance(resources, pikepdf.Dictionary) or depth > _MAX_DEPTH:
        return
    objects = resources.get("/XObject")
    if not isinstance(objects, pikepdf.Dictionary):
        return
    for count, name in enumerate(objects.keys()):
        item = objects[name]
        if count > _MAX_XOBJECTS:
            return
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image":
            yield item
        elif isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form":
            yield from _images(item.get("/Resources"), depth + 1)


def _number(stream: pikepdf.Stream, key: str, default: int) -> int:
    value: Any = stream.get(key, default)
    return value if isinstance(value, int) else default


def _is_mask(stream: pikepdf.Stream) -> bool:
    return bool(stream.get("/ImageMask", False))


def _filters(stream: pikepdf.Stream) -> list[str]:
    value: Any = stream.get("/Filter")
    if value is None:
        return []
    names = [value] if isinstance(value, pikepdf.Name) else list(value)
    return [str(name).lstrip("/") for name in names]


def _parms(stream: pikepdf.Stream) -> dict[str, Any]:
    """Decode parameters of the last filter."""
    value: Any = stream.get("/DecodeParms")
    if isinstance(value, pikepdf.Array):
        value = value[-1] if len(value) else None
    if not isinstance(value, pikepdf.Dictionary):
        return {}
    # keys() is a set: sorted, the same file gives the same bytes each time.
    return {key.lstrip("/"): value[key] for key in sorted(value.keys())}


def _decode(
    stream: pikepdf.Stream, placed: Placed, limits: Limits
) -> tuple[raster.Pixels, EncodedImage | None]:
    if "/SMask" in stream or "/Mask" in stream or _number(stream, "/SMaskInData", 0):
        raise UnsuitableError("masked")
    filters = _filters(stream)
    last = filters[-1] if filters else ""
    if last == "DCTDecode":
        return _jpeg(stream, filters, placed, limits)
    if last == "JPXDecode" and len(filters) == 1:
        return _jpeg2000(stream, placed)
    if last == "JBIG2Decode":
        return _by_pdfium(placed), None
    if last == "CCITTFaxDecode" and len(filters) == 1:
        return _fax(stream, placed)
    if last == "CCITTFaxDecode":
        return _by_pdfium(placed), None
    return _samples(stream, placed, filters)


def _jpeg(
    stream: pikepdf.Stream, filters: list[str], placed: Placed, limits: Limits
) -> tuple[raster.Pixels, EncodedImage | None]:
    data = bytes(stream.read_raw_bytes())
    for outer in filters[:-1]:
        if outer != "FlateDecode":
            raise UnsuitableError("chained filters")
        data = _inflate(data, limits.max_decoded_bytes)
    encoded = passthrough.of_jpeg(data, 1)
    colour = colour_of(stream)
    if encoded is None or colour.space != encoded.colorspace or not colour.plain_decode:
        raise UnsuitableError("a JPEG of another kind")
    with Image.open(io.BytesIO(data), formats=("JPEG", "MPO")) as image:
        if image.size != (placed.width, placed.height) or "ColorTransform" in _parms(stream):
            raise UnsuitableError("the JPEG differs from its dictionary")
        try:
            image.load()
        except OSError as error:
            raise UnsuitableError("the JPEG is damaged") from error
        return raster.to_pixels(image), encoded


def _inflate(data: bytes, limit: int) -> bytes:
    worker = zlib.decompressobj()
    try:
        inner = worker.decompress(data, limit)
    except zlib.error as error:
        raise UnsuitableError("damaged Flate data") from error
    if worker.unconsumed_tail:
        raise UnsuitableError("Flate data over its bound")
    return inner


def _jpeg2000(stream: pikepdf.Stream, placed: Placed) -> tuple[raster.Pixels, EncodedImage | None]:
    data = bytes(stream.read_raw_bytes())
    with Image.open(io.BytesIO(data), formats=("JPEG2000",)) as image:
        if (
            image.size != (placed.width, placed.height)
            or image.mode not in {"L", "RGB"}
            or "/Decode" in stream
        ):
            raise UnsuitableError("a JPEG 2000 of another kind")
        mode, size = image.mode, image.size
        try:
            image.load()
        except OSError as error:
            raise UnsuitableError("the JPEG 2000 is damaged") from error
        return raster.to_pixels(image), passthrough.of_jp2(data, mode, size)


def _by_pdfium(placed: Placed) -> raster.Pixels:
    bitmap = placed.handle.get_bitmap(render=False)
    try:
        pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
    finally:
        bitmap.close()
    if pixels.shape[:2] != (placed.height, placed.width):
        raise UnsuitableError("pdfium decodes another size")
    if pixels.ndim == 3:
        pixels = pixels[..., 2::-1] if pixels.shape[2] >= 3 else pixels[..., 0]
    return raster.grey_if_grey(np.ascontiguousarray(pixels)) if pixels.ndim == 3 else pixels


def _fax(stream: pikepdf.Stream, placed: Placed) -> tuple[raster.Pixels, EncodedImage | None]:
    parms = {k: v for k, v in _parms(stream).items() if k in _FAX_KEYS and isinstance(v, (int, bool))}
    colour = colour_of(stream)
    if colour.space != "DeviceGray" or colour.bits != 1:
        raise UnsuitableError("fax data of another kind")
    if int(parms.get("Columns", 1728)) != placed.width:
        raise UnsuitableError("the fax data differs from its dictionary")
    parms.setdefault("Columns", 1728)
    decode = None if colour.plain_decode else (1.0, 0.0)
    # The stream's own parameters go along unchanged, so the writer's image means what this one means.
    encoded = EncodedImage(
        bytes(stream.read_raw_bytes()),
        "CCITTFaxDecode",
        placed.width,
        placed.height,
        1,
        "DeviceGray",
        tuple((key, value if isinstance(value, bool) else int(value)) for key, value in parms.items()),
        decode,
    )
    image = pikepdf.PdfImage(stream).as_pil_image() if not _is_mask(stream) else None
    pixels = raster.to_pixels(image) if image is not None else _by_pdfium(placed)
    return pixels, encoded


def _samples(
    stream: pikepdf.Stream, placed: Placed, filters: list[str]
) -> tuple[raster.Pixels, EncodedImage | None]:
    """Uncompressed, Flate, LZW or run-length samples."""
    colour = colour_of(stream)
    row = (placed.width * colour.channels * colour.bits + 7) // 8
    data = bytes(stream.read_bytes())
    if len(data) < row * placed.height:
        raise UnsuitableError("too few samples")
    samples = np.frombuffer(data, np.uint8, row * placed.height).reshape(placed.height, row)
    values = _unpacked(samples, colour.bits)[:, : placed.width * colour.channels]
    pixels = colour.shown(values.reshape(placed.height, placed.width, colour.channels))
    if filters != ["FlateDecode"]:
        return pixels, None
    parms = {k: v for k, v in _parms(stream).items() if k in _FLATE_KEYS and isinstance(v, int)}
    encoded = EncodedImage(
        bytes(stream.read_raw_bytes()),
        "FlateDecode",
        placed.width,
        placed.height,
        colour.bits,
        colour.space,
        tuple((key, int(value)) for key, value in parms.items()),
        None if colour.plain_decode else (1.0, 0.0),
        colour.palette,
    )
    return pixels, encoded


def _unpacked(samples: raster.Pixels, bits: int) -> raster.Pixels:
    if bits == 8:
        return samples
    if bits == 1:
        return np.unpackbits(samples, axis=1)
    parts = [(samples >> shift) & ((1 << bits) - 1) for shift in range(8 - bits, -1, -bits)]
    return np.stack(parts, axis=-1).reshape(samples.shape[0], -1).astype(np.uint8)
