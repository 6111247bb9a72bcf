"""PDF tokens and the sequential writer of objects."""

from __future__ import annotations

import io
import re

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitizer.writing.pdf_objects import Name, ObjectWriter, Ref, Value, number, serialize


@pytest.mark.parametrize(
    ("value", "token"),
    [
        (None, b"null"),
        (True, b"true"),
        (-1, b"-1"),
        (595.2, b"595.2"),
        (1e-9, b"0"),
        (-1e-9, b"0"),
        (1e20, b"100000000000000000000"),
        (Name("A B#/é"), b"/A#20B#23#2F#C3#A9"),
        ("a(b)\\", rb"(a\(b\)\\)"),
        ("số", b"<FEFF007300D11ED1>"[:5] + "số".encode("utf-16-be").hex().upper().encode() + b">"),
        (b"\x01\xff", b"<01FF>"),
        (Ref(7), b"7 0 R"),
        ([1, 2, Name("N"), [Ref(3)]], b"[1 2/N[3 0 R]]"),
        ({"A": 1, "B": Name("C"), "D": "x"}, b"<</A 1/B/C/D(x)>>"),
        ({}, b"<<>>"),
    ],
    ids=repr,
)
def test_value_is_written_as_its_token(value: Value, token: bytes) -> None:
    assert serialize(value) == token


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_string_is_read_back(text: str) -> None:
    assert str(pikepdf.Object.parse(serialize(text))) == text


@given(st.floats(-1e6, 1e6))
def test_number_is_close_and_has_no_exponent(value: float) -> None:
    token = number(value).decode()
    assert re.fullmatch(r"-?\d+(\.\d+)?", token)
    assert float(token) == pytest.approx(value, abs=1e-6)


def test_objects_may_be_written_in_any_order_and_are_all_found() -> None:
    out = io.BytesIO()
    writer = ObjectWriter(out)
    root, pages = writer.reserve(), writer.reserve()
    stream = writer.write_flate({"Kind": Name("Test")}, b"abc" * 100)
    writer.write({"Type": Name("Pages"), "Kids": [], "Count": 0}, pages)
    writer.write({"Type": Name("Catalog"), "Pages": pages, "Extra": stream}, root)
    writer.finish(root, writer.write({"Title": "t"}), bytes(16))
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        assert pdf.Root.Extra.read_bytes() == b"abc" * 100
        assert pdf.check_pdf_syntax() == ["ERROR: file does not contain any pages"]


def test_object_that_was_reserved_and_forgotten_is_an_error() -> None:
    writer = ObjectWriter(io.BytesIO())
    root = writer.write({"Type": Name("Catalog")})
    writer.reserve()
    with pytest.raises(ValueError, match=r"never written: \[2\]"):
        writer.finish(root, root, bytes(16))
