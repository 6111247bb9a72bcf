"""The generator prints what its truth says, gives the same bytes for a seed, and wears pages legibly."""

import json
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pytest
from PIL import Image

from scripts.samples import wear
from scripts.samples.__main__ import main
from scripts.samples.files import write_pdf, write_tiff
from scripts.samples.fonts import Family, SampleError, Style, font_file
from scripts.samples.forms import birth_certificate, listing
from scripts.samples.levels import ON_GLASS, WIDEST_BORDER, Scan, Wear, scan
from scripts.samples.marks import seal_stamp
from scripts.samples.model import Look, Paper
from scripts.samples.papers import WRITERS, decision, official_letter
from scripts.samples.pile import demo
from scripts.samples.press import blank_page, print_paper
from scripts.samples.sets import make_leaf, rng_for, scan_all, truth_of
from scripts.samples.spelled import in_words
from scripts.samples.words import LEGAL_BASES, SENTENCES, SLOTS, SUBJECTS, fill

LOW = Look(dpi=72)
ALL = (*WRITERS, birth_certificate, listing)


def all_text(paper: Paper, look: Look = LOW) -> str:
    """Every printed line of a paper."""
    return "\n".join(line for page in print_paper(paper, look) for line in page.lines)


@pytest.mark.parametrize("writer", ALL)
def test_every_paper_prints_the_simple_fields_it_claims(writer: object) -> None:
    paper = writer(rng_for(4), 3)  # type: ignore[operator]
    text = " ".join(all_text(paper).split())
    for name in {"number", "notation", "subject", "signer_name", "signer_title", "person_name"} & set(
        paper.fields
    ):
        assert paper.fields[name] in text


def test_reading_order_is_left_head_right_head_body_recipients_signature() -> None:
    paper = decision(rng_for(3), 3)
    text = all_text(paper)
    marks = ["Số:", "CỘNG HÒA XÃ HỘI", "Điều 1.", "Nơi nhận:", paper.fields["signer_name"]]
    assert [text.index(mark) for mark in marks] == sorted(text.index(mark) for mark in marks)


def test_each_noted_line_is_a_row_of_ink() -> None:
    page = print_paper(official_letter(rng_for(6), 2), Look(dpi=150))[0]
    rows = np.flatnonzero((page.ink < 128).any(axis=1))
    assert 20 < len(page.lines) < len(rows)
    assert (page.ink[:, : round(8 / 25.4 * 150)] == 255).all()


def test_long_papers_run_over_and_number_later_pages() -> None:
    pages = print_paper(decision(rng_for(8), 14), LOW)
    assert len(pages) > 1
    assert [page.lines[0] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]


def test_templates_leave_no_slot_open_and_vary() -> None:
    rng = rng_for(2)
    texts = {fill(rng, template) for _ in range(30) for template in (*SENTENCES, *LEGAL_BASES, *SUBJECTS)}
    assert len(texts) > 300
    assert not any("{" in text or "  " in text for text in texts)
    assert all(words for words in SLOTS.values())


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (5, "năm"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (105, "một trăm linh năm"),
        (1990, "một nghìn chín trăm chín mươi"),
        (2005, "hai nghìn không trăm linh năm"),
        (2020, "hai nghìn không trăm hai mươi"),
    ],
)
def test_numbers_are_spelled_as_certificates_do(number: int, words: str) -> None:
    assert in_words(number) == words


@pytest.mark.parametrize("level", list(Wear))
def test_wear_is_the_same_for_the_same_seed_and_keeps_the_page(level: Wear) -> None:
    page = print_paper(decision(rng_for(1), 3), LOW)[0]
    one, two = scan(page, page, level, rng_for(5)), scan(page, page, level, rng_for(5))
    assert one.pixels.tobytes() == two.pixels.tobytes()
    assert sorted(one.pixels.shape[:2]) == sorted(page.ink.shape)


def test_ink_grows_fainter_with_wear() -> None:
    page = print_paper(decision(rng_for(1), 3), LOW)[0]
    clean, middle = (
        scan(page, None, level, rng_for(5)).pixels.astype(float) for level in (Wear.CLEAN, Wear.MIDDLE)
    )
    assert np.ptp(np.percentile(clean, (1, 99))) > np.ptp(np.percentile(middle, (1, 99)))


def test_leaning_is_clockwise_for_positive_degrees() -> None:
    page = np.ones((101, 101, 3), np.float32)
    page[50, 60:95] = 0
    turned = wear.lean(page, 20, 1.0)
    rows = np.flatnonzero((turned[..., 0] < 0.5).any(axis=1))
    assert rows.mean() > 55


@pytest.mark.parametrize("degrees", [-5, 5])
def test_no_print_is_lost_behind_lean_and_border(degrees: float) -> None:
    page = print_paper(decision(rng_for(8), 14), LOW)[0]
    cover = np.repeat((255 - page.ink)[..., None], 3, axis=2).astype(np.float32)
    leaned = wear.lean(cover, degrees, 0.0, ON_GLASS)[..., 0]
    depth = int(WIDEST_BORDER * max(leaned.shape)) + 1
    inside = leaned[depth:-depth, depth:-depth].sum()
    assert inside == pytest.approx(leaned.sum(), rel=1e-4)
    assert inside == pytest.approx(cover[..., 0].sum() * ON_GLASS**2, rel=0.02)


def test_bleed_is_mirrored() -> None:
    back = np.full((40, 60), 255, np.uint8)
    back[:, 5:10] = 0
    layer = wear.bleed(back, 0.3, 0.5)
    assert int(np.argmin(layer[20])) >= 50


def test_text_mode_keeps_ink_under_uneven_light() -> None:
    light = np.tile(np.linspace(90, 250, 400), (400, 1)).astype(np.uint8)
    light[200:204, :] = light[200:204, :] // 3
    out = wear.bilevel(light)
    assert set(np.unique(out)) <= {0, 255}
    assert (out[202] == 0).all()
    assert (out[100] == 255).all()


def test_a_seal_has_rings_and_a_star() -> None:
    stamp = np.asarray(seal_stamp(200, "ABC • "))
    assert stamp[100, 100] > 200
    assert stamp[100, 2:14].max() > 200
    assert stamp[0, 0] == 0


def test_blank_back_is_blank_and_carries_the_front(tmp_path: Path) -> None:
    leaf = make_leaf(decision, LOW, 3, rng_for(1))
    pages = [leaf.pages[0], blank_page(72)]
    scans = scan_all(pages, Wear.MIDDLE, rng_for(2))
    assert pages[1].blank
    assert scans[1].pixels.min() < scans[1].pixels.max()


def test_truth_gives_pages_of_each_document_in_the_file() -> None:
    leaves = [make_leaf(decision, LOW, 3, rng_for(seed)) for seed in (1, 2)]
    truth = truth_of(leaves)
    documents = truth["documents"]
    assert isinstance(documents, list)
    first = len(leaves[0].pages)
    assert documents[1]["pages"][0] == first + 1


def two_tone() -> Scan:
    """A white page with a black bar at the top."""
    pixels = np.full((80, 60), 255, np.uint8)
    pixels[:10] = 0
    return Scan(pixels, 72, 90)


def test_two_tone_pdf_page_shows_black_on_white(tmp_path: Path) -> None:
    write_pdf(tmp_path / "a.pdf", [two_tone()])
    with pikepdf.open(tmp_path / "a.pdf") as pdf:
        image = pikepdf.PdfImage(pdf.pages[0].resources.XObject.Im0).as_pil_image().convert("L")
    assert np.asarray(image)[5, 5] == 0
    assert np.asarray(image)[50, 5] == 255


def test_tiff_holds_every_page(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", [two_tone(), two_tone()], "group4")
    with Image.open(tmp_path / "a.tif") as image:
        assert getattr(image, "n_frames", 1) == 2
        assert image.info["compression"] == "group4"


def test_missing_font_is_named_with_its_package() -> None:
    class NoSuch(str):
        __slots__ = ()

    with pytest.raises((SampleError, KeyError)):
        font_file(NoSuch("No Such Family"), Style.REGULAR)  # type: ignore[arg-type]
    assert font_file(Family.TINOS, Style.BOLD).endswith(".ttf")


@pytest.mark.slow
def test_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    cv2.setNumThreads(1)
    for name in ("one", "two"):
        assert main([str(tmp_path / name), "--seed", "3", "--pages", "2", "--wear", "3"]) == 0
    files = sorted(
        path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file()
    )
    assert files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.slow
def test_demo_pile_holds_truth_for_every_file(tmp_path: Path) -> None:
    assert demo(tmp_path, 1, 3) >= 3
    for file in (tmp_path / "in").iterdir():
        truth = json.loads((tmp_path / "truth" / f"{file.stem}.gt.json").read_text("utf-8"))
        assert truth["pages"]
