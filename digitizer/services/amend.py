"""What a person says of text and borders, and the files that are made again with it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from digitizer.desk import Amendments, Division, Paperwork, Standing, Statement
from digitizer.errors import (
    Code,
    ConflictError,
    FixityError,
    NotFoundError,
    PageError,
    UsageError,
)
from digitizer.model import Agent, Box, Derivative, Fixity, PageRecord
from digitizer.ports import object_key
from digitizer.services.archive import Amending, ArchiveApp
from digitizer.services.digitize_plan import FORMATS
from digitizer.services.digitize_work import AMENDED
from digitizer.services.work_pages import fetched
from digitizer.understanding.understand import Understanding
from digitizer.understanding.vietnamese import nfc
from digitizer.writing.record import dump_json, page_from_json

__all__ = ["Borders", "LineSaid", "amend_pending", "correct_line", "divide"]

_AT_ONCE = 20
_LONGEST = 2_000
_CHANGED = "somebody else changed this document: look again"


@dataclass(frozen=True, slots=True)
class LineSaid:
    """What somebody types over a printed line: where it is, the text they saw, the text they say it has."""

    attempt: int
    page: int
    box: Box
    was: str
    text: str


@dataclass(frozen=True, slots=True)
class Borders:
    """Where papers begin, as somebody saw it (`before`) and wants it (`starts`): first pages, in order.

    `classes`: the class they chose for the paper that begins at a page.
    """

    attempt: int
    before: tuple[int, ...]
    starts: tuple[int, ...]
    classes: tuple[tuple[int, str], ...] = ()


def correct_line(
    app: ArchiveApp, amendments: Amendments, by: Agent, document_id: str, said: LineSaid
) -> None:
    """Keep what somebody says of a printed line; the machine's text stays beside it.

    Raises:
        ConflictError: the line is no longer what they saw, or the document was read again.
        UsageError: the text is far too long.
    """
    text = nfc(" ".join(said.text.split()))
    if len(text) > _LONGEST:
        raise UsageError("this value is not possible here")
    line = next((x for x in app.catalogue.lines(document_id, said.page) if x.box == said.box), None)
    if line is None or line.text != said.was:
        raise ConflictError(_CHANGED)
    if text != said.was:
        statement = Statement(said.page, said.box, "", said.was, text)
        amendments.state(document_id, said.attempt, statement, by)


def divide(app: ArchiveApp, amendments: Amendments, by: Agent, document_id: str, borders: Borders) -> int:
    """Draw the borders between papers anew; those that changed are understood again. How many changed.

    Raises:
        ConflictError: the borders are no longer what they saw, or the document was read again.
        UsageError: a paper would begin where there is no page, or there is no such class.
    """
    now = amendments.papers(document_id)
    pages = sorted(page for paper in now.papers for page in paper.pages)
    if now.attempt != borders.attempt or borders.before != tuple(paper.pages[0] for paper in now.papers):
        raise ConflictError(_CHANGED)
    starts = sorted(set(borders.starts))
    if not pages or not set(starts) <= set(pages) or starts[:1] != pages[:1]:
        raise UsageError("every page must be in one paper, and in one only")
    chosen = dict(borders.classes)
    ends = [*starts[1:], pages[-1] + 1]
    groups = [tuple(p for p in pages if a <= p < b) for a, b in zip(starts, ends, strict=True)]
    return _regroup(app, amendments, by, document_id, [(group, chosen.get(group[0], "")) for group in groups])


def amend_pending(app: ArchiveApp, limit: int = _AT_ONCE) -> int:
    """Make files again of documents of which people said something; how many.

    A new reading first gets the borders and looks of the one before.

    Raises:
        MissingDependencyError: a tool or server is missing; what is left waits.
    """
    amending = app.amending
    if amending is None or amending.remake is None:
        return 0
    waiting: dict[str, list[int]] = {}
    for sequence, document_id in amending.amendments.to_amend(limit):
        waiting.setdefault(document_id, []).append(sequence)
    for document_id, sequences in waiting.items():
        trouble = ""
        try:
            _carry(app, amending.amendments, document_id)
            _remade(app, amending, document_id)
        except ConflictError:
            pass  # read again meanwhile: that posted it anew
        except (NotFoundError, PageError, FixityError) as error:
            trouble = type(error).__name__
        amending.amendments.amended(sequences, trouble)
    return len(waiting)


def _carry(app: ArchiveApp, amendments: Amendments, document_id: str) -> None:
    now = amendments.papers(document_id)
    before = _before(amendments, document_id, now.attempt)
    if before is None:
        return
    every = [sorted(page for paper in work.papers for page in paper.pages) for work in (now, before)]
    if before.undoable and not now.undoable and every[0] == every[1]:
        groups = [(paper.pages, paper.chosen) for paper in before.papers]
        _regroup(app, amendments, app.agent, document_id, groups)
    amendments.carry(document_id, before.attempt)


def _before(amendments: Amendments, document_id: str, attempt: int) -> Paperwork | None:
    """The papers of the reading before this one; attempts that came to nothing have none."""
    for earlier in range(attempt - 1, 0, -1):
        found = amendments.papers(document_id, earlier)
        if found.papers:
            return found
    return None


def _regroup(
    app: ArchiveApp,
    amendments: Amendments,
    by: Agent,
    document_id: str,
    groups: Sequence[tuple[tuple[int, ...], str]],
) -> int:
    now = amendments.papers(document_id)
    kept = {paper.pages for paper in now.papers if _stays(paper, groups)}
    replaced = tuple(paper.part for paper in now.papers if paper.pages not in kept)
    fresh = [(pages, name) for pages, name in groups if pages not in kept]
    if not fresh:
        return 0
    known = {page.number: page for page in _pages(app, document_id)}
    understanding = Understanding()
    try:
        made = tuple(understanding.one((known[page] for page in pages), name) for pages, name in fresh)
    except ValueError as error:
        raise UsageError("there is no such class of papers") from error
    made = tuple(replace(part, needs_review=True) for part in made)
    chosen = tuple(name for _, name in fresh)
    amendments.divide(Division(document_id, now.attempt, replaced, made, chosen), by)
    return len(fresh)


def _stays(paper: Standing, groups: Iterable[tuple[tuple[int, ...], str]]) -> bool:
    same = next((name for pages, name in groups if pages == paper.pages), None)
    return same is not None and same in {"", paper.document_class}


def _pages(app: ArchiveApp, document_id: str) -> list[PageRecord]:
    """The pages as they were read, with what people said of their lines; such pages carry the flag."""
    layers = next((each for each in app.catalogue.derivatives(document_id) if each.kind == "layers"), None)
    if layers is None:
        raise NotFoundError("no layers of this document are kept: have it read again")
    with app.derivatives.open(object_key(layers.fixity.sha256)) as data:
        read = [page_from_json(each) for each in json.loads(gzip.decompress(data.read()))]
    return [_amended(app, document_id, page) for page in read]


def _amended(app: ArchiveApp, document_id: str, page: PageRecord) -> PageRecord:
    if page.layer is None:
        return page
    lines = tuple(app.catalogue.lines(document_id, page.number))
    before = [line.text for line in page.layer.lines]
    if [line.text for line in lines] == before:
        return page
    return replace(page, layer=replace(page.layer, lines=lines), flags=(*page.flags, AMENDED))


def _remade(app: ArchiveApp, amending: Amending, document_id: str) -> None:
    """Make the files that hold text again where a line was put right, and the record in any case."""
    document = app.catalogue.document(document_id)
    attempt = amending.amendments.papers(document_id).attempt
    said = amending.amendments.said(document_id)
    known = {each.kind: each for each in app.catalogue.derivatives(document_id)}
    pages = _pages(app, document_id)
    made: list[Derivative] = []
    if any(AMENDED in page.flags for page in pages):
        formats = tuple(kind for kind in known if kind in FORMATS)
        with tempfile.TemporaryDirectory(prefix="digitizer-", dir=app.scratch) as folder:
            source, out = fetched(app, document, Path(folder) / "in"), Path(folder) / "out"
            out.mkdir()
            assert amending.remake is not None
            files = amending.remake(formats, source, out, pages).files
            if not set(formats) <= set(files):
                raise PageError(Code.TOOL, "the files could not be made again")
            for kind in formats:
                if kind != "json":
                    made.append(_stored(app, known[kind], files[kind].read_bytes()))
    record = app.catalogue.record(document_id)
    fresh = {each.kind: each for each in made}
    for entry in record["derivatives"]:
        if again := fresh.get(entry["kind"]):
            entry |= {"sha256": again.fixity.sha256, "bytes": again.fixity.bytes}
    if "json" in known:
        made.append(_stored(app, known["json"], dump_json(record)))
    amending.amendments.rebuilt(document_id, attempt, said[-1].number if said else 0, made, app.agent)


def _stored(app: ArchiveApp, known: Derivative, content: bytes) -> Derivative:
    fixity = Fixity(hashlib.sha256(content).hexdigest(), len(content))
    app.derivatives.put(object_key(fixity.sha256), io.BytesIO(content), fixity)
    return replace(known, fixity=fixity)
