"""The log takes ids and counts, and nothing that was read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from digitizer.logs import ALLOWED, configure_logs, log, only_allowed


@pytest.fixture(autouse=True)
def default_logs():
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_a_line_is_json_with_the_bound_ids(capsys):
    configure_logs("info")
    log(document="d1").info("page.failed", page=3, text="Nguyễn Văn A", code="E-OOM")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("timestamp")
    assert line == {"event": "page.failed", "level": "info", "document": "d1", "page": 3, "code": "E-OOM"}


def test_ids_bound_to_the_context_are_in_every_line(capsys):
    configure_logs("info")
    with structlog.contextvars.bound_contextvars(batch="b1", subject="bí mật"):
        log().info("a")
    line = json.loads(capsys.readouterr().err)
    assert line["batch"] == "b1"
    assert "subject" not in line


@given(st.dictionaries(st.text(max_size=9) | st.sampled_from(sorted(ALLOWED)), st.text() | st.integers()))
def test_only_listed_keys_and_short_values_pass(values):
    kept = only_allowed(None, "info", values)
    assert kept.keys() <= ALLOWED
    assert all(not isinstance(v, str) or (len(v) <= 200 and "\n" not in v) for v in kept.values())


def test_containers_do_not_pass():
    assert only_allowed(None, "info", {"event": "x", "page": ["chữ"], "state": {"a": 1}}) == {"event": "x"}


def test_lines_below_the_level_are_left_out(capsys):
    configure_logs("warning")
    log().info("quiet")
    assert capsys.readouterr().err == ""


def test_a_quiet_log_writes_to_its_file_alone(tmp_path, capsys):
    configure_logs("info", tmp_path / "logs" / "d.log", quiet=True)
    log().info("one")
    configure_logs("info", quiet=True)
    log().error("none")
    assert capsys.readouterr().err == ""
    assert json.loads((tmp_path / "logs" / "d.log").read_text())["event"] == "one"


def test_d13_a_log_that_finds_no_room_stops_nothing_and_is_read_elsewhere(capsys):
    configure_logs("info", Path("/dev/full"))
    log(document="d1").info("page.failed", page=3)
    assert json.loads(capsys.readouterr().err)["page"] == 3
