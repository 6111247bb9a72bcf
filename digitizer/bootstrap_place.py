"""Where the archive of the settings is, and the clock: nothing that looking could spare."""

from __future__ import annotations

import datetime
from pathlib import Path

from digitizer.errors import MissingDependencyError
from digitizer.settings import Settings

__all__ = ["SystemClock", "database_url", "make_folder"]


def database_url(settings: Settings) -> str:
    """Where the catalogue is."""
    return settings.database_url or f"sqlite:///{settings.home.absolute() / 'catalogue.sqlite'}"


def make_folder(folder: Path) -> None:
    """A folder of the archive, made if missing; raises `MissingDependencyError` where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MissingDependencyError(f"cannot use the archive's folder {folder}: {error.strerror}") from error


class SystemClock:
    """The system's clock."""

    def now(self) -> str:
        """See `Clock`."""
        return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
