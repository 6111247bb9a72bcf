"""Settings -> a look over the embedded catalogue, before what runs long begins and when somebody asks."""

from __future__ import annotations

from typing import Final

from digitizer.bootstrap_place import database_url
from digitizer.settings import Settings
from storage.soundness import look_over

__all__ = ["looked_over_at_start", "soundness"]

_AT_START: Final = 5.0
_WHEN_ASKED: Final = 60.0


def looked_over_at_start(settings: Settings) -> str:
    """Look over the catalogue before anything writes to it; what to say of it, empty where all was seen.

    Raises:
        MissingDependencyError: it is damaged.
    """
    if look_over(database_url(settings), _AT_START):
        return ""
    return (
        f"the catalogue was looked over for {_AT_START:.0f} s, not all of it: `digitizer check` looks "
        "longer, `digitizer backup` at all. Mới kiểm tra một phần danh mục."
    )


def soundness(settings: Settings) -> str:
    """What `digitizer check` says of the catalogue's file.

    Raises:
        MissingDependencyError: it is damaged.
    """
    url = database_url(settings)
    if not url.startswith("sqlite"):
        return "the server's own: its checksums of pages look after it"
    if look_over(url, _WHEN_ASKED):
        return "every page of its file is sound"
    return f"sound as far as {_WHEN_ASKED:.0f} s reach: `digitizer backup` reads all of it"
