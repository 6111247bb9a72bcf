"""A web application over a real archive in a folder, with a pretended reader, and people to ask it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from fastapi.testclient import TestClient

from digitizer.accounts import Account, Role, Secrecy
from digitizer.intake.scans import Limits
from digitizer.intake.unpack import Unpacker
from digitizer.model import Agent, Box, CheckResult, DocumentPart, FieldValue, MediaType, Outcome
from digitizer.planning.targets import load_plan
from digitizer.services.archive import ArchiveApp, Digitized
from digitizer.services.find import index_pending
from digitizer.services.ingest import ingest
from digitizer.services.log_in import Door
from digitizer.services.page_image import PageImages
from digitizer.services.plan import PlanApp
from digitizer.services.uploads import Uploads
from digitizer.services.work import work
from digitizer.web.app import make_app
from digitizer.web.site import Books, Site
from digitizer.writing.atomic import fixity_of
from storage.accessions import SqlAccessions
from storage.accounts import SqlAccounts
from storage.amendments import SqlAmendments
from storage.batch_facts import SqlFactsBook
from storage.catalogue import SqlCatalogue
from storage.desk import SqlDesk
from storage.evidence import SqlEvidence
from storage.hit_pages import SqlHitPages
from storage.inventory import SqlInventory
from storage.objects import DirectoryStore
from storage.roll import SqlRoll
from storage.saved_searches import SqlSavedSearches
from storage.search import TantivyIndex
from tests.contracts.fakes import FixedClock, MemoryQueue
from tests.contracts.samples import record

BY = Agent("person:lan")
PASSWORD = "mật khẩu thử 1"
NUMBER = "001099012345"
ORIGIN = {"origin": "https://localhost"}


class PlainPasswords:
    """`Passwords` without the wait."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def verify(self, known: str, password: str) -> bool:
        return known == f"plain:{password}"


def digitize(source: Path, folder: Path) -> Digitized:
    """Pretend that a file's bytes are what is printed, a form feed between pages; `MẬT` is a stamp."""
    text = source.read_text()
    pdf = folder / "out.pdf"
    pdf.write_bytes(b"%PDF " + source.read_bytes())
    made = record(fixity_of(source), text.split("\f"), name=source.name)
    doubt = CheckResult("year-of-number", Outcome.WARN, "năm không khớp")
    fields = [
        FieldValue("number", "125", "125", 1, Box(100, 130, 180, 150), 0.97),
        FieldValue("organ_name", "UBND tỉnh Mẫu", "UBND", 1, Box(100, 100, 300, 120), 0.6, checks=(doubt,)),
        FieldValue("date", "05/02/2025", "05/02/2025", 1, Box(200, 130, 300, 150), 0.9),
    ]
    if NUMBER in text:
        fields.append(FieldValue("personal_id", NUMBER, NUMBER, 1, Box(100, 160, 240, 180), 0.95))
    if "Sậy" in text:
        place = next(word.box for page in made.pages for word in page.layer.words if word.text == "Sậy")
        fields.append(FieldValue("residence", "Sậy", "Sậy", 1, place, 0.95))
    if "MẬT" in text:
        fields.append(FieldValue("secrecy", "MẬT", "MẬT", 1, Box(1, 1, 9, 9), 0.9))
    kind = "birth_certificate" if "KHAI SINH" in text else "decision"
    part = DocumentPart(made.documents[0].pages, kind, 0.9, needs_review=True, fields=tuple(fields))
    return Digitized(replace(made, documents=(part,)), {"pdf": pdf})


def unpacker(home: Path) -> Unpacker:
    return Unpacker(Limits(max_members=20, max_bytes=1_000_000), home / "scratch")


@contextmanager
def site_at(home: Path) -> Iterator[Site]:
    (home / "scratch").mkdir(parents=True)
    (home / "cache").mkdir()
    url = f"sqlite:///{home}/catalogue.db"
    catalogue, accounts, desk = SqlCatalogue(url), SqlAccounts(url), SqlDesk(url)
    hits = SqlHitPages(url)
    amendments = SqlAmendments(url)
    masters = DirectoryStore(home / "masters")
    archive = ArchiveApp(
        masters=masters,
        derivatives=DirectoryStore(home / "derivatives"),
        catalogue=catalogue,
        hit_pages=hits,
        index=TantivyIndex(home / "index"),
        queue=MemoryQueue(),
        clock=FixedClock(),
        admit=lambda _: MediaType.PDF,
        digitize=digitize,
        agent=Agent("software:digitizer/test"),
        scratch=home / "scratch",
    )
    book = SqlInventory(url)
    plan = PlanApp(book, catalogue, archive.derivatives, archive.clock, archive.agent, load_plan())
    books = Books(
        SqlEvidence(url), SqlAccessions(url), SqlSavedSearches(url), SqlFactsBook(url), SqlRoll(url)
    )
    pixels = np.full((3508, 2480), 255, np.uint8)
    images = PageImages(masters, home / "cache", lambda *_: pixels, threading.Lock())
    try:
        yield Site(
            archive,
            Door(accounts, PlainPasswords(), archive.clock),
            images,
            Uploads(home / "uploads", 1_000_000, books.accessions, lambda: unpacker(home)),
            desk,
            amendments,
            plan,
            books,
        )
    finally:
        for each in (books.evidence, books.accessions, books.searches, books.facts, books.roll):
            each.close()
        catalogue.close()
        hits.close()
        accounts.close()
        desk.close()
        amendments.close()
        book.close()


def put(site: Site, name: str, text: str, fonds: str = "F01", batch: str = "lo-1") -> str:
    """Take a document in, have it read and indexed; its id."""
    assert site.archive.scratch is not None
    file = site.archive.scratch / "put"
    file.write_text(text)
    (taken,) = ingest(site.archive, [(file, name)], fonds, batch, BY)
    list(work(site.archive, "worker:test"))
    index_pending(site.archive)
    assert taken.document_id is not None
    return taken.document_id


def site_with(site: Site, **parts: object) -> Site:
    """The same site with some of its parts exchanged."""
    return replace(site, **parts)


def person(
    site: Site,
    *roles: Role,
    name: str = "",
    fonds: frozenset[str] | None = frozenset({"F01"}),
    clearance: Secrecy = Secrecy.NONE,
) -> TestClient:
    """A browser in which somebody with these roles has logged in."""
    name = name or ("-".join(sorted(roles)) or "nobody")
    site.door.accounts.save(Account(name, name, frozenset(roles), fonds, clearance), BY)
    site.door.accounts.set_password(name, f"plain:{PASSWORD}", BY)
    browser = stranger(site)
    answer = browser.post("/login", data={"name": name, "password": PASSWORD}, headers=ORIGIN)
    assert answer.status_code == 303, answer.text
    return browser


def stranger(site: Site) -> TestClient:
    """A browser in which nobody has logged in."""
    return TestClient(
        make_app(site), "https://localhost", follow_redirects=False, raise_server_exceptions=False
    )


def csrf(browser: TestClient) -> str:
    page = browser.get("/help").text
    return page.partition('name="csrf" content="')[2].partition('"')[0]


def post(browser: TestClient, path: str, **data: object):
    """Send a form as our own page does."""
    return browser.post(path, data={"csrf": csrf(browser), **data}, headers=ORIGIN)
