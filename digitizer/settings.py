"""Settings: flags over environment (`DIGITIZER_*`) over `digitizer.toml` over defaults; none unknown."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from digitizer.errors import UsageError

__all__ = ["FILE", "Settings", "load_settings"]

FILE: Final = "digitizer.toml"
PREFIX: Final = "DIGITIZER_"
_PASSWORD: Final = re.compile(r"(://[^:/@]*:)[^@/]+@")
_ENOUGH: Final = 60.0  # likeness above which a name is offered as the one that was meant


class Settings(BaseModel):
    """Everything that can be set; `docs/settings.md` explains each one."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)

    home: Path = Field(Path("archive"), description="Folder of the embedded archive; made on first use.")
    database_url: str = Field("", description="Catalogue; empty: SQLite in the archive's folder.")
    store_url: str = Field("", description="Object store; empty: folders in the archive's folder.")
    store_access_key: SecretStr = Field(SecretStr(""), description="Access key of an S3 store.")
    store_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of an S3 store.")
    redis_url: SecretStr = Field(
        SecretStr(""), description="Queue server; empty: the queue of the catalogue."
    )
    queue_secret: SecretStr = Field(SecretStr(""), description="Signs what is put on the queue server.")
    lease_seconds: float = Field(30.0, ge=1, le=3600, description="How long silence of a worker is borne.")
    pages_a_job: int = Field(25, ge=0, description="Longer documents are shared by workers; 0: never.")
    keeps_index: bool = Field(True, description="Whether this machine keeps the search index.")
    secrecy_stop: bool = Field(True, description="Whether a secrecy mark keeps a paper out of the archive.")
    language: str = Field("vie", description="Tesseract language model; several joined by +.")
    tessdata: Path | None = Field(None, description="Folder of the language models, if not a usual one.")
    jobs: int = Field(0, ge=0, le=1024, description="Worker processes; 0: one a core.")
    page_seconds: float = Field(30.0, gt=0, description="Most processor time to read one page.")
    page_wall_seconds: float = Field(300.0, gt=0, description="Longest time to read one page, on the clock.")
    memory_bytes: int = Field(4_000_000_000, ge=500_000_000, description="Most memory of one worker.")
    max_bytes: int = Field(2_000_000_000, gt=0, description="Largest input taken.")
    max_pages: int = Field(10_000, gt=0, description="Most pages of one input.")
    max_pixels: int = Field(250_000_000, gt=0, description="Most pixels of one page.")
    max_members: int = Field(10_000, gt=0, description="Most files of one ZIP.")
    web_host: str = Field("127.0.0.1", description="Address the web application listens on.")
    web_port: int = Field(8080, ge=0, le=65535, description="Port of the web application.")
    web_name: str = Field("", description="Host name under which a proxy serves it with TLS.")
    web_certificate: Path | None = Field(None, description="TLS certificate of the web application.")
    web_key: Path | None = Field(None, description="Key of that certificate.")
    openid_issuer: str = Field("", description="OpenID provider for log-in; empty: local accounts only.")
    openid_client: str = Field("", description="Name under which the provider knows this application.")
    openid_secret: SecretStr = Field(SecretStr(""), description="Secret it has at the provider.")
    openid_table: Path | None = Field(None, description="TOML file: what the provider's claims give.")
    count_rule: str = Field("whole", description="How counted sheets stand to scanned sides.")
    targets_file: Path | None = Field(None, description="Targets as TOML; none: the ministry's plan.")
    boxes_per_metre: float = Field(8.0, gt=0, description="Boxes in a shelf metre, where not measured.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level that is logged."
    )
    log_file: Path | None = Field(None, description="File the log is added to; none: standard error.")

    def shown(self) -> dict[str, str]:
        """Each setting as text, secrets hidden."""
        shown = {name: str(getattr(self, name)) for name in type(self).model_fields}
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
    try:
        return Settings(**values)
    except ValidationError as error:
        raise UsageError(_explained(error)) from error


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
    if name in Settings.model_fields:
        return
    from rapidfuzz import fuzz, process

    best = process.extractOne(name, list(Settings.model_fields), scorer=fuzz.ratio, score_cutoff=_ENOUGH)
    if best is None:
        raise UsageError(f'unknown setting "{as_given}"{where}: `digitizer check` lists them all')
    meant = f"{prefix}{best[0].upper()}" if prefix else best[0]
    raise UsageError(f'unknown setting "{as_given}": did you mean "{meant}"?')


def _explained(error: ValidationError) -> str:
    """The first thing that is wrong, without the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return f'setting "{name}": {first["msg"]}'
