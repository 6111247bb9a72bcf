"""Text, ALTO and hOCR: every word with its box, every page, never a whole document in memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitizer.model import Box, EngineId, Line, PageRecord, PageStatus, TextLayer, Word
from digitizer.writing.alto import write_alto
from digitizer.writing.hocr import write_hocr
from digitizer.writing.text import write_text

ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
XHTML = "{http://www.w3.org/1999/xhtml}"
ENGINE = EngineId("tesseract", "5.3.0", "vie", "ab" * 32)
LINES = (
    Line((Word("ỦY", Box(10, 10, 40, 30), 0.91234), Word("BAN", Box(45, 11, 90, 31), 0.5)), 0),
    Line((Word('<&">', Box(10, 50, 40, 70), 1.0),), 0),
    Line((), 0),
    Line((Word("Vie\u0323\u0302t\x0b\ufffe", Box(200, 10, 240, 30), 0.0),), 1),
)
READ = PageRecord(1, 600, 800, 300, PageStatus.TEXT, confidence=0.9, layer=TextLayer(ENGINE, "r1", LINES))
BLANK = PageRecord(2, 600, 800, 300, PageStatus.BLANK)

Write = Callable[[BinaryIO, str, Iterable[PageRecord]], int]
WRITERS = pytest.mark.parametrize("write", [write_alto, write_hocr])


def written(write: Write, *pages: PageRecord, name: str = "a.pdf") -> ET.Element:
    """The root of the file that `write` makes."""
    out = io.BytesIO()
    assert write(out, name, iter(pages)) == len(pages)
    return ET.fromstring(out.getvalue())


def classed(root: ET.Element, kind: str) -> list[ET.Element]:
    """The hOCR elements of one class."""
    return [e for e in root.iter() if e.get("class") == kind]


def test_text_has_a_form_feed_after_each_page() -> None:
    out = io.BytesIO()
    assert write_text(out, [READ, BLANK, READ]) == 3
    pages = out.getvalue().decode().split("\f")
    assert len(pages) == 4
    assert pages[1] == pages[3] == ""
    assert pages[0].startswith('ỦY BAN\n<&">\n')
    assert "Việt" in pages[0]


def test_form_feed_in_a_word_does_not_end_the_page() -> None:
    layer = TextLayer(ENGINE, "r1", (Line((Word("a\fb", Box(0, 0, 1, 1), 1.0),)),))
    out = io.BytesIO()
    write_text(out, [PageRecord(1, 9, 9, 300, PageStatus.TEXT, layer=layer)])
    assert out.getvalue() == b"a b\n\f"


def test_alto_holds_words_boxes_confidences_and_gaps() -> None:
    root = written(write_alto, BLANK, READ)
    strings = [e.attrib for e in root.iter(f"{ALTO}String")]
    assert [s["CONTENT"] for s in strings] == ["ỦY", "BAN", '<&">', "Việt"]
    assert strings[0] == {
        "CONTENT": "ỦY",
        "WC": "0.9123",
        "HPOS": "10",
        "VPOS": "10",
        "WIDTH": "30",
        "HEIGHT": "20",
    }
    assert [e.attrib for e in root.iter(f"{ALTO}SP")] == [{"HPOS": "40", "VPOS": "11", "WIDTH": "5"}]
    assert len(list(root.iter(f"{ALTO}TextLine"))) == 3
    blocks = [e.attrib for e in root.iter(f"{ALTO}TextBlock")]
    assert [(b["HPOS"], b["WIDTH"], b["HEIGHT"]) for b in blocks] == [("10", "80", "60"), ("200", "40", "20")]


def test_alto_describes_source_engine_and_pages() -> None:
    root = written(write_alto, BLANK, READ, name="công văn.pdf")
    text = {e.tag.removeprefix(ALTO): e.text for e in root.iter() if e.text and e.text.strip()}
    assert text["MeasurementUnit"] == "pixel"
    assert text["fileName"] == "công văn.pdf"
    assert text["softwareName"] == "tesseract"
    assert text["softwareVersion"] == "5.3.0"
    assert "recipe=r1" in (text["processingStepSettings"] or "")
    sizes = [(p.get("PHYSICAL_IMG_NR"), p.get("WIDTH"), p.get("HEIGHT")) for p in root.iter(f"{ALTO}Page")]
    assert sizes == [("2", "600", "800"), ("1", "600", "800")]


def test_alto_without_any_text_is_well_formed() -> None:
    root = written(write_alto, BLANK, BLANK)
    assert [e.tag for e in root] == [f"{ALTO}Description", f"{ALTO}Layout"]
    assert root.find(f".//{ALTO}Processing") is None


def test_hocr_holds_pages_areas_lines_and_words() -> None:
    root = written(write_hocr, READ, BLANK, name='a "b"\\.pdf')
    first, second = classed(root, "ocr_page")
    assert first.get("title") == r'image "a \"b\"\\.pdf"; bbox 0 0 600 800; ppageno 0; scan_res 300 300'
    assert classed(second, "ocr_line") == []
    assert [e.get("title") for e in classed(first, "ocr_carea")] == ["bbox 10 10 90 70", "bbox 200 10 240 30"]
    assert len(classed(first, "ocr_line")) == 3
    found = [(e.text, e.get("title")) for e in classed(first, "ocrx_word")]
    assert found[0] == ("ỦY", "bbox 10 10 40 30; x_wconf 91")
    assert [t for t, _ in found] == ["ỦY", "BAN", '<&">', "Việt"]


@WRITERS
def test_every_id_is_there_once(write: Write) -> None:
    root = written(write, READ, BLANK, PageRecord(3, 9, 9, 72, PageStatus.TEXT, layer=READ.layer))
    ids = [v for e in root.iter() for k, v in e.attrib.items() if k.lower() == "id"]
    assert len(ids) == len(set(ids)) > 8


@WRITERS
@given(text=st.text())
def test_any_text_is_well_formed_xml(write: Write, text: str) -> None:
    layer = TextLayer(ENGINE, text, (Line((Word(text, Box(0, 0, 1, 1), 1.0),)),))
    written(write, PageRecord(1, 9, 9, 300, PageStatus.TEXT, layer=layer), name=text)


@WRITERS
def test_pages_are_written_as_they_come(write: Write) -> None:
    out = io.BytesIO()

    def pages() -> Iterator[PageRecord]:
        for number in range(50):
            before = out.tell()
            yield PageRecord(number + 1, 9, 9, 300, PageStatus.TEXT, layer=READ.layer)
            assert out.tell() > before

    assert write(out, "a.pdf", pages()) == 50
