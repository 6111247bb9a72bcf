"""The sandbox's inside: waits for requests, forks one process each, caps it, and lets it parse.

Runs as `python -m digitizer.intake.child FD PARENT`. Everything here is hostile ground once a file has
been opened: the parent believes nothing that comes out.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import os
import resource
import select
import signal
import socket
import struct
import sys

from digitizer.intake import child_document
from digitizer.intake.scans import Limits
from digitizer.intake.wire import Header, Stream

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_MAX_FILES = 8
_OPEN_FILES = 256
_PROCESSES = 1024


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


class _Zygote:
    """Serves requests on the control socket until it closes; one forked process a request."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)
        self._ends: dict[int, tuple[int, socket.socket]] = {}  # pidfd -> pid, status socket
        self._hangups: dict[int, int] = {}  # status socket's descriptor -> pid

    def serve(self) -> None:
        """Loop until the parent closes the control socket."""
        self._control.sendall(b"r")
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor in self._ends:
                    self._report(descriptor)
                elif descriptor in self._hangups:
                    self._abandon(descriptor)
                elif descriptor == self._control.fileno() and not self._accept():
                    return

    def _accept(self) -> bool:
        start, files, _, _ = socket.recv_fds(self._control, 1, _MAX_FILES)
        if not start:
            return False
        request = Stream(self._control).header()
        if request is None or len(files) < 2:
            return False
        pid = os.fork()
        if pid == 0:
            self._become_worker(request, files)
        for descriptor in (files[0], *files[2:]):
            os.close(descriptor)
        self._watch(pid, socket.socket(fileno=files[1]))
        return True

    def _become_worker(self, request: Header, files: list[int]) -> None:
        """In the forked process: drop the zygote's sockets, answer, leave. Does not return."""
        status = 1
        with contextlib.suppress(BaseException):
            self._control.close()
            for pidfd, (_, report) in self._ends.items():
                os.close(pidfd)
                report.close()
            os.close(files[1])
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            _prctl(_PR_SET_DUMPABLE, 1)
            limits = Limits(**request["limits"])
            _cap(limits)
            replies = Stream(socket.socket(fileno=files[0]))
            child_document.answer(request, files[2:], limits, replies)
            status = 0
        os._exit(status)

    def _watch(self, pid: int, status: socket.socket) -> None:
        pidfd = os.pidfd_open(pid)
        self._ends[pidfd] = (pid, status)
        self._hangups[status.fileno()] = pid
        self._poll.register(pidfd, select.POLLIN)
        self._poll.register(status, select.POLLIN)

    def _abandon(self, descriptor: int) -> None:
        """The parent let go of the request: end the process; its pidfd reports next."""
        self._poll.unregister(descriptor)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._hangups.pop(descriptor), signal.SIGKILL)

    def _report(self, pidfd: int) -> None:
        pid, report = self._ends.pop(pidfd)
        _, status = os.waitpid(pid, 0)
        self._poll.unregister(pidfd)
        os.close(pidfd)
        if self._hangups.pop(report.fileno(), None) is not None:
            self._poll.unregister(report)
        with report, contextlib.suppress(OSError):
            report.sendall(struct.pack("!i", status))


def _cap(limits: Limits) -> None:
    """Bound what this process may take, whatever its parser is talked into."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_space_bytes, limits.address_space_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.max_bytes, limits.max_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    most = _PROCESSES if hard == resource.RLIM_INFINITY else min(hard, _PROCESSES)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))  # root is not held to it; TasksMax is


def main(argv: list[str]) -> None:
    """Serve the control socket given as a descriptor; end with the parent."""
    control, parent = int(argv[1]), int(argv[2])
    importlib.import_module("digitizer.intake.child_image")  # once here, not in every forked process
    importlib.import_module("digitizer.intake.child_pdf")
    importlib.import_module("digitizer.intake.child_codes")
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(_PR_SET_DUMPABLE, 0)  # a parser gone bad must not trace the process that forks the next one
    if parent and os.getppid() != parent:
        return
    _Zygote(socket.socket(fileno=control)).serve()


if __name__ == "__main__":
    main(sys.argv)
