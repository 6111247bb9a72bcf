"""What every body of the workers' roll promises; a worker's own part of it."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from digitizer.errors import MissingDependencyError
from digitizer.model import Agent
from digitizer.roll import Holding
from digitizer.services.roll_call import on_the_roll
from storage.catalogue import SqlCatalogue
from storage.driver import driver_for
from storage.page_jobs import SqlPageJobs
from storage.roll import SqlRoll
from storage.roll_seen import SeenRoll
from tests.contracts.samples import document


@pytest.fixture(scope="module")
def server_url(postgres) -> str:
    return postgres.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/catalogue.db"
    url = request.getfixturevalue("server_url")
    name = url.partition("?")[0].rpartition("/")[2]
    request.getfixturevalue("postgres").run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    return str(url)


class LookedAt(SqlRoll):
    """Written as always, and looked at as `digitizer status` looks: by the driver alone."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._url = url

    def workers(self):
        driver = driver_for(self._url)
        assert driver is not None
        with closing(driver):
            return SeenRoll(driver).workers()


@pytest.fixture(params=[SqlRoll, LookedAt])
def roll(request, url):
    roll = request.param(url)
    yield roll
    roll.close()


def named(roll):
    return [each.name for each in roll.workers()]


def test_whoever_says_so_is_there_and_whoever_leaves_is_not(roll):
    roll.beat("b:2", 30)
    roll.beat("a:1", 30)
    roll.beat("a:1", 30)
    assert named(roll) == ["a:1", "b:2"]
    roll.leave("a:1")
    roll.leave("a:1")
    assert named(roll) == ["b:2"]


def test_silence_beyond_the_time_given_is_late_and_the_first_beat_is_kept(roll):
    roll.beat("a:1", 30)
    time.sleep(0.1)
    roll.beat("a:1", 30)
    (seen,) = roll.workers()
    assert not seen.late
    assert 0.1 <= seen.since_seconds < 25
    assert seen.silent_seconds <= seen.since_seconds - 0.1
    roll.beat("a:1", 0.0)
    time.sleep(0.01)
    assert roll.workers()[0].late
    roll.beat("a:1", 30)
    assert not roll.workers()[0].late


def test_what_a_worker_holds_stands_beside_its_name(url, roll):
    catalogue, jobs, by = SqlCatalogue(url), SqlPageJobs(url), Agent("person:lan")
    try:
        catalogue.add_document(document(), by)
        roll.beat("a:1", 30)
        roll.beat("b:2", 30)
        assert [each.holds for each in roll.workers()] == [(), ()]
        held = catalogue.claim("a:1", 60)
        assert [each.holds for each in roll.workers()] == [(Holding(held.id),), ()]
        jobs.split(held.id, held.attempt, ((1, 3), (4, 6)), "v1", by)
        jobs.claim("b:2", 60)
        assert [each.holds for each in roll.workers()] == [(), (Holding(held.id, 1, 3),)]
    finally:
        jobs.close()
        catalogue.close()


def test_a_worker_is_on_the_roll_from_its_start_to_its_end_and_beats_meanwhile(roll):
    with on_the_roll(roll, "a:1", 8.0):
        time.sleep(3.0)
        (seen,) = roll.workers()
        assert not seen.late
        assert seen.silent_seconds < seen.since_seconds - 1  # it was heard again
    assert named(roll) == []


class Away:
    """A roll whose database is away."""

    def __init__(self):
        self.tried = 0

    def beat(self, _name, _seconds):
        self.tried += 1
        raise MissingDependencyError("the database is down")

    leave = workers = beat


def test_a_catalogue_that_is_away_stops_no_worker():
    away = Away()
    away.leave = lambda _name: away.beat("", 0)
    with on_the_roll(away, "a:1", 0.04):
        time.sleep(0.2)
    assert away.tried > 3
