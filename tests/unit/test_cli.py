"""The command line: exit statuses, one line an error, what is printed for people and machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from digitizer.cli.at_once import looked
from digitizer.cli.door import Manner, through
from digitizer.cli.progress import Lines
from digitizer.errors import Code, MissingDependencyError, Refusal, UsageError
from digitizer.model import RecordState
from digitizer.services.report import Entry


def digitizer(*arguments, cwd, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZER_")}
    return subprocess.run(
        [sys.executable, "-m", "digitizer.cli", *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def status_of(command, *, verbose=False):
    with pytest.raises(typer.Exit) as left:
        through(command, verbose=verbose)
    return left.value.exit_code


def raising(error):
    def command():
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (UsageError("no such setting"), 2, "digitizer: no such setting\n"),
        (MissingDependencyError("no model: install it"), 3, "digitizer: no model: install it\n"),
        (Refusal(Code.EMPTY, "is empty"), 1, "digitizer: is empty\n"),
    ],
)
def test_our_errors_are_one_line_and_a_status(capsys, error, status, said):
    assert status_of(raising(error)) == status
    assert capsys.readouterr().err == said


def test_an_interruption_says_how_to_go_on(capsys):
    assert status_of(raising(KeyboardInterrupt())) == 130
    assert "run the same command again" in capsys.readouterr().err


def test_an_error_of_ours_shows_its_trace_only_on_request(capsys):
    assert status_of(raising(ZeroDivisionError("x"))) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert status_of(raising(ZeroDivisionError("x")), verbose=True) == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_command_s_status_is_the_exit_status():
    assert status_of(lambda: 0) == 0
    assert status_of(lambda: 1) == 1


def test_plain_lines_tell_of_each_input(capsys):
    lines = Lines()
    lines.planned(2)
    lines.finished(Entry("a.pdf", RecordState.DONE, (), 1, 0.51, ()))
    lines.finished(Entry("b\udcff.pdf", RecordState.REFUSED, (), 2, 0.0, (), skipped=True))
    said = capsys.readouterr().err
    assert said == "1/2 a.pdf: done, 1 page, 0.5 s\n2/2 b\\udcff.pdf: refused, 2 pages, finished earlier\n"


def test_the_manner_is_plain_by_default():
    assert Manner() == Manner(quiet=False, json=False, verbose=False)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["digitize", "in"], "Missing option '--out'"),
        (["digitize", "in", "--out", "o", "--jbos", "2"], "--jbos"),
        (["frobnicate"], "frobnicate"),
        (["digitize", "nowhere", "--out", "o"], "no such file or folder: nowhere"),
        (["digitize", ".", "--out", "o", "--format", "doc"], "unknown format 'doc'"),
        (["digitize", ".", "--out", "."], "choose another --out"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(tmp_path, arguments, said):
    done = digitizer(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_misspelt_variable_is_status_2(tmp_path):
    done = digitizer("check", cwd=tmp_path, DIGITIZER_HOEM="x")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "DIGITIZER_HOME" in done.stderr


def test_a_missing_model_is_status_3(tmp_path):
    (tmp_path / "in").mkdir()
    done = digitizer("digitize", "in", "--out", "out", "--language", "xyz", cwd=tmp_path)
    assert done.returncode == 3
    assert "xyz" in done.stderr


@pytest.mark.tools
def test_refused_inputs_are_named_and_the_status_is_1(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ghi chú.txt").write_text("chữ")
    done = digitizer("digitize", "in", "--out", "out", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("digitizer: ghi chú.txt: E-TYPE: ")
    assert json.loads(done.stdout)["totals"]["inputs"]["refused"] == 1
    assert (tmp_path / "out" / "report.html").exists()


@pytest.mark.tools
def test_check_hides_secrets_and_tries_everything(tmp_path):
    done = digitizer("check", "--json", cwd=tmp_path, DIGITIZER_STORE_SECRET_KEY="rất mật")
    value = json.loads(done.stdout)
    assert "rất mật" not in done.stdout
    assert value["settings"]["store_secret_key"] == "**********"
    lines = digitizer("check", cwd=tmp_path, DIGITIZER_JOBS="3").stdout.splitlines()
    assert lines[:4] == [
        "set · đã đặt:",
        "  jobs = 3",
        "",
        "by default · mặc định:",
    ]  # what was set comes first
    assert {each["name"] for each in value["dependencies"]} >= {"reader", "sandbox", "poppler", "archive"}


def test_c13_check_says_when_root_runs_it(tmp_path):
    value = json.loads(digitizer("check", "--json", cwd=tmp_path).stdout)
    (line,) = (each["line"] for each in value["dependencies"] if each["name"] == "sandbox")
    assert ("root may start any number of processes" in line) == (os.geteuid() == 0)


def test_search_in_an_empty_archive_finds_nothing(tmp_path):
    done = digitizer("search", "quyết định", "--json", cwd=tmp_path)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"query": "quyết định", "hits": []})


def test_help_comes_at_once(tmp_path):
    digitizer("--help", cwd=tmp_path)  # compiled once
    begun = time.perf_counter()
    done = digitizer("--help", cwd=tmp_path)
    assert done.returncode == 0
    assert time.perf_counter() - begun < 1.5  # 0.1 s on an idle machine
    script = (
        "import sys, digitizer.cli; print([m for m in ('cv2', 'pydantic', 'sqlalchemy') if m in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_a_command_that_only_looks_loads_what_looking_takes(tmp_path):
    assert digitizer("status", cwd=tmp_path).returncode == 0  # the catalogue is made
    heavy = (
        *(
            "alembic",
            "asyncpg",
            "cv2",
            "fastapi",
            "numpy",
            "PIL",
            "pikepdf",
            "rapidfuzz",
            "pydantic",
            "rich",
            "sqlalchemy",
            "structlog",
            "typer",
        ),
        *("tantivy", "digitizer.bootstrap", "digitizer.services.archive"),
    )
    for asked in (["status"], ["quarantine", "list"], ["inventory", "list"], ["targets"]):
        script = (
            f"import sys; sys.argv[1:] = {asked!r}\n"
            "from digitizer.cli import main\n"
            "try: main()\n"
            "except SystemExit: pass\n"
            f"print('loaded:', [m for m in {heavy!r} if m in sys.modules])"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
        )
        assert done.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("asked", [["status"], ["quarantine", "list"], ["inventory", "list"], ["targets"]])
def test_what_is_answered_at_once_is_what_the_whole_command_answers(tmp_path, asked):
    """The short way in and the library that parses all commands come to the same, errors included."""
    script = "import sys; from digitizer.cli.commands import run; sys.exit(run())"

    def whole(*arguments):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DIGITIZER_")}
        return subprocess.run(
            [sys.executable, "-c", script, *arguments],
            cwd=tmp_path,
            env={**kept, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    for arguments in (asked, [*asked, "--verbose"]):
        short, long = digitizer(*arguments, cwd=tmp_path), whole(*arguments)
        assert (short.returncode, short.stderr) == (long.returncode, long.stderr) == (0, "")
        assert short.stdout == long.stdout
    assert json.loads(digitizer(*asked, "--json", cwd=tmp_path).stdout or "{}") is not None
    assert looked([*asked, "--help"]) is None
    assert looked([*asked, "--jsn"]) is None
    assert looked([*asked, "more"]) is None
    assert looked(["--json", *asked]) is None
    (tmp_path / "digitizer.toml").write_text("jobs = 'many'\n")
    short, long = digitizer(*asked, cwd=tmp_path), whole(*asked)
    assert (short.returncode, short.stderr) == (long.returncode, long.stderr)
    assert short.returncode == 2
    assert 'setting "jobs"' in short.stderr
