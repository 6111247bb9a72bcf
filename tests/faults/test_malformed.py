"""Broken and hostile files: each ends in pages or a reason, in time, and leaves no process and no file."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from digitizer.errors import Code, Refusal
from digitizer.intake.opener import Intake
from digitizer.intake.sandbox import ChildLostError, Sandbox, sandbox_level
from digitizer.intake.scans import Limits, PageFailure, PageScan

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
FOLDERS = ("malformed", "robustness")
PAGES_A_FILE = 2
SECONDS_A_PAGE = 30
SECONDS_TO_DIE = 10


@pytest.fixture(scope="module")
def samples() -> list[Path]:
    if not all((SHARED / f).is_dir() for f in FOLDERS):
        if os.environ.get("CI"):
            pytest.fail("the shared samples are missing")
        pytest.skip("the shared samples are not beside this checkout")
    return [p for f in FOLDERS for p in sorted((SHARED / f).rglob("*")) if p.is_file()]


def _children(pid: int) -> set[int]:
    """Every living process below `pid`."""
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found |= {int(entry.name)} | _children(int(entry.name))
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextlib.contextmanager
def _leaves_nothing() -> Iterator[None]:
    before, files = _children(os.getpid()), set(Path(tempfile.gettempdir()).iterdir())
    yield
    # A killed process is still listed while the kernel takes its memory back.
    until = time.monotonic() + SECONDS_TO_DIE
    while (left_over := _children(os.getpid()) - before) and time.monotonic() < until:
        time.sleep(0.05)
    assert not left_over
    left = set(Path(tempfile.gettempdir()).iterdir()) - files
    assert not [path for path in left if path.name.startswith("digitizer-intake")]


@pytest.mark.samples
@pytest.mark.tools
@pytest.mark.slow
def test_every_sample_ends_in_pages_or_a_reason(samples: list[Path]) -> None:
    """A40, A41: survival is 100 %; the worker's own process never dies and never waits."""
    with _leaves_nothing(), Intake() as intake:
        for path in samples:
            try:
                probe = intake.probe(path)
            except Refusal as refusal:
                assert refusal.message  # noqa: PT017 - a refusal is one of the right ends
                continue
            numbers = range(1, min(probe.page_count, PAGES_A_FILE) + 1)
            start = time.monotonic()
            for result, number in zip(intake.pages(path, numbers), numbers, strict=True):
                assert result.number == number
                assert isinstance(result, PageFailure) or result.pixels.size > 0
                assert time.monotonic() - start < SECONDS_A_PAGE, path.name
                start = time.monotonic()


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("images-made/zero-bytes.jpg", Code.EMPTY),
        ("images-made/html-error-page-named-pdf.pdf", Code.EXT),
        ("images-made/png-claims-65000x65000.png", Code.PIXELS),
        ("images-made/tiff-ifd-offset-past-end.tif", Code.TRUNC),
        ("images/multipage_single_frame_loop.tiff", Code.MALFORMED),
        ("pdf-encrypted/pypdf-r2-user-password.pdf", Code.ENCRYPTED),
        ("pdf-encrypted/pypdf-r6-both-passwords.pdf", Code.ENCRYPTED),
        ("pdf-pdfjs/Pages-tree-refs.pdf", Code.MALFORMED),
    ],
)
@pytest.mark.samples
def test_known_samples_end_with_their_code(samples: list[Path], name: str, code: Code) -> None:
    path = SHARED / "malformed" / name
    assert path in samples
    with Intake() as intake, pytest.raises(Refusal) as caught:
        intake.probe(path)
    assert caught.value.code is code


OWNER = """
import sys, time
from pathlib import Path
from digitizer.intake.opener import Intake
intake = Intake()
intake.probe(Path(sys.argv[1]))
print(intake.sandbox_pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("walls", ["best", "rlimits"])
def test_a_killed_owner_leaves_no_sandbox(tmp_path: Path, walls: str) -> None:
    code = OWNER
    if walls == "rlimits":
        code = "import shutil\nshutil.which = lambda name: None\n" + OWNER
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(_page(tmp_path))],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert owner.stdout is not None
    assert int(owner.stdout.readline())
    below = _children(owner.pid)
    assert below
    os.kill(owner.pid, signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in below) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in below if _alive(pid)]


def _page(folder: Path) -> Path:
    from PIL import Image

    path = folder / "page.png"
    Image.new("L", (100, 140), 255).save(path, dpi=(300, 300))
    return path


def test_without_bubblewrap_the_same_child_works_under_rlimits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _page(tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: None)
    sandbox_level.cache_clear()
    try:
        assert sandbox_level() == "rlimits"
        with _leaves_nothing(), Intake() as intake:
            assert intake.probe(path).page_count == 1
            (scan,) = intake.pages(path, [1])
            assert isinstance(scan, PageScan)
    finally:
        sandbox_level.cache_clear()


def test_a_killed_sandbox_is_started_again(tmp_path: Path) -> None:
    path = _page(tmp_path)
    with Intake() as intake:
        intake.probe(path)
        first = intake.sandbox_pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        assert intake.probe(path).page_count == 1
        assert intake.sandbox_pid != first


def test_an_abandoned_run_of_pages_leaves_no_process(tmp_path: Path) -> None:
    from PIL import Image

    path = tmp_path / "many.tif"
    page = Image.effect_noise((2000, 2000), 50)
    page.save(path, save_all=True, append_images=[page] * 3, dpi=(300, 300))
    with Intake() as intake:
        pages = intake.pages(path, [1, 2, 3, 4])
        assert isinstance(next(pages), PageScan)
        assert intake.probe(path).page_count == 4  # another request while the first is held open
        pages.close()  # type: ignore[attr-defined]
        assert intake.sandbox_pid is not None
        deadline = time.monotonic() + 5
        while len(_children(intake.sandbox_pid)) > 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(_children(intake.sandbox_pid)) <= 2  # bwrap's own init and the zygote
        assert [r.number for r in intake.pages(path, [4, 2])] == [4, 2]


def test_a_page_that_needs_too_much_memory_fails_alone(tmp_path: Path) -> None:
    """The kernel refuses the memory; the page fails, the next one is read by a fresh process."""
    from PIL import Image

    path = tmp_path / "mixed.tif"
    pages = [
        Image.new("L", (100, 100), 9),
        Image.new("RGB", (9_000, 9_000)),
        Image.new("L", (100, 100), 99),
    ]
    pages[0].save(
        path, save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate", dpi=(300, 300)
    )
    with Intake(Limits(address_space_bytes=600_000_000)) as intake:
        first, second, third = intake.pages(path, [1, 2, 3])
    assert isinstance(first, PageScan)
    assert isinstance(third, PageScan)
    assert isinstance(second, PageFailure)
    assert second.code is Code.OOM


def test_links_and_pipes_are_refused_at_the_door(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(_page(tmp_path))
    os.mkfifo(tmp_path / "pipe.pdf")
    with Intake() as intake:
        for name, code in (("link.png", Code.NAME), ("pipe.pdf", Code.TYPE), ("none.pdf", Code.DENIED)):
            with pytest.raises(Refusal) as caught:
                intake.probe(tmp_path / name)
            assert caught.value.code is code


class HostileSandbox(Sandbox):
    """A sandbox with `tests.faults.hostile_child` in the parser's place."""

    def _argv(self, control):
        argv, scratch = super()._argv(control)
        argv[argv.index("digitizer.intake.child")] = "tests.faults.hostile_child"
        if "--chdir" in argv:
            tests = str(Path(__file__).parents[1])
            at = argv.index("--chdir")
            argv[at:at] = ["--ro-bind", tests, tests]
        return argv, scratch


@pytest.mark.parametrize(
    ("act", "codes"),
    [
        ("disk", {Code.TOOL, Code.OOM}),
        ("fork", {Code.TIMEOUT, Code.TOOL}),
        ("files", {Code.TOOL}),
        ("print", {None}),
        ("nonsense", {Code.TOOL}),
    ],
)
def test_c13_a_child_that_takes_all_it_can_get_ends_alone_and_leaves_nothing(act, codes):
    """50 GB written, 10,000 forks, 100,000 files, 2 GB printed, nonsense answered: bounded, told, gone."""
    resident = Path("/proc/self/statm").read_text().split()[1]
    with _leaves_nothing(), HostileSandbox(Limits(max_bytes=100_000_000)) as sandbox:
        assert told(sandbox, "well", 30) is None
        assert told(sandbox, act, 5) in codes
        assert told(sandbox, "well", 30) is None
    grown = int(Path("/proc/self/statm").read_text().split()[1]) - int(resident)
    assert grown * 4096 < 64 << 20


def told(sandbox, act, seconds):
    call = sandbox.call({"act": act}, [])
    try:
        with call.guarded(seconds) as stream:
            return None if stream.header() == {"did": act} else call.lost().code
    except ChildLostError as lost:
        return lost.code
    finally:
        call.close()


_FORKS = """
import os, time
from digitizer.intake import child
from digitizer.intake.scans import Limits
os.setgid(65534)
os.setuid(65534)
child._PROCESSES = 40
child._cap(Limits())
try:
    for number in range(100):
        if os.fork() == 0:
            time.sleep(2)
            os._exit(0)
except BlockingIOError:
    print("bounded at", number)
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_c13_whoever_is_not_root_is_held_to_a_number_of_processes():
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _FORKS], cwd=root, capture_output=True, text=True, check=False
    )
    assert "bounded" in done.stdout, done.stderr
