"""The plan as somebody may see it: every target measured over their fonds and nothing else."""

from __future__ import annotations

from dataclasses import replace

from digitizer.planning.targets import Target
from digitizer.services.plan import PlanApp

__all__ = ["plan_seen"]


def plan_seen(app: PlanApp, fonds: tuple[str, ...]) -> PlanApp:
    """The same parts with targets narrowed to `fonds` (none: all); one with none of these is left out."""
    if not fonds:
        return app
    narrowed = (_narrowed(each, fonds) for each in app.plan.targets)
    return replace(app, plan=replace(app.plan, targets=tuple(each for each in narrowed if each is not None)))


def _narrowed(target: Target, fonds: tuple[str, ...]) -> Target | None:
    mine = tuple(code for code in fonds if code in target.fonds) if target.fonds else fonds
    return replace(target, fonds=mine) if mine else None
