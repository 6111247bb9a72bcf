"""A made-up ministry: 40 fonds, 200,000 dossiers, 4 million pages, two years of events; all of it recounted.

`python -m scripts.ministry DIR --dossiers 200000` fills an embedded archive, recounts every sum from the raw
events alone, compares, and times what the dashboard asks for.
"""

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from digitizer.bootstrap_plan import planning_of
from digitizer.inventory import Basis, Dossier, Fonds, Station, Stock, Stratum, Unit, Use
from digitizer.model import Agent, Event
from digitizer.planning.ledger import day_of
from digitizer.services.burn_up import chart_of
from digitizer.services.dashboard import dashboard
from digitizer.services.figures import Scope
from digitizer.services.plan import PlanApp
from digitizer.settings import load_settings
from storage.bulk import add_many, raw_events
from storage.inventory import SqlInventory

BY = Agent("software:ministry")
START = datetime(2023, 11, 1, 1, tzinfo=UTC)
DAYS = 730
AT_ONCE = 2000


def dossiers(count: int, seed: int) -> Iterator[Dossier]:
    """Dossiers by fonds, about 20 pages each."""
    rng = random.Random(seed)  # noqa: S311 - made-up data that can be made again
    for number in range(count):
        pages = rng.randrange(2, 39)
        yield Dossier(
            fonds=f"P{number * 40 // count:02d}",
            code=f"G09.{number:06d}",
            title=f"Hồ sơ số {number}",
            box_parts=100_000,
            sheets=(pages + 1) // 2,
            pages=pages,
            shelf=12_500,
            documents=rng.choice((0, 1, 2, 3)),
            valuable=rng.random() < 0.4,
            arranged=rng.random() < 0.8,
            electronic=rng.random() < 0.1,
            closed=rng.random() < 0.5,
            use=rng.choice(list(Use)),
            basis=rng.choice((Basis.COUNTED, Basis.COUNTED, Basis.ESTIMATED)),
        )


def fill(book: SqlInventory, url: str, count: int, seed: int = 1) -> None:
    """Take the inventory in, then let documents go their way through two years."""
    fonds = [Fonds(f"P{n:02d}", f"Phông số {n}") for n in range(40)]
    book.take_in(fonds, dossiers(count, seed), "made-up", BY)
    rng, some = random.Random(seed + 1), list[Dossier]()  # noqa: S311
    for each in dossiers(count, seed):
        some.append(each)
        if len(some) == AT_ONCE:
            _work(url, some, rng)
            some = []
    _work(url, some, rng)


def _work(url: str, some: list[Dossier], rng: random.Random) -> None:
    ways = [way for each in some if rng.random() < 0.7 for way in _ways(each, rng)]
    if not ways:
        return
    rows = [way[0] for way in ways], [way[1] for way in ways]
    add_many(url, [(each.fonds, each.code) for each in some], rows, (e for way in ways for e in way[2]))


_Way = tuple[dict[str, Any], dict[str, Any], list[Event]]


def _ways(dossier: Dossier, rng: random.Random) -> Iterator[_Way]:
    """The documents of a dossier: its row, its passage, its events."""
    count = dossier.documents or rng.randrange(1, 3)
    day = START + timedelta(days=DAYS * rng.random() ** 0.8)
    for number in range(count - (rng.random() < 0.05)):
        pages = max(1, dossier.pages // count + (number == 0) * (dossier.pages % count))
        name = f"{dossier.code}.{number + 1:07d}"
        stops: dict[Station, str] = {}
        at = day
        for station in Station:
            at += timedelta(days=rng.randrange(1, 12), hours=rng.randrange(20))
            if at > START + timedelta(days=DAYS) or (stops and rng.random() < 0.03):
                break
            stops[station] = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        if stops:
            yield (
                _row(dossier, name, stops),
                _passage(dossier, name, stops, pages),
                _events(dossier, name, stops, pages),
            )


def _row(dossier: Dossier, name: str, stops: dict[Station, str]) -> dict[str, Any]:
    return {
        "id": name,
        "fonds": dossier.fonds,
        "batch": "1",
        "name": f"{name}.pdf",
        "path": f"{name}.pdf",
        "media_type": "application/pdf",
        "sha256": name,
        "bytes": 1,
        "received_at": stops[Station.RECEIVED],
        "state": "done" if Station.READ in stops else "queued",
        "pages": 1,
        "attempt": 1,
        "failures": 0,
    }


def _passage(dossier: Dossier, name: str, stops: dict[Station, str], pages: int) -> dict[str, Any]:
    read = Station.READ in stops
    days = {s.value: day_of(stops[s]) if s in stops else "" for s in Station}
    counts = {"pages": pages * read, "a4_halves": 2 * pages * read}
    return {
        "document_id": name,
        "fonds": dossier.fonds,
        "dossier": dossier.code,
        "described_by": "",
        **counts,
        **days,
    }


def _events(dossier: Dossier, name: str, stops: dict[Station, str], pages: int) -> list[Event]:
    kinds: dict[Station, tuple[str, tuple[tuple[str, str], ...]]]
    kinds = {Station.READ: ("digitized", (("state", "done"), ("attempt", "1"), ("pages", f"text {pages}")))}
    found = []
    for station, at in stops.items():
        kind, detail = kinds.get(station, (station.value, ()))
        if station is Station.RECEIVED:
            detail = (("fonds", dossier.fonds),)
        found.append(Event(kind, name, BY, at, "success", detail))
    return [
        found[0],
        Event("filed", name, BY, found[0].at, "success", (("dossier", dossier.code),)),
        *found[1:],
    ]


def recount(url: str) -> tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]:
    """Every sum but paper sizes from the raw events alone: by stratum and measure, by day and station."""
    known: dict[tuple[str, str], dict[str, str]] = {}
    papers: dict[str, dict[str, Any]] = defaultdict(lambda: {"pages": 0, "stops": {}, "dossier": ""})
    for happened in raw_events(url):
        _follow(happened, dict(happened.detail), known, papers)
    by_dossier = defaultdict(list)
    for paper in papers.values():
        by_dossier[paper["fonds"], paper["dossier"]].append(paper)
    sums: Counter[tuple[Any, ...]] = Counter()
    days: Counter[tuple[Any, ...]] = Counter()
    for key, its in known.items():
        _count(key[0], its, by_dossier[key], (sums, days))
    return sums, days


def _follow(happened: Event, detail: dict[str, str], known: dict[Any, Any], papers: dict[Any, Any]) -> None:
    kind, name, day = happened.kind, happened.object_id, day_of(happened.at)
    if kind == "dossier-added":
        fonds, _, code = name.removeprefix("dossier:").partition("/")
        known[fonds, code] = detail
    elif kind == "received":
        papers[name] |= {"fonds": detail["fonds"]}
        papers[name]["stops"]["received"] = day
    elif kind == "filed":
        papers[name]["dossier"] = detail["dossier"]
    elif kind == "digitized":
        papers[name]["pages"] = sum(
            int(part.split()[1]) for part in detail["pages"].split(", ") if part.startswith("text ")
        )
        papers[name]["stops"]["read"] = day
    elif kind in {"checked", "described", "accepted"}:
        papers[name]["stops"][kind] = day


def _count(
    fonds: str, its: dict[str, str], papers: list[dict[str, Any]], into: tuple[Counter[Any], Counter[Any]]
) -> None:
    sums, days = into
    flags = tuple(its[name] == "True" for name in ("valuable", "arranged", "electronic"))
    at = (fonds, *flags, its["use"])
    pages, shelf, documents = int(its["pages"]), int(its["shelf"]), int(its["documents"])
    for name in ("box_parts", "sheets", "pages", "shelf", "documents"):
        sums[*at, name] += int(its[name])
    sums[*at, "dossiers"] += 1
    if its["basis"] == "estimated":
        sums[*at, "estimated.dossiers"] += 1
        sums[*at, "estimated.pages"] += pages
    for paper in papers:
        for station, day in paper["stops"].items():
            sums[*at, f"{station}.documents"] += 1
            sums[*at, f"{station}.pages"] += paper["pages"]
            days[*at, day, station] += paper["pages"]
    accepted = [paper["stops"].get("accepted", "") for paper in papers]
    whole = its["closed"] == "True" or (
        len(papers) >= documents
        if documents
        else its["basis"] == "counted" and 0 < pages <= sum(paper["pages"] for paper in papers)
    )
    if accepted and all(accepted) and whole:
        for name, value in (("dossiers", 1), ("pages", pages), ("shelf", shelf)):
            sums[*at, f"complete.{name}"] += value
        days[*at, max(accepted), "complete"] += pages


def differences(book: SqlInventory, url: str) -> list[str]:
    """Where the kept sums differ from those recounted; empty if nowhere."""
    sums, days = recount(url)
    kept: Counter[tuple[Any, ...]] = Counter()
    for tally in book.tallies():
        s = tally.stratum
        for measure, value in tally.values.items():
            if not measure.endswith("a4_halves"):
                kept[s.fonds, s.valuable, s.arranged, s.electronic, s.use.value, measure] += value
    wrong = [
        f"{key}: kept {kept[key]}, recounted {sums[key]}" for key in {*kept, *sums} if kept[key] != sums[key]
    ]
    return wrong + [line for stock in Stock for line in _days_differ(book, stock, days)]


def _days_differ(book: SqlInventory, stock: Stock, days: Counter[tuple[Any, ...]]) -> list[str]:
    """Where the days of a stock differ, over all fonds and in one of them."""
    wrong = []
    for fonds in (None, ["P01"]):
        by_day: Counter[tuple[str, str]] = Counter()
        for (code, valuable, arranged, electronic, use, day, station), pages in days.items():
            stratum = Stratum(code, valuable, arranged, electronic, Use(use))
            if stratum.of(stock) and (fonds is None or code in fonds):
                by_day[day, station] += pages
        found = {(each.day, each.station): each.pages for each in book.days(fonds, stock)}
        wrong += [
            f"{stock} {key}: kept {found.get(key, 0)}, recounted {by_day[key]}"
            for key in {*found, *by_day}
            if found.get(key, 0) != by_day[key]
        ]
    return wrong


def main(argv: list[str]) -> int:
    """Fill, recount, compare, time; 1 if a figure differs."""
    parser = argparse.ArgumentParser(prog="python -m scripts.ministry", description=__doc__)
    parser.add_argument("home", type=Path, help="folder of the embedded archive to make")
    parser.add_argument("--dossiers", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(argv)
    options.home.mkdir(parents=True)
    url = f"sqlite:///{options.home.absolute()}/catalogue.sqlite"
    book = SqlInventory(url)
    begun = time.process_time()
    fill(book, url, options.dossiers, options.seed)
    print(f"filled: {time.process_time() - begun:.1f} CPU s", flush=True)
    begun = time.process_time()
    wrong = differences(book, url)
    print(
        f"recounted: {time.process_time() - begun:.1f} CPU s, {len(wrong)} figures differ",
        *wrong[:5],
        sep="\n",
    )
    book.close()
    with planning_of(replace(load_settings(), home=options.home)) as app:
        wrong += _page_differs(replace(app, clock=DayAfter()))
    return bool(wrong)


class DayAfter:
    """The day after the last of the two years."""

    def now(self) -> str:
        """See `Clock`."""
        return (START + timedelta(days=DAYS)).isoformat().replace("+00:00", "Z")


def _page_differs(app: PlanApp) -> list[str]:
    """What the page of each stock takes to gather, and whether its parts agree with each other."""
    wrong = []
    for stock in Stock:
        begun = time.process_time()
        seen = dashboard(app, Scope(stock))
        print(f"page of {stock}: {1000 * (time.process_time() - begun):.0f} ms CPU")
        its = seen.view.strict[Unit.PAGES]
        if (its.done, its.total) != (seen.view.total.complete_pages, seen.view.total.pages):
            wrong.append(f"{stock}: the total of the fonds is not the measure")
    for each in seen.seen:
        begun = time.process_time()
        chart_of(app, each)
        print(f"chart of {each.judged.target.id}: {1000 * (time.process_time() - begun):.0f} ms CPU")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
