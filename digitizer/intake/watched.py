"""A watched folder: which files in it are settled, how one is claimed, and where it goes when it is done.

Everything is reached through the folder as it was opened: a share that goes away or is replaced under us is
never written beneath. A file is claimed by renaming it into a folder only we may enter, then looked at: a
link or a pipe that was put in its place meanwhile is seen, and cannot be changed after that.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from digitizer.errors import Code, MissingDependencyError, Refusal, UsageError
from digitizer.intake.find import FoundInput, safe_display

__all__ = ["WatchedFolder", "refuse_overlap"]

_OWN: Final = ".digitizer"
_TAKING: Final = f"{_OWN}/taking"
_DONE, _REFUSED = "done", "refused"
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".partial", ".filepart", "~")

_Facts = tuple[int, int, int]


def refuse_overlap(folder: Path, others: Sequence[Path]) -> None:
    """A watched folder neither holds nor lies in a folder of the system's own.

    Raises:
        UsageError: it does.
    """
    real = folder.resolve()
    for other in (each.resolve() for each in others):
        if real == other or real in other.parents or other in real.parents:
            raise UsageError(f"the watched folder and {other} lie one in the other: choose another folder")


class WatchedFolder:
    """The folder at `path`; `memory` is where it is remembered which folder that was. A context manager.

    `settle` is how many seconds a file must not have changed. `begin_anew` forgets an earlier folder.
    """

    def __init__(self, path: Path, memory: Path, settle: float, begin_anew: bool = False) -> None:
        self._path = path
        self._memory = memory
        self._settle = settle
        self._begin_anew = begin_anew
        self._seen: dict[str, tuple[_Facts, float]] = {}
        self._told: set[str] = set()
        self._folder = self._lock = -1

    def __enter__(self) -> Self:
        try:
            self._folder = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as error:
            raise UsageError(
                f"{safe_display(str(self._path))} cannot be watched: {error.strerror}"
            ) from error
        try:
            self._recognise()
            for name in (_OWN, _TAKING, _DONE, _REFUSED):
                self._make(name)
            self._lock = os.open(self._at(f"{_OWN}/lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.close()
            raise UsageError("another `digitizer watch` has this folder") from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder."""
        for descriptor in (self._lock, self._folder):
            if descriptor >= 0:
                os.close(descriptor)
        self._folder = self._lock = -1

    def _at(self, relative: str) -> Path:
        return Path(f"/proc/self/fd/{self._folder}", relative)

    def _make(self, relative: str) -> None:
        with contextlib.suppress(FileExistsError):
            self._at(relative).mkdir(0o700 if relative.startswith(_OWN) else 0o777)
        if not stat.S_ISDIR(self._at(relative).lstat().st_mode):
            raise UsageError(f"{relative} in the watched folder is no folder: remove it")

    def _recognise(self) -> None:
        """An empty folder where a share was is a share that is not mounted."""
        mark = self._at(f"{_OWN}/id")
        known = self._memory.read_text() if self._memory.exists() else ""
        found = mark.read_text() if not mark.is_symlink() and mark.is_file() else ""
        if known and known != found and not self._begin_anew:
            raise UsageError(
                "this is not the folder that was watched here before: mount the share, or give --begin-anew. "
                "Thư mục đã bị thay thế hoặc chưa kết nối."
            )
        if not found:
            self._make(_OWN)
            found = secrets.token_hex(8)
            mark.write_text(found)
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        self._memory.write_text(found)

    def require_same(self) -> None:
        """Stop when the path leads to another folder now, or nowhere.

        Raises:
            MissingDependencyError: it does.
        """
        try:
            now = self._path.stat(follow_symlinks=False)
            same = os.path.samestat(now, os.fstat(self._folder))
        except OSError:
            same = False
        if not same:
            raise MissingDependencyError(
                "the watched folder was replaced or unmounted: mount it and start again"
            )

    def left_behind(self) -> Iterator[FoundInput]:
        """What a run that was killed had claimed."""
        yield from self._claimed(sorted(self._files(self._at(_TAKING))))

    def settled(self, now: Callable[[], float] = time.monotonic) -> Iterator[FoundInput]:
        """Claim every file that has not changed for long enough, one at a time."""
        present: set[str] = set()
        for relative, facts, objection in list(self._look()):
            present.add(relative)
            if objection is not None:
                if relative not in self._told:
                    self._told.add(relative)
                    yield FoundInput(self._at(relative), relative, objection)
                continue
            before, since = self._seen.get(relative, (None, now()))
            if facts != before:
                self._seen[relative] = (facts, now())
            elif now() - since >= self._settle:
                del self._seen[relative]
                yield from self._claimed(self._claim(relative))
        self._seen = {name: seen for name, seen in self._seen.items() if name in present}

    def _look(self) -> Iterator[tuple[str, _Facts, Refusal | None]]:
        for folder, folders, names, descriptor in os.fwalk(".", dir_fd=self._folder, follow_symlinks=False):
            prefix = "" if folder == "." else f"{folder[2:]}/"
            own = {_DONE, _REFUSED} if not prefix else set()
            folders[:] = sorted(n for n in folders if not n.startswith(".") and n not in own)
            links = [n for n in folders if stat.S_ISLNK(os.lstat(n, dir_fd=descriptor).st_mode)]
            for name in sorted([*names, *links]):
                if name.startswith(".") or name.lower().endswith(_UNFINISHED):
                    continue
                with contextlib.suppress(FileNotFoundError):
                    facts = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                    key = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
                    yield f"{prefix}{name}", key, _objection(facts)

    def _claim(self, relative: str) -> list[str]:
        target = self._at(f"{_TAKING}/{relative}")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._at(relative).rename(target)
        except OSError:
            return []  # gone, or not ours to move: it is looked at again
        return [relative]

    def _claimed(self, names: Sequence[str]) -> Iterator[FoundInput]:
        for relative in names:
            path = self._at(f"{_TAKING}/{relative}")
            yield FoundInput(path, safe_display(relative), _objection(path.lstat()))

    def _files(self, folder: Path) -> Iterator[str]:
        for each in folder.rglob("*"):
            if each.is_symlink() or not each.is_dir():
                yield str(each.relative_to(folder))

    def has_claimed(self, found: FoundInput) -> bool:
        """Whether a file was claimed, or left where it is."""
        return found.path.is_relative_to(self._at(_TAKING))

    def put_away(self, found: FoundInput, reasons: Sequence[str]) -> str:
        """Move a claimed file to `done/`, or to `refused/` with a text beside it that gives `reasons`."""
        relative = str(found.path.relative_to(self._at(_TAKING)))
        place = f"{_REFUSED if reasons else _DONE}/{relative}"
        stem, dot, suffix = place.rpartition(".")
        number = 1
        while os.path.lexists(self._at(place)):
            number += 1
            place = (
                f"{stem}-{number}{dot}{suffix}" if dot and "/" not in suffix else f"{stem or suffix}-{number}"
            )
        self._at(place).parent.mkdir(parents=True, exist_ok=True)
        if reasons:
            self._at(f"{place}.txt").write_text("\n".join([*reasons, ""]), "utf-8", "backslashreplace")
        found.path.rename(self._at(place))
        return place


def _objection(facts: os.stat_result) -> Refusal | None:
    if stat.S_ISLNK(facts.st_mode):
        return Refusal(Code.NAME, "is a link; links are not followed and stay where they are")
    if not stat.S_ISREG(facts.st_mode):
        return Refusal(Code.TYPE, "is no regular file (a pipe, socket or device) and stays where it is")
    if facts.st_nlink > 1:
        return Refusal(Code.NAME, "has another name elsewhere (a hard link) and stays where it is")
    return None
