"""Passwords set on the machine itself: the first one before anything is served, a forgotten one later."""

from __future__ import annotations

import io

import pytest
import typer

from digitizer.bootstrap_desk import door_of
from digitizer.bootstrap_web import ready, site_in
from digitizer.cli.account import password
from digitizer.errors import UsageError
from digitizer.services.log_in import LogInError, log_in
from digitizer.settings import load_settings

LONG = "tám chữ cái và hơn nữa"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def set_to(typed="", account="admin", *, one_time=False):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        with pytest.raises(typer.Exit) as ended:
            password(account, one_time)
        return ended.value.exit_code

    return set_to


def test_an_archive_behind_a_proxy_is_served_once_its_first_password_was_set_here(run, monkeypatch):
    monkeypatch.setenv("DIGITIZER_WEB_HOST", "0.0.0.0")
    monkeypatch.setenv("DIGITIZER_WEB_NAME", "luutru.example.vn")
    settings = load_settings()
    with site_in(settings) as site:
        with pytest.raises(UsageError, match="digitizer password"):
            ready(site, settings)
        assert run(LONG) == 0
        assert ready(site, settings) is None
        assert log_in(site.door, "admin", LONG, "127.0.0.1")


def test_a_password_that_is_too_short_or_of_nobody_changes_nothing(run):
    assert run(LONG) == 0
    assert run("ngắn") == UsageError.exit_status
    assert run(LONG, "nobody") == 1
    with door_of(load_settings()) as door:
        assert log_in(door, "admin", LONG, "127.0.0.1")


def test_a_forgotten_password_is_replaced_by_one_for_one_log_in(run, capsys):
    assert run(LONG) == 0
    assert run(one_time=True) == 0
    given = capsys.readouterr().out.strip()
    with door_of(load_settings()) as door:
        with pytest.raises(LogInError):
            log_in(door, "admin", LONG, "127.0.0.1")
        assert log_in(door, "admin", given, "127.0.0.1")
        assert door.accounts.account("admin").one_time
