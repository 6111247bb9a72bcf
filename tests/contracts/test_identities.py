"""What every store of identities promises: one account a person, one person an account, known by subject."""

import pytest

from digitizer.accounts import Account
from digitizer.errors import ConflictError
from digitizer.model import Agent
from storage.accounts import SqlAccounts
from storage.catalogue import SqlCatalogue
from storage.identities import SqlIdentities
from tests.contracts.memory_identities import MemoryIdentities

BY = Agent("software:digitizer/openid")
AT = "https://id.example.vn"


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def identities(request, tmp_path):
    if request.param == "memory":
        yield MemoryIdentities()
        return
    url = f"sqlite:///{tmp_path}/identities.db"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").fresh()
    accounts, identities = SqlAccounts(url), SqlIdentities(url)
    for name in ("lan", "minh"):
        accounts.save(Account(name, name, frozenset(), frozenset()), BY)
    yield identities
    identities.close()
    accounts.close()


def test_somebody_is_known_by_issuer_and_subject(identities):
    assert identities.account_of(AT, "u1") is None
    identities.link(AT, "u1", "lan", BY)
    assert identities.account_of(AT, "u1") == "lan"
    assert identities.account_of("https://other.example.vn", "u1") is None
    assert (identities.is_linked("lan"), identities.is_linked("minh")) == (True, False)


def test_nobody_takes_an_account_that_is_another_s(identities):
    identities.link(AT, "u1", "lan", BY)
    for subject, account in (("u2", "lan"), ("u1", "minh")):
        with pytest.raises(ConflictError):
            identities.link(AT, subject, account, BY)
    assert identities.account_of(AT, "u1") == "lan"
    assert identities.account_of(AT, "u2") is None


def test_a_tie_stands_in_the_chained_trail(tmp_path):
    url = f"sqlite:///{tmp_path}/one.db"
    accounts, identities, catalogue = SqlAccounts(url), SqlIdentities(url), SqlCatalogue(url)
    accounts.save(Account("lan", "Lan", frozenset(), frozenset()), BY)
    identities.link(AT, "u1", "lan", BY)
    assert [event.kind for event in catalogue.events()] == ["account", "identity"]
    assert catalogue.verify_events()[0] == 2
    for each in (accounts, identities, catalogue):
        each.close()
