"""What the first visitor would wait for, done while nobody waits yet: templates, texts, charts."""

from __future__ import annotations

import threading

from digitizer.services.burn_up import warm_charts
from digitizer.services.rights import rights
from digitizer.web.render import compile_templates

__all__ = ["warm", "warm_beside"]


def warm() -> None:
    """Load what a process loads once, about a second of one core; nothing of the archive is read."""
    rights()
    warm_charts()
    compile_templates()


def warm_beside() -> threading.Thread:
    """The same in a thread that holds up neither the start nor the end of the process."""
    thread = threading.Thread(target=warm, name="warm", daemon=True)
    thread.start()
    return thread
