"""The record's JSON is the contract's, and page work files give every page back exactly."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitizer.errors import Code
from digitizer.model import (
    Box,
    CheckResult,
    Derivative,
    DocumentPart,
    EngineId,
    FieldValue,
    Fixity,
    Line,
    Outcome,
    PageCode,
    PageRecord,
    PageStatus,
    Reason,
    Record,
    RecordState,
    Source,
    TextLayer,
    Word,
)
from digitizer.writing.record import dump_json, page_from_json, page_to_json, record_from_json, record_to_json

ENGINE = EngineId("tesseract", "5.3.0", "vie", "ab" * 32)
LAYER = TextLayer(ENGINE, "r1", (Line((Word("Số", Box(1, 2, 3, 4), 0.9), Word("12", Box(5, 2, 9, 4), 0.8))),))
FIELD = FieldValue(
    "number", "12", "12", 1, Box(5, 2, 9, 4), 0.98765, "printed", (CheckResult("r", Outcome.WARN, "m"),)
)
RECORD = Record(
    source=Source("b.pdf", "a/b.pdf", Fixity("cd" * 32, 123), "application/pdf", signed=False),
    recipe="r1",
    engines=(ENGINE,),
    state=RecordState.DONE_WITH_GAPS,
    reasons=(Reason(Code.PIXELS, "too many pixels on page 2", 2),),
    pages=(
        PageRecord(1, 2480, 3508, 300, PageStatus.TEXT, None, 90, -0.8123, 0.97, 0.951234, ("stamp",), LAYER),
        PageRecord(2, 0, 0, 300, PageStatus.FAILED, Reason(Code.PIXELS, "too many pixels", 2)),
    ),
    documents=(DocumentPart((1, 2), "decision", 0.99, needs_review=True, fields=(FIELD,)),),
    derivatives=(
        Derivative("pdf", "a/b.pdf", Fixity("ef" * 32, 9), "2b"),
        Derivative("txt", "a/b.txt", Fixity("01" * 32, 5)),
    ),
    seconds=(("intake", 0.12345), ("read", 1.2)),
)

finite = st.floats(allow_nan=False, allow_infinity=False)
share = st.floats(0, 1)
nfc = st.text(st.characters(exclude_categories=["Cs"])).map(lambda t: unicodedata.normalize("NFC", t))
boxes = st.tuples(*[st.integers(-10, 30_000)] * 4).map(
    lambda b: Box(min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
)
words = st.builds(Word, nfc, boxes, share)
lines = st.builds(Line, st.lists(words, max_size=4).map(tuple), st.integers(0, 99))
layers = st.builds(
    TextLayer, st.builds(EngineId, nfc, nfc, nfc, nfc), nfc, st.lists(lines, max_size=4).map(tuple)
)
reasons = st.builds(Reason, st.sampled_from(Code), nfc, st.none() | st.integers(1, 9))
pages = st.builds(
    PageRecord,
    *[st.integers(1, 100_000)] * 4,
    st.sampled_from(PageStatus),
    st.none() | reasons,
    st.sampled_from([0, 90, 180, 270]),
    finite,
    share,
    share,
    st.lists(nfc, max_size=3).map(tuple),
    st.none() | layers,
)


@given(pages)
def test_page_work_file_gives_the_page_back_exactly(page: PageRecord) -> None:
    assert page_from_json(json.loads(dump_json(page_to_json(page), compact=True))) == page


def test_record_is_the_contracts() -> None:
    value = record_to_json(RECORD)
    assert list(value) == [
        *("schema", "source", "recipe", "state", "reasons", "pages", "documents", "derivatives", "seconds")
    ]
    assert value["schema"] == "digitizer.record/1"
    assert value["source"] == {
        "name": "b.pdf",
        "path": "a/b.pdf",
        "sha256": "cd" * 32,
        "bytes": 123,
        "media_type": "application/pdf",
        "signed": False,
    }
    engine = {"name": "tesseract", "version": "5.3.0", "model": "vie", "model_sha256": "ab" * 32}
    assert value["recipe"] == {"id": "r1", "engines": [engine]}
    assert value["state"] == "done_with_gaps"
    assert value["reasons"] == [{"code": "E-PIXELS", "message": "too many pixels on page 2", "page": 2}]
    assert value["pages"][0] == {
        "number": 1,
        "width": 2480,
        "height": 3508,
        "dpi": 300,
        "status": "text",
        "reason": None,
        "rotation": 90,
        "skew_degrees": -0.81,
        "quality": 0.97,
        "confidence": 0.9512,
        "flags": ["stamp"],
        "text": "Số 12",
    }
    assert value["pages"][1]["reason"] == {"code": "E-PIXELS", "message": "too many pixels", "page": 2}
    assert value["documents"][0] == {
        "pages": [1, 2],
        "class": "decision",
        "class_confidence": 0.99,
        "needs_review": True,
        "fields": [
            {
                "name": "number",
                "value": "12",
                "raw": "12",
                "page": 1,
                "box": [5, 2, 9, 4],
                "confidence": 0.9877,
                "source": "printed",
                "checks": [{"rule": "r", "outcome": "warn", "message": "m"}],
            }
        ],
    }
    assert value["derivatives"] == [
        {"kind": "pdf", "path": "a/b.pdf", "sha256": "ef" * 32, "bytes": 9, "pdfa": "2b"},
        {"kind": "txt", "path": "a/b.txt", "sha256": "01" * 32, "bytes": 5},
    ]
    assert value["seconds"] == {"intake": 0.123, "read": 1.2}


def test_keys_of_a_page_are_in_the_contracts_order() -> None:
    expected = "number width height dpi status reason rotation skew_degrees quality confidence flags text"
    assert list(record_to_json(RECORD)["pages"][0]) == expected.split()


def test_record_read_again_says_the_same_but_for_the_words() -> None:
    value = json.loads(dump_json(record_to_json(RECORD)))
    again = record_to_json(record_from_json(value))
    for page in (*value["pages"], *again["pages"]):
        del page["text"]
    assert again == value


def test_another_schema_is_refused() -> None:
    with pytest.raises(ValueError, match=r"not a digitizer\.record/1"):
        record_from_json({"schema": "digitizer.record/9"})


def test_json_is_nfc_utf8_and_ends_in_a_line_feed() -> None:
    data = dump_json({"a": "Vie\u0323\u0302t"})
    assert data == '{\n "a": "Việt"\n}\n'.encode()


def test_compact_json_is_one_line() -> None:
    assert dump_json({"a": [1, 2]}, compact=True) == b'{"a":[1,2]}\n'


def test_name_that_is_no_utf8_survives() -> None:
    name = b"a\xff.pdf".decode("utf-8", "surrogateescape")
    assert json.loads(dump_json([name])) == [name]


def test_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dump_json(float("nan"))


def test_codes_of_a_page_go_there_and_back_and_are_absent_where_none_are() -> None:
    coded = replace(RECORD.pages[0], codes=(PageCode("QRCode", "Hộp 12", Box(1, 2, 3, 4)),))
    value = json.loads(json.dumps(page_to_json(coded)))
    assert page_from_json(value).codes == coded.codes
    assert "codes" not in page_to_json(RECORD.pages[0])
