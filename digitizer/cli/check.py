"""`digitizer check`: the settings in force and one line a dependency."""

from __future__ import annotations

import json
from dataclasses import asdict

import typer

from digitizer.bootstrap import probes_of
from digitizer.cli.door import Manner
from digitizer.errors import MissingDependencyError
from digitizer.services.check import check
from digitizer.settings import load_settings

__all__ = ["check_all"]


def check_all(manner: Manner) -> int:
    """Print settings and findings; the exit status."""
    settings = load_settings()
    findings = check(probes_of(settings))
    bad = [finding for finding in findings if not finding.good]
    if manner.json:
        told = {"settings": settings.shown(), "dependencies": [asdict(each) for each in findings]}
        typer.echo(json.dumps(told, ensure_ascii=True))
    else:
        for name, value in settings.shown().items():
            typer.echo(f"{name} = {value}")
        typer.echo("")
        width = max(len(each.name) for each in findings)
        for each in findings:
            name = f"{each.name}:".ljust(width + 1)
            typer.echo(f"{'ok     ' if each.good else 'MISSING'} {name} {each.line}")
        names = ", ".join(each.name for each in bad)
        said = f"{len(bad)} of {len(findings)} need a look · cần xem lại: {names}"
        typer.echo(f"\n{said if bad else f'all {len(findings)} can be used · tất cả dùng được'}")
    return MissingDependencyError.exit_status if bad else 0
