"""Fronts and backs that a one-sided scanner made two files of, as one PDF in the paper's order."""

from __future__ import annotations

import os
from pathlib import Path

from digitizer.errors import Code, Refusal
from digitizer.intake.ask import ask, opened, refusal_in
from digitizer.intake.opener import Intake
from digitizer.intake.sandbox import Sandbox
from digitizer.intake.scans import Limits
from digitizer.model import MediaType

__all__ = ["collate"]


def collate(fronts: Path, backs: Path, out: Path, limits: Limits) -> int:
    """Write the sheets of two PDFs to the new file `out`; the pages. The two files are not changed.

    Raises:
        Refusal: one cannot be taken or is no PDF, is signed (a copy would lose that), or the counts differ.
        MissingDependencyError: the sandbox does not start.
    """
    with Intake(limits) as intake:
        for path in (fronts, backs):
            probe = intake.probe(path)
            if probe.media_type is not MediaType.PDF:
                raise Refusal(
                    Code.TYPE, f"{path.name} is no PDF: fronts and backs are put together from PDFs"
                )
            if probe.signed:
                raise Refusal(Code.SIGNED, f"{path.name} is signed: it is kept as it is, not put together")
    target = os.open(out, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with opened(fronts) as first, opened(backs) as second, Sandbox(limits) as sandbox:
            answer = ask(sandbox, {"verb": "collate"}, [first, second, target], 4 * limits.probe_seconds)
    finally:
        os.close(target)
    if answer.get("kind") != "collated":
        raise refusal_in(answer)
    return int(answer["pages"])
