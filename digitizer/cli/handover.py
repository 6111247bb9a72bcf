"""`digitizer handover` and `digitizer lots`: give dossiers to an archive, accept work by samples."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import typer

from digitizer.bootstrap_plan import planning_of
from digitizer.cli.door import NEEDS_PERSON, Manner, say
from digitizer.cli.inventory import agent_of
from digitizer.services.handover import hand_over
from digitizer.services.lots import (
    Lot,
    Result,
    Terms,
    draw_lot,
    error_rates,
    judge_lot,
    judged_lots,
    lot,
    next_severity,
    note_result,
    open_lots,
    resume_lots,
)
from digitizer.settings import load_settings

__all__ = ["draw", "errors", "give", "judge", "list_lots", "note", "resume", "show"]

_UNITS = {"documents": "tài liệu", "pages": "trang", "fields": "trường"}


def give(fonds: str, codes: list[str], folder: Path, template: str, manner: Manner) -> int:
    """Write a handover; the exit status: 1 while anything is missing."""
    with planning_of(load_settings()) as app:
        made = hand_over(app, fonds, codes, folder, template)
    for line in made.missing:
        say(line)
    if manner.json:
        typer.echo(json.dumps(asdict(made)))
    else:
        typer.echo(f"{made.dossiers} hồ sơ, {made.documents} tài liệu; thiếu {len(made.missing)} mục")
    return NEEDS_PERSON if made.missing else 0


def _tell(found: Lot, manner: Manner) -> int:
    if manner.json:
        typer.echo(json.dumps(asdict(found) | {"errors": found.errors}))
    else:
        typer.echo(
            f"{found.name}: {found.state}; {len(found.documents)} tài liệu, {found.severity}; "
            f"mẫu {found.plan.size} / {found.plan.lot} {_UNITS[found.unit]}, "
            f"chấp nhận tối đa {found.plan.accept} lỗi; {len(found.results)} đã kiểm, {found.errors} lỗi"
        )
        typer.echo("".join(f"  {each}\n" for each in found.sample), nl=False)
    return 0


def draw(name: str, dossiers: list[str], terms: Terms, by: str, manner: Manner) -> int:
    """Make a lot; the exit status."""
    keys = [(each.partition("/")[0], each.partition("/")[2]) for each in dossiers]
    with planning_of(load_settings()) as app:
        return _tell(draw_lot(app, name, keys, terms, agent_of(app, by)), manner)


def show(name: str, manner: Manner) -> int:
    """Print a lot; the exit status."""
    with planning_of(load_settings()) as app:
        return _tell(lot(app, name), manner)


def note(name: str, result: Result, by: str, manner: Manner) -> int:
    """Note one unit's outcome; the exit status."""
    with planning_of(load_settings()) as app:
        note_result(app, name, result, agent_of(app, by))
        return _tell(lot(app, name), manner)


def judge(name: str, by: str, manner: Manner) -> int:
    """End a lot; the exit status: 1 if it is rejected."""
    with planning_of(load_settings()) as app:
        found = judge_lot(app, name, agent_of(app, by))
    _tell(found, manner)
    return NEEDS_PERSON if found.state == "rejected" else 0


def list_lots(manner: Manner) -> int:
    """Print every lot, those not judged yet first, and how the next one is inspected; the exit status."""
    with planning_of(load_settings()) as app:
        found = [*((name, "open") for name in open_lots(app)), *judged_lots(app)]
        severity = next_severity(app)
    if manner.json:
        typer.echo(json.dumps({"lots": [{"name": n, "state": s} for n, s in found], "next": severity}))
    else:
        typer.echo("".join(f"{name}: {state}\n" for name, state in found), nl=False)
        typer.echo(f"lô sau · next lot: {severity}")
    return 0


def resume(by: str) -> int:
    """Let lots go on; the exit status."""
    with planning_of(load_settings()) as app:
        resume_lots(app, agent_of(app, by))
    typer.echo("tiếp tục, kiểm chặt · resumed, tightened")
    return 0


def errors(of: str, names: list[str], manner: Manner) -> int:
    """Print error rates over lots, by default over all that were judged; the exit status."""
    with planning_of(load_settings()) as app:
        found = error_rates(app, names or [name for name, _ in judged_lots(app)], of)
    if manner.json:
        rows = [{"name": name, "errors": wrong, "units": seen} for name, wrong, seen in found]
        typer.echo(json.dumps({"by": of, "rates": rows}))
    else:
        for name, wrong, seen in found:
            typer.echo(f"{name or '-':<32} {wrong:>7} / {seen:>7}  {100 * wrong / seen:6.2f} %")
    return 0
