"""Fills an embedded archive with made-up papers: catalogue and index, hundreds of thousands at once."""

from __future__ import annotations

import hashlib
import io
import json
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from digitizer.model import Agent, Event, Fixity
from digitizer.ports import IndexedPage, object_key
from scripts.load_pages import FONDS, Paper, batch_names, papers
from scripts.samples.fonts import Family, Style, font_file
from storage import schema
from storage.indexing import date_number
from storage.inventory_schema import passage
from storage.objects import DirectoryStore
from storage.search import TantivyIndex
from storage.unsynced import Rows, filling

__all__ = ["drawn", "fill_catalogue", "fill_index"]

SIZE: Final = (2480, 3508)
_AT_ONCE: Final = 1000
_COMMIT: Final = 20_000  # documents
_BY: Final = Agent("software:load")
_ENGINE: Final = {"name": "pretended", "version": "1", "model": "vie", "model_sha256": "0" * 64}
_FIRST_DAY: Final = 1_735_689_600  # 2025-01-01T00:00:00Z
_LINE: Final = 75
_WORD: Final = 190
Told = Callable[[int], None]


def fill_index(index: TantivyIndex, count: int, told: Told) -> None:
    """Index what a person may find of `count` papers, going on where the last call was stopped."""
    there = index.pages()
    for paper in papers(count):
        pages = len(paper.pages) if paper.state == "done" else 0
        if there >= pages:
            there -= pages
            continue
        index.replace(paper.id, _indexed(paper))
        if paper.number % _COMMIT == _COMMIT - 1:
            index.commit()
            told(paper.number)
    index.commit()


def _indexed(paper: Paper) -> Iterator[IndexedPage]:
    for number, lines in enumerate(paper.pages, start=1):
        text = "\n".join(" ".join(line) for line in lines)
        yield IndexedPage(
            paper.id, number, paper.fonds, paper.batch, paper.document_class, text,
            paper.secrecy, paper.organ, date_number(paper.day), "done",
        )  # fmt: skip


def fill_catalogue(url: str, masters: DirectoryStore, count: int, told: Told) -> None:
    """Write the rows of `count` finished papers; papers of one page get a picture too."""
    with filling(url) as add:
        add({schema.batch: list(_batches(count))}, ())
        every = papers(count)
        while some := list(islice(every, _AT_ONCE)):
            rows: Rows = {}
            for paper in some:
                _add(rows, paper, _master(paper, masters))
            add(rows, [event for paper in some for event in _events(paper)])
            told(some[-1].number)


def _batches(count: int) -> Iterator[dict[str, Any]]:
    for fonds in FONDS:
        for name in batch_names(fonds, count):
            yield {"fonds": fonds, "name": name, "created_at": _at(0)}


def _add(rows: Rows, paper: Paper, master: tuple[str, int]) -> None:
    digest, size = master
    finished = paper.state == "done"
    pages = len(paper.pages) if finished else 0
    _put(rows, schema.document, {
        "id": paper.id, "fonds": paper.fonds, "batch": paper.batch, "name": f"{paper.number:07}.jpg",
        "path": f"{paper.batch}/{paper.number:07}.jpg", "media_type": "image/jpeg", "sha256": digest,
        "bytes": size, "received_at": _at(paper.number), "state": paper.state, "pages": pages, "attempt": 1,
        "failures": 0 if finished else 3, "finished_attempt": 1 if finished else None,
        "finished_at": _FIRST_DAY + 30.0 * paper.number if finished else None, "secrecy": paper.secrecy,
        "reason": None if finished else "E-TOOL: the worker died or hung each time",
    })  # fmt: skip
    _put(rows, passage, {
        "document_id": paper.id, "fonds": paper.fonds, "dossier": "", "pages": pages, "a4_halves": 2 * pages,
        "received": _at(paper.number)[:10], "read": _at(paper.number)[:10] if finished else "",
        "checked": "", "described": "", "accepted": "", "described_by": "",
    })  # fmt: skip
    if finished:
        _add_reading(rows, paper, digest)


def _add_reading(rows: Rows, paper: Paper, digest: str) -> None:
    key = {"document_id": paper.id, "attempt": 1}
    pages, fields = len(paper.pages), list(_fields(paper))
    _put(rows, schema.record, key | {"json": _packed(json.dumps(_record(paper, fields), ensure_ascii=False))})
    for number, lines in enumerate(paper.pages, start=1):
        _put(rows, schema.page, key | {
            "number": number, "status": "text", "quality": 0.9, "confidence": 0.9, "flags": [],
            "code": None, "reason": None,
        })  # fmt: skip
        _put(rows, schema.scan, key | {
            "page": number, "master_sha256": digest, "width": SIZE[0], "height": SIZE[1], "dpi": 300,
            "rotation": 0, "skew_degrees": 0.1,
        })  # fmt: skip
        layer = {"page": number, "engine": _ENGINE, "recipe": "trial", "lines": _packed(_lines(lines))}
        _put(rows, schema.text_layer, key | layer)
    _put(rows, schema.document_part, key | {
        "number": 1, "class": paper.document_class, "class_confidence": 0.9, "needs_review": False,
        "pages": list(range(1, pages + 1)),
    })  # fmt: skip
    for each in fields:
        row = {name: each[name] for name in ("name", "value", "raw", "page", "box", "confidence", "source")}
        _put(rows, schema.field_value, key | row | {"part": 1, "origin": "machine", "checks": []})


def _put(rows: Rows, table: Any, row: dict[str, Any]) -> None:
    rows.setdefault(table, []).append(row)


def _record(paper: Paper, fields: list[dict[str, Any]]) -> dict[str, Any]:
    pages: list[dict[str, Any]] = [
        {
            "number": number, "width": SIZE[0], "height": SIZE[1], "dpi": 300, "status": "text",
            "reason": None, "rotation": 0, "skew_degrees": 0.1, "quality": 0.9, "confidence": 0.9,
            "flags": [], "text": "\n".join(" ".join(line) for line in lines),
        }
        for number, lines in enumerate(paper.pages, start=1)
    ]  # fmt: skip
    part = {"pages": list(range(1, len(pages) + 1)), "class": paper.document_class, "class_confidence": 0.9,
            "needs_review": False, "fields": fields}  # fmt: skip
    return {
        "schema": "digitizer.record/1", "source": {"name": f"{paper.number:07}.jpg"},
        "recipe": {"id": "trial", "engines": [_ENGINE]}, "state": "done", "reasons": [], "pages": pages,
        "documents": [part], "derivatives": [], "seconds": {"read": 1.0},
    }  # fmt: skip


def _fields(paper: Paper) -> Iterator[dict[str, Any]]:
    """The fields of the head; their boxes are where `_lines` puts the words."""
    places = {
        "organ_name": (paper.organ, _box(0, 0, len(paper.organ.split()))),
        "number": (paper.notation, _box(1, 1, 2)),
        "date": (paper.day, _box(1, 3, 8)),
        "person_name": (paper.person, _box(2, 2, 5)),
    }
    if paper.personal:
        places["personal_id"] = (paper.personal, _box(2, 6, 7))
    for name, (value, box) in places.items():
        yield {"name": name, "value": value, "raw": value, "page": 1, "box": box, "confidence": 0.95,
               "source": "label", "checks": []}  # fmt: skip


def _box(line: int, first: int, past: int) -> list[int]:
    return [200 + _WORD * first, 200 + _LINE * line, 200 + _WORD * past - 30, 250 + _LINE * line]


def _lines(lines: tuple[tuple[str, ...], ...]) -> str:
    """What `storage.rows.pack_lines` packs, written straight away."""
    made = []
    for row, line in enumerate(lines):
        words = ",".join(f'["{word}",{_BOXES[row][place]},0.93]' for place, word in enumerate(line))
        made.append(f"[{row // 8},[{words}]]")
    return f"[{','.join(made)}]"


_BOXES: Final = [
    [str(_box(row, place, place + 1))[1:-1].replace(" ", "") for place in range(24)] for row in range(48)
]


def _packed(text: str) -> bytes:
    return zlib.compress(text.encode(), 1)


def drawn(paper: Paper) -> bytes:
    """The first page of a paper as a JPEG."""
    image = Image.new("L", SIZE, 246)
    draw = ImageDraw.Draw(image)
    face = ImageFont.truetype(font_file(Family.TINOS, Style.REGULAR), 44)
    for row, line in enumerate(paper.pages[0]):
        for place, word in enumerate(line):
            left, top, *_ = _box(row, place, place + 1)
            draw.text((left, top), word, 20, face)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=80, dpi=(300, 300))
    return data.getvalue()


def _master(paper: Paper, masters: DirectoryStore) -> tuple[str, int]:
    """Digest and bytes of a drawn picture for papers of one page, invented ones for the others."""
    if len(paper.pages) > 1:
        return hashlib.sha256(paper.id.encode()).hexdigest(), 400_000
    data = io.BytesIO(drawn(paper))
    fixity = Fixity(hashlib.sha256(data.getvalue()).hexdigest(), len(data.getvalue()))
    masters.put(object_key(fixity.sha256), data, fixity)
    return fixity.sha256, fixity.bytes


def _events(paper: Paper) -> Iterator[Event]:
    yield Event("received", paper.id, _BY, _at(paper.number), "success", (("batch", paper.batch),))
    told = (("attempt", "1"), ("state", paper.state))
    kind, outcome = ("digitized", "success") if paper.state == "done" else ("failed", "failure")
    yield Event(kind, paper.id, _BY, _at(paper.number), outcome, told)


def _at(number: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_FIRST_DAY + 30 * number))
