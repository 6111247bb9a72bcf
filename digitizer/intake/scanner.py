"""Scanners through SANE's `scanimage`, a program that can be killed: pages land as files while it runs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from digitizer.errors import MissingDependencyError, UsageError
from digitizer.intake.find import safe_display

__all__ = ["ScanEnd", "ScanOrder", "Scanner", "devices", "scan_pages"]

_LIST_SECONDS: Final = 60
_JAMMED, _EMPTY, _COVER = 6, 7, 8  # SANE_STATUS_JAMMED, _NO_DOCS, _COVER_OPEN: what scanimage exits with
_FEEDER: Final = re.compile(r"adf|feeder|duplex", re.IGNORECASE)
_SETTING: Final = re.compile(r"[a-z][a-z0-9-]*=[^\n]*")
_TROUBLE: Final = {
    _JAMMED: "the paper is jammed: clear it, put the sheets that are left back and scan on · kẹt giấy",
    _EMPTY: "there is no paper in the feeder · khay giấy trống",
    _COVER: "the cover is open · nắp máy đang mở",
}


@dataclass(frozen=True, slots=True)
class Scanner:
    """A scanner as SANE names it."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class ScanOrder:
    """What to ask of the scanner; empty texts are left to it, `pages` 0 means until the feeder is empty."""

    device: str = ""
    resolution: int = 300
    mode: str = ""
    source: str = ""
    duplex: bool = False
    pages: int = 0
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanEnd:
    """The pages that were scanned, and what stopped it if a person is needed."""

    pages: tuple[Path, ...]
    trouble: str = ""


def devices() -> tuple[Scanner, ...]:
    """The scanners that SANE finds.

    Raises:
        MissingDependencyError: `scanimage` is not installed or does not answer.
    """
    told = _run(["-f", "%d|%v %m%n"]).stdout
    rows = (line.partition("|") for line in told.splitlines() if "|" in line)
    return tuple(Scanner(safe_display(name), safe_display(what)) for name, _, what in rows)


def scan_pages(order: ScanOrder, folder: Path) -> ScanEnd:
    """Scan into `folder`, one PNM file a page, numbered; those that are there are kept whatever happens.

    Raises:
        MissingDependencyError: `scanimage` is not installed.
        UsageError: the scanner has no such source or setting.
    """
    source = _source(order)
    argv = ["--format=pnm", f"--resolution={order.resolution}", f"--batch={folder}/p%06d.pnm"]
    argv += [f"--source={source}"] * bool(source) + [f"--mode={order.mode}"] * bool(order.mode)
    for setting in order.settings:
        if not _SETTING.fullmatch(setting):
            raise UsageError(f"a scanner setting is written NAME=VALUE, not {safe_display(setting)}")
        argv.append(f"--{setting}")
    if order.pages or not _FEEDER.search(source):
        argv.append(f"--batch-count={order.pages or 1}")
    done = _run(argv, order.device, None)
    pages = tuple(sorted(folder.glob("p*.pnm")))
    if done.returncode == 0 or (done.returncode == _EMPTY and pages):
        return ScanEnd(pages, "" if pages else _TROUBLE[_EMPTY])
    return ScanEnd(pages, _TROUBLE.get(done.returncode) or _last_line(done.stderr))


def _source(order: ScanOrder) -> str:
    """The source asked for; for both sides the one the scanner offers for that."""
    if order.source or not order.duplex:
        return order.source
    offered = re.search(r"--source ([^\[\n]+)", _run(["-A"], order.device).stdout)
    names = offered.group(1).strip().split("|") if offered else []
    for name in names:
        if "duplex" in name.lower():
            return name
    offers = ", ".join(map(safe_display, names)) or "none"
    raise UsageError(
        f"the scanner has no source for both sides (it offers: {offers}): name one with --source"
    )


def _run(
    argv: Sequence[str], device: str = "", seconds: int | None = _LIST_SECONDS
) -> subprocess.CompletedProcess[str]:
    tool = shutil.which("scanimage")
    if tool is None:
        raise MissingDependencyError("scanimage is not installed: apt-get install sane-utils")
    whole = [tool, *([f"--device-name={device}"] if device else []), *argv]
    try:
        return subprocess.run(
            whole,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise MissingDependencyError("the scanner does not answer: is it on and connected?") from error


def _last_line(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("Batch terminated")]
    return safe_display(lines[-1])[:200] if lines else "the scanner stopped without a reason"
