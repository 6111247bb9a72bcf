"""The gate tells types from bytes and refuses by header, with the stable codes of the catalogue of cases."""

from __future__ import annotations

import contextlib
import io
import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from digitizer.errors import Code, Refusal
from digitizer.intake.scans import Limits
from digitizer.intake.sniff import gate, sniff
from digitizer.model import MediaType

LIMITS = Limits()
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nstartxref\n9\n%%EOF\n"
EXE = b"MZ\x90\0" + bytes(100)
HTML = b"<!DOCTYPE html><html><body>404</body></html>"
ZIP = b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18)


def _admit(name: str, data: bytes) -> tuple[MediaType, tuple[str, ...]]:
    return gate(name, data[: 64 << 10], data[-(64 << 10) :], len(data), LIMITS)


def _code(name: str, data: bytes) -> Code:
    with pytest.raises(Refusal) as caught:
        _admit(name, data)
    return caught.value.code


def _saved(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", (40, 30), 200).save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", MediaType.JPEG),
        ("PNG", MediaType.PNG),
        ("TIFF", MediaType.TIFF),
        ("BMP", MediaType.BMP),
        ("WEBP", MediaType.WEBP),
        ("JPEG2000", MediaType.JP2),
    ],
)
def test_each_accepted_type_is_known_by_its_bytes_under_any_name(kind: str, media_type: MediaType) -> None:
    data = _saved(kind)
    assert _admit("noname", data) == (media_type, ())
    assert _admit("wrong.pdf", data) == (media_type, ("extension-mismatch",))


def test_a_bom_or_short_garbage_before_a_pdf_is_tolerated_and_said() -> None:
    assert _admit("a.pdf", PDF) == (MediaType.PDF, ())
    assert _admit("a.pdf", b"\xef\xbb\xbf" + PDF) == (MediaType.PDF, ("repaired",))
    assert _admit("a.pdf", b"\0\x01junk\n" * 20 + PDF) == (MediaType.PDF, ("repaired",))


@pytest.mark.parametrize("name", ["a.pdf", "a.jpg", "a", "a.exe"])
def test_a01_an_empty_file_is_empty_whatever_its_name(name: str) -> None:
    assert _code(name, b"") is Code.EMPTY


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [("a.pdf", EXE, "Windows program"), ("a.jpg", HTML, "HTML"), ("a.tif", ZIP, "ZIP")],
)
def test_a07_a_foreign_type_under_an_accepted_name(name: str, data: bytes, said: str) -> None:
    with pytest.raises(Refusal, match=said) as caught:
        _admit(name, data)
    assert caught.value.code is Code.EXT


@pytest.mark.parametrize(
    "data", [EXE, HTML, ZIP, b"%!PS-Adobe-3.0\n", b"GIF89a" + bytes(9), b"<svg xmlns='x'/>", "Chào".encode()]
)
def test_a08_a35_a36_other_types_are_refused_by_name(data: bytes) -> None:
    assert _code("file", data) is Code.TYPE


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04" + PDF,
        b"PK\x03\x04" + bytes(5000) + PDF,
        HTML + PDF,
        PDF + b"\n" + HTML + bytes(2000),
        PDF + ZIP,
        _saved("JPEG") + PDF,
        _saved("PNG")[:60] + PDF,
    ],
)
def test_a09_two_types_at_once(data: bytes) -> None:
    assert _code("a.pdf", data) is Code.POLYGLOT


def test_a06_one_byte_over_the_limit() -> None:
    with pytest.raises(Refusal) as caught:
        gate("a.pdf", PDF, PDF, LIMITS.max_bytes + 1, LIMITS)
    assert caught.value.code is Code.SIZE


def _png_header(width: int, height: int) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0) + bytes(40)
    )


def _tiff_header(width: int, height: int) -> bytes:
    entries = struct.pack("<HHII", 256, 4, 1, width) + struct.pack("<HHII", 257, 4, 1, height)
    return b"II*\0" + struct.pack("<IH", 8, 2) + entries + bytes(4)


def test_a11_a12_pixel_bombs_fall_to_their_headers_at_once() -> None:
    start = time.perf_counter()
    assert _code("a.png", _png_header(60_000, 60_000)) is Code.PIXELS
    assert _code("a.tif", _tiff_header(100_000, 100_000)) is Code.PIXELS
    assert (
        _code("a.bmp", b"BM" + bytes(12) + struct.pack("<Iii", 40, 60_000, -60_000) + bytes(40))
        is Code.PIXELS
    )
    jpeg = b"\xff\xd8\xff\xc0" + struct.pack(">HBHHB", 11, 8, 65_500, 65_500, 1) + bytes(20)
    assert _code("a.jpg", jpeg) is Code.PIXELS
    assert time.perf_counter() - start < 0.2


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([b"", b"%PDF-", b"II*\0", b"MM\0+", b"\xff\xd8\xff", b"RIFF0000WEBP", b"BM"]), st.binary()
)
def test_any_bytes_give_a_type_or_a_refusal(start: bytes, rest: bytes) -> None:
    data = start + rest
    with contextlib.suppress(Refusal):
        assert sniff(data, data, len(data)) in MediaType
        gate("x.pdf", data, data, len(data), LIMITS)
