"""What `digitizer quality` takes on an archive of many papers: time and memory of the whole command.

`python -m scripts.quality_scale DIR --documents 20000 [--seed 1]` fills DIR with the papers that the
generator writes (`scripts.samples`, all classes in turn), unprinted: their text and fields go straight into a
catalogue, as if they had been read without fault; every hundredth comes twice, with a word read wrongly. Run
again on the same folder it goes on where it was, and measures.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from digitizer.bootstrap import archive_of
from digitizer.model import (
    Agent,
    Box,
    DocumentPart,
    EngineId,
    FieldValue,
    Fixity,
    Line,
    PageRecord,
    PageStatus,
    Record,
    RecordState,
    Source,
    TextLayer,
    Word,
)
from digitizer.ports import StoredDocument
from digitizer.services.archive import ArchiveApp
from digitizer.settings import load_settings
from scripts.samples.bundles import NOT_INSIDE
from scripts.samples.catalogue import CATALOGUE, writer_of
from scripts.samples.plain import plain_text
from scripts.samples.sets import rng_for

__all__ = ["main"]

_BY = Agent("software:trial")
_ENGINE = EngineId("pretended", "1", "vie", "0" * 64)
_CLASSES = tuple(name for name in CATALOGUE if name not in NOT_INSIDE)
_TWICE = 100
_STREAM = 31
_WORDS_A_LINE = 12


def main() -> None:
    """Fill, measure, print one JSON object."""
    asked = _asked()
    begun = time.monotonic()
    with archive_of(load_settings({"home": asked.home, "keeps_index": False})) as app:
        made = _fill(app, asked.documents, asked.seed)
    told = {"documents": asked.documents, "made_now": made, "filled_s": round(time.monotonic() - begun, 1)}
    print(json.dumps(told | _measured(asked.home), indent=1, ensure_ascii=False))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _fill(app: ArchiveApp, documents: int, seed: int) -> int:
    start = sum(batch.documents for batch in app.catalogue.batches())
    for number in range(start, documents):
        text, part = _paper(number, seed)
        document = _document(number, app.clock.now())
        app.catalogue.add_document(document, _BY)
        held = app.catalogue.claim("trial", 60, document.id)
        assert held is not None
        app.catalogue.complete(held.id, held.attempt, _record(held, text, part), _BY)
    return max(0, documents - start)


def _paper(number: int, seed: int) -> tuple[list[str], DocumentPart]:
    """The words and the fields of one paper; every hundredth is the one before it, a word read wrongly."""
    twice = number % _TWICE == _TWICE - 1
    which = number - twice
    paper = writer_of(_CLASSES[which % len(_CLASSES)], which // len(_CLASSES))(
        rng_for(seed, _STREAM, which), 2
    )
    words = plain_text(paper).split()
    if twice:
        words[len(words) // 2] += "x"
    fields = tuple(
        FieldValue(name, value, value, 1, Box(10, 10, 90, 30), 0.99) for name, value in paper.fields.items()
    )
    return words, DocumentPart((1,), paper.kind, 0.95, needs_review=False, fields=fields)


def _document(number: int, at: str) -> StoredDocument:
    sha256 = hashlib.sha256(f"paper {number}".encode()).hexdigest()
    name = f"{number:06}.pdf"
    return StoredDocument(
        f"{number:016x}", "trial", "F01", name, name, "application/pdf", Fixity(sha256, 9), "queued", 0, 0, at
    )


def _record(held: StoredDocument, words: list[str], part: DocumentPart) -> Record:
    lines = tuple(
        Line(tuple(Word(word, Box(10 + 60 * x, y, 60 + 60 * x, y + 20), 0.95) for x, word in enumerate(row)))
        for y, row in (
            (30 * (at // _WORDS_A_LINE) + 10, words[at : at + _WORDS_A_LINE])
            for at in range(0, len(words), _WORDS_A_LINE)
        )
    )
    layer = TextLayer(_ENGINE, "trial", lines)
    page = PageRecord(1, 2480, 3508, 300, PageStatus.TEXT, quality=0.9, confidence=0.95, layer=layer)
    source = Source(held.name, held.path, held.fixity, held.media_type, signed=False)
    return Record(source, "trial", (_ENGINE,), RecordState.DONE, (), (page,), (part,))


def _measured(home: Path) -> dict[str, object]:
    """The command as an operator runs it: wall, processor time, most memory, and what it found."""
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "digitizer.cli", "quality", "--limit", "0", "--json"],
        env={**os.environ, "DIGITIZER_HOME": str(home)},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    found = json.loads(process.stdout.read())
    _, _, used = os.wait4(process.pid, 0)
    return {
        "quality_s": round(time.monotonic() - begun, 1),
        "quality_cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "quality_mb": used.ru_maxrss // 1000,
        "counts": found["counts"],
    }


if __name__ == "__main__":
    main()
