"""The command line. What only looks is there at once; the others' frame loads with the first of them."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digitizer.cli.commands import app

__all__ = ["app", "main"]


def __getattr__(name: str) -> object:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from digitizer.cli.commands import app

    return app


def main() -> None:
    """Run the command line; the entry point of the `digitizer` script."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some reads all packages' facts
    from digitizer.cli.at_once import looked

    status = looked(sys.argv[1:])
    if status is None:
        from digitizer.cli.commands import run

        status = run()
    sys.exit(status)
