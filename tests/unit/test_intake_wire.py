"""The parent believes nothing that comes out of the sandbox: sizes, codes, words, boxes, silence."""

from __future__ import annotations

import json
import socket
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitizer.errors import Code
from digitizer.intake.page_wire import receive_page, send_failure, send_scan
from digitizer.intake.sandbox import Call, ChildLostError, Sandbox
from digitizer.intake.scans import Limits, PageFailure, PageScan
from digitizer.intake.wire import MAX_HEADER, ProtocolError, Stream
from digitizer.model import Box, EncodedImage, Word

LIMITS = Limits(max_pixels=1000, max_decoded_bytes=5000)
IMAGE = EncodedImage(b"data", "FlateDecode", 5, 4, 8, "Indexed", (("Predictor", 15),), None, b"abc", 6)
SCAN = PageScan(
    number=3,
    pixels=np.arange(60, dtype=np.uint8).reshape(4, 5, 3),
    dpi=(300.0, 200.0),
    origin="extracted",
    image=IMAGE,
    text_words=(Word("chữ", Box(0, 0, 5, 4), 1.0),),
    flags=("dpi-missing",),
)
GOOD: dict[str, Any] = {
    "kind": "page",
    "number": 3,
    "height": 4,
    "width": 5,
    "channels": 1,
    "dpi": [300, 300],
    "origin": "decoded",
    "born_digital": False,
    "flags": [],
    "words": [],
}


def _received(sent: bytes) -> PageScan | PageFailure:
    near, far = socket.socketpair()
    with near, far:
        far.sendall(sent)
        far.close()
        stream = Stream(near)
        stream.allow(2)
        header = stream.header()
        assert header is not None
        return receive_page(stream, header, 3, LIMITS)


def _frame(header: object, payload: bytes = b"") -> bytes:
    body = json.dumps(header).encode()
    return struct.pack("!I", len(body)) + body + payload


def test_a_page_arrives_as_it_was_sent() -> None:
    near, far = socket.socketpair()
    with near, far:
        send_scan(Stream(far), SCAN)
        send_failure(Stream(far), PageFailure(3, Code.TRUNC, "cut\x1b[31m off"))
        stream = Stream(near)
        stream.allow(2)
        got = receive_page(stream, stream.header() or {}, 3, LIMITS)
        failure = receive_page(stream, stream.header() or {}, 3, LIMITS)
    assert isinstance(got, PageScan)
    assert np.array_equal(got.pixels, SCAN.pixels)
    for name in ("number", "dpi", "origin", "image", "text_words", "flags", "born_digital"):
        assert getattr(got, name) == getattr(SCAN, name)
    assert failure == PageFailure(3, Code.TRUNC, "cut\ufffd[31m off")


@pytest.mark.parametrize(
    "lie",
    [
        {"number": 4},
        {"width": 0},
        {"width": -5},
        {"width": 2**40},
        {"width": 400, "height": 400},
        {"channels": 2},
        {"channels": True},
        {"dpi": [0, 300]},
        {"dpi": [300]},
        {"dpi": ["300", 300]},
        {"origin": "dreamt"},
        {"flags": ["<script>"]},
        {"flags": ["a"] * 1000},
        {"words": [["x", 0, 0, 9, 9]]},
        {"words": [["x", 3, 0, 1, 1]]},
        {"words": [["x", 0, 0, 1.5, 1]]},
        {"words": "many"},
        {"image": {"bytes": 10**9}},
        {"image": []},
        {"kind": "failure", "code": "E-MINE", "message": "x"},
        {"kind": "failure", "code": "E-TOOL", "message": 7},
        {"kind": "gift"},
    ],
)
def test_a_lie_is_a_protocol_error_before_memory_is_taken(lie: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError):
        _received(_frame(GOOD | lie, bytes(20)))


def test_frames_that_are_none() -> None:
    for sent in (struct.pack("!I", MAX_HEADER + 1), struct.pack("!I", 3) + b"{{{", _frame([1])):
        with pytest.raises(ProtocolError):
            _received(sent)
    with pytest.raises(EOFError):
        _received(_frame(GOOD, bytes(19)))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(GOOD)), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_any_header_gives_a_page_or_a_protocol_error(change: dict[str, Any]) -> None:
    try:
        result = _received(_frame(GOOD | change, bytes(3000)))
    except (ProtocolError, EOFError):
        return
    assert isinstance(result, (PageScan, PageFailure))


class _Killed(Sandbox):
    kills = 0

    def kill(self) -> None:
        self.kills += 1


def test_silence_ends_at_the_deadline_and_the_sandbox_with_it() -> None:
    replies, far = socket.socketpair()
    status, far_status = socket.socketpair()
    sandbox = _Killed(LIMITS)
    with far, far_status:
        call = Call(sandbox, replies, status)
        with pytest.raises(ChildLostError) as caught, call.guarded(0.05) as stream:
            stream.header()
        call.close()
    assert caught.value.code is Code.TIMEOUT
    assert sandbox.kills == 1
