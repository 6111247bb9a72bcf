"""Settings: flags over environment (`DIGITIZER_*`) over `digitizer.toml` over defaults; none unknown."""

# ruff: noqa: RUF009 - these calls are `field` by other names
from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Final

from digitizer.errors import UsageError
from digitizer.settings_values import (
    Secret,
    read_flag,
    read_one_of,
    read_path,
    read_real,
    read_secret,
    read_text,
    read_whole,
)

__all__ = ["FILE", "Secret", "Settings", "load_settings"]

FILE: Final = "digitizer.toml"
PREFIX: Final = "DIGITIZER_"
_PASSWORD: Final = re.compile(r"(://[^:/@]*:)[^@/]+@")
_LEVELS: Final = ("debug", "info", "warning", "error")
_READ: Final = "read"
_ENOUGH: Final = 60.0  # likeness above which a name is offered as the one that was meant


def _field(default: object, read: Callable[[Any], object]) -> Any:
    return field(default=default, metadata={_READ: read})


def _text(default: str, _meaning: str) -> Any:
    return _field(default, read_text)


def _secret(_meaning: str) -> Any:
    return _field(Secret(), read_secret)


def _path(default: Path | None, _meaning: str) -> Any:
    return _field(default, partial(read_path, none=default is None))


def _whole(default: int, _meaning: str, **bounds: float) -> Any:
    return _field(default, partial(read_whole, bounds=bounds))


def _real(default: float, _meaning: str, **bounds: float) -> Any:
    return _field(default, partial(read_real, bounds=bounds))


def _flag(default: bool, _meaning: str) -> Any:
    return _field(default, read_flag)


def _one_of(default: str, names: tuple[str, ...], _meaning: str) -> Any:
    return _field(default, partial(read_one_of, names=names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set; `docs/settings.md` explains each one.

    Raises:
        UsageError: a value does not fit.
    """

    home: Path = _path(Path("archive"), "Folder of the embedded archive; made on first use.")
    database_url: str = _text("", "Catalogue; empty: SQLite in the archive's folder.")
    store_url: str = _text("", "Object store; empty: folders in the archive's folder.")
    store_access_key: Secret = _secret("Access key of an S3 store.")
    store_secret_key: Secret = _secret("Secret key of an S3 store.")
    redis_url: Secret = _secret("Queue server; empty: the queue of the catalogue.")
    own_hosts: str = _text("", "Names of servers on this machine, with commas: containers.")
    queue_secret: Secret = _secret("Signs what is put on the queue server.")
    lease_seconds: float = _real(30.0, "How long silence of a worker is borne.", least=1, most=3600)
    pages_a_job: int = _whole(25, "Longer documents are shared by workers; 0: never.", least=0)
    keeps_index: bool = _flag(True, "Whether this machine keeps the search index.")
    secrecy_stop: bool = _flag(True, "Whether a secrecy mark keeps a paper out of the archive.")
    language: str = _text("vie", "Tesseract language model; several joined by +.")
    tessdata: Path | None = _path(None, "Folder of the language models, if not a usual one.")
    jobs: int = _whole(0, "Worker processes; 0: one a core.", least=0, most=1024)
    page_seconds: float = _real(30.0, "Most processor time to read one page.", above=0)
    page_wall_seconds: float = _real(300.0, "Longest time to read one page, on the clock.", above=0)
    memory_bytes: int = _whole(4_000_000_000, "Most memory of one worker.", least=500_000_000)
    max_bytes: int = _whole(2_000_000_000, "Largest input taken.", above=0)
    max_pages: int = _whole(10_000, "Most pages of one input.", above=0)
    max_pixels: int = _whole(250_000_000, "Most pixels of one page.", above=0)
    max_members: int = _whole(10_000, "Most files of one ZIP.", above=0)
    web_host: str = _text("127.0.0.1", "Address the web application listens on.")
    web_port: int = _whole(8080, "Port of the web application.", least=0, most=65535)
    web_name: str = _text("", "Host name under which a proxy serves it with TLS.")
    web_certificate: Path | None = _path(None, "TLS certificate of the web application.")
    web_key: Path | None = _path(None, "Key of that certificate.")
    openid_issuer: str = _text("", "OpenID provider for log-in; empty: local accounts only.")
    openid_client: str = _text("", "Name under which the provider knows this application.")
    openid_secret: Secret = _secret("Secret it has at the provider.")
    openid_table: Path | None = _path(None, "TOML file: what the provider's claims give.")
    count_rule: str = _text("whole", "How counted sheets stand to scanned sides.")
    targets_file: Path | None = _path(None, "Targets as TOML; none: the ministry's plan.")
    boxes_per_metre: float = _real(8.0, "Boxes in a shelf metre, where not measured.", above=0)
    log_level: str = _one_of("warning", _LEVELS, "Least level that is logged.")
    log_file: Path | None = _path(None, "File the log is added to; none: standard error.")

    def __post_init__(self) -> None:
        """Take each value as what it is to be, wherever it was written."""
        for each in fields(self):
            try:
                read = each.metadata[_READ](getattr(self, each.name))
            except (TypeError, ValueError) as error:
                raise UsageError(f'setting "{each.name}": {error}') from None
            object.__setattr__(self, each.name, read)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The name of every setting."""
        return tuple(each.name for each in fields(cls))

    def shown(self) -> dict[str, str]:
        """Each setting as text, secrets hidden."""
        shown = {name: str(getattr(self, name)) for name in self.names()}
        return {name: _PASSWORD.sub(r"\1**********@", value) for name, value in shown.items()}


def load_settings(flags: dict[str, Any] | None = None, folder: Path | None = None) -> Settings:
    """Read the settings in force; `flags` that are None were not given, `folder` holds `digitizer.toml`.

    Raises:
        UsageError: an unknown name (with the nearest known one) or a value that does not fit.
    """
    values = {
        **_from_file((folder or Path()) / FILE),
        **_from_environment(),
        **{name: value for name, value in (flags or {}).items() if value is not None},
    }
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path.name} cannot be read: {error}") from error
    for name in values:
        _require_known(name, name, f" in {path.name}")
    return values


def _from_environment() -> dict[str, str]:
    found = {name: value for name, value in os.environ.items() if name.upper().startswith(PREFIX)}
    for name in found:
        _require_known(name[len(PREFIX) :].lower(), name, " in the environment", PREFIX)
    return {name[len(PREFIX) :].lower(): value for name, value in found.items()}


def _require_known(name: str, as_given: str, where: str, prefix: str = "") -> None:
    if name in Settings.names():
        return
    from rapidfuzz import fuzz, process

    best = process.extractOne(name, Settings.names(), scorer=fuzz.ratio, score_cutoff=_ENOUGH)
    if best is None:
        raise UsageError(f'unknown setting "{as_given}"{where}: `digitizer check` lists them all')
    meant = f"{prefix}{best[0].upper()}" if prefix else best[0]
    raise UsageError(f'unknown setting "{as_given}": did you mean "{meant}"?')
