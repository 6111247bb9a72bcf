"""The log: one JSON object a line, with ids and counts only. What was read from a page cannot get in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO, cast

__all__ = ["ALLOWED", "configure_logs", "log", "only_allowed"]

ALLOWED: Final = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "batch",
        "document",
        "page",
        "pages",
        "input_number",
        "attempt",
        "code",
        "error",
        "kind",
        "state",
        "outcome",
        "seconds",
        "count",
        "bytes",
        "worker",
        "recipe",
        "engine",
        "version",
        "exit_status",
    }
)
"""The keys a line may hold. Names of files are not among them: they hold names of people."""
_LONGEST: Final = 200

Line = MutableMapping[str, Any]


def only_allowed(_logger: object, _method: str, line: Line) -> Line:
    """Drop every key that is not on the list and every value that is no short plain one."""
    return {name: value for name, value in line.items() if name in ALLOWED and _is_plain(value)}


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST and "\n" not in value
    return value is None or isinstance(value, bool | int | float)


@dataclass(frozen=True, slots=True)
class _Wanted:
    level: int = logging.WARNING
    file: Path | None = None
    silent: bool = False


_wanted = _Wanted()
_in_force: _Wanted | None = None


def configure_logs(level: str, file: Path | None = None, *, quiet: bool = False) -> None:
    """Write lines of `level` and above to `file` or standard error; `quiet`: to the file only."""
    global _wanted  # noqa: PLW0603 - the log is of the process
    _wanted = _Wanted(logging.getLevelNamesMapping()[level.upper()], file, quiet and file is None)


def _put_in_force(wanted: _Wanted) -> None:
    """Only who has something to say loads the library: a list or a state has nothing."""
    import structlog

    def drop(_logger: object, _method: str, _line: Line) -> Line:
        raise structlog.DropEvent

    structlog.configure(
        processors=[
            *([drop] if wanted.silent else []),
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(wanted.level),
        logger_factory=structlog.WriteLoggerFactory(
            sys.stderr if wanted.file is None else cast("TextIO", _Appended(wanted.file))
        ),
        cache_logger_on_first_use=False,
    )


class _Appended:
    """A log file, opened for each line: several processes may write it and somebody may rotate it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, line: str) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(line)
        except OSError:  # its disk is full or gone: the work goes on, and the service's own log has the line
            sys.stderr.write(line)

    def flush(self) -> None:
        """Every line is already out."""


def log(**bound: object) -> Any:
    """A logger with ids bound to each line: `log(batch=…, document=…).info("page.failed", page=3)`."""
    global _in_force  # noqa: PLW0603
    import structlog

    if _in_force is not _wanted:
        _put_in_force(_wanted)
        _in_force = _wanted
    return structlog.get_logger().bind(**bound)
