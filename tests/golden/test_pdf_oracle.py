"""Our PDF writer against other people's programs: poppler reads it, OCRmyPDF writes the same."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import img2pdf
import numpy as np
import pikepdf
import pikepdf.pdfa
import pytest
from PIL import Image

from digitizer.model import Box, EncodedImage, TextLayer, Word
from digitizer.writing.pdfa import write_pdfa
from tests.unit.test_writing_pdfa import METADATA, as_jpeg, drawn_page, page_of, pdf_of

pytestmark = [pytest.mark.tools, pytest.mark.slow]

PAGES = 3
WORD = re.compile(r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>')
PLUGIN = '''
import json
from pathlib import Path

from ocrmypdf import hookimpl
from ocrmypdf.builtin_plugins.null_ocr import NullOcrEngine
from ocrmypdf.models.ocr_element import BoundingBox, OcrClass, OcrElement

PAGES = json.loads(Path(__file__).with_name("pages.json").read_text())


def element(kind, box, **more):
    return OcrElement(kind, BoundingBox(*box), **more)


class Given(NullOcrEngine):
    """Gives the words of pages.json."""

    @staticmethod
    def languages(options):
        return {"vie"}

    @staticmethod
    def generate_ocr(input_file, options, page_number=0):
        page = PAGES[page_number]
        root = element(OcrClass.PAGE, [0, 0, *page["size"]], dpi=300.0, page_number=page_number)
        for box, words in page["lines"]:
            line = element(OcrClass.LINE, box)
            line.children = [element(OcrClass.WORD, b, text=t, confidence=0.9) for t, b in words]
            root.children.append(element(OcrClass.PARAGRAPH, box, children=[line]))
        return root, ""


@hookimpl(tryfirst=True)
def get_ocr_engine(options):
    return Given()
'''


@pytest.fixture(scope="module")
def poppler() -> str:
    """The folder's `pdftotext`, a must for this file."""
    found = shutil.which("pdftotext")
    if found is None:
        pytest.skip("pdftotext is not installed (poppler-utils)")
    return found


@pytest.fixture(scope="module")
def scans() -> list[tuple[EncodedImage, TextLayer]]:
    """Dense pages, each with its own text."""
    pages = [drawn_page(seed=seed) for seed in range(PAGES)]
    return [(as_jpeg(image), layer) for image, layer in pages]


@pytest.fixture(scope="module")
def ours(scans: list[tuple[EncodedImage, TextLayer]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scans written by our writer."""
    path = tmp_path_factory.mktemp("ours") / "ours.pdf"
    with path.open("wb") as out:
        write_pdfa(out, (page_of(image, layer) for image, layer in scans), METADATA)
    return path


@pytest.fixture(scope="module")
def theirs(
    scans: list[tuple[EncodedImage, TextLayer]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, float]:
    """The same written by OCRmyPDF, through its engine hook, and the seconds it took."""
    pytest.importorskip("ocrmypdf")
    folder = tmp_path_factory.mktemp("theirs")
    pages = [
        {
            "size": [image.width, image.height],
            "lines": [
                [line.box.as_list(), [[w.text, w.box.as_list()] for w in line.words]] for line in layer.lines
            ],
        }
        for image, layer in scans
    ]
    (folder / "pages.json").write_text(json.dumps(pages))
    (folder / "given.py").write_text(PLUGIN)
    layout = img2pdf.get_fixed_dpi_layout_fun((300, 300))
    (folder / "in.pdf").write_bytes(img2pdf.convert([image.data for image, _ in scans], layout_fun=layout))
    output = folder / "out.pdf"
    command = [
        *(sys.executable, "-m", "ocrmypdf", "-q", "--plugin", str(folder / "given.py"), "-l", "vie"),
        *("--pdfa-backend", "internal", "--output-type", "pdfa-2", "-O0", "--jobs", "1"),
        *(str(folder / "in.pdf"), str(output)),
    ]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return output, time.perf_counter() - start


def words_in(pdftotext: str, path: Path, page: int) -> list[Word]:
    """The page's words as poppler finds them in the order of the file, boxes in pixels at 300 dpi."""
    command = [pdftotext, "-raw", "-bbox", "-f", str(page), "-l", str(page), str(path), "-"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    found = WORD.findall(done.stdout)
    return [
        Word(html.unescape(text), Box(*(round(float(v) / 72 * 300) for v in box)), 1.0)
        for *box, text in found
    ]


def assert_same_words(found: list[Word], expected: tuple[Word, ...], tolerance: int) -> None:
    """Same texts in the same order, left and right edges within `tolerance` pixels."""
    assert [unicodedata.normalize("NFC", w.text) for w in found] == [w.text for w in expected]
    off = [
        max(abs(f.box.left - e.box.left), abs(f.box.right - e.box.right))
        for f, e in zip(found, expected, strict=True)
    ]
    assert max(off) <= tolerance


def test_poppler_finds_each_word_in_its_place(
    poppler: str, ours: Path, scans: list[tuple[EncodedImage, TextLayer]]
) -> None:
    for number, (_, layer) in enumerate(scans, 1):
        found = words_in(poppler, ours, number)
        assert_same_words(found, layer.words, tolerance=1)
        for seen, word in zip(found, layer.words, strict=True):
            middle = (word.box.top + word.box.bottom) / 2
            assert seen.box.top < middle < seen.box.bottom, word
            assert 20 < seen.box.height < 65, word


def test_ocrmypdf_writes_the_same_words_and_images(
    poppler: str, ours: Path, theirs: tuple[Path, float], scans: list[tuple[EncodedImage, TextLayer]]
) -> None:
    path, seconds = theirs
    for number, (_, layer) in enumerate(scans, 1):
        assert_same_words(words_in(poppler, path, number), layer.words, tolerance=3)
        assert_same_words(words_in(poppler, ours, number), layer.words, tolerance=1)
    assert stored_images(path) == stored_images(ours) == [image.data for image, _ in scans]
    start = time.perf_counter()
    pdf_of(*(page_of(image, layer) for image, layer in scans))
    own = time.perf_counter() - start
    images = sum(len(image.data) for image, _ in scans)
    print(  # noqa: T201 - the figures are the point of running this by hand
        f"\n{PAGES} pages: OCRmyPDF {seconds * 1000 / PAGES:.0f} ms a page, "
        f"{(path.stat().st_size - images) / PAGES:.0f} bytes beside the image; "
        f"ours {own * 1000 / PAGES:.1f} ms, {(ours.stat().st_size - images) / PAGES:.0f} bytes"
    )


def test_both_are_valid_pdfa_2b(ours: Path, theirs: tuple[Path, float]) -> None:
    for path in (ours, theirs[0]):
        assert pikepdf.pdfa.validate_written(path, "2b").findings == []


def stored_images(path: Path) -> list[bytes]:
    """The images of the pages, as JPEG files."""
    with pikepdf.open(path) as pdf:
        found = []
        for page in pdf.pages:
            (image,) = [o for o in page.Resources.XObject.values() if o.Subtype == "/Image"]
            out = io.BytesIO()
            pikepdf.PdfImage(image).extract_to(stream=out)
            found.append(out.getvalue())
        return found


def test_poppler_draws_the_stored_pixels(
    ours: Path, scans: list[tuple[EncodedImage, TextLayer]], tmp_path: Path
) -> None:
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        pytest.skip("pdftoppm is not installed (poppler-utils)")
    command = [pdftoppm, "-r", "300", "-gray", "-singlefile", str(ours), str(tmp_path / "drawn")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    with Image.open(tmp_path / "drawn.pgm") as drawn, Image.open(io.BytesIO(scans[0][0].data)) as stored:
        assert drawn.size == stored.size
        difference = np.abs(np.asarray(drawn, int) - np.asarray(stored, int))
    assert difference.max() <= 2
