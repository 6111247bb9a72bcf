"""Pixels to PDF images: the right code for each kind of page, within its budget."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from digitizer.model import EncodedImage
from digitizer.writing.encode import encode_page
from digitizer.writing.pdfa import PdfMetadata, PdfPage, write_pdfa


def decoded(image: EncodedImage) -> np.ndarray:
    """The pixels as PDFium draws them, RGB."""
    out = io.BytesIO()
    page = PdfPage(image.width, image.height, (72, 72), image, 1, None)
    write_pdfa(out, [page], PdfMetadata("t", "p", "vi", "00" * 32))
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        return np.asarray(document[0].render(rev_byteorder=True).to_numpy(), int)[:, :, :3]


def noise(shape: tuple[int, ...], low: int = 0, high: int = 256) -> np.ndarray:
    """Pixels that no code makes small."""
    return np.random.default_rng(7).integers(low, high, shape, dtype=np.uint8)


@pytest.mark.parametrize("size", [(3, 3), (5, 4), (33, 100), (700, 1001)])
def test_black_and_white_becomes_g4_without_loss(size: tuple[int, int]) -> None:
    pixels = np.where(noise(size) > 200, 0, 255).astype(np.uint8)
    image = encode_page(pixels, 10)
    assert (image.filter, image.bits, image.width, image.height) == ("CCITTFaxDecode", 1, size[1], size[0])
    assert np.array_equal(decoded(image)[:, :, 0], pixels)


def test_black_and_white_in_rgb_becomes_g4_too() -> None:
    pixels = np.where(noise((40, 50)) > 200, 0, 255).astype(np.uint8)
    assert encode_page(np.dstack([pixels] * 3), None) == encode_page(pixels, None)


def test_bilevel_turns_grey_into_black_and_white() -> None:
    pixels = noise((40, 50))
    image = encode_page(pixels, None, bilevel=True)
    assert image.filter == "CCITTFaxDecode"
    assert np.array_equal(decoded(image)[:, :, 0] > 0, pixels >= 128)


def test_grey_scan_becomes_grey_jpeg() -> None:
    pixels = noise((300, 200), 100, 130)
    image = encode_page(pixels, None)
    assert (image.filter, image.colorspace, image.bits) == ("DCTDecode", "DeviceGray", 8)
    assert np.abs(decoded(image)[:, :, 0] - pixels).mean() < 4


def test_colour_within_noise_becomes_grey_and_a_stamp_stays_red() -> None:
    paper = noise((400, 400, 3), 235, 250)
    assert encode_page(paper, None).colorspace == "DeviceGray"
    paper[100:120, 100:120] = (200, 30, 40)
    image = encode_page(paper, None)
    assert image.colorspace == "DeviceRGB"
    red, green, blue = decoded(image)[110, 110]
    assert red > 180
    assert max(green, blue) < 80


def test_flat_page_becomes_flate_without_loss() -> None:
    pixels = np.full((600, 400, 3), (250, 240, 200), np.uint8)
    pixels[50:60, 50:300] = (180, 20, 20)
    image = encode_page(pixels, None)
    assert image.filter == "FlateDecode"
    assert len(image.data) < 5_000
    assert np.array_equal(decoded(image), pixels)
    assert len(zlib.decompress(image.data)) == 600 * (400 * 3 + 1)


def test_quality_steps_down_until_the_budget_is_kept() -> None:
    pixels = noise((500, 500), 60, 200)
    sizes = [len(encode_page(pixels, budget).data) for budget in (None, 120_000, 90_000, 60_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size <= budget for size, budget in zip(sizes[1:3], (120_000, 90_000), strict=True))


def test_quality_does_not_fall_below_thirty() -> None:
    pixels = noise((200, 200))
    image = encode_page(pixels, 1)
    with Image.open(io.BytesIO(image.data)) as jpeg:
        first_step = jpeg.quantization[0][0]
    assert first_step == round(16 * 5000 / 30 / 100)


def test_same_pixels_give_the_same_bytes() -> None:
    pixels = noise((300, 300, 3))
    assert encode_page(pixels, 50_000) == encode_page(pixels.copy(), 50_000)


def test_view_of_a_larger_array_is_taken_as_it_is() -> None:
    pixels = noise((90, 120, 3))
    view = pixels[::2, ::-1]
    assert encode_page(view, None) == encode_page(np.ascontiguousarray(view), None)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((0, 5), np.uint8),
        np.zeros((5, 5), np.uint16),
        np.zeros((5, 5, 4), np.uint8),
        np.zeros(5, np.uint8),
        np.zeros((2, 2, 3, 1), np.uint8),
    ],
    ids=lambda p: f"{p.dtype}{p.shape}",
)
def test_what_is_no_page_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="not a page of pixels"):
        encode_page(pixels, None)
