"""Events noted at one moment go to the disk together, and nobody is answered before theirs is there."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from digitizer.errors import MissingDependencyError
from digitizer.model import Agent, Event
from storage.accounts import SqlAccounts
from storage.catalogue import SqlCatalogue
from storage.noted_together import NotedTogether


def event(number: int, detail: str = "") -> Event:
    return Event("searched", "archive", Agent("person:lan"), str(number), "success", (("hits", detail),))


class Disk:
    """Commits in steps: the first one waits until it is let go."""

    def __init__(self, *failures: Exception | None) -> None:
        self.commits: list[list[str]] = []
        self.failures = list(failures)
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, events) -> None:
        self.begun.set()
        assert self.go.wait(10)
        self.commits.append([each.at for each in events])
        failure = self.failures.pop(0) if self.failures else None
        if failure is not None:
            raise failure


def noted(disk: Disk, count: int):
    """One event that commits, and `count` that come meanwhile; what became of each."""
    together = NotedTogether(disk)
    with ThreadPoolExecutor(count + 1) as people:
        first = people.submit(together, event(0))
        assert disk.begun.wait(10)
        rest = [people.submit(together, event(number)) for number in range(1, count + 1)]
        while len(together._waiting) < count + 1:
            assert not any(each.done() for each in (first, *rest))
        assert not any(each.done() for each in (first, *rest))
        disk.go.set()
        return [each.exception(10) for each in (first, *rest)]


def test_who_comes_while_one_commits_goes_with_the_next_commit_together():
    disk = Disk()
    assert noted(disk, 8) == [None] * 9
    assert disk.commits[0] == ["0"]
    assert sorted(disk.commits[1]) == [str(number) for number in range(1, 9)]
    assert len(disk.commits) == 2


def test_everybody_in_a_commit_that_failed_is_told_and_nobody_else():
    disk = Disk(None, MissingDependencyError("down"))
    first, *rest = noted(disk, 5)
    assert first is None
    assert [str(each) for each in rest] == ["down"] * 5
    assert len(disk.commits) == 2  # one wait for what is down


def test_another_error_is_its_own_callers_and_the_rest_try_again():
    disk = Disk(None, ValueError("odd"))
    errors = noted(disk, 4)
    assert sum(isinstance(each, ValueError) for each in errors) == 1
    assert errors.count(None) == 4
    assert len(disk.commits) == 3


def test_the_chain_holds_whoever_notes_at_once_and_what_cannot_be_written_stops_only_itself(tmp_path):
    url = f"sqlite:///{tmp_path}/accounts.db"
    accounts = SqlAccounts(url)
    with ThreadPoolExecutor(8) as people:
        list(people.map(accounts.note, [event(number) for number in range(40)]))
    with pytest.raises(UnicodeEncodeError):
        accounts.note(event(41, "\ud800"))
    accounts.close()
    catalogue = SqlCatalogue(url)
    assert catalogue.verify_events()[0] == 40
    catalogue.close()
