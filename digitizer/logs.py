"""The log: one JSON object a line, with ids and counts only. What was read from a page cannot get in."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

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


def configure_logs(level: str, file: Path | None = None, *, quiet: bool = False) -> None:
    """Write lines of `level` and above to `file` or standard error; `quiet`: to the file only."""
    stream = _stream(file, quiet)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.CRITICAL + 1 if stream is None else logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.WriteLoggerFactory(stream or sys.stderr),
        cache_logger_on_first_use=False,
    )


def _stream(file: Path | None, quiet: bool) -> TextIO | None:
    if file is None:
        return None if quiet else sys.stderr
    file.parent.mkdir(parents=True, exist_ok=True)
    return file.open("a", encoding="utf-8", buffering=1)  # one write a line; closed when the process ends


def log(**bound: object) -> Any:
    """A logger with ids bound to each line: `log(batch=…, document=…).info("page.failed", page=3)`."""
    return structlog.get_logger().bind(**bound)
