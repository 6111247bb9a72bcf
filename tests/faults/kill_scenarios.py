"""What the kill sweeps kill: a home, what is done in it, and how one looks afterwards what is there.

On the embedded default, or on real servers: PostgreSQL for the catalogue, S3 for objects, masters and shelf.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from digitizer.errors import ConflictError, NotFoundError
from digitizer.fixity import Shelf
from digitizer.model import Agent
from digitizer.page_jobs import PageShelf
from digitizer.ports import BlobStore, object_key
from digitizer.services.archive import ArchiveApp
from digitizer.services.find import index_pending
from digitizer.services.ingest import ingest
from digitizer.services.verify import Budget, verify
from digitizer.services.work import _stored, work, work_one
from digitizer.services.work_pages import PageReader, clear_shelf
from storage.catalogue import SqlCatalogue
from storage.objects import DirectoryStore
from storage.page_jobs import SqlPageJobs
from storage.page_shelf import DirectoryShelf
from storage.page_shelf_s3 import S3Shelf
from storage.s3 import parse_store_url
from tests.faults.long_stub import long_documents
from tests.servers.postgres import Postgres
from tests.servers.seaweed import BUCKETS, Seaweed
from tests.unit.test_services_archive import archive, digitize

BY = Agent("person:lan")
DOCUMENTS = 2
LONG = "\f".join(f"Trang {number}" for number in range(1, 6))


@dataclass
class Tally:
    """Jepsen's numbers over all kills of a sweep."""

    attempts: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    duplicated: int = 0

    def line(self, name: str) -> str:
        bound = round(3 / self.attempts, 4) if self.attempts else None
        return json.dumps(
            {"figure": f"kill-sweep-{name}", "n": self.attempts, "bound95": bound, **vars(self)}
        )


@dataclass(frozen=True)
class Servers:
    """A database and a prefix of their own on real servers."""

    seaweed: Seaweed
    database: str
    prefix: str

    @staticmethod
    def fresh(postgres: Postgres, seaweed: Seaweed) -> Servers:
        return Servers(seaweed, postgres.fresh(), secrets.token_hex(6))

    def stores(self) -> dict[str, BlobStore]:
        masters, derivatives = (self.seaweed.store(bucket, self.prefix) for bucket in BUCKETS)
        return {"masters": masters, "derivatives": derivatives}

    def shelf(self) -> PageShelf:
        at = parse_store_url(f"s3+http://{self.seaweed.endpoint}/test/{self.prefix}")
        return S3Shelf(at, BUCKETS[1], self.seaweed.access_key, self.seaweed.secret_key)


@dataclass(frozen=True)
class Bench:
    """One home; `prepare` made it, `act` is killed, `check` looks and runs again."""

    home: Path
    servers: Servers | None = None

    def inputs(self) -> list[tuple[Path, str]]:
        return [(self.home / "in" / f"{n}.pdf", f"in/{n}.pdf") for n in range(DOCUMENTS)]

    def app(self, **parts: Any) -> ArchiveApp:
        if self.servers is not None:
            parts = {"catalogue": SqlCatalogue(self.servers.database), **self.servers.stores(), **parts}
        return archive(self.home / "archive", **parts)

    @contextmanager
    def long(self) -> Iterator[ArchiveApp]:
        """The archive where long documents are shared."""
        if self.servers is not None:
            jobs, shelf = SqlPageJobs(self.servers.database), self.servers.shelf()
        else:
            jobs = SqlPageJobs(f"sqlite:///{self.home}/archive/catalogue.db")
            shelf = DirectoryShelf(self.home / "archive")
        app = self.app(long=long_documents(jobs, shelf, digitize))
        try:
            yield app
        finally:
            jobs.close()
            app.catalogue.close()

    def acknowledge(self, *what: str) -> None:
        with (self.home / "acknowledged").open("a") as out:
            print(*what, file=out, flush=True)

    def acknowledged(self) -> list[list[str]]:
        path = self.home / "acknowledged"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []


def made(home: Path, servers: Servers | None = None) -> Bench:
    bench = Bench(home, servers)
    (home / "in").mkdir(parents=True)
    for number, (path, _) in enumerate(bench.inputs()):
        path.write_text(f"Quyết định số {number}\fTrang hai")
    return bench


def upload(bench: Bench, **parts: Any) -> None:
    """Take the files in; each is acknowledged outside."""
    app = bench.app(**parts)
    for taken in ingest(app, bench.inputs(), "F01", "b1", BY):
        bench.acknowledge(str(taken.document_id), taken.fixity.sha256)
    app.catalogue.close()


def job(bench: Bench, **parts: Any) -> None:
    """Work what waits: claim, read, assemble, publish, index."""
    app = bench.app(**parts)
    for worked in work(app, "worker:1"):
        bench.acknowledge(worked.document_id, worked.state)
    app.catalogue.close()


def pages(bench: Bench) -> None:
    """Read all page jobs of a long document; the last commit lets it be put together."""
    with bench.long() as app:
        reader = PageReader(app, "worker:1")
        while (worked := reader.work_one()) is not None:
            bench.acknowledge(worked.document_id, worked.state)
        reader.close()


def assembly(bench: Bench) -> None:
    """Put a long document together from pages that were read, publish it, clear the shelf."""
    with bench.long() as app:
        worked = work_one(app, "worker:1")
        assert worked is not None
        bench.acknowledge(worked.document_id, worked.state)


def publish(bench: Bench) -> None:
    """Store what was made of a document, commit, index; it was claimed and read before."""
    app = bench.app()
    (known,) = [each for each in app.catalogue.documents() if each.name == "0.pdf"]
    made_of = digitize(bench.inputs()[0][0], bench.home / "made")
    app.catalogue.complete(known.id, known.attempt, _stored(app, known, made_of), BY)
    bench.acknowledge(known.id, "done")
    index_pending(app)
    app.catalogue.close()


def scrub(bench: Bench) -> None:
    """Read all objects, mend the damaged one from the second copy."""
    app = bench.app()
    donors = {Shelf.MASTERS: DirectoryStore(bench.home / "second")}
    for found in verify(app, Budget(), BY, donors):
        bench.acknowledge(found.stored.fixity.sha256, found.outcome.value)
    app.catalogue.close()


def before_job(bench: Bench) -> None:
    upload(bench)
    (bench.home / "acknowledged").unlink()


def before_pages(bench: Bench) -> None:
    (bench.home / "in" / "0.pdf").write_text(LONG)
    before_job(bench)
    with bench.long() as app:
        assert work_one(app, "worker:1").state == "split"  # type: ignore[union-attr]


def before_assembly(bench: Bench) -> None:
    before_pages(bench)
    with bench.long() as app:  # the other document is out of the way
        other = next(each for each in app.catalogue.documents() if each.name == "1.pdf")
        assert work_one(app, "worker:1", other.id).state == "done"  # type: ignore[union-attr]
        index_pending(app)
    pages(bench)
    (bench.home / "acknowledged").unlink()


def before_publish(bench: Bench) -> None:
    before_job(bench)
    (bench.home / "made").mkdir()
    app = bench.app()
    (known,) = [each for each in app.catalogue.documents() if each.name == "0.pdf"]
    app.catalogue.claim("worker:1", 60, known.id)
    app.catalogue.close()


def before_scrub(bench: Bench) -> None:
    before_job(bench)
    app = bench.app()
    second = DirectoryStore(bench.home / "second")
    for known in app.catalogue.documents():
        with app.masters.open(object_key(known.fixity.sha256)) as data:
            second.put(object_key(known.fixity.sha256), data, known.fixity)
    key = object_key(known.fixity.sha256)
    if bench.servers is not None:
        bench.servers.seaweed.damage(BUCKETS[0], f"{bench.servers.prefix}/{key}")
    else:
        damaged = bench.home / "archive" / "masters" / key
        damaged.chmod(0o640)
        damaged.write_bytes(b"\xff" + damaged.read_bytes()[1:])
    app.catalogue.close()


def check_upload(bench: Bench, tally: Tally) -> None:
    """What was acknowledged is there, whole; the same run again acknowledges all, once."""
    app = bench.app()
    tally.acknowledged += len(bench.acknowledged())
    for document_id, sha256 in bench.acknowledged():
        try:
            known = app.catalogue.document(document_id)
            app.masters.verify(object_key(sha256), known.fixity)
            tally.found += 1
        except NotFoundError:
            tally.lost += 1
    list(ingest(app, bench.inputs(), "F01", "b1", BY))
    names = Counter(each.fixity.sha256 for each in app.catalogue.documents())
    assert len(names) == DOCUMENTS
    tally.duplicated += sum(count - 1 for count in names.values())
    app.catalogue.verify_events()
    app.catalogue.close()


def check_job(bench: Bench, tally: Tally) -> None:
    """What was told done is done; the work goes on, and each document is digitized once."""
    with bench.long() as app:
        told = [document_id for document_id, state in bench.acknowledged() if state == "done"]
        tally.acknowledged += len(told)
        for document_id in told:
            done = app.catalogue.document(document_id).state == "done"
            tally.found += done
            tally.lost += not done
        _go_on(app)
        ended = Counter(e.object_id for e in app.catalogue.events() if e.kind == "digitized")
        tally.duplicated += sum(count - 1 for count in ended.values())
        assert len(ended) == DOCUMENTS
        assert app.index.pages() == sum(known.pages for known in app.catalogue.documents())
        app.catalogue.verify_events()


def check_pages(bench: Bench, tally: Tally) -> None:
    """Pages that were told read are not read again; all of them are put together once, each in its place."""
    with bench.long() as app:
        told = [state for _, state in bench.acknowledged() if state == "pages"]
        before = Counter(event.kind for event in app.catalogue.events())
        tally.acknowledged += len(told)
        tally.found += min(len(told), before["pages-read"])
        tally.lost += max(0, len(told) - before["pages-read"])
        _go_on(app)
        known = next(each for each in app.catalogue.documents() if each.name == "0.pdf")
        assert [page["text"] for page in app.catalogue.record(known.id)["pages"]] == LONG.split("\f")
        after = Counter(e.kind for e in app.catalogue.events(known.id))
        tally.duplicated += (after["all-pages-read"] - 1) + (after["digitized"] - 1)
        clear_shelf(app)
        assert list(app.long.shelf.keys("pages/")) == []  # type: ignore[union-attr]
        app.catalogue.verify_events()


def _go_on(app: ArchiveApp) -> None:
    """Another worker takes over: the leases of the dead one would run out."""
    for held in app.catalogue.documents(state="running"):
        with suppress(ConflictError):  # it waits for its pages
            app.catalogue.release(held.id, held.attempt, BY)
    assert app.long is not None
    app.long.jobs.abandon("worker:1", "E-TOOL: killed", BY)
    list(work(app, "worker:2"))
    for known in app.catalogue.documents():
        assert known.state == "done"
        for each in app.catalogue.derivatives(known.id):
            app.derivatives.verify(object_key(each.fixity.sha256), each.fixity)


def check_scrub(bench: Bench, tally: Tally) -> None:
    """A scrub that goes on ends with every master whole; nothing that was whole is gone."""
    app = bench.app()
    tally.acknowledged += len(bench.acknowledged())
    tally.found += len(bench.acknowledged())
    donors = {Shelf.MASTERS: DirectoryStore(bench.home / "second")}
    list(verify(app, Budget(), BY, donors))
    for known in app.catalogue.documents():
        try:
            app.masters.verify(object_key(known.fixity.sha256), known.fixity)
        except NotFoundError:
            tally.lost += 1
    app.catalogue.verify_events()
    app.catalogue.close()


SCENARIOS: dict[str, tuple[Callable[..., None], Callable[..., None], Callable[[Bench, Tally], None]]] = {
    "upload": (lambda _bench: None, upload, check_upload),
    "job": (before_job, job, check_job),
    "pages": (before_pages, pages, check_pages),
    "assembly": (before_assembly, assembly, check_pages),
    "publish": (before_publish, publish, check_job),
    "scrub": (before_scrub, scrub, check_scrub),
}
