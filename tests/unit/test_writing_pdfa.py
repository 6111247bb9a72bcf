"""The PDF/A writer: valid, deterministic, upright in all eight turns, its words where the boxes are."""

from __future__ import annotations

import gc
import io
import random
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pikepdf
import pikepdf.pdfa
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont, ImageOps

from digitizer.model import Box, EncodedImage, EngineId, Line, TextLayer, Word
from digitizer.writing.encode import encode_page
from digitizer.writing.pdfa import PdfMetadata, PdfPage, combined_turn, write_pdfa

METADATA = PdfMetadata("Quyết định (số 1)\\", "digitizer 0.1", "vi", "ab" * 32)
ENGINE = EngineId("tesseract", "5.3.0", "vie", "0" * 64)
EXIF_METHODS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
TEXT = (
    "Cộng hòa xã hội chủ nghĩa Việt Nam Độc lập - Tự do - Hạnh phúc Quyết định về việc phê duyệt kế hoạch "
    "số hóa tài liệu lưu trữ năm 2024 (đợt 1), ưu tiên hồ sơ địa chính; \\ ngày 28/12/2023 của Ủy ban nhân "
    "dân tỉnh; căn cứ Luật Tổ chức chính quyền địa phương, xét đề nghị của Giám đốc Sở Nội vụ tại Tờ trình "
    "số 125/TTr-SNV. Điều 1. Giao Chi cục Văn thư - Lưu trữ hướng dẫn, kiểm tra; kinh phí: 1.250.000.000 đồng"
)


def layer_of(*lines: tuple[tuple[str, Box], ...]) -> TextLayer:
    """A layer of lines given as pairs of text and box."""
    return TextLayer(ENGINE, "r1", tuple(Line(tuple(Word(t, b, 0.9) for t, b in line)) for line in lines))


def drawn_page(
    lines: int = 40, seed: int = 1, size: tuple[int, int] = (2480, 3508)
) -> tuple[Image.Image, TextLayer]:
    """A page of Vietnamese text and the words with the boxes of their ink."""
    shuffled = random.Random(seed)
    font = ImageFont.truetype("DejaVuSerif.ttf", 40)
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    rows = []
    for y in range(200, 200 + lines * 75, 75):
        x, words = 200.0, []
        while x < size[0] - 400:
            text = shuffled.choice(TEXT.split())
            draw.text((x, y), text, font=font, fill=0)
            left, top, right, bottom = (round(v) for v in draw.textbbox((x, y), text, font=font))
            words.append((text, Box(left, top, right, bottom)))
            x = right + 13
        rows.append(tuple(words))
    return image, layer_of(*rows)


def as_jpeg(image: Image.Image) -> EncodedImage:
    """The image as a camera would store it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=75)
    space = "DeviceGray" if image.mode == "L" else "DeviceRGB"
    return EncodedImage(out.getvalue(), "DCTDecode", image.width, image.height, 8, space)


def page_of(image: EncodedImage, layer: TextLayer | None = None, turn: int = 1) -> PdfPage:
    """A page at 300 dpi."""
    width, height = (image.width, image.height) if turn < 5 else (image.height, image.width)
    return PdfPage(width, height, (300, 300), image, turn, layer)


def pdf_of(*pages: PdfPage, metadata: PdfMetadata = METADATA) -> bytes:
    """The PDF of `pages`."""
    out = io.BytesIO()
    assert write_pdfa(out, pages, metadata) == len(pages)
    return out.getvalue()


def words_of(pdf: bytes, page: int = 0) -> list[list[str]]:
    """The words that PDFium gives, a list a line."""
    with pypdfium2.PdfDocument(pdf) as document:
        return [line.split() for line in document[page].get_textpage().get_text_bounded().splitlines()]


def findings(pdf: bytes) -> list[str]:
    """What keeps the file from being PDF/A-2b."""
    report = pikepdf.pdfa.validate_written(io.BytesIO(pdf), "2b")
    return [str(f) for f in report.findings]


TINY_IMAGE = encode_page(np.zeros((4, 4), np.uint8), None)


@pytest.fixture(scope="module")
def dense() -> tuple[EncodedImage, TextLayer]:
    """A dense page: its JPEG and its words."""
    image, layer = drawn_page()
    return as_jpeg(image), layer


def test_dense_page_is_valid_and_gives_its_words_back(dense: tuple[EncodedImage, TextLayer]) -> None:
    image, layer = dense
    pdf = pdf_of(page_of(image, layer))
    assert findings(pdf) == []
    assert words_of(pdf) == [line.text.split() for line in layer.lines]


def test_text_of_a_dense_page_costs_at_most_8_kb(dense: tuple[EncodedImage, TextLayer]) -> None:
    image, layer = dense
    with_text, without = pdf_of(*[page_of(image, layer)] * 2), pdf_of(*[page_of(image)] * 2)
    assert len(with_text) - len(without) < 2 * 8_000


def test_file_adds_little_to_an_image_without_text() -> None:
    image = encode_page(np.zeros((64, 64), np.uint8), None)
    assert len(pdf_of(page_of(image))) - len(image.data) < 4_500


def test_same_pages_give_the_same_bytes(dense: tuple[EncodedImage, TextLayer]) -> None:
    page = page_of(*dense)
    assert pdf_of(page) == pdf_of(page)


def test_identifier_is_of_the_source_first_and_of_the_content_second() -> None:
    image = encode_page(np.full((50, 80), 255, np.uint8), None)
    layer = layer_of((("một", Box(1, 1, 30, 20)),))
    ids = []
    for page in (page_of(image), page_of(image, layer)):
        with pikepdf.open(io.BytesIO(pdf_of(page))) as pdf:
            ids.append([bytes(part) for part in pdf.trailer["/ID"]])
    assert ids[0][0] == ids[1][0] == bytes.fromhex("ab" * 16)
    assert ids[0][1] != ids[1][1]


def test_stored_bytes_are_kept(dense: tuple[EncodedImage, TextLayer]) -> None:
    image, layer = dense
    with pikepdf.open(io.BytesIO(pdf_of(page_of(image, layer, turn=6)))) as pdf:
        assert pdf.pages[0].Resources.XObject.I.read_raw_bytes() == image.data


@pytest.mark.parametrize("turn", range(1, 9))
def test_page_is_upright_in_every_turn(turn: int) -> None:
    stored = Image.new("RGB", (60, 90), "white")
    draw = ImageDraw.Draw(stored)
    draw.rectangle((0, 0, 29, 29), fill="red")
    draw.rectangle((30, 60, 59, 89), fill="blue")
    draw.rectangle((30, 30, 44, 44), fill="black")
    exif = stored.getexif()
    exif[0x0112] = turn
    stored.info["exif"] = exif.tobytes()
    upright = ImageOps.exif_transpose(stored)
    image = encode_page(np.asarray(stored), None)
    pdf = pdf_of(page_of(image, turn=turn))
    assert findings(pdf) == []
    with pypdfium2.PdfDocument(pdf) as document:
        assert document[0].get_rotation() == 0
        shown = document[0].render(scale=300 / 72).to_pil().convert("RGB")
    assert shown.size == upright.size
    assert np.abs(np.asarray(shown, int) - np.asarray(upright, int)).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_combined_turn_is_one_turn_after_the_other(orientation: int, rotation: int) -> None:
    def turned(image: Image.Image, code: int) -> Image.Image:
        return image if code == 1 else image.transpose(EXIF_METHODS[code])

    stored = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    expected = turned(stored, orientation).rotate(-rotation, expand=True)
    actual = turned(stored, combined_turn(orientation, rotation))
    assert np.array_equal(np.asarray(expected), np.asarray(actual))


@pytest.mark.parametrize(("orientation", "rotation"), [(0, 0), (9, 0), (1, 45), (1, -90)])
def test_combined_turn_refuses_what_is_no_turn(orientation: int, rotation: int) -> None:
    with pytest.raises(ValueError, match="no such turn"):
        combined_turn(orientation, rotation)


@pytest.mark.parametrize(
    "text",
    ["Việt", "Vie\u0323\u0302t", "(a)\\b)", "𠀀𩸽", "<&>", "½₫™", "a\x00b\n", "中文字", "…”–"],
    ids=ascii,
)
def test_any_character_comes_back_as_nfc(text: str) -> None:
    layer = layer_of(((text, Box(10, 10, 90, 40)), ("sau", Box(95, 10, 150, 40))))
    pdf = pdf_of(page_of(encode_page(np.full((60, 200), 255, np.uint8), None), layer))
    expected = {"Vie\u0323\u0302t": "Việt", "a\x00b\n": "ab"}.get(text, text)
    assert words_of(pdf) == [[expected, "sau"]]
    assert findings(pdf) == []


def test_words_that_touch_or_overlap_stay_apart() -> None:
    layer = layer_of(
        (("một", Box(10, 10, 50, 40)), ("hai", Box(50, 10, 90, 40)), ("ba", Box(85, 10, 120, 40))),
        (("bốn", Box(10, 20, 50, 50)),),
    )
    pdf = pdf_of(page_of(encode_page(np.full((80, 200), 255, np.uint8), None), layer))
    assert [w for line in words_of(pdf) for w in line] == ["một", "hai", "ba", "bốn"]


def test_empty_words_boxes_and_lines_are_written_without_harm() -> None:
    layer = layer_of((), (("", Box(1, 1, 2, 2)), ("\x07", Box(3, 3, 4, 4))), (("a", Box(5, 5, 5, 5)),))
    pdf = pdf_of(page_of(encode_page(np.full((80, 200), 255, np.uint8), None), layer))
    assert findings(pdf) == []
    assert [w for line in words_of(pdf) for w in line] == ["a"]


def test_leaning_line_keeps_its_words_on_their_feet() -> None:
    words = tuple(("chân", Box(100 + 200 * i, 100 + 10 * i, 250 + 200 * i, 140 + 10 * i)) for i in range(10))
    pdf = pdf_of(page_of(encode_page(np.full((400, 2480), 255, np.uint8), None), layer_of(words)))
    with pypdfium2.PdfDocument(pdf) as document:
        text = document[0].get_textpage()
        feet = [
            400 - text.get_charbox(i)[1] / 72 * 300
            for i in range(text.count_chars())
            if text.get_text_range(i, 1) == "c"
        ]
    assert len(feet) == 10
    assert max(abs(foot - (140 + 10 * i)) for i, foot in enumerate(feet)) < 12


def test_every_kind_of_image_is_valid_and_shows_its_pixels() -> None:
    ramp = np.tile(np.arange(256, dtype=np.uint8), (64, 1))
    bilevel = np.where(ramp > 100, 255, 0).astype(np.uint8)
    colour = np.dstack([ramp, ramp[:, ::-1], np.full_like(ramp, 40)])
    for pixels in (ramp, bilevel, colour):
        pdf = pdf_of(page_of(encode_page(pixels, None)))
        assert findings(pdf) == []
        with pypdfium2.PdfDocument(pdf) as document:
            shown = np.asarray(document[0].render(scale=300 / 72).to_pil().convert("RGB"), int)
        expected = np.asarray(Image.fromarray(pixels).convert("RGB"), int)
        assert np.abs(shown - expected).mean() < 4


def test_palette_and_decode_array_are_honoured() -> None:
    palette = bytes.fromhex("ff000000ff000000ffffffff")
    rows = zlib.compress(bytes([0b00_01_10_11] * 4))
    flat = EncodedImage(rows, "FlateDecode", 4, 4, 2, "Indexed", palette=palette)
    inverted = EncodedImage(zlib.compress(bytes(16)), "FlateDecode", 4, 4, 8, "DeviceGray", decode=(1.0, 0.0))
    pdf = pdf_of(page_of(flat), page_of(inverted))
    assert findings(pdf) == []
    with pypdfium2.PdfDocument(pdf) as document:
        first, second = (page.render(scale=300 / 72).to_numpy() for page in document)
    assert first[2, 0].tolist() == [0, 0, 255]
    assert second.min() == 255


@pytest.mark.parametrize(
    ("dpi", "expected"),
    [
        ((300, 300), (14.4, 14.4)),
        ((1, 1), (4320, 4320)),
        ((0.1, 0.1), (14400, 14400)),
        ((9600, 9600), (3, 3)),
    ],
)
def test_page_size_stays_within_the_bounds_of_the_standard(
    dpi: tuple[float, float], expected: tuple[float, float]
) -> None:
    image = encode_page(np.zeros((60, 60), np.uint8), None)
    page = PdfPage(60, 60, dpi, image, 1, None)
    assert page.size == pytest.approx(expected, abs=0.002)
    assert findings(pdf_of(page)) == []


@pytest.mark.parametrize("pixels", [59, 60, 61, 2479, 2480, 2481, 3507, 3508, 3509])
@pytest.mark.parametrize("dpi", [72, 150, 200, 203.2, 299.9994, 300])
def test_reader_draws_as_many_pixels_as_were_scanned(pixels: int, dpi: float) -> None:
    page = PdfPage(pixels, 60, (dpi, 300), TINY_IMAGE, 1, None)
    with pypdfium2.PdfDocument(pdf_of(page)) as document:
        assert document[0].render(scale=dpi / 72, grayscale=True).width == pixels


def test_title_language_and_source_are_in_the_metadata() -> None:
    pdf = pdf_of(page_of(encode_page(np.zeros((60, 60), np.uint8), None)))
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert str(document.docinfo["/Title"]) == METADATA.title
        assert str(document.Root.Lang) == "vi"
        xmp = bytes(document.Root.Metadata.read_bytes()).decode()
    assert METADATA.title in xmp
    assert f"urn:sha256:{'ab' * 32}" in xmp


@pytest.mark.parametrize("title", ["", "<&>\"'", "a\x00b\x0bc", "\ud800", "🏛 lưu trữ", "x" * 5000], ids=ascii)
def test_any_title_is_valid(title: str) -> None:
    metadata = PdfMetadata(title, "digitizer", "vi", "00" * 32)
    image = encode_page(np.zeros((60, 60), np.uint8), None)
    assert findings(pdf_of(page_of(image), metadata=metadata)) == []


def test_page_tree_of_many_pages_is_in_order() -> None:
    pages = [
        PdfPage(100 + i, 100, (72, 72), encode_page(np.zeros((8, 8), np.uint8), None), 1, None)
        for i in range(150)
    ]
    with pikepdf.open(io.BytesIO(pdf_of(*pages))) as pdf:
        assert [int(p.MediaBox[2]) for p in pdf.pages] == [100 + i for i in range(150)]
        assert not pdf.check_pdf_syntax()


def test_no_pages_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one page"):
        write_pdfa(io.BytesIO(), [], METADATA)


@pytest.mark.parametrize(
    "wrong",
    [{"width": 0}, {"height": -1}, {"dpi": (0, 300)}, {"dpi": (300, float("nan"))}, {"turn": 0}, {"turn": 9}],
    ids=str,
)
def test_page_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    good: dict[str, object] = {
        "width": 4,
        "height": 4,
        "dpi": (300, 300),
        "image": TINY_IMAGE,
        "turn": 1,
        "layer": None,
    }
    with pytest.raises(ValueError, match=r"page|resolution|turn"):
        PdfPage(**{**good, **wrong})  # type: ignore[arg-type]


def test_filter_that_the_standard_forbids_is_refused() -> None:
    with pytest.raises(ValueError, match="LZWDecode"):
        page_of(EncodedImage(b"", "LZWDecode", 4, 4, 8, "DeviceGray"))


def test_memory_does_not_grow_with_the_pages(tmp_path: Path, dense: tuple[EncodedImage, TextLayer]) -> None:
    layer = TextLayer(ENGINE, "r1", dense[1].lines[:4])

    def pages(count: int) -> Iterator[PdfPage]:
        for i in range(count):
            data = i.to_bytes(4, "big") * 75_000
            yield page_of(EncodedImage(data, "DCTDecode", 2480, 3508, 8, "DeviceGray"), layer)

    def peak(count: int) -> int:
        gc.collect()
        tracemalloc.start()
        with (tmp_path / "a.pdf").open("wb") as out:
            write_pdfa(out, pages(count), METADATA)
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    few, many = peak(20), peak(300)
    assert many - few < 300_000
