"""What every body of the page jobs promises: shared, fenced, tried again alone, put together once."""

from __future__ import annotations

from contextlib import closing

import pytest

from digitizer.errors import ConflictError
from digitizer.model import Agent
from digitizer.page_jobs import PageJobs, Shared
from digitizer.ports import Catalogue
from storage.catalogue import SqlCatalogue
from storage.driver import driver_for
from storage.page_jobs import SqlPageJobs
from storage.seen import SeenCatalogue
from tests.contracts.fakes import fixity
from tests.contracts.samples import document, record

BY = Agent("person:lan")
READ = fixity(b"pages")


@pytest.fixture(scope="module")
def server_url(postgres) -> str:
    return postgres.fresh()


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request, tmp_path) -> tuple[Catalogue, PageJobs]:
    url = f"sqlite:///{tmp_path}/catalogue.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("server_url")
        name = url.partition("?")[0].rpartition("/")[2]
        request.getfixturevalue("postgres").run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    catalogue, jobs = SqlCatalogue(url), SqlPageJobs(url)
    yield catalogue, jobs
    jobs.close()
    catalogue.close()


def split(both, parts=((1, 3), (4, 6)), made_by="v1"):
    """A document that waits for its page jobs; what held it."""
    catalogue, jobs = both
    if not list(catalogue.documents()):
        catalogue.add_document(document(), BY)
    held = catalogue.claim("worker:1", 60)
    jobs.split(held.id, held.attempt, parts, made_by, BY)
    return held


def read(jobs, worker="worker:1"):
    job = jobs.claim(worker, 60)
    jobs.complete(job.id, job.attempt, READ, BY)
    return job


def kinds(catalogue):
    return [event.kind for event in catalogue.events()]


def test_a_split_document_is_held_by_nobody_and_taken_by_nobody(both):
    catalogue, jobs = both
    held = split(both)
    assert catalogue.document(held.id).state == "running"
    assert catalogue.claim("worker:2", 60) is None
    assert jobs.under_way()
    with pytest.raises(ConflictError):
        catalogue.heartbeat(held.id, held.attempt, 60)
    with pytest.raises(ConflictError):
        catalogue.complete(held.id, held.attempt, record(held.fixity, ["x"]), BY)
    with pytest.raises(ConflictError):
        catalogue.requeue(held.id, BY)
    with pytest.raises(ConflictError):
        jobs.split(held.id, held.attempt, ((1, 6),), "v1", BY)


def test_several_workers_share_it_and_the_last_one_lets_it_be_put_together(both):
    catalogue, jobs = both
    held = split(both)
    catalogue.rung([sequence for sequence, _ in catalogue.to_ring(10)])
    one, two = jobs.claim("worker:1", 60), jobs.claim("worker:2", 60)
    assert (one.numbers, two.numbers) == ((1, 2, 3), (4, 5, 6))
    assert (one.document.id, one.attempt) == (held.id, 1)
    assert jobs.claim("worker:3", 60) is None
    jobs.complete(two.id, two.attempt, READ, BY)
    assert catalogue.claim("worker:2", 60) is None
    assert jobs.parts(held.id, "v1") == ()
    jobs.complete(one.id, one.attempt, READ, BY)
    assert [document_id for _, document_id in catalogue.to_ring(10)] == [held.id]
    again = catalogue.claim("worker:2", 60)
    assert again.attempt == held.attempt + 1
    assert [(part.first, part.fixity) for part in jobs.parts(held.id, "v1")] == [(1, READ), (4, READ)]
    assert jobs.parts(held.id, "v2") == ()
    assert kinds(catalogue).count("all-pages-read") == 1
    catalogue.verify_events()


def test_how_far_shared_documents_are_can_be_seen(both):
    _, jobs = both
    assert jobs.shared() == Shared(0, 0, 0)
    split(both)
    read(jobs)
    assert jobs.shared() == Shared(1, 6, 3)
    driver = driver_for(jobs._engine.url.render_as_string(hide_password=False))
    assert driver is not None
    with closing(driver):
        assert SeenCatalogue(driver).shared() == Shared(1, 6, 3)


def test_each_job_has_a_doorbell(both):
    _, jobs = both
    split(both)
    waiting = jobs.to_ring(10)
    assert [job_id for _, job_id in waiting] == [job_id for job_id, _ in jobs.waiting(10)]
    assert len(waiting) == 2
    jobs.rung([sequence for sequence, _ in waiting])
    assert jobs.to_ring(10) == ()
    assert jobs.claim("worker:1", 60, waiting[1][1]).first == 4
    assert jobs.claim("worker:1", 60, waiting[1][1]) is None


def test_a_stale_attempt_changes_nothing(both):
    _, jobs = both
    split(both, ((1, 1), (2, 2)))
    slept = jobs.claim("worker:1", 0)
    assert jobs.waiting(10)[0] == (slept.id, True)
    woken = jobs.claim("worker:2", 60)
    assert (woken.id, woken.attempt) == (slept.id, 2)
    for verb in (
        lambda: jobs.heartbeat(slept.id, slept.attempt, 60),
        lambda: jobs.complete(slept.id, slept.attempt, READ, BY),
        lambda: jobs.fail(slept.id, slept.attempt, "E-TOOL: x", BY),
        lambda: jobs.release(slept.id, slept.attempt, BY),
    ):
        with pytest.raises(ConflictError):
            verb()
    jobs.heartbeat(woken.id, woken.attempt, 60)
    jobs.complete(woken.id, woken.attempt, READ, BY)
    with pytest.raises(ConflictError):
        jobs.complete(woken.id, woken.attempt, READ, BY)


def test_a_failure_parts_the_pages_and_three_make_a_gap_of_one(both):
    catalogue, jobs = both
    held = split(both)
    first = jobs.claim("worker:1", 60)
    jobs.fail(first.id, first.attempt, "E-TOOL: died", BY)
    with pytest.raises(ConflictError):
        jobs.complete(first.id, first.attempt, READ, BY)
    read(jobs)
    failing = [jobs.claim("worker:1", 60) for _ in range(3)]
    assert [job.numbers for job in failing] == [(1,), (2,), (3,)]
    for good in failing[::2]:
        jobs.complete(good.id, good.attempt, READ, BY)
    bad = failing[1]
    jobs.fail(bad.id, bad.attempt, "E-TOOL: died", BY)
    bad = jobs.claim("worker:1", 60)
    jobs.fail(bad.id, bad.attempt, "E-TOOL: died", BY)
    assert jobs.claim("worker:1", 60) is None
    assert catalogue.claim("worker:1", 60).id == held.id
    assert [(part.first, part.state) for part in jobs.parts(held.id, "v1")] == [
        (1, "read"),
        (2, "gap"),
        (3, "read"),
        (4, "read"),
    ]
    assert jobs.parts(held.id, "v1")[1].reason == "E-TOOL: died"
    assert kinds(catalogue).count("pages-failed") == 3


def test_what_a_dead_worker_held_is_failed_at_once_or_when_its_lease_ends(both):
    _, jobs = both
    split(both, ((1, 1), (2, 2)))
    for _ in range(2):
        assert jobs.claim("worker:1", 60).first == 1
        assert jobs.abandon("worker:1", "E-TOOL: killed", BY) == 1
    jobs.claim("worker:1", 0)
    assert jobs.claim("worker:2", 60).first == 2
    assert [job_id for job_id, _ in jobs.waiting(10)] == []


def test_given_back_it_is_no_failure_and_later_is_later(both):
    _, jobs = both
    split(both, ((1, 1),))
    for _ in range(4):
        job = jobs.claim("worker:1", 60)
        jobs.release(job.id, job.attempt, BY)
    job = jobs.claim("worker:1", 60)
    jobs.fail(job.id, job.attempt, "E-STORAGE: full", BY, 60)
    assert jobs.claim("worker:1", 60) is None
    assert jobs.waiting(10) == ()


def test_what_needs_a_person_quarantines_the_document_and_ends_its_jobs(both):
    catalogue, jobs = both
    held = split(both)
    bad, other = jobs.claim("worker:1", 60), jobs.claim("worker:2", 60)
    jobs.fail(bad.id, bad.attempt, "E-FIXITY: damaged", BY, None)
    known = catalogue.document(held.id)
    assert (known.state, known.reason) == ("quarantined", "E-FIXITY: damaged")
    with pytest.raises(ConflictError):
        jobs.complete(other.id, other.attempt, READ, BY)
    catalogue.requeue(held.id, BY)
    assert jobs.parts(held.id, "v1") == ()
    split(both)
    assert jobs.claim("worker:1", 60).first == 1


def test_pages_are_spent_when_their_document_ended_or_is_read_afresh(both):
    catalogue, jobs = both
    held = split(both, ((1, 2),))
    read(jobs)
    assert jobs.spent(10) == ()
    again = catalogue.claim("worker:1", 60)
    catalogue.complete(again.id, again.attempt, record(again.fixity, ["x", "y"]), BY)
    (spent,) = jobs.spent(10)
    assert (spent.document.id, spent.fixity) == (held.id, READ)
    catalogue.requeue(held.id, BY)
    assert jobs.parts(held.id, "v1") == ()
    split(both, ((1, 1), (2, 2)))
    assert [job.fixity for job in jobs.spent(10)] == [READ]
    jobs.cleared([spent.id])
    assert jobs.spent(10) == ()
    assert len(jobs.waiting(10)) == 2
