"""What every inventory promises: one transaction a verb, sums that follow each change, freezes that stay."""

import random
from contextlib import closing
from dataclasses import replace

import pytest

from digitizer.errors import ConflictError, NotFoundError
from digitizer.inventory import Basis, Dossier, Fonds, Imported, Station, Use
from digitizer.model import Agent
from storage.catalogue import SqlCatalogue
from storage.driver import driver_for
from storage.inventory import SqlInventory
from storage.seen_inventory import SeenInventory
from tests.contracts.fakes import FixedClock
from tests.contracts.memory_catalogue import MemoryCatalogue
from tests.contracts.memory_inventory import MemoryInventory, same
from tests.contracts.samples import document, record

pytest_plugins = ["tests.servers.postgres"]

BY, OTHER = Agent("person:lan"), Agent("person:minh")
F01 = Fonds("F01", "Phông Sở Tư pháp", paper_total=900)
AFTER_READ = (Station.CHECKED, Station.DESCRIBED)


@pytest.fixture(scope="module")
def database(postgres):
    return postgres, postgres.fresh()


class LookedAt(SqlInventory):
    """Changed as always, and looked at as `digitizer inventory list` looks: by the driver alone."""

    def __init__(self, url, now) -> None:
        super().__init__(url, now)
        self._url = url

    def _seen(self, look):
        driver = driver_for(self._url)
        assert driver is not None
        with closing(driver):
            return look(SeenInventory(driver))

    def fonds(self):
        return self._seen(lambda seen: seen.fonds())

    def freezes(self):
        return self._seen(lambda seen: seen.freezes())

    def tallies(self, version=0):
        return self._seen(lambda seen: seen.tallies(version))

    def days(self, fonds, stock):
        return self._seen(lambda seen: seen.days(fonds, stock))


@pytest.fixture(params=["memory", "sqlite", "postgresql", "sqlite-looked-at", "postgresql-looked-at"])
def both(request, tmp_path):
    """A catalogue and the inventory beside it, with a clock that can be set."""
    clock = FixedClock("2025-03-01T08:00:00Z")
    if request.param == "memory":
        catalogue = MemoryCatalogue()
        yield catalogue, MemoryInventory(catalogue, clock.now), clock
        return
    url = f"sqlite:///{tmp_path}/catalogue.db"
    database, _, looked_at = request.param.partition("-")
    if database == "postgresql":
        server, url = request.getfixturevalue("database")
        name = url.partition("?")[0].rpartition("/")[2]
        server.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    catalogue, book = (
        SqlCatalogue(url, lambda: "2025-03-01T08:00:00Z"),
        (LookedAt if looked_at else SqlInventory)(url, clock.now),
    )
    yield catalogue, book, clock
    catalogue.close()
    book.close()


def dossier(code="1", **changes):
    values = {"fonds": "F01", "title": "Hồ sơ", "pages": 10, "sheets": 5, "shelf": 12_500, "documents": 1}
    return Dossier(code=code, **(values | changes))


def receive(catalogue, name, fonds="F01"):
    data = name.encode()
    return catalogue.add_document(document(data, id=name, fonds=fonds, path=f"{name}.pdf"), BY).id


def read(catalogue, name, texts=("chữ",)):
    held = catalogue.claim("worker:1", 60.0, name)
    catalogue.complete(held.id, held.attempt, record(held.fixity, texts), BY)
    return name


def accepted(catalogue, book, name, code="1", texts=("chữ",)):
    read(catalogue, receive(catalogue, name), texts)
    book.file([name], code, BY)
    for station in AFTER_READ:
        book.advance([name], station, BY)
    book.advance([name], Station.ACCEPTED, OTHER)


def total(book, measure, version=0):
    return sum(each[measure] for each in book.tallies(version))


def kinds(catalogue, object_id=None):
    return [event.kind for event in catalogue.events(object_id)]


def test_what_is_taken_in_is_told_and_counted(both):
    catalogue, book, _ = both
    its = [dossier("2", valuable=True, use=Use.HIGH), dossier("1", described=(("maintenance", "01"),))]
    assert book.take_in([F01], its, "sha", BY) == Imported(1, 2, 0, 0)
    assert list(book.fonds()) == [F01]
    assert [each.code for each in book.dossiers("F01")] == ["1", "2"]
    assert [each.code for each in book.dossiers("F01", after="1")] == ["2"]
    assert book.dossier("F01", "1").dossier == its[1]
    assert (total(book, "dossiers"), total(book, "pages"), total(book, "shelf")) == (2, 20, 25_000)
    assert kinds(catalogue) == ["fonds-added", "dossier-added", "dossier-added", "inventory-taken-in"]


def test_taking_in_the_same_again_changes_nothing_but_the_trail(both):
    catalogue, book, _ = both
    book.take_in([F01], [dossier("1"), dossier("2")], "a", BY)
    assert book.take_in([F01], [dossier("1"), dossier("2", pages=12)], "b", BY) == Imported(0, 0, 1, 1)
    assert total(book, "pages") == 22
    assert kinds(catalogue)[4:] == ["dossier-changed", "inventory-taken-in"]


def test_all_or_nothing(both):
    catalogue, book, _ = both

    def breaks_off():
        yield dossier("1")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        book.take_in([F01], breaks_off(), "a", BY)
    with pytest.raises(NotFoundError):
        book.take_in([F01], [dossier("1"), dossier("2", fonds="F02")], "a", BY)
    assert (list(book.fonds()), list(book.dossiers()), list(catalogue.events())) == ([], [], [])
    assert list(book.tallies()) == []


def test_a_document_counts_at_each_station_on_its_day_in_vietnam(both):
    catalogue, book, clock = both
    book.take_in([F01], [dossier()], "a", BY)
    read(catalogue, receive(catalogue, "d1"), ("chữ", "", "chữ"))
    clock.at = "2025-03-02T17:00:00Z"
    book.file(["d1"], "1", BY)
    book.advance(["d1"], Station.CHECKED, BY)
    its = book.passage("d1")
    assert (its.dossier, its.pages, its.a4_halves) == ("1", 2, 4)  # the blank back is no page
    assert its.days == ("2025-03-01", "2025-03-01", "2025-03-03", "", "")
    assert (total(book, "checked.pages"), total(book, "checked.documents")) == (2, 1)
    told = [(d.day, d.station, d.documents, d.pages) for d in book.days(["F01"], "all")]
    assert told[0] == ("2025-03-01", "read", 1, 2)
    assert told[2] == ("2025-03-03", "checked", 1, 2)


def test_a_dossier_is_complete_when_its_last_document_is_accepted(both):
    catalogue, book, _ = both
    book.take_in([F01], [dossier(documents=2)], "a", BY)
    accepted(catalogue, book, "d1")
    assert total(book, "complete.pages") == 0  # one of two
    accepted(catalogue, book, "d2")
    assert (total(book, "complete.pages"), total(book, "complete.dossiers")) == (10, 1)
    assert book.dossier("F01", "1").complete_on == "2025-03-01"
    done = [each for each in book.days(None, "all") if each.station == "complete"]
    assert [(each.documents, each.pages, each.shelf) for each in done] == [(1, 10, 12_500)]
    book.send_back(["d2"], "lot-rejected", OTHER)
    assert (total(book, "complete.pages"), total(book, "accepted.documents")) == (0, 1)
    assert kinds(catalogue, "d2")[-1] == "sent-back"


def test_without_a_number_of_documents_the_counted_pages_decide(both):
    catalogue, book, _ = both
    book.take_in([F01], [dossier(documents=0, pages=2)], "a", BY)
    accepted(catalogue, book, "d1", texts=("chữ",))
    assert total(book, "complete.dossiers") == 0
    accepted(catalogue, book, "d2", texts=("chữ khác",))
    assert total(book, "complete.dossiers") == 1


def test_an_estimated_dossier_is_complete_when_a_person_has_closed_it(both):
    catalogue, book, _ = both
    its = dossier(documents=0, pages=1, basis=Basis.ESTIMATED)
    book.take_in([F01], [its], "a", BY)
    accepted(catalogue, book, "d1")
    assert (total(book, "complete.dossiers"), total(book, "estimated.pages")) == (0, 1)
    book.take_in([], [replace(its, closed=True)], "b", BY)
    assert total(book, "complete.dossiers") == 1


def test_stations_come_in_their_order_and_four_eyes_accept(both):
    catalogue, book, _ = both
    receive(catalogue, "d1")
    for station in Station:
        with pytest.raises(ConflictError):
            book.advance(["d1"], station, BY)
    read(catalogue, "d1")
    for station in AFTER_READ:
        book.advance(["d1"], station, BY)
    with pytest.raises(ConflictError):
        book.advance(["d1"], Station.ACCEPTED, BY)
    book.advance(["d1"], Station.ACCEPTED, OTHER)
    before = len(list(catalogue.events()))
    book.advance(["d1"], Station.CHECKED, OTHER)  # passed already
    assert len(list(catalogue.events())) == before


def test_what_belongs_to_no_dossier_is_counted_apart_until_the_inventory_knows_it(both):
    catalogue, book, _ = both
    read(catalogue, receive(catalogue, "d1"))
    assert total(book, "read.pages", -1) == 1
    assert [each[0] for each in book.unfiled()] == ["d1"]
    book.file(["d1"], "1", BY)
    assert (total(book, "read.pages", -1), list(book.unfiled())) == (1, [])
    book.take_in([F01], [dossier(valuable=True)], "a", BY)
    assert (total(book, "read.pages", -1), total(book, "read.pages")) == (0, 1)
    assert [d.pages for d in book.days(None, "valuable")] == [1, 1]
    book.remove("F01", "1", BY)
    assert (total(book, "read.pages", -1), total(book, "pages")) == (1, 0)


def test_a_freeze_stays_while_the_inventory_grows_and_still_sees_what_is_done(both):
    catalogue, book, _ = both
    book.take_in([F01], [dossier("1"), dossier("2")], "a", BY)
    made = book.freeze("Kiểm kê 2025", BY)
    book.take_in([], [dossier("1", pages=30), dossier("3")], "b", BY)
    accepted(catalogue, book, "d1", "1")
    accepted(catalogue, book, "d3", "3")
    assert list(book.freezes()) == [made]
    assert (total(book, "pages", made.number), total(book, "complete.pages", made.number)) == (20, 10)
    assert (total(book, "pages"), total(book, "complete.pages")) == (50, 40)
    with pytest.raises(ConflictError):
        book.freeze("Kiểm kê 2025", BY)


def test_a_month_s_figures_are_kept_once(both):
    catalogue, book, _ = both
    assert book.snapshot("2025-03", [("pages.done", "3")], BY)
    assert not book.snapshot("2025-03", [("pages.done", "9")], BY)
    (kept,) = catalogue.events("report:2025-03")
    assert dict(kept.detail) == {"pages.done": "3"}


def test_a_lot_is_ended_once_and_whole(both):
    catalogue, book, _ = both
    book.take_in([Fonds("F01", "Phông")], [Dossier("F01", "1", documents=2)], "x", BY)
    for name in ("d1", "d2"):
        catalogue.add_document(document(name.encode(), id=name, fonds="F01"), BY)
    for _ in range(2):
        held = catalogue.claim("w", 60.0)
        catalogue.complete(held.id, held.attempt, record(held.fixity, ("chữ",)), BY)
    book.advance(["d1", "d2"], Station.CHECKED, BY)
    book.advance(["d1"], Station.DESCRIBED, BY)
    with pytest.raises(ConflictError):  # one is not described: neither is accepted, nothing is said
        book.conclude("lô", ["d1", "d2"], [("state", "accepted"), ("errors", "0")], OTHER)
    assert not book.passage("d1").day(Station.ACCEPTED)
    assert not list(catalogue.events("lots"))
    book.advance(["d2"], Station.DESCRIBED, BY)
    book.conclude("lô", ["d1", "d2"], [("state", "accepted"), ("errors", "0")], OTHER)
    assert all(book.passage(name).day(Station.ACCEPTED) for name in ("d1", "d2"))
    (told,) = catalogue.events("lots")
    assert dict(told.detail) == {"lot": "lô", "state": "accepted", "errors": "0"}
    with pytest.raises(ConflictError):
        book.conclude("lô", ["d1", "d2"], [("state", "rejected"), ("errors", "9")], OTHER)
    book.conclude("lô 2", ["d1", "d2"], [("state", "rejected"), ("errors", "9")], OTHER)
    assert not book.passage("d1").day(Station.CHECKED)


def test_what_is_not_there_is_said(both):
    _, book, _ = both
    for verb in (
        lambda: book.dossier("F01", "9"),
        lambda: book.remove("F01", "9", BY),
        lambda: book.file(["d9"], "1", BY),
        lambda: book.advance(["d9"], Station.CHECKED, BY),
        lambda: book.send_back(["d9"], "x", BY),
        lambda: book.passage("d9"),
    ):
        with pytest.raises(NotFoundError):
            verb()


def something(rng, catalogue, book, seen):
    """One random step of an archive's life."""
    fonds = rng.choice(["F01", "F02"])
    name = rng.choice(seen) if seen else None
    match rng.randrange(8):
        case 0 | 1:
            its = dossier(
                str(rng.randrange(3)),
                fonds=fonds,
                pages=rng.randrange(4),
                documents=rng.randrange(3),
                shelf=rng.randrange(10**6),
                valuable=rng.random() < 0.5,
                arranged=rng.random() < 0.8,
                electronic=rng.random() < 0.2,
                closed=rng.random() < 0.6,
                use=rng.choice(list(Use)),
                basis=rng.choice(list(Basis)),
            )
            book.take_in([F01, Fonds("F02", "Phông 2")], [its], "x", BY)
        case 2:
            seen.append(receive(catalogue, f"d{len(seen)}", fonds))
        case 3 if name:
            if catalogue.document(name).state == "queued":
                read(
                    catalogue, name, tuple(rng.choice(["chữ", "", None]) for _ in range(rng.randrange(1, 4)))
                )
        case 4 if name:
            book.file([name], str(rng.randrange(4)), BY)
        case 5 | 6 if name:
            for station in tuple(Station)[2:]:
                if rng.random() < 0.95:
                    book.advance([name], station, rng.choice([BY, OTHER]))
        case 7 if name:
            book.send_back([name], "x", BY) if rng.random() < 0.5 else book.freeze(str(rng.random()), BY)


@pytest.mark.parametrize("seed", range(4))
def test_every_sum_is_what_counting_anew_finds(tmp_path, seed):
    """The sums kept step by step against a body that recounts everything from its lists and events."""
    clock = FixedClock()
    url = f"sqlite:///{tmp_path}/catalogue.db"
    memory, ever = MemoryCatalogue(), 0
    sides = [
        (SqlCatalogue(url, lambda: "2025-03-01T08:00:00Z"), SqlInventory(url, clock.now), []),
        (memory, MemoryInventory(memory, clock.now), []),
    ]
    for step in range(150):
        clock.at = f"2025-0{step // 30 + 4}-{step % 28 + 1:02d}T{step % 24:02d}:00:00Z"
        ends = []
        for catalogue, book, seen in sides:
            try:
                something(random.Random(f"{seed}/{step}"), catalogue, book, seen)
                ends.append("good")
            except (ConflictError, NotFoundError) as error:
                ends.append(type(error).__name__)
        assert ends[0] == ends[1]
        ever = max(ever, total(sides[0][1], "complete.dossiers"))
    same(sides[0][1], sides[1][1])
    assert ever > 0
    for catalogue, book, _ in sides:
        catalogue.close()
        book.close()
