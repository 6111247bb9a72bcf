"""A worker says that it is there, from its start to its end."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from digitizer.errors import DigitizerError
from digitizer.roll import Roll

__all__ = ["on_the_roll"]


@contextmanager
def on_the_roll(roll: Roll, name: str, seconds: float) -> Iterator[None]:
    """Keep `name` on the roll: four beats in `seconds`, whatever the worker is at, until the block ends.

    A catalogue that is away stops no work; the next beat is tried all the same.
    """
    ended = threading.Event()

    def beats() -> None:
        while True:
            with suppress(DigitizerError):
                roll.beat(name, seconds)
            if ended.wait(seconds / 4):
                return

    thread = threading.Thread(target=beats, name=f"roll-{name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        with suppress(DigitizerError):
            roll.leave(name)
