"""hOCR 1.2: the words of a document with their boxes and confidences, as XHTML, page by page."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from digitizer.model import Box, Line, PageRecord
from digitizer.writing.xml_text import escaped, xml_text

__all__ = ["write_hocr"]

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"\
 "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head><title>{title}</title>
<meta http-equiv="Content-Type" content="text/html;charset=utf-8" />
<meta name="ocr-system" content="digitizer" />
<meta name="ocr-capabilities" content="ocr_page ocr_carea ocr_line ocrx_word ocrp_wconf" />
</head>
<body>
"""
_TAIL: Final = "</body>\n</html>\n"


def write_hocr(out: BinaryIO, source_name: str, pages: Iterable[PageRecord]) -> int:
    """Write the pages as one hOCR file, each as it comes, and return how many there were.

    Boxes are in pixels of the upright page, origin top left; `ppageno` counts from 0, as hOCR asks.
    """
    out.write(_HEAD.format(title=escaped(source_name)).encode("utf-8"))
    count = 0
    for page in pages:
        element = _page(source_name, page)
        # An empty div must keep its end tag: HTML parsers do not know `<div />`.
        text = tostring(element, encoding="unicode", short_empty_elements=False)
        out.write(text.encode("utf-8") + b"\n")
        count += 1
    out.write(_TAIL.encode("utf-8"))
    return count


def _bbox(box: Box) -> str:
    return f"bbox {box.left} {box.top} {box.right} {box.bottom}"


def _node(parent: Element, tag: str, kind: str, name: str, title: str) -> Element:
    return SubElement(parent, tag, {"class": kind, "id": name, "title": title})


def _page(source_name: str, page: PageRecord) -> Element:
    image = xml_text(source_name).replace("\\", "\\\\").replace('"', '\\"')
    title = (
        f'image "{image}"; {_bbox(Box(0, 0, page.width, page.height))}; '
        f"ppageno {page.number - 1}; scan_res {page.dpi} {page.dpi}"
    )
    element = Element("div", {"class": "ocr_page", "id": f"page_{page.number}", "title": title})
    lines = [line for line in page.layer.lines if line.words] if page.layer else []
    for number, (_, block) in enumerate(groupby(lines, key=lambda line: line.block), 1):
        _area(element, f"{page.number}_{number}", list(block))
    return element


def _area(parent: Element, name: str, lines: list[Line]) -> None:
    box = Box.around(line.box for line in lines)
    area = _node(parent, "div", "ocr_carea", f"block_{name}", _bbox(box))
    for number, line in enumerate(lines, 1):
        _line(area, f"{name}_{number}", line)


def _line(parent: Element, name: str, line: Line) -> None:
    element = _node(parent, "span", "ocr_line", f"line_{name}", _bbox(line.box))
    element.tail = "\n"
    for number, word in enumerate(line.words, 1):
        title = f"{_bbox(word.box)}; x_wconf {round(word.confidence * 100)}"
        node = _node(element, "span", "ocrx_word", f"word_{name}_{number}", title)
        node.text, node.tail = xml_text(word.text), " "
