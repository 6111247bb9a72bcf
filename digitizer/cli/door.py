"""The outermost frame of every command: how errors and interruptions become a line and an exit status."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

from digitizer.errors import DigitizerError

__all__ = ["INTERRUPTED", "NEEDS_PERSON", "Manner", "echo", "ended", "say", "through"]

NEEDS_PERSON = 1
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Manner:
    """How a command talks: hardly, to a machine, in detail."""

    quiet: bool = False
    json: bool = False
    verbose: bool = False


def echo(line: str) -> None:
    """One line of the answer, on standard output."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(line: str) -> None:
    """One line for the person, on standard error; names that are no UTF-8 are shown with escapes."""
    sys.stderr.write(line.encode("utf-8", "backslashreplace").decode() + "\n")
    sys.stderr.flush()


def through(command: Callable[[], int], *, verbose: bool) -> None:
    """Run a command and leave with its exit status.

    Raises:
        Exit: always.
    """
    import typer

    raise typer.Exit(ended(command, verbose=verbose))


def ended(command: Callable[[], int], *, verbose: bool) -> int:
    """Run a command; its exit status. Every error ends here, as one line."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        status = command()
    except DigitizerError as error:
        _trace(verbose)
        say(f"digitizer: {error}")
        status = error.exit_status
    except KeyboardInterrupt:
        say(
            "digitizer: interrupted; finished work is kept: run the same command again to go on. "
            "Đã dừng; chạy lại lệnh này để tiếp tục."
        )
        status = INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away: nobody to tell
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = NEEDS_PERSON
    except Exception as error:  # noqa: BLE001 - the outermost frame
        _trace(verbose)
        say(f"digitizer: internal error ({type(error).__name__}): run again with --verbose and report it")
        status = NEEDS_PERSON
    return status


def _as_interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _trace(verbose: bool) -> None:
    if verbose:
        traceback.print_exc()
