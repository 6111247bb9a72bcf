"""Separator sheets: what their codes say, and that they are found on pages as they come from the scanner."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from digitizer.intake.child_codes import find_codes
from digitizer.intake.opener import Intake
from digitizer.intake.scans import PageScan
from digitizer.model import PageCode
from digitizer.understanding.separators import Separator, flags_for, payload, separator_of
from tests.unit.test_cli import digitizer

PAPERLESS = Path(__file__).resolve().parents[2].parent / "shared" / "robustness" / "paperless"


def page_with(text: str, turned: int = 0, noise: int = 0) -> np.ndarray:
    """An A4 page at 300 dpi with a QR code of 4 cm."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_image(
        scale=1, add_quiet_zones=True
    )
    code = np.asarray(drawn, np.uint8)
    code = np.kron(code, np.ones((470 // len(code),) * 2, np.uint8))
    page = np.full((3508, 2480), 250, np.uint8)
    page[300 : 300 + len(code), 400 : 400 + len(code)] = code
    if noise:
        spread = np.random.default_rng(7).normal(0, noise, page.shape)
        page = np.clip(page + spread, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(page, turned))


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_our_own_sheet_is_found_however_it_lies(turned):
    wanted = Separator("H49.64.33.2001.160", "Hộp 12")
    (code,) = find_codes(page_with(payload(wanted), turned, noise=25), 300)
    assert separator_of([code]) == wanted
    assert flags_for((code,)) == ("separator",)
    assert code.box.right - code.box.left > 300


def test_a_fine_scan_has_its_boxes_in_its_own_pixels():
    coarse, fine = page_with("PATCHT"), np.kron(page_with("PATCHT"), np.ones((2, 2), np.uint8))
    (small,), (large,) = find_codes(coarse, 300), find_codes(fine, 600)
    assert abs(large.box.left - 2 * small.box.left) < 9


def test_other_codes_are_no_separators():
    codes = (PageCode("QRCode", "https://example.vn"), PageCode("Code128", "H12.345"))
    assert separator_of(codes) is None
    assert flags_for(codes) == ("code",)
    assert flags_for(()) == ()
    assert separator_of([*codes, PageCode("Code39", "PATCHT")]) == Separator()


@given(st.text(max_size=300))
def test_any_text_is_a_separator_or_none(text):
    separator_of([PageCode("QRCode", text), PageCode("QRCode", "digitizer-separator:" + text)])


@given(st.text(st.characters(categories=("L", "N", "P")), max_size=60))
def test_what_is_printed_is_what_is_read(text):
    said = separator_of([PageCode("QRCode", payload(Separator(text, text)))])
    assert said is not None
    assert said == separator_of([PageCode("QRCode", payload(said))])


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "separators"),
    [
        ("patch-code-t.pdf", [1]),
        ("patch-code-t-qr.pdf", [1]),
        ("patch-code-t-middle.pdf", [2]),
        ("patch-code-t-middle-distorted.pdf", [2]),
        ("patch-code-t-middle-unreadable.pdf", []),
        ("barcode-fax-image.pdf", [2]),
        ("split-by-asn-2.pdf", [3]),
        ("simple-digital.pdf", []),
    ],
)
def test_separators_of_others_are_found(name, separators):
    if not PAPERLESS.is_dir():
        if os.environ.get("CI"):
            pytest.fail("the shared samples are missing")
        pytest.skip("the shared samples are not beside this checkout")
    with Intake() as intake:
        count = intake.probe(PAPERLESS / name).page_count
        scans = list(intake.pages(PAPERLESS / name, range(1, count + 1)))
    assert all(isinstance(scan, PageScan) for scan in scans)
    assert [scan.number for scan in scans if "separator" in flags_for(scan.codes)] == separators


def test_a_page_of_noise_and_lines_has_no_codes():
    page = np.random.default_rng(3).integers(0, 256, (1000, 700)).astype(np.uint8)
    page[::20] = 0
    assert find_codes(page, 200) == ()
    assert find_codes(np.asarray(Image.new("RGB", (50, 50))), 200) == ()


def test_printed_sheets_are_read_again_and_say_it_in_words(tmp_path):
    done = digitizer(
        "separators", "H49.64.33", "Hồ sơ 2", "--box", "12", "--count", "1", "--out", "s.pdf", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with Intake() as intake:
        assert intake.probe(tmp_path / "s.pdf").page_count == 3
        scans = list(intake.pages(tmp_path / "s.pdf", (1, 2, 3)))
    assert [separator_of(scan.codes) for scan in scans] == [
        Separator("H49.64.33", "12"),
        Separator("Hồ sơ 2", "12"),
        Separator(),
    ]
    assert [len(scan.codes) for scan in scans] == [2, 2, 2]
    words = " ".join(word.text for word in scans[1].text_words)
    assert "TỜ PHÂN CÁCH" in words
    assert "Hồ sơ 2" in words
    assert digitizer("separators", "--out", "s.pdf", cwd=tmp_path).returncode == 2
