"""What a killed run leaves in the temporary folder is removed by the next one."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from digitizer.errors import what_to_do

ROOT = Path(__file__).parents[2]
RUN = """
import multiprocessing, os, time
from digitizer.services.pool import context
worker = context().Process(target=time.sleep, args=(60,), daemon=True)
worker.start()
print("up", flush=True)
input()
worker.kill()
worker.join()
"""


@pytest.fixture
def place():
    """A short one: sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        yield Path(folder)


def run(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout.readline() == b"up\n"
    return process


def left(tmp_path):
    return [each for each in tmp_path.rglob("*") if each.name != f"digitizer-{os.getuid()}"]


def test_a_killed_run_s_folder_is_removed_by_the_next_and_that_of_a_living_one_stays(place):
    killed, living = run(place), run(place)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert any(each.name.startswith(f"{killed.pid}-") for each in left(place))
    after = run(place)
    names = {each.name.partition("-")[0] for each in left(place) if each.parent.parent == place}
    assert names == {str(living.pid), str(after.pid)}
    for each in (living, after):
        each.communicate(b"\n")
        assert each.returncode == 0
    assert left(place) == []


def test_a_place_of_somebody_else_is_not_used(place):
    (place / f"digitizer-{os.getuid()}").mkdir()
    (place / f"digitizer-{os.getuid()}").chmod(0o777)
    process = run(place)
    assert list((place / f"digitizer-{os.getuid()}").iterdir()) == []
    process.communicate(b"\n")
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("number", "words"), [(2, "the folder is gone"), (13, "the right to write"), (28, "make room")]
)
def test_each_kind_of_failure_says_what_helps(number, words):
    assert words in what_to_do(OSError(number, os.strerror(number)))
