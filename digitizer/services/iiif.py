"""What IIIF viewers are told of a document: Image API 3.0 (level 0: sizes and tiles) and Presentation 3.0.

Sources: https://iiif.io/api/image/3.0/ sections 4 and 5, https://iiif.io/api/image/3.0/compliance/,
https://iiif.io/api/presentation/3.0/ section 5. Pixels are of the upright page, origin top left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from digitizer.errors import NotFoundError
from digitizer.holdings import StoredDocument
from digitizer.model import Box
from digitizer.services.page_image import SIZES

__all__ = ["Cut", "cut", "image_info", "manifest", "text_annotations"]

IMAGE: Final = "http://iiif.io/api/image/3/context.json"
PRESENTATION: Final = "http://iiif.io/api/presentation/3/context.json"
_TILE: Final = 1024
_NUMBERS: Final = re.compile(r"(\d{1,6}),(\d{1,6}),(\d{1,6}),(\d{1,6})")
_SIZE: Final = re.compile(r"(\d{1,6}),(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Cut:
    """Which part of a page is wanted, in how many pixels."""

    region: Box
    width: int
    height: int


def image_info(base: str, width: int, height: int) -> dict[str, Any]:
    """`info.json` of a page of `width` by `height` pixels whose images lie under `base`."""
    return {
        "@context": IMAGE,
        "id": base,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level0",
        "width": width,
        "height": height,
        "sizes": [{"width": w, "height": h} for w, h in _sizes(width, height)],
        "tiles": [{"width": _TILE, "height": _TILE, "scaleFactors": list(_factors(width, height))}],
        "preferredFormats": ["jpg"],
    }


def cut(width: int, height: int, region: str, size: str) -> Cut:
    """The part of a page that a request names; a level 0 server has those of its `info.json` and no other.

    Raises:
        NotFoundError: it is none of them.
    """
    if region == "full":
        known = {f"{w},{h}": (w, h) for w, h in _sizes(width, height)} | {"max": (width, height)}
        if size in known:
            return Cut(Box(0, 0, width, height), *known[size])
    numbers, wanted = _NUMBERS.fullmatch(region), _SIZE.fullmatch(size)
    if numbers and wanted:
        left, top, wide, high = (int(each) for each in numbers.groups())
        for factor in _factors(width, height):
            side = _TILE * factor
            right, bottom = min(left + side, width), min(top + side, height)
            there = left % side == 0 and top % side == 0 and left < width and top < height
            scaled = (-(-(right - left) // factor), -(-(bottom - top) // factor))
            if there and (wide, high) == (right - left, bottom - top) and scaled == _pair(wanted):
                return Cut(Box(left, top, right, bottom), *scaled)
    raise NotFoundError("no such image: this server has the sizes and tiles of info.json")


def manifest(base: str, document: StoredDocument, pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The manifest of a document whose addresses begin with `base`: a canvas a page, in their order."""
    facts = (("Phông", "Fonds", document.fonds), ("Lô", "Batch", document.batch))
    return {
        "@context": PRESENTATION,
        "id": f"{base}/manifest",
        "type": "Manifest",
        "label": {"none": [document.name]},
        "metadata": [
            {"label": {"vi": [vi], "en": [en]}, "value": {"none": [value]}} for vi, en, value in facts
        ],
        "behavior": ["individuals"],
        "viewingDirection": "left-to-right",
        "items": [_canvas(f"{base}/{each['number']}", each) for each in pages],
    }


def text_annotations(base: str, lines: Iterable[tuple[str, Box]]) -> dict[str, Any]:
    """The printed lines of the page at `base`, each with its place on the canvas (`supplementing`)."""
    return {
        "@context": PRESENTATION,
        "id": f"{base}/text",
        "type": "AnnotationPage",
        "items": [
            {
                "id": f"{base}/text/{number}",
                "type": "Annotation",
                "motivation": "supplementing",
                "body": {"type": "TextualBody", "value": text, "format": "text/plain", "language": "vi"},
                "target": f"{base}/canvas#xywh={_xywh(box)}",
            }
            for number, (text, box) in enumerate(lines, start=1)
        ],
    }


def _canvas(base: str, page: Mapping[str, Any]) -> dict[str, Any]:
    width, height = page["width"], page["height"]
    canvas: dict[str, Any] = {
        "id": f"{base}/canvas",
        "type": "Canvas",
        "label": {"none": [str(page["number"])]},
        "width": max(width, 1),
        "height": max(height, 1),
        "items": [{"id": f"{base}/canvas/images", "type": "AnnotationPage", "items": []}],
        "annotations": [{"id": f"{base}/text", "type": "AnnotationPage"}],
    }
    if width and height:
        service = [{"id": base, "type": "ImageService3", "profile": "level0"}]
        image = {"type": "Image", "format": "image/jpeg", "service": service}
        small = _sizes(width, height)[0]
        canvas["thumbnail"] = [
            image
            | {
                "id": f"{base}/full/{small[0]},{small[1]}/0/default.jpg",
                "width": small[0],
                "height": small[1],
            }
        ]
        painted = image | {"id": f"{base}/full/max/0/default.jpg", "width": width, "height": height}
        canvas["items"][0]["items"] = [
            {
                "id": f"{base}/canvas/image",
                "type": "Annotation",
                "motivation": "painting",
                "body": painted,
                "target": f"{base}/canvas",
            }
        ]
    return canvas


def _sizes(width: int, height: int) -> list[tuple[int, int]]:
    """The fixed sizes of a whole page, smallest first; the last is the page itself."""
    smaller = sorted(each for each in SIZES.values() if each is not None and each < width)
    return [*((each, max(1, round(height * each / width))) for each in smaller), (width, height)]


def _factors(width: int, height: int) -> Iterable[int]:
    factor = 1
    while True:
        yield factor
        if max(width, height) <= _TILE * factor:
            return
        factor *= 2


def _pair(match: re.Match[str]) -> tuple[int, int]:
    return int(match[1]), int(match[2])


def _xywh(box: Box) -> str:
    return f"{box.left},{box.top},{box.right - box.left},{box.bottom - box.top}"
