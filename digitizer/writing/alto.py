"""ALTO 4 (Library of Congress): the words of a document with their boxes and confidences, page by page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from digitizer.model import Box, Line, PageRecord, TextLayer, Word
from digitizer.writing.xml_text import xml_text

__all__ = ["write_alto"]

_NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_HEAD: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<alto xmlns="{_NAMESPACE}" SCHEMAVERSION="4.4">\n'


def write_alto(out: BinaryIO, source_name: str, pages: Iterable[PageRecord]) -> int:
    """Write the pages as one ALTO file, each as it comes, and return how many there were.

    Boxes are in pixels of the upright page, origin top left. `Processing` names the engine and recipe
    of the first page that was read. Failed and blank pages are there, with an empty print space.
    """
    layer, pages = _first_layer(iter(pages))
    out.write(_HEAD.encode("utf-8"))
    out.write(_bytes(_description(source_name, layer)) + b"<Layout>\n")
    count = 0
    for page in pages:
        out.write(_bytes(_page(page)))
        count += 1
    out.write(b"</Layout>\n</alto>\n")
    return count


def _bytes(element: Element) -> bytes:
    return tostring(element, encoding="unicode").encode("utf-8") + b"\n"


def _first_layer(pages: Iterator[PageRecord]) -> tuple[TextLayer | None, Iterator[PageRecord]]:
    """The first text layer, and all the pages again: those looked at have no words, so they are small."""
    seen: list[PageRecord] = []
    for page in pages:
        seen.append(page)
        if page.layer is not None:
            return page.layer, chain(seen, pages)
    return None, iter(seen)


def _leaf(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = xml_text(text)


def _description(source_name: str, layer: TextLayer | None) -> Element:
    description = Element("Description")
    _leaf(description, "MeasurementUnit", "pixel")
    _leaf(SubElement(description, "sourceImageInformation"), "fileName", source_name)
    if layer is None:
        return description
    processing = SubElement(description, "Processing", ID="PROC1")
    _leaf(processing, "processingCategory", "contentGeneration")
    _leaf(processing, "processingStepDescription", "optical character recognition")
    _leaf(
        processing,
        "processingStepSettings",
        f"recipe={layer.recipe} model={layer.engine.model} model_sha256={layer.engine.model_sha256}",
    )
    software = SubElement(processing, "processingSoftware")
    _leaf(software, "softwareName", layer.engine.name)
    _leaf(software, "softwareVersion", layer.engine.version)
    return description


def _place(box: Box) -> dict[str, str]:
    return {
        "HPOS": str(box.left),
        "VPOS": str(box.top),
        "WIDTH": str(box.width),
        "HEIGHT": str(box.height),
    }


def _page(page: PageRecord) -> Element:
    name = f"P{page.number}"
    element = Element(
        "Page",
        ID=name,
        PHYSICAL_IMG_NR=str(page.number),
        WIDTH=str(page.width),
        HEIGHT=str(page.height),
        PC=f"{page.confidence:.4g}",
    )
    space = SubElement(element, "PrintSpace", _place(Box(0, 0, page.width, page.height)))
    lines = [line for line in page.layer.lines if line.words] if page.layer else []
    for number, (_, block) in enumerate(groupby(lines, key=lambda line: line.block), 1):
        _block(space, f"{name}_B{number}", list(block))
    return element


def _block(parent: Element, name: str, lines: list[Line]) -> None:
    block = SubElement(parent, "TextBlock", _place(Box.around(line.box for line in lines)), ID=name)
    for number, line in enumerate(lines, 1):
        element = SubElement(block, "TextLine", _place(line.box), ID=f"{name}_L{number}")
        for index, word in enumerate(line.words):
            if index:
                _space(element, line.words[index - 1].box, word.box)
            _string(element, word)


def _string(parent: Element, word: Word) -> None:
    attributes = {"CONTENT": xml_text(word.text), "WC": f"{word.confidence:.4g}"}
    element = SubElement(parent, "String", attributes | _place(word.box))
    if word.read_as:
        SubElement(element, "ALTERNATIVE", PURPOSE="as read").text = xml_text(word.read_as)


def _space(parent: Element, before: Box, after: Box) -> None:
    """The gap between two words; boxes that touch or overlap leave one of no width."""
    width = max(0, after.left - before.right)
    SubElement(parent, "SP", HPOS=str(before.right), VPOS=str(after.top), WIDTH=str(width))
