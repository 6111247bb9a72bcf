"""Compose file and units, read without an engine: their commands, options and settings exist."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import typer.main
import yaml

from digitizer.cli import app
from digitizer.services.links import plain_links
from digitizer.settings import Settings

DEPLOY = Path(__file__).parents[1] / "deploy"
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
UNITS = sorted(DEPLOY.glob("systemd/*.service"))


def read(path: str) -> str:
    return (DEPLOY / path).read_text("utf-8")


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(read("compose.yaml"))


def require_command(argv: list[str]) -> None:
    command = COMMANDS[argv[0]]
    known = {option for parameter in command.params for option in parameter.opts}
    for given in argv[1:]:
        assert not given.startswith("-") or given in known, f"{argv[0]} has no {given}"


def require_settings(names) -> None:
    for name in names:
        assert name.removeprefix("DIGITIZER_").lower() in Settings.names(), name


def test_all_parts_are_there_and_wait_for_what_they_need(compose):
    services = compose["services"]
    assert set(services) == {"web", "workers", "postgres", "valkey", "s3"}
    for name in ("web", "workers"):
        assert set(services[name]["depends_on"]) == {"postgres", "valkey", "s3"}
    for name in ("postgres", "valkey", "s3"):
        assert services[name]["healthcheck"]["test"]
    named = {v.partition(":")[0] for s in services.values() for v in s.get("volumes", []) if v[0] != "."}
    assert named == set(compose["volumes"])


@pytest.mark.parametrize("name", ["web", "workers"])
def test_commands_options_and_settings_of_the_compose_file_exist(compose, name):
    service = compose["services"][name]
    require_command(service["command"])
    require_settings(key for key in service["environment"] if key.startswith("DIGITIZER_"))


def test_no_secret_has_a_value_and_each_is_asked_for(compose):
    wanted = set(re.findall(r"\$\{(\w+):\?", read("compose.yaml")))
    assert "${" not in re.sub(r"\$\{\w+:\?[^}]+\}", "", read("compose.yaml"))
    offered = dict(re.findall(r"^(\w+)=(.*)$", read("example.env"), re.MULTILINE))
    assert set(offered) == wanted
    assert not any(offered.values())


def test_what_the_sandbox_and_the_check_need_is_given(compose):
    """Where paths of /proc are masked the kernel lets no sandbox mount it; TLS is for other machines."""
    for name in ("web", "workers"):
        service = compose["services"][name]
        assert {"seccomp=unconfined", "systempaths=unconfined"} <= set(service["security_opt"])
        assert service["init"]
        secret = re.compile(r"\$\{[^}]+\}")
        addresses = {k: secret.sub("x", v) for k, v in service["environment"].items() if k.endswith("_URL")}
        own = service["environment"]["DIGITIZER_OWN_HOSTS"].split(",")
        assert plain_links(addresses)
        assert not plain_links(addresses, own)


def test_postgres_is_healthy_only_where_others_reach_it(compose):
    assert "-h" in compose["services"]["postgres"]["healthcheck"]["test"]


def test_only_the_web_is_reachable_and_from_this_machine_alone(compose):
    for name, service in compose["services"].items():
        ports = service.get("ports", [])
        assert all(port.startswith("127.0.0.1:") for port in ports), name
        assert bool(ports) == (name == "web")


def test_the_object_store_runs_the_safe_way(compose):
    argv = compose["services"]["s3"]["command"]
    for option in ("master.telemetry", "s3.autoCreateBucket", "s3.allowDeleteBucketNotEmpty", "webdav"):
        assert f"-{option}=false" in argv


def test_stopping_takes_longer_than_draining(compose):
    assert int(compose["services"]["workers"]["stop_grace_period"].removesuffix("s")) > 30
    assert "TimeoutStopSec=45" in read("systemd/digitizer-workers.service")


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_commands_of_the_units_exist(unit):
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(unit.read_text())
    assert parser["Service"]["User"] == "digitizer"
    for line in unit.read_text().splitlines():
        if line.startswith("ExecStart="):
            program, *argv = shlex.split(line.removeprefix("ExecStart="))
            assert program == "/opt/digitizer/.venv/bin/digitizer"
            require_command(argv)


@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_a_unit_does_one_thing(unit):
    """What one command finds must not keep the next from running, as it does in a unit of two."""
    assert unit.read_text().count("ExecStart=") == 1


@pytest.mark.parametrize("timer", sorted(DEPLOY.glob("systemd/*.timer")), ids=lambda p: p.name)
def test_a_timer_starts_a_unit_that_is_there(timer):
    assert timer.with_suffix(".service") in UNITS


def test_settings_of_the_units_exist():
    require_settings(re.findall(r"^#?(DIGITIZER_\w+)=", read("systemd/settings.env"), re.MULTILINE))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda p: p.name)
def test_systemd_finds_no_unknown_setting(unit):
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "Unknown" not in done.stderr
