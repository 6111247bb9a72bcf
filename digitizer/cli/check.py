"""`digitizer check`: the settings in force and one line a dependency."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import typer

from digitizer.bootstrap import probes_of
from digitizer.cli.door import Manner
from digitizer.errors import MissingDependencyError
from digitizer.services.check import check
from digitizer.settings import Settings, load_settings

__all__ = ["check_all"]


def _settings_lines(settings: Settings) -> Iterator[str]:
    """What somebody set comes first: that is where a wrong value is."""
    shown = settings.shown()
    plain = Settings().shown()
    given = {name: value for name, value in shown.items() if value != plain[name]}
    for title, those in (
        ("set · đã đặt", given),
        ("by default · mặc định", {name: value for name, value in shown.items() if name not in given}),
    ):
        yield f"{title}:"
        yield from (f"  {name} = {value or '-'}" for name, value in those.items())
        yield ""


def check_all(manner: Manner) -> int:
    """Print settings and findings; the exit status."""
    settings = load_settings()
    findings = check(probes_of(settings))
    bad = [finding for finding in findings if not finding.good]
    if manner.json:
        told = {"settings": settings.shown(), "dependencies": [asdict(each) for each in findings]}
        typer.echo(json.dumps(told, ensure_ascii=True))
    else:
        for line in _settings_lines(settings):
            typer.echo(line)
        width = max(len(each.name) for each in findings)
        for each in findings:
            name = f"{each.name}:".ljust(width + 1)
            typer.echo(f"{'ok    ' if each.good else 'NOT OK'} {name} {each.line}")
        names = ", ".join(each.name for each in bad)
        said = f"{len(bad)} of {len(findings)} need a look · cần xem lại: {names}"
        typer.echo(f"\n{said if bad else f'all {len(findings)} can be used · tất cả dùng được'}")
    return MissingDependencyError.exit_status if bad else 0
