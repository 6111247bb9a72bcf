"""Commands that only look, in their plain form: without the library that parses all the others.

What this does not know, help and wrong usage among it, is left to `digitizer.cli.commands`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from digitizer.cli.door import Manner, ended

__all__ = ["looked"]

_FLAGS: Final = {"--json": "json", "--verbose": "verbose", "-v": "verbose"}


def looked(arguments: Sequence[str]) -> int | None:
    """The exit status; None where another command, or more than this knows, was asked for."""
    words = [each for each in arguments if not each.startswith("-")]
    flags = [each for each in arguments if each.startswith("-")]
    command = _COMMANDS.get(tuple(words))
    if command is None or arguments[: len(words)] != words or not set(flags) <= set(_FLAGS):
        return None
    given = {_FLAGS[each] for each in flags}
    manner = Manner(json="json" in given, verbose="verbose" in given)
    return ended(lambda: command(manner), verbose=manner.verbose)


def _status(manner: Manner) -> int:
    from digitizer.cli.look import show_status

    return show_status(manner)


def _quarantine(manner: Manner) -> int:
    from digitizer.cli.look import list_quarantine

    return list_quarantine(False, None, manner)


def _inventory(manner: Manner) -> int:
    from digitizer.cli.figures import show_figures

    return show_figures(manner)


def _targets(manner: Manner) -> int:
    from digitizer.cli.figures import show_plain_targets

    return show_plain_targets(manner)


_COMMANDS: Final[dict[tuple[str, ...], Callable[[Manner], int]]] = {
    ("status",): _status,
    ("quarantine", "list"): _quarantine,
    ("inventory", "list"): _inventory,
    ("targets",): _targets,
}
