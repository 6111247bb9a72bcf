"""What every store of accounts promises: rights as they were saved, sessions that end, a trail of changes."""

from dataclasses import replace

import pytest

from digitizer.accounts import Account, Role, Secrecy, Session
from digitizer.errors import NotFoundError
from digitizer.model import Agent, Event
from storage.accounts import SqlAccounts
from storage.catalogue import SqlCatalogue
from tests.contracts.memory_accounts import MemoryAccounts
from tests.servers.postgres import Postgres

BY = Agent("person:admin")
LAN = Account("lan", "Lan", frozenset({Role.CLERK, Role.REVIEWER}), frozenset({"F01", "F02"}), Secrecy.SECRET)
SESSION = Session("d1", "lan", "csrf", 100.0, 100.0)


@pytest.fixture(scope="module")
def database(postgres) -> tuple[Postgres, str]:
    return postgres, postgres.fresh()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def accounts(request, tmp_path):
    if request.param == "memory":
        yield MemoryAccounts()
        return
    url = f"sqlite:///{tmp_path}/accounts.db"
    if request.param == "postgresql":
        server, url = request.getfixturevalue("database")
        name = url.partition("?")[0].rpartition("/")[2]
        server.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public", name)
    accounts = SqlAccounts(url)
    yield accounts
    accounts.close()


def test_an_account_comes_back_as_it_was_saved(accounts):
    for account in (LAN, replace(LAN, name="an", fonds=None, disabled=True), replace(LAN, fonds=frozenset())):
        accounts.save(account, BY)
        assert accounts.account(account.name) == account
    assert [each.name for each in accounts.accounts()] == ["an", "lan"]


def test_what_is_not_there_is_said_to_be_missing(accounts):
    for ask in (accounts.account, accounts.password, accounts.session):
        with pytest.raises(NotFoundError):
            ask("nobody")
    with pytest.raises(NotFoundError):
        accounts.set_password("nobody", "x", BY)


def test_a_password_is_kept_and_one_for_one_use_is_marked(accounts):
    accounts.save(LAN, BY)
    assert accounts.password("lan") == ""
    accounts.set_password("lan", "hash", BY, one_time=True)
    assert (accounts.password("lan"), accounts.account("lan").one_time) == ("hash", True)
    accounts.set_password("lan", "other", BY)
    assert not accounts.account("lan").one_time


def test_a_session_lives_until_it_is_ended(accounts):
    accounts.save(LAN, BY)
    accounts.open_session(SESSION)
    accounts.keep_session(replace(SESSION, seen=160.0, unmasked=frozenset({"x"})))
    assert accounts.session("d1") == replace(SESSION, seen=160.0, unmasked=frozenset({"x"}))
    accounts.end_sessions(seen_before=160.0)
    assert accounts.session("d1").seen == 160.0
    accounts.end_sessions(seen_before=161.0)
    with pytest.raises(NotFoundError):
        accounts.session("d1")
    accounts.keep_session(SESSION)
    with pytest.raises(NotFoundError):
        accounts.session("d1")


@pytest.mark.parametrize("change", ["rights", "password", "all", "one"])
def test_changed_rights_and_passwords_end_sessions(accounts, change):
    accounts.save(LAN, BY)
    accounts.open_session(SESSION)
    {
        "rights": lambda: accounts.save(replace(LAN, roles=frozenset()), BY),
        "password": lambda: accounts.set_password("lan", "new", BY),
        "all": lambda: accounts.end_sessions(account="lan"),
        "one": lambda: accounts.end_sessions(digest="d1"),
    }[change]()
    with pytest.raises(NotFoundError):
        accounts.session("d1")


def test_failures_are_counted_by_key_and_time(accounts):
    for at in (10.0, 20.0, 30.0):
        accounts.failed("lan@10.0.0.1", at)
    accounts.failed("@10.0.0.1", 30.0)
    assert accounts.failures("lan@10.0.0.1", 20.0) == 2
    assert accounts.failures("lan@10.0.0.2", 0.0) == 0


def test_changes_stand_in_the_chained_trail_of_the_catalogue(tmp_path):
    url = f"sqlite:///{tmp_path}/one.db"
    accounts, catalogue = SqlAccounts(url), SqlCatalogue(url)
    accounts.save(LAN, BY)
    accounts.set_password("lan", "geheim-hash", BY)
    accounts.note(
        Event("searched", "archive", LAN.agent, "2025-01-01T00:00:00Z", "success", (("hits", "3"),))
    )
    assert [event.kind for event in catalogue.events()] == ["account", "password", "searched"]
    assert "geheim" not in " ".join(map(str, catalogue.events()))
    assert catalogue.verify_events()[0] == 3
    accounts.close()
    catalogue.close()
