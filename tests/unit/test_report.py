"""What the report says of a run, for machines and for people."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from digitizer.errors import Code
from digitizer.model import (
    DocumentPart,
    Fixity,
    PageRecord,
    PageStatus,
    Reason,
    Record,
    RecordState,
    Source,
)
from digitizer.services.report import Entry, entry_of, report_to_json, totals_of
from digitizer.services.report_html import render_report

DONE = Entry(
    "a/đơn.pdf",
    RecordState.DONE,
    (),
    3,
    1.5,
    ("a/đơn.pdf", "a/đơn.alto.xml", "a/đơn.json"),
    (("blank", 1), ("text", 2)),
    0.95,
    0.9,
    ("unknown",),
    histogram=(0,) * 9 + (2,),
    thumbnail=b"jpeg",
)
GAPS = Entry(
    "gaps.pdf",
    RecordState.DONE_WITH_GAPS,
    tuple(Reason(Code.TIMEOUT, "took longer than allowed", n) for n in range(1, 9)),
    9,
    2.0,
    ("gaps.pdf",),
    (("failed", 8), ("text", 1)),
    0.5,
)
REFUSED = Entry("<b>x</b>.pdf", RecordState.REFUSED, (Reason(Code.BOMB, "a <bomb>"),), 0, 0.0, ("x.json",))


def record(*pages):
    return Record(
        Source("b.pdf", "a/b.pdf", Fixity("0" * 64, 1), "application/pdf", signed=True),
        "papers.1-0",
        (),
        RecordState.DONE,
        (),
        pages,
        (DocumentPart((1,), "decision", 0.9, True), DocumentPart((2,), "decision", 0.9, False)),
        seconds=(("read", 1.0004), ("write", 0.5)),
    )


def test_an_entry_sums_a_record_up():
    entry = entry_of(
        record(
            PageRecord(1, 1, 1, 300, PageStatus.TEXT, quality=1.0, confidence=0.8),
            PageRecord(2, 1, 1, 300, PageStatus.TEXT, quality=0.5, confidence=0.6),
            PageRecord(3, 1, 1, 300, PageStatus.BLANK),
        ),
        ("a/b.pdf",),
    )
    assert (entry.quality, entry.confidence, entry.seconds, entry.pages) == (0.75, 0.7, 1.5, 3)
    assert entry.by_status == (("blank", 1), ("text", 2))
    assert entry.classes == ("decision",)
    assert entry.needs_review
    assert entry.signed
    assert entry.histogram == (0, 0, 0, 0, 0, 1, 0, 0, 0, 1)


@given(st.lists(st.sampled_from([DONE, GAPS, REFUSED])), st.floats(0, 1e6))
def test_the_totals_add_up(entries, seconds):
    totals = totals_of(entries, seconds)
    assert sum(totals.inputs.values()) == len(entries)
    assert totals.page_count == sum(entry.pages for entry in entries)
    assert totals.pages_a_minute >= 0


def test_the_json_is_the_contract_s():
    value = report_to_json([DONE, REFUSED], totals_of([DONE, REFUSED], 2.0))
    assert value["schema"] == "digitizer.report/1"
    assert {"path", "state", "reasons", "pages", "seconds", "outputs"} <= value["inputs"][0].keys()
    assert value["inputs"][1]["reasons"] == [{"code": "E-BOMB", "message": "a <bomb>", "page": None}]
    assert value["totals"]["inputs"] == {"all": 2, "done": 1, "done_with_gaps": 0, "refused": 1}


def page(*entries, **options):
    return render_report(entries, totals_of(entries, 61.0), **options)


def test_names_and_messages_are_escaped():
    html = page(REFUSED)
    assert "<b>x" not in html
    assert "a &lt;bomb&gt;" in html


def test_what_needs_a_person_comes_first():
    html = page(DONE, GAPS, REFUSED)
    assert html.index("&lt;b&gt;x") < html.index("gaps.pdf") < html.index("đơn.pdf")
    assert "2 tệp cần người xem" in html
    assert "+ 3" in html  # five of eight reasons are shown


def test_a_run_without_trouble_says_so():
    assert "Không còn tệp nào phải xử lý tay" in page(DONE)
    assert "Không còn tệp nào" in page()


def test_the_page_needs_no_network_and_no_script():
    html = page(DONE, GAPS)
    assert "<script" not in html
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert "@import" not in html
    assert "default-src 'none'" in html


def test_outputs_are_linked_with_their_kind():
    html = page(DONE)
    assert '<a href="a/%C4%91%C6%A1n.alto.xml">ALTO</a>' in html


def test_pictures_are_capped():
    assert page(DONE, thumbnails=1).count("data:image/jpeg") == 1
    assert page(DONE, thumbnails=0).count("data:image/jpeg") == 0
