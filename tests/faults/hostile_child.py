"""A parser that was taken over: it fills the disk, forks, opens files, prints, or answers nonsense."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from digitizer.intake import child, child_document


def answer(request, _files, _limits, replies) -> None:
    _ACTS[request["act"]]()
    replies.send({"did": request["act"]})


def _disk() -> None:
    with Path("/tmp/full").open("wb") as out:
        for _ in range(50 * 1024):
            out.write(bytes(1 << 20))
            out.flush()


def _fork() -> None:
    for _ in range(10_000):
        if os.fork() == 0:
            time.sleep(600)
    time.sleep(600)


def _files() -> None:
    held = [os.open("/dev/null", os.O_RDONLY) for _ in range(100_000)]
    os.write(2, str(len(held)).encode())


def _print() -> None:
    for _ in range(1024):
        os.write(2, b"\xff\xfe\x1b[2J" * (1 << 17))
        os.write(1, b"\xff\xfe\x1b[2J" * (1 << 17))


def _nonsense() -> None:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"\xff" * (1 << 16))
        except OSError:
            continue
    os._exit(0)


_ACTS = {
    "disk": _disk,
    "fork": _fork,
    "files": _files,
    "print": _print,
    "nonsense": _nonsense,
    "well": lambda: None,
}

if __name__ == "__main__":
    child_document.answer = answer
    child.main(sys.argv)
