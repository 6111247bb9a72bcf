"""PDFs that are broken, hostile, locked or too large end with their code; other dangers are named."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from digitizer.errors import Code, Refusal
from digitizer.intake.opener import Intake
from digitizer.intake.scans import Limits, PageFailure, PageScan
from tests.unit.test_intake_pdf import FULL, add_image, add_page, saved


@pytest.fixture(scope="module")
def intake() -> Iterator[Intake]:
    with Intake() as door:
        yield door


def _code(intake: Intake, path: Path) -> Code:
    with pytest.raises(Refusal) as caught:
        intake.probe(path)
    return caught.value.code


def test_a22_page_counts_up_to_the_limit(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    for _ in range(12):
        pdf.add_blank_page(page_size=(20, 20))
    path = saved(pdf, tmp_path / "many.pdf")
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
    user = saved(pdf, tmp_path / "user.pdf", encryption=pikepdf.Encryption(user="u", owner="o"))
    assert _code(intake, user) is Code.ENCRYPTED
    owner = saved(pdf, tmp_path / "owner.pdf", encryption=pikepdf.Encryption(user="", owner="o"))
    assert "restrictions" in intake.probe(owner).flags
    assert isinstance(next(intake.pages(owner, [1])), PageScan)


def test_a26_a_certificate_or_corrupt_encryption(intake: Intake, tmp_path: Path) -> None:
    tree = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    path = _raw_pdf(tmp_path / "cert.pdf", CATALOG, tree, page, b"<</Filter/Adobe.PubSec/V 4/R 4>>")
    data = path.read_bytes().replace(b"/Root 1 0 R>>", b"/Root 1 0 R/Encrypt 4 0 R/ID[(a)(a)]>>")
    path.write_bytes(data)
    assert _code(intake, path) in {Code.ENCRYPTED, Code.MALFORMED}


def test_a27_a28_a29_a30_a31_what_the_record_must_say(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    add_page(pdf, FULL, I=add_image(pdf))
    root: Any = pdf.Root
    root.OpenAction = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    signature = pdf.make_indirect(Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=b"x"))
    field = pdf.make_indirect(Dictionary(FT=Name.Sig, T=pikepdf.String("s"), V=signature))
    root.AcroForm = Dictionary(Fields=Array([field]), XFA=pdf.make_stream(b"<xdp/>"))
    pdf.attachments["a.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ", filename="a.exe")
    path = saved(pdf, tmp_path / "all.pdf")
    data = path.read_bytes()
    path.write_bytes(data + data[data.rindex(b"startxref") :])
    probe = intake.probe(path)
    assert {"signed", "active-content", "xfa", "embedded-files", "incremental"} <= set(probe.flags)
    assert probe.signed


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a02_a_cut_pdf_never_passes_as_whole(intake: Intake, tmp_path: Path, share: float) -> None:
    pdf = pikepdf.new()
    for _ in range(4):
        add_page(pdf, FULL, I=add_image(pdf))
    path = saved(pdf, tmp_path / "cut.pdf")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    try:
        flags = intake.probe(path).flags
    except Refusal as refusal:
        assert refusal.code in {Code.TRUNC, Code.MALFORMED}  # noqa: PT017 - either end is right
    else:
        assert {"repaired", "truncated"} <= set(flags)


def test_a18_a_huge_image_is_refused_by_its_declaration(intake: Intake, tmp_path: Path) -> None:
    pdf = pikepdf.new()
    huge = add_image(pdf, b"x", Width=60_000, Height=60_000, BitsPerComponent=1, ColorSpace=Name.DeviceGray)
    add_page(pdf, FULL, I=huge)
    assert _code(intake, saved(pdf, tmp_path / "huge.pdf")) is Code.PIXELS
    add_page(pdf, FULL, I=add_image(pdf))
    path = saved(pdf, tmp_path / "two.pdf")
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
    add_page(pdf, FULL, I=add_image(pdf, packed, Filter=twice, Width=100, Height=100))
    assert _code(intake, saved(pdf, tmp_path / "bomb.pdf", **as_is)) is Code.BOMB


def test_a_key_written_twice_is_no_damage(intake: Intake, tmp_path: Path) -> None:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Resources<<>>>>"
    twice = b"<</Type/Catalog/Pages 2 0 R/Lang(vi)/Lang(vi)>>"
    path = _raw_pdf(tmp_path / "twice.pdf", twice, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page)
    assert "repaired" not in intake.probe(path).flags
