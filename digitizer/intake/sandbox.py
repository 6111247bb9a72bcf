"""The parent's side of the sandbox: starts the child under bubblewrap, hands it open files, ends it in time.

One long-lived child (a *zygote*) imports the parsers once, then forks one grandchild a request, so that
every document is parsed in a process of its own at the price of a fork, not of an interpreter start.
"""

from __future__ import annotations

import array
import contextlib
import functools
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import digitizer
from digitizer.errors import Code, MissingDependencyError
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header, ProtocolError, Stream

__all__ = ["Call", "ChildLostError", "Sandbox", "sandbox_level"]

_SCRATCH_BYTES = 512 << 20
_START_SECONDS = 30.0
_STATUS_SECONDS = 5.0
_QUIET = {
    "OMP_NUM_THREADS": "1",
    "OMP_THREAD_LIMIT": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class ChildLostError(Exception):
    """The process that parsed the file ended before it answered; `code` says how.

    `sandbox_gone` is true where the whole sandbox ended of itself: no verdict on the file, worth another try.
    """

    def __init__(self, code: Code, message: str, sandbox_gone: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.sandbox_gone = sandbox_gone


@functools.cache
def sandbox_level() -> str:
    """What guards the parsers here: `bubblewrap`, or `rlimits` where user namespaces are forbidden."""
    tool = shutil.which("bwrap")
    if tool is None:
        return "rlimits"
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        argv = [tool, *_walls(), "--", "/usr/bin/true"]
        done = subprocess.run(argv, check=False, capture_output=True, timeout=10)
        if done.returncode == 0:
            return "bubblewrap"
    return "rlimits"


def _walls() -> list[str]:
    """Arguments of bwrap: nothing of the host but the system's and the interpreter's own files, read-only."""
    argv = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    argv += ["--ro-bind", "/usr", "/usr"]
    for name in ("/bin", "/sbin", "/lib", "/lib64", "/lib32"):
        if Path(name).is_symlink():
            argv += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).is_dir():
            argv += ["--ro-bind", name, name]
    argv += ["--ro-bind-try", "/etc/fonts", "/etc/fonts"]
    argv += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    argv += ["--proc", "/proc", "--dev", "/dev", "--size", str(_SCRATCH_BYTES), "--tmpfs", "/tmp"]  # noqa: S108
    for folder in _own_folders():
        argv += ["--ro-bind", folder, folder]
    return [*argv, "--chdir", "/tmp"]  # noqa: S108 - the sandbox's own tmpfs


def _own_folders() -> list[str]:
    """The interpreter's, the environment's and this package's folders."""
    interpreter = Path(sys.executable).resolve().parent.parent
    folders = [Path(sys.base_prefix), Path(sys.prefix), interpreter, Path(digitizer.__path__[0])]
    wanted = dict.fromkeys(str(f) for f in folders if f != Path("/usr"))
    return list(wanted)


def _environment(scratch: str) -> dict[str, str]:
    root = str(Path(digitizer.__path__[0]).parent)
    paths = {"PATH": "/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch, "PYTHONPATH": root}
    return _QUIET | paths


class Call:
    """One request in progress: frames to read, then how the process ended."""

    def __init__(self, sandbox: Sandbox, replies: socket.socket, status: socket.socket) -> None:
        self._sandbox = sandbox
        self._status = status
        self.stream = Stream(replies)

    @contextlib.contextmanager
    def guarded(self, seconds: float) -> Iterator[Stream]:
        """Read from the stream under a deadline; whatever goes wrong becomes a `ChildLostError`."""
        self.stream.allow(seconds)
        try:
            yield self.stream
        except TimeoutError as error:
            self._sandbox.kill()
            raise ChildLostError(Code.TIMEOUT, f"took longer than {seconds:.0f} s") from error
        except ProtocolError as error:
            self._sandbox.kill()
            raise ChildLostError(Code.TOOL, "the parser's answer was not valid") from error
        except (EOFError, ConnectionError) as error:
            raise self.lost() from error

    def lost(self) -> ChildLostError:
        """Explain from the exit status why the process stopped answering."""
        return _explain(self._ended())

    def _ended(self) -> int | None:
        self._status.settimeout(_STATUS_SECONDS)
        with contextlib.suppress(OSError):
            raw = self._status.recv(4)
            if len(raw) == 4:
                return int(struct.unpack("!i", raw)[0])
        self._sandbox.kill()
        return None

    def close(self) -> None:
        """Let go of the request; a process still at work on it is ended by the zygote."""
        self.stream.close()
        self._status.close()


def _explain(status: int | None) -> ChildLostError:
    if status is None:
        return ChildLostError(Code.TOOL, "the parsing process was lost", sandbox_gone=True)
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return ChildLostError(Code.TIMEOUT, "used more processor time than allowed")
        if number == signal.SIGKILL:
            return ChildLostError(Code.OOM, "needed more memory than allowed")
        return ChildLostError(Code.TOOL, f"the parser crashed (signal {number})")
    return ChildLostError(Code.TOOL, f"the parser stopped (status {os.WEXITSTATUS(status)})")


class Sandbox:
    """One zygote and its walls; started on first use and again after each kill. Not for use from two threads.

    The child dies with the *thread* that started it (`PR_SET_PDEATHSIG`): start it from one that lives as
    long as the work.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._scratch: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int | None:
        """Process number of the running child, None before the first call and after a kill."""
        return self._process.pid if self._process else None

    def call(self, request: Mapping[str, Any], files: Sequence[int]) -> Call:
        """Have one forked process answer `request` about the open `files` (descriptors, lent, not taken).

        Raises:
            MissingDependencyError: the sandbox does not start.
        """
        header: Header = {**request, "limits": asdict(self._limits)}
        for attempt in (1, 2):
            control = self._running()
            replies, far_replies = socket.socketpair()
            status, far_status = socket.socketpair()
            with far_replies, far_status:
                try:
                    _send_request(control, header, [far_replies.fileno(), far_status.fileno(), *files])
                except OSError:
                    replies.close()
                    status.close()
                    self.kill()
                    if attempt == 2:
                        raise MissingDependencyError("the sandbox process does not stay up") from None
                    continue
            return Call(self, replies, status)
        raise AssertionError("not reached")

    def kill(self) -> None:
        """End the child and everything below it, and remove its scratch folder. Safe to call twice."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _running(self) -> socket.socket:
        if self._process is not None and self._process.poll() is None and self._control is not None:
            return self._control
        self.kill()
        return self._start()

    def _start(self) -> socket.socket:
        near, far = socket.socketpair()
        with far:
            argv, scratch = self._argv(far.fileno())
            environment = _environment(scratch)
            self._process = subprocess.Popen(
                argv,
                env=environment,
                cwd="/",
                pass_fds=[far.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._control = near
        near.settimeout(_START_SECONDS)
        try:
            ready = near.recv(1)
        except OSError:
            ready = b""
        if ready != b"r":
            self.kill()
            raise MissingDependencyError(
                "the sandbox for untrusted files does not start (see digitizer check)"
            )
        near.settimeout(None)
        return near

    def _argv(self, control: int) -> tuple[list[str], str]:
        python = [sys.executable, "-P", "-m", "digitizer.intake.child", str(control)]
        if sandbox_level() != "bubblewrap":
            self._scratch = tempfile.mkdtemp(prefix="digitizer-intake-")
            return [*python, str(os.getpid())], self._scratch
        scratch = "/tmp"  # noqa: S108 - inside the sandbox, its own tmpfs
        argv = [shutil.which("bwrap") or "bwrap", *_walls()]
        for name, value in _environment(scratch).items():
            argv += ["--setenv", name, value]
        return [*argv, "--", *python, "0"], scratch


def _send_request(control: socket.socket, header: Header, files: list[int]) -> None:
    """Send the descriptors with the first byte, then the frame."""
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", files))]
    control.sendmsg([bytes([len(files)])], rights)
    Stream(control).send(header)
